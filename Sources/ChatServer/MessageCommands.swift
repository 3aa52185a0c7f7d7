import IRC

/// What is to be delivered: text, or tags alone.
private struct Speech {
    /// Nil for TAGMSG.
    let text: String?
    let tags: RelayTags

    init(_ text: String?, _ call: Call, id: String, takesTags: Bool) {
        self.text = text
        let fromClient = takesTags ? call.message.tags.filter(\.isRelayed) : []
        tags = RelayTags(fromClient: fromClient, messageID: id)
    }
}

// PRIVMSG, NOTICE, TAGMSG, AWAY.
extension Hub {
    mutating func privateMessage(_ call: Call) {
        guard let targets = call[0], !targets.isEmpty else {
            reply(call.id, .noRecipient, "No recipient given (PRIVMSG)")
            return
        }
        guard let text = call[1], !text.isEmpty else {
            reply(call.id, .noTextToSend, "No text to send")
            return
        }
        deliver(text, by: call)
    }

    /// Like PRIVMSG, but nothing is ever answered, so that two programs cannot answer each other for ever.
    mutating func notice(_ call: Call) {
        guard let text = call[1], !text.isEmpty else { return }
        deliver(text, by: call)
    }

    /// Tags without a text, for clients that know tags: "is typing", a reaction.
    mutating func tagMessage(_ call: Call) {
        guard has(call.id, .messageTags), call.message.tags.contains(where: \.isRelayed) else { return }
        deliver(nil, by: call)
    }

    /// The targets of a line, each once; of two that differ in bytes each is one.
    func distinct(_ targets: [String]) -> [String] {
        var seen: Set<[UInt8]> = []
        return targets.filter { seen.insert(Array($0.asciiLowercased.utf8)).inserted }
    }

    private mutating func deliver(_ text: String?, by call: Call) {
        users[call.id]?.lastSpoke = now
        let targets = distinct(call.list(0))
        let takesTags = has(call.id, .messageTags)
        for target in targets.prefix(HubLimits.messageTargets) {
            let speech = Speech(text, call, id: nextMessageID(), takesTags: takesTags)
            if target.utf8.first == UInt8(ascii: "#") {
                deliver(speech, toChannel: target, by: call)
            } else {
                deliver(speech, toUser: target, by: call)
            }
        }
        if targets.count > HubLimits.messageTargets {
            let text = "At most \(HubLimits.messageTargets) targets; the others got nothing"
            refuse(call, .tooManyTargets, targets[HubLimits.messageTargets], text)
        }
    }

    private mutating func deliver(_ speech: Speech, toChannel target: String, by call: Call) {
        guard let name = try? ChannelName(target), let channel = channels[name] else {
            refuse(call, .noSuchChannel, target, "No such channel")
            return
        }
        guard let sender = users[call.id] else { return }
        if let reason = silence(of: call.id, sender, in: channel) {
            refuse(call, .cannotSendToChannel, channel.name.text, reason)
            return
        }
        let message = Message(
            source: sender.source, command: call.message.command, parameters: [channel.name.text] + speech.words)
        relay(speech, message, to: channel.members, except: call.id)
        if speech.text != nil { remember(message, in: name, id: speech.tags.messageID) }
        echo(speech, message, to: call.id)
    }

    /// Why a user may not talk in a channel; nil when it may.
    private func silence(of id: ConnectionID, _ user: User, in channel: Channel) -> String? {
        guard user.channels.contains(channel.name) else {
            return channel.flags.contains(.noOutsiders) || channel.flags.contains(.moderated)
                ? "You are not on that channel" : channel.isBanned(user) ? "You are banned from this channel" : nil
        }
        guard channel.status(of: id).isEmpty, !user.isOperator else { return nil }
        if channel.flags.contains(.moderated) { return "The channel is moderated and you have no voice" }
        return channel.isBanned(user) ? "You are banned from this channel" : nil
    }

    /// Whether a ban keeps a member from talking; a status or being the server's operator opens it.
    func isSilenced(_ id: ConnectionID, _ user: User, in channel: Channel) -> Bool {
        channel.status(of: id).isEmpty && !user.isOperator && channel.isBanned(user)
    }

    private mutating func deliver(_ speech: Speech, toUser target: String, by call: Call) {
        guard let sender = users[call.id] else { return }
        if target.asciiLowercased == ShelfDesk.librarian, let text = speech.text {
            if call.message.command == "PRIVMSG" { askLibrarian(text, call) }
            return
        }
        guard let receiver = user(named: target), let user = users[receiver] else {
            refuse(call, .noSuchNick, target, "No such nickname")
            return
        }
        let message = Message(
            source: sender.source, command: call.message.command, parameters: [user.nickname.text] + speech.words)
        relay(speech, message, to: [receiver], answering: receiver == call.id ? receiver : nil)
        echo(speech, message, to: call.id)
        if let away = user.awayText { refuse(call, .away, user.nickname.text, away) }
    }

    /// Tags alone go only to clients that know tags.
    private mutating func relay(
        _ speech: Speech, _ message: Message, to receivers: [ConnectionID], except excluded: ConnectionID? = nil,
        answering sender: ConnectionID? = nil
    ) {
        let all = speech.text == nil ? receivers.filter { has($0, .messageTags) } : receivers
        relay(message, to: all, except: excluded, answering: sender, tags: speech.tags)
    }

    /// Gives a sender with echo-message its own message, as the others have it.
    private mutating func echo(_ speech: Speech, _ message: Message, to id: ConnectionID) {
        guard has(id, .echoMessage) else { return }
        relay(speech, message, to: [id], answering: id)
    }

    private mutating func refuse(_ call: Call, _ numeric: Numeric, _ target: String, _ text: String) {
        switch call.message.command {
        case "PRIVMSG": break
        case "TAGMSG" where numeric != .away: break
        default: return
        }
        reply(call.id, numeric, target, text)
    }

    /// The registered user of this name.
    func user(named text: String) -> ConnectionID? {
        guard let nickname = knownNickname(text), let id = owners[nickname], users.contains(id) else { return nil }
        return id
    }

    /// The nickname that a text is by any rule: who came before the rule became stricter keeps its name, and is found.
    func knownNickname(_ text: String) -> Nickname? { try? Nickname(text, by: .unicode) }

    /// The nickname that a text is by this server's rules.
    func nickname(_ text: String) throws(NicknameError) -> Nickname {
        try Nickname(text, by: configuration.nicknameRule)
    }

    mutating func away(_ call: Call) {
        guard let user = users[call.id] else { return }
        let text = (call[0] ?? "").cut(toBytes: WireLimits.awayText)
        users[call.id]?.awayText = text.isEmpty ? nil : text
        if text.isEmpty {
            reply(call.id, .unAway, "You are no longer marked as being away")
        } else {
            reply(call.id, .nowAway, "You have been marked as being away")
        }
        if user.awayText ?? "" != text { tellAway(user, text, to: peers(of: call.id)) }
    }

    /// Tells those who asked for it that somebody is away, or back when the text is empty.
    mutating func tellAway(_ user: User, _ text: String, to peers: [ConnectionID]) {
        let message = Message(source: user.source, command: "AWAY", parameters: text.isEmpty ? [] : [text])
        relay(message, to: peers.filter { has($0, .awayNotify) })
    }
}

extension Speech {
    fileprivate var words: [String] { text.map { [$0] } ?? [] }
}
