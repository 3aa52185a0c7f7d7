import DequeModule
import IRC
import Timeline

/// The transport side of a client: what has come and is not handled, what has gone and is not read.
struct Connection: Sendable {
    /// Where it stands between being heard and being given up.
    enum Liveness: Sendable {
        /// NICK and USER are not complete; the timer is the registration's.
        case greeting
        /// Heard of less than `HubLimits.idle` before the timer fires, as far as the timer knows.
        case heard
        /// PING is out and nothing came since.
        case pinged
    }

    let address: String
    var decoder = LineDecoder()
    var capabilities = CapabilitySet()
    var liveness = Liveness.greeting
    var lastHeard: Instant
    /// Bytes given to the loop that it has not reported as written.
    var queued = 0
    /// It left more unread than `HubLimits.sendQueue`, gets nothing more and is closed before the input is done.
    var isOverflowing = false
    /// Answers that wait until the client has read those before; while there are any, its next line waits too.
    var answers = Deque<[UInt8]>()
    /// The question to the shelf whose answer its next line waits for.
    var awaiting: RequestID?
    /// Flood control: the instant up to which its lines are paid for.
    var paidUntil: Instant
    var isThrottled = false
    var isPaused = false

    init(address: String, at now: Instant) {
        self.address = address
        lastHeard = now
        paidUntil = now
    }

    /// The next line may be handled now; otherwise it stays in the decoder, where it keeps its place.
    var takesLines: Bool { answers.isEmpty && awaiting == nil && !isThrottled }

    /// The next answer may leave now; otherwise it waits behind the others.
    var takesAnswers: Bool { answers.isEmpty && queued < HubLimits.answerMark }

    /// Pays for one line; gives the instant before which the next must not be handled, nil when it may at once.
    mutating func pay(_ cost: Interval, at now: Instant) -> Instant? {
        paidUntil = max(paidUntil, now) + cost
        let next = paidUntil - HubLimits.floodCost * (HubLimits.floodBurst - 1)
        return next > now ? next : nil
    }
}

/// The capabilities of one client, in a machine word.
struct CapabilitySet: Hashable, Sendable {
    private var bits: UInt16 = 0

    private static func bit(_ capability: Capability) -> UInt16 {
        switch capability {
        case .serverTime: 1
        case .echoMessage: 2
        case .multiPrefix: 4
        case .userhostInNames: 8
        case .awayNotify: 16
        case .capNotify: 32
        case .files: 64
        }
    }

    func contains(_ capability: Capability) -> Bool { bits & Self.bit(capability) != 0 }
    mutating func insert(_ capability: Capability) { bits |= Self.bit(capability) }
    mutating func remove(_ capability: Capability) { bits &= ~Self.bit(capability) }

    /// What the server offers. Not multi-prefix: members have no prefix yet.
    static let offered: [Capability] = [
        .awayNotify, .capNotify, .echoMessage, .files, .serverTime, .userhostInNames,
    ]
}
