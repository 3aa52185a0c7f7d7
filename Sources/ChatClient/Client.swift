import DequeModule
import IRC
package import Timeline

/// The chat as one person has it: what the world did and what the person wants in, effects out.
///
/// The law of the cores holds: after every call drain `nextEffect()`, then take `nextDeadline`. The client never waits
/// for anything inside: what needs an answer of the server is a request in `requests`, answered in order.
package struct Client: Sendable {
    /// How far the chat connection is.
    enum Link: Hashable {
        /// Nothing was tried yet: the person is being asked for a nickname.
        case idle
        /// The loop was told to connect.
        case connecting
        /// Connected; NICK and USER are on their way.
        case registering
        /// The server knows us by our nickname.
        case registered
        /// It ended, and `reason` says why.
        case lost(reason: String)
        /// We are leaving; nothing more is told.
        case over(ExitStatus)
    }
    /// What the prompt asks, in place of taking commands.
    enum Question: Hashable {
        case nickname(offered: String)
        /// Whether to leave although `count` downloads run.
        case leave(count: Int)
        /// Whether `count` downloads of the last time shall go on.
        case goOn(count: Int)

        /// Whether Ctrl-C takes it back.
        var isOfDownloads: Bool {
            switch self {
            case .nickname: false
            case .leave, .goOn: true
            }
        }
    }
    /// The core's timers, one of each.
    enum Timer: Hashable {
        /// The oldest request has had no answer.
        case request
        /// Nothing has come from the server for long.
        case silence
        /// `sleep` is over.
        case sleep
        /// `wait-for` gives up.
        case waitFor
        /// A download that the server had no room for is asked for again.
        case retryDownload
        /// The connection is tried for again, or the prompt counts a second less.
        case comeback
        /// Downloads of the connection before are looked after.
        case renewal
        /// The nickname that we had is asked for again.
        case regainNickname
        /// What was said last need not be waited for any longer.
        case parting
    }

    var configuration: ClientConfiguration
    package internal(set) var settings: Settings
    var link = Link.idle
    var question: Question?
    /// Our nickname: the one wished for until the server says which it is.
    var nickname: Nickname?
    var capabilities: Set<String> = []
    /// The text of the server's last ERROR, the true reason of the end that follows it.
    var farewell: String?

    var decoder = LineDecoder(limit: WireLimits.line, tagLimit: WireLimits.serverTags)
    var rooms = RoomList()
    var acquaintances = Acquaintances()
    var files = FileCatalogue()
    var requests = RequestQueue()
    var flight = FirstFlight()
    /// What the pieces of a refused text were refused with, and how many more of them will be.
    var repeatedRefusal: (text: String, count: Int)?
    /// The connection was lost and is being tried for again.
    var comeback: Comeback?
    var cameBackAt: Instant?
    /// The nickname that we had before that, and that was taken when we came back.
    var wishedNickname: Nickname?
    /// Standard output is for the bytes of files: what is to be read goes to standard error.
    package internal(set) var filesTakeStandardOutput = false
    var whois: WhoisAnswer?
    /// The person that plain text goes to instead of the room.
    var query: Nickname?
    var isAway = false
    /// What whoever writes to us is told meanwhile.
    var awayWords = ""
    var ignored = IgnoreList()
    var listedRooms: [RoomLine] = []
    var recollection = Recollection()
    var past = Past()
    var undelivered: [Said] = []
    /// Commands of the rc file that wait for the server.
    var startCommands: [(number: Int, line: String)] = []
    /// The line of the rc file that is being run: what is wrong with it is told with its number.
    var startLine: Int?
    /// Commands of the person's own: a word, and what is typed in its place.
    var aliases: [String: String] = [:]
    /// The time of day when something came last, and the loop's time then.
    var wall = UnixTime(seconds: 0)
    var lastHeard: Instant?
    var transfers = TransferList()
    /// Downloads of the last time that were not offered yet, and all that were written down last.
    var unoffered: [KeptDownload] = []
    var lastQueue: [KeptDownload] = []
    /// Commands that were told of when their words were said as talk.
    var hintedAt: Set<CommandTable.Name> = []
    var explanations = Explanations()
    /// Lines of an answer to `WHY` that is not complete.
    var incomingFigures: FilesExtension.Figures?
    /// How long to wait the next time that the server has no room for a download.
    var retryTime = Self.retryTimes.first
    var script: ScriptRunner
    var waits = Waits()
    var lastInterrupt: Instant?
    /// How often the question whether to leave was answered by Ctrl-D since the last line.
    var endsInVain = 0
    /// We leave as soon as what was said last has come back.
    var parting: (status: ExitStatus, words: String)?
    var timers = TimerTable<Timer>()
    private var effects = Deque<Effect>()

    /// How long nothing may come from the server before we ask whether it is there, and then before we believe that it is not.
    static let silenceBeforeAsking = Interval.seconds(90)
    static let silenceBeforeGivingUp = Interval.seconds(60)

    package init(_ configuration: ClientConfiguration, at now: Instant) {
        self.configuration = configuration
        settings = configuration.settings
        script = ScriptRunner(keepsGoing: configuration.keepsGoing)
        begin(at: now)
    }

    // MARK: Outputs

    package mutating func nextEffect() -> Effect? { effects.popFirst() }

    package var nextDeadline: Instant? { timers.next }

    package var prompt: Prompt {
        switch question {
        case .nickname(let offered)?: return Prompt(text: "nickname [\(offered)]: ", isQuestion: true)
        case .leave(let count)?:
            let downloads = count == 1 ? "1 download runs" : "\(count) downloads run"
            let them = count == 1 ? "it" : "them"
            let end = configuration.keepsDownloads ? "leave \(them) for the next time" : "stop \(them) and leave"
            return Prompt(text: "\(downloads): \(end)? [y/N] ", isQuestion: true)
        case .goOn(let count)?:
            let downloads = count == 1 ? "the last time's download" : "\(count) downloads of last time"
            return Prompt(text: "finish \(downloads)? [Y/n] ", isQuestion: true)
        case nil: break
        }
        switch link {
        case .lost where comeback == nil: return Prompt(text: "(not connected) ", isQuestion: false)
        case .lost, .connecting, .registering:
            guard comeback != nil else { return Prompt(text: "> ", isQuestion: false) }
            return Prompt(text: comebackPrompt ?? "", isQuestion: false)
        case .idle, .registered, .over:
            let place = query.map { "@\($0.text)" } ?? rooms.current.map { DisplayText(sanitising: $0.text).text } ?? ""
            return Prompt(text: "\(place)\(isAway ? " (away)" : "")> ", isQuestion: false)
        }
    }

    /// Whether a script's commands may run: we are in the first room and know the server's files.
    var isReady: Bool { link == .registered && !requests.isStarting }

    // MARK: Effects

    /// Adjacent bytes become one effect, so that a turn is one write.
    mutating func send(_ message: Message) {
        let bytes = message.encoded()
        if case .send(let earlier)? = effects.last {
            effects[effects.count - 1] = .send(earlier + bytes)
        } else {
            effects.append(.send(bytes))
        }
    }

    mutating func perform(_ effect: Effect) { effects.append(effect) }

    mutating func emit(_ event: ClientEvent) {
        hear(event)
        recollection.keep(event, at: wall)
        effects.append(.emit(event))
    }

    mutating func fail(_ command: String, _ text: String) {
        let place = startLine.map { "line \($0) of the rc file: " } ?? ""
        emit(.error(command: command, text: place + text))
    }
}
