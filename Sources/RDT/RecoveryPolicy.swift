/// Decides what is sent next and when something is lost; it knows nothing of rates (rdt(7), RECOVERY).
///
/// `Flight` keeps the packets and the timer, and asks. A policy that sends out of order returns one stretch after the
/// other from `nextToSend`; one that needs no go-back returns `.lost` alone.
package protocol RecoveryPolicy: Sendable {
    static var choice: RecoveryChoice { get }

    init(start: FileOffset)

    /// Bytes on their way, for the window.
    var inFlight: Int { get }
    /// The first byte that has not been acknowledged.
    var unacknowledged: FileOffset { get }
    /// The end of what has been sent at least once.
    var highest: FileOffset { get }

    /// What should leave next: its place, at most how far it may go, and whether the window has a say.
    func nextToSend(size: FileOffset, segmentSize: Int) -> Stretch?
    /// `length` bytes from the place that `nextToSend` gave have left, in packets from `firstPacket` on.
    mutating func sent(length: Int, firstPacket: PacketNumber)
    /// An ACK with `next` as the first missing byte has been noted in `window`.
    mutating func acknowledged(upTo next: FileOffset, in window: SendWindow) -> RecoveryAction
    mutating func timeoutFired(in window: SendWindow)

    /// What must always hold, as far as the policy can tell.
    func checkInvariants(in window: SendWindow) throws(InvariantViolation)
}

/// A part of the file that a policy wants to leave.
package struct Stretch: Hashable, Sendable {
    package let start: FileOffset
    package let end: FileOffset
    /// A probe leaves whatever window and pacer say: one segment, to learn whether anything was lost.
    package let isProbe: Bool
}

/// What an ACK means to the policy.
package enum RecoveryAction: Hashable, Sendable {
    case nothing
    /// The first unacknowledged packet is lost, and everything from there is sent again.
    case goBack(from: PacketNumber)
    /// Packets are lost and will be sent again one by one, or the receiver has already what came after.
    case lost(PacketNumber)
    /// The timeout was too early: nothing had been lost.
    case spuriousTimeout
}

/// A broken invariant, in words: this end is wrong, not its peer.
package struct InvariantViolation: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}

/// Throws a violation with `text` unless `condition` holds.
package func require(_ condition: Bool, _ text: @autoclosure () -> String) throws(InvariantViolation) {
    guard condition else { throw InvariantViolation(text()) }
}
