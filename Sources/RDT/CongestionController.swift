package import Timeline

/// Decides how much may be on its way and how fast it may leave; it knows nothing of what is in the packets.
package protocol CongestionController: Sendable {
    init(segmentSize: Int, receiveWindow: Int)

    /// Bytes that may be on their way.
    var window: Int { get }
    /// Bytes a second at which they leave; nil for as fast as they can.
    var pacingRate: Double? { get }

    /// Something arrived at the other end; what became of the window.
    mutating func delivered(_ report: DeliveryReport) -> WindowChange
    /// A loss event: one for all packets that were on their way together.
    mutating func lost(_ report: LossReport) -> WindowChange
    /// The receiver's word on how much it takes.
    mutating func receiveWindowChanged(_ bytes: Int)
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
}

/// What is known at a loss event.
package struct LossReport: Sendable {
    package var now: Instant
    package var unacknowledged: FileOffset
    package var highest: FileOffset
    package var roundTrip: RoundTripEstimate
}

/// What a report did to the window: for the trace and for the rule that it only doubles, halves or is capped.
package enum WindowChange: Hashable, Sendable {
    case none, doubled, halved, capped
}
