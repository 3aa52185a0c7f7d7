package import IRC
package import Timeline

/// What its operator decides about a server.
package struct HubConfiguration: Sendable {
    package var serverName = ServerName.standard
    package var network: String
    /// The message of the day, a line each; without any the server answers 422.
    package var motd: [String]
    /// What VERSION and 004 say, without spaces.
    package var version: String
    /// Lines beyond the allowance wait; off, every line is taken at once (for tests and load).
    package var floodControl = true
    package var connectionsPerAddress = HubLimits.connectionsPerAddress
    /// Asked for by PASS when it is there.
    package var password: String?
    package var operators: [OperatorAccount] = []
    /// Lines of a channel that are kept for who comes later; none with 0.
    package var history = HubLimits.standardHistory
    /// Lines kept of all channels together.
    package var historyLines = HubLimits.historyLines
    package var nicknameRule = NicknameRule.ascii
    /// The channel that every client of ours joins by itself: it outlives its last member, and nobody gets `@` in it by
    /// coming first, because after a restart that would be whoever reconnects fastest.
    package var standingChannel = try? ChannelName("#lobby")

    package init(network: String = "rdtchat", motd: [String] = [], version: String = "rdtchatd") {
        self.network = network
        self.motd = motd
        self.version = version
    }
}

/// Who may become an operator by OPER, with what password and from where.
package struct OperatorAccount: Hashable, Sendable {
    package let name: String
    /// As crypt(5) writes it.
    package let passwordHash: String
    /// `user@host` of the client must fit one of them; `::1` is written `0::1` there, and either may be in the mask.
    package let masks: [Mask]

    package init(name: String, passwordHash: String, masks: [Mask]) {
        self.name = name
        self.passwordHash = passwordHash
        self.masks = masks.map { Mask(User.hostMask($0.text)) }
    }
}

/// The server's limits and where each comes from.
package enum HubLimits {
    /// Seconds from connecting until NICK and USER are there; as ngircd's 30.
    package static let registration = Interval.seconds(30)
    /// Lines from a client that is not registered: irssi needs 5, weechat 7; 64 leave room for clumsy bots.
    package static let linesBeforeRegistration = 64
    /// Silence after which the server asks PING.
    package static let idle = Interval.seconds(90)
    /// Silence after that PING until the connection is given up.
    package static let pingReply = Interval.seconds(60)
    /// Bytes of one line without an end, or of lines waiting; 32 lines.
    package static let readBuffer = 16 * 1024
    /// Bytes a client may leave unread, about 200 full lines; ergo's and ngircd's default is near.
    package static let sendQueue = 96 * 1024
    /// Bytes in the send queue above which a long answer waits, so that a long list never fills the queue.
    package static let answerMark = 32 * 1024
    /// Lines at once before flood control delays; then one a `floodCost`: 2 a second. RFC 1459, section 8.10,
    /// allows 5 and then one in 2 s, which a person who pastes ten lines would feel.
    package static let floodBurst: Int64 = 10
    package static let floodCost = Interval.milliseconds(500)
    /// What a line costs that reaches nobody else: a hundred a second, so that a script that asks PING after each
    /// command, or fetches a thousand small files, is not held up as one that floods a channel.
    package static let lightCost = Interval.milliseconds(10)
    /// What a line costs beside that for each 512 bytes of its tags: reading 4 KiB of them takes a tenth of a millisecond.
    package static let longLineCost = lightCost
    /// What a listing costs beside its line for each file that was looked at: twenty times the 2 µs that it takes, so
    /// that a client which asks without a pause has a twentieth of the server's time, however large the shelf is.
    package static let listedFileCost = Interval.microseconds(40)
    /// Enough for a household or a class behind one address.
    package static let connectionsPerAddress = 10
    /// Comparisons of passwords for one address: three at once, for who mistypes, and then one a second, so that a guesser
    /// has 86,400 tries a day.
    package static let passwordBurst: Int64 = 3
    package static let passwordPause = Interval.seconds(1)
    /// MAXLIST of bans.
    package static let bans = 50
    /// Bytes of a ban mask: nickname, user name and host of the longest.
    package static let banMask = 128
    /// MODES: changes with a parameter a line.
    package static let modesPerLine = 4
    /// Channels that a user was invited to and that are remembered.
    package static let invitations = 10
    /// Nicknames in a MONITOR list.
    package static let monitored = 100
    /// Users that WHOWAS remembers; about 200 bytes each.
    package static let formerUsers = 200
    /// Lines kept of a channel when nobody says how many.
    package static let standardHistory = 50
    /// Lines kept of all channels together: 10 MB at the most, a fifth of that as people talk.
    package static let historyLines = 20_000
    /// Bytes of a label (IRCv3 labeled-response: 64).
    package static let label = 64
    /// CHANLIMIT.
    package static let channelsPerUser = 10
    /// TARGMAX of PRIVMSG and NOTICE.
    package static let messageTargets = 4
    /// TARGMAX of NAMES: as many channels as a user can be in.
    package static let namesTargets = channelsPerUser
    /// Ended downloads of one user whose figures are kept, about 1 KiB each.
    package static let endedTransfersOfUser = 8
    /// Tickets of a user at a time: some more than a client fetches, which knows sooner than the server that a download has
    /// ended and asks for the next at once.
    package static let ticketsPerUser = FilesExtension.atOnce + 4
    /// How long transfers outlive their user's chat connection.
    package static let transferGrace = Interval.seconds(10)
}
