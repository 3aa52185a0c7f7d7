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

    /// The numeric address, for people; `group` is what the limit of connections counts by.
    let address: String
    let group: String
    var decoder = LineDecoder()
    var liveness = Liveness.greeting
    var lastHeard: Instant
    /// When its bytes came last; `lastHeard` is later where they had to wait.
    var lastRead: Instant
    /// Answers that wait until the client has read those before; while there are any, its next line waits too.
    var answers = Deque<Answer>()
    /// The question to the shelf or the loop whose answer its next line waits for.
    var awaiting: RequestID?
    /// The label of the line that asked it, with what has been answered so far.
    var held: LabelledReply?
    /// Flood control: the instant up to which its lines are paid for.
    var paidUntil: Instant
    var isThrottled = false
    /// It said CAP LS 302, which asks for cap-notify for good (IRCv3 capability-negotiation).
    var keepsCapNotify = false
    var isPaused = false

    init(address: String, group: String, at now: Instant) {
        self.address = address
        self.group = group
        lastHeard = now
        lastRead = now
        paidUntil = now
    }

    /// The next line may be handled now; otherwise it stays in the decoder, where it keeps its place.
    var takesLines: Bool { answers.isEmpty && awaiting == nil && !isThrottled }

    /// Pays for one line; gives the instant before which the next must not be handled, nil when it may at once.
    mutating func pay(_ cost: Interval, at now: Instant) -> Instant? {
        paidUntil = max(paidUntil, now) + cost
        let next = paidUntil - HubLimits.floodCost * (HubLimits.floodBurst - 1)
        return next > now ? next : nil
    }
}

/// What a line needs to know of each of its receivers: small and flat, because it is looked at for every one of them.
struct Outlet: Sendable {
    /// Bytes given to the loop that it has not reported as written.
    var queued = 0
    var capabilities = CapabilitySet()
    /// It left more unread than `HubLimits.sendQueue`, gets nothing more and is closed before the input is done.
    var isOverflowing = false
    /// Its connection has answers or lines waiting for what the loop writes.
    var waitsForRoom = false
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
        case .messageTags: 128
        case .setname: 256
        case .batch: 512
        case .labeledResponse: 1_024
        case .chatHistory: 2_048
        }
    }

    func contains(_ capability: Capability) -> Bool { bits & Self.bit(capability) != 0 }
    mutating func insert(_ capability: Capability) { bits |= Self.bit(capability) }
    mutating func remove(_ capability: Capability) { bits &= ~Self.bit(capability) }

    /// What the server offers: all there is.
    static let offered = Capability.allCases.sorted { $0.rawValue < $1.rawValue }
}
