package import Timeline

extension RecoveryPolicy {
    package var singleTimeouts: Int { 0 }
}

/// Decides what is sent next and when something is lost; it knows nothing of rates (rdt(7), RECOVERY).
///
/// `Flight` keeps the packets and the timer, and asks. A policy that sends out of order returns one stretch after the
/// other from `nextToSend`; one that needs no go-back returns `.missing` alone.
package protocol RecoveryPolicy: Sendable {
    /// What is at work.
    var choice: RecoveryChoice { get }

    /// Sends from `start` on, but for the `omissions`.
    init(_ choice: RecoveryChoice, start: FileOffset, without omissions: Omissions)

    /// Bytes on their way, for the window.
    var inFlight: Int { get }
    /// The first byte that has not been acknowledged.
    var unacknowledged: FileOffset { get }
    /// The end of what has been sent at least once.
    var highest: FileOffset { get }
    /// When a packet that left before one that arrived is late enough to be lost; nil when none is waited for.
    var lossDeadline: Instant? { get }
    /// How long the other end may hold an ACK back, which the retransmission timer has to allow for.
    var acknowledgementDelay: Interval { get }
    /// The timer is doubled no further than this, or than its value before the first doubling if that is more.
    var longestTimeout: Interval { get }
    /// So many timeouts in a row come before the first doubling.
    var singleTimeouts: Int { get }

    /// What should leave next: its place, at most how far it may go, and whether the window has a say.
    func nextToSend(size: FileOffset, segmentSize: Int) -> Stretch?
    /// `length` bytes of the stretch that `nextToSend` gave have left, in packets from `firstPacket` on.
    mutating func sent(_ stretch: Stretch, length: Int, firstPacket: PacketNumber)
    /// A packet is named by an ACK for the first time; `acknowledged` follows.
    mutating func arrived(_ packet: SentPacket, as number: PacketNumber)
    /// A packet that no ACK named is forgotten, for its bytes have been acknowledged; whether it counts as lost.
    mutating func dropped(_ packet: SentPacket, as number: PacketNumber) -> Bool
    /// An ACK has been noted in `window`.
    mutating func acknowledged(_ facts: AckFacts, in window: SendWindow) -> RecoveryAction
    /// The loss deadline or the retransmission timer has run out.
    mutating func timeoutFired(_ facts: AckFacts, in window: SendWindow) -> TimeoutAction

    /// What must always hold, as far as the policy can tell.
    func checkInvariants(in window: SendWindow) throws(InvariantViolation)
}

/// What the acknowledgements so far say, for a policy.
package struct AckFacts: Sendable {
    package var now: Instant
    /// The first missing byte.
    package var next: FileOffset
    /// The largest packet number of which an ACK told; nil before the first.
    package var largest: PacketNumber?
    package var roundTrip: RoundTripEstimate
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
    /// The first unacknowledged packet was lost, and the receiver has already what came after.
    case lost(PacketNumber)
    /// These are lost and will be sent again one by one.
    case missing(Missing)
    /// The packet is lost, as `goBack(from:)` says, and from now on only what is lost is sent again.
    case switched(PacketNumber)
    /// The timeout was too early: nothing had been lost.
    case spuriousTimeout
}

/// What a timeout means to the policy.
package enum TimeoutAction: Hashable, Sendable {
    /// Nothing was heard for too long: a probe leaves.
    case probe
    /// Packets are late.
    case missing(Missing)
}

/// Packets that are found to be lost, and such that had been found lost before and arrived after all.
package struct Missing: Hashable, Sendable {
    package var packets = 0
    package var bytes = 0
    package var first: PacketNumber?
    package var last: PacketNumber?
    /// Bytes on their way when the last of them left.
    package var inFlight = 0
    /// Of the lost ones, those directly behind another one that was lost.
    package var following = 0
    package var latePackets = 0
    package var lateBytes = 0

    package var isNothing: Bool { packets == 0 && latePackets == 0 }
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
