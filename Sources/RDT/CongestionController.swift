package import Timeline

/// Decides how much may be on its way and how fast it may leave; it knows nothing of what is in the packets.
package protocol CongestionController: Sendable {
    init(_ choice: ControlChoice, _ path: PathFacts)

    /// Bytes that may be on their way.
    var window: Int { get }
    /// Bytes a second at which they leave; nil for as fast as they can.
    var pacingRate: Double? { get }
    /// Bytes that leave together at the start, before the rate counts.
    var firstBurst: Int { get }
    /// Bytes that shall leave together, for what their spread tells; 0 where it is of no use.
    var trainLength: Int { get }
    /// What the controller is doing, in a word for traces and `/why`; nil when it knows no phases.
    var phase: ControlPhase? { get }
    /// What it takes for the path's own loss, as a share; nil when it makes no difference between losses.
    var backgroundLoss: Double? { get }

    /// Something arrived at the other end; what became of the window.
    mutating func delivered(_ report: DeliveryReport) -> WindowChange
    /// A loss event of Go-Back-N: one for all packets that were on their way together.
    mutating func lost(_ report: LossReport) -> WindowChange
    /// Selective repeat found packets lost, or some arrived after all; `delivered` follows when there was an ACK.
    mutating func missed(_ missing: Missing, _ report: LossReport)
    /// Go-Back-N has handed over to selective repeat.
    mutating func recoverySwitched()
    /// So many of the bytes on their way were of no use to the receiver, which says nothing of the path.
    mutating func excused(_ bytes: Int)
    /// The receiver's word on how much it takes.
    mutating func receiveWindowChanged(_ bytes: Int)
}

extension CongestionController {
    package var firstBurst: Int { 0 }
    package var trainLength: Int { 0 }
    package var phase: ControlPhase? { nil }
    package var backgroundLoss: Double? { nil }
    package mutating func missed(_ missing: Missing, _ report: LossReport) {}
    package mutating func recoverySwitched() {}
    package mutating func excused(_ bytes: Int) {}
}

/// Which controller goes with a recovery.
package enum ControlChoice: String, CaseIterable, Sendable {
    /// Double-and-halve for pure Go-Back-N, else the rate model.
    case own
    /// The reference competitor of simulations, with selective repeat alone.
    case cubic
}

/// What is known of the path when the data begins.
package struct PathFacts: Sendable {
    package var segmentSize: Int
    package var receiveWindow: Int
    package var recovery: RecoveryChoice
    package var roundTrip: RoundTripEstimate
    /// Bytes of the file that shall cross it.
    package var bytes: Int
}

/// What a controller is doing.
package enum ControlPhase: String, CaseIterable, Sendable {
    case startup, drain, down, cruise, refill, up
    /// Shows the path's least round trip by keeping little on its way.
    case leastTrip = "least-trip"
    case slowStart = "slow-start", avoidance
}

/// What an ACK says of the path.
package struct DeliveryReport: Sendable {
    package var now: Instant
    /// The first byte that is not acknowledged, and the end of what has been sent.
    package var unacknowledged: FileOffset
    package var highest: FileOffset
    /// The newest packet of those that the ACK names first, and the number of the next to leave.
    package var newest: PacketNumber
    package var next: PacketNumber
    package var roundTrip: RoundTripEstimate
    /// Bytes a second, when it could be measured.
    package var deliveryRate: Double?
    /// Bytes that this ACK is the first to tell of, and all so far.
    package var news = 0
    package var delivered: UInt64 = 0
    /// What had been delivered and was on its way when the newest packet left, and when that was.
    package var deliveredBefore: UInt64 = 0
    package var inFlightBefore = 0
    package var sentAt = Instant(nanoseconds: 0)
    /// How long the receiver held the ACK back.
    package var held = Interval.zero
    /// Bytes on their way now.
    package var inFlight = 0
    /// Datagrams that the receiver's own system dropped since the last report: no loss of the path.
    package var localDrops = 0
}

/// What is known at a loss event.
package struct LossReport: Sendable {
    package var now: Instant
    package var unacknowledged: FileOffset
    package var highest: FileOffset
    package var next: PacketNumber
    package var roundTrip: RoundTripEstimate
}

/// What a report did to the window: for the trace and for the rule that Go-Back-N's only doubles, halves or is capped.
package enum WindowChange: Hashable, Sendable {
    case none, doubled, halved, capped
    case entered(ControlPhase)
}
