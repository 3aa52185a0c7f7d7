import Timeline

/// When the client acknowledges: often enough for the sender, not more than a thin return path carries (rdt(7), CLIENT).
///
/// ACKs may take 1/200 of the bytes that come. While that lasts each batch is acknowledged at once; the last part of it is
/// kept for news of a gap. Else an ACK is held back for a quarter of the round trip or for eight packets' time, whichever is
/// longer, and at most for 25 ms. A return path of a hundredth of the other one's rate stays half empty that way, and a
/// small file is acknowledged packet by packet.
struct AckSchedule: Sendable {
    /// Bytes that ACKs may take now.
    private var credit: Double
    /// When what is held back leaves; nil while nothing is.
    private(set) var heldUntil: Instant?
    /// Whether that is the pause between two ACKs alone, after which the share still counts.
    private var isPausing = false
    /// The time from one packet to the next, smoothed.
    private var spacing = Interval.zero
    private var lastArrival: Instant?
    /// When the first datagram came of those that no ACK has told of: a hold counts from there, so that what the client took
    /// to read them is part of it. The server's timeout allows for `longestHold` and no more.
    private var waitingSince: Instant?
    private var lastLeft: Instant?

    /// A long path begins with more: the first ACKs tell its rate.
    init(roundTrip: Interval) {
        let acks = min(max(roundTrip.seconds / 0.01, 4), 40)
        credit = Self.reserve + acks * Double(Packet.Ack.size(ranges: 1))
    }

    private static let share = 1.0 / 200
    private static let most = 3_000.0
    private static let reserve = 600.0
    private static let pause: Int64 = 16
    private static let packetsOfHold: Int64 = 8
    private static let holdsOfTrip: Int64 = 4
    /// ACKs of a round trip at most: a thin return path would else spread the first ones, which tell the path's rate.
    private static let mostOfTrip: Int64 = 4_096

    /// A datagram of `bytes` came.
    mutating func arrived(bytes: Int, at now: Instant) {
        credit = min(credit + Double(bytes) * Self.share, Self.most)
        if let lastArrival, case let gap = now - lastArrival {
            // A pause is the sender's waiting for us, and no measure of the path.
            if spacing == .zero || gap <= spacing * Self.pause { spacing = (spacing * 7 + gap) / 8 }
        }
        lastArrival = now
        waitingSince = waitingSince ?? now
    }

    /// Whether an ACK of `bytes` leaves now; else it is held back.
    mutating func mayLeave(_ bytes: Int, tellsOfGap: Bool, roundTrip: Interval?, at now: Instant) -> Bool {
        if let held = heldUntil, held <= now {
            guard isPausing else { return true }
            heldUntil = nil
        }
        let pause = (roundTrip ?? .zero) / Self.mostOfTrip
        if heldUntil == nil, let lastLeft, now < lastLeft + pause {
            isPausing = true
            heldUntil = lastLeft + pause
        }
        guard heldUntil == nil || !isPausing else { return false }
        if credit >= Double(bytes) + (tellsOfGap ? 0 : Self.reserve) { return true }
        let hold = max((roundTrip ?? .zero) / Self.holdsOfTrip, spacing * Self.packetsOfHold, Limits.granularity)
        isPausing = false
        heldUntil = heldUntil ?? (waitingSince ?? now) + min(hold, Limits.longestHold)
        return heldUntil.map { $0 <= now } ?? false
    }

    /// An ACK of `bytes` has left.
    mutating func left(_ bytes: Int, at now: Instant) {
        lastLeft = now
        waitingSince = nil
        credit = max(credit - Double(bytes), 0)
        heldUntil = nil
    }
}
