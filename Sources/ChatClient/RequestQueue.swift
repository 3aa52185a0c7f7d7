import DequeModule
import IRC
import Timeline

/// Something sent to the server that it answers.
struct Request: Hashable, Sendable {
    /// What ends a request well. The server answers in order, so that an error before it belongs to the oldest request.
    enum Answer: Hashable, Sendable {
        /// Our PING's token comes back: all that was sent before has been handled.
        case pong(String)
        /// All pieces of what we said come back: `Said.unechoed`.
        case echo
        case joined(ChannelName)
        case parted(ChannelName)
        case names(ChannelName)
        case whois(Nickname)
        case renamed
        case awayChanged
        case rooms
        /// The topic was told or changed.
        case topic(ChannelName)
        /// The list of files ended; `shown` chooses what is told, nil when it was for Tab only.
        case files(shown: Mask?)
        case ticket(TransferNumber, FileName)
        case why(TransferNumber, ticket: UInt64)
        /// The list of files, for the name nearest to that of a download that the server does not have.
        case nearest(TransferNumber)

        /// The download that waits for it.
        var download: TransferNumber? {
            if case .ticket(let number, _) = self { return number }
            if case .nearest(let number) = self { return number }
            return nil
        }
        /// Whether a list of files ends it.
        var isList: Bool {
            if case .files = self { return true }
            if case .nearest = self { return true }
            return false
        }
    }

    /// The word of the command, for the text of an error; empty for what the client asked by itself.
    var command: String
    var id: CommandID?
    var answer: Answer
    /// Part of the beginning, which scripts wait for.
    var isStarting = false
    /// What we said, until its echo comes.
    var said: Said?
}

/// The requests that have no answer yet, the oldest first.
struct RequestQueue: Sendable {
    private var requests: Deque<Request> = []
    private var lastToken: UInt64 = 0
    /// A PING without a request is on its way, to see whether the server is there.
    var asksForLife = false

    /// What we said that has not been echoed, oldest first.
    var unechoed: [Said] { requests.compactMap(\.said) }
    var oldest: Request? { requests.first }
    var count: Int { requests.count }
    var isStarting: Bool { requests.contains(where: \.isStarting) }

    /// When the oldest request became the one that is to be answered next.
    private(set) var waitsSince: Instant?

    mutating func append(_ request: Request, at now: Instant) {
        if requests.isEmpty { waitsSince = now }
        requests.append(request)
    }

    /// Something was answered: the next one's time begins.
    mutating func answered(at now: Instant) { waitsSince = requests.isEmpty ? nil : now }

    /// Whether the list of files is on its way.
    var awaitsList: Bool { requests.contains(where: \.answer.isList) }

    mutating func makeToken() -> String {
        lastToken += 1
        return "done-\(lastToken)"
    }

    /// Takes out the oldest request that the answer ends.
    mutating func take(_ ends: (Request.Answer) -> Bool) -> Request? {
        requests.firstIndex { ends($0.answer) }.map { requests.remove(at: $0) }
    }

    /// The oldest `WHY` whose ticket fits.
    func firstWhy(where fits: (UInt64) -> Bool) -> UInt64? {
        for request in requests {
            if case .why(_, let ticket) = request.answer, fits(ticket) { return ticket }
        }
        return nil
    }

    /// Of which download the oldest `WHY` with this ticket is.
    func asked(about ticket: UInt64) -> TransferNumber? {
        for request in requests {
            if case .why(let number, ticket: ticket) = request.answer { return number }
        }
        return nil
    }

    mutating func takeOldest() -> Request? { requests.popFirst() }

    /// What an echo means for those who wait for one.
    enum Echoed: Hashable {
        /// A piece of something came back, and more of it has to.
        case partly
        case wholly(Request)
        /// Nobody has said that.
        case unknown
    }

    /// An echo belongs to the oldest request with that very text: one that was given up may still come.
    mutating func echoed(_ echo: Echo) -> Echoed {
        for index in requests.indices where requests[index].said?.echoed(echo) == true {
            return requests[index].said?.unechoed.isEmpty == true ? .wholly(requests.remove(at: index)) : .partly
        }
        return .unknown
    }

    /// A server may change what it passes on: then the echo is of the oldest that waits for one.
    mutating func echoedChanged() -> Request? {
        guard let index = requests.firstIndex(where: { $0.answer == .echo }) else { return nil }
        requests[index].said?.unechoed.removeFirst()
        return requests[index].said?.unechoed.isEmpty == true ? requests.remove(at: index) : nil
    }

    mutating func removeAll() -> [Request] {
        defer { requests = [] }
        return Array(requests)
    }
}
