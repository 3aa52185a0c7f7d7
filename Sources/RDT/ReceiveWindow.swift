import Timeline

/// How much may be on its way to the client: what a short path needs, and not all that the socket takes.
///
/// What lies unread in the socket of a client that is killed comes twice, and a client that waits for the processor leaves a
/// whole window there. On a short path little of a window is on the way, so it follows what the path brings. It never falls
/// after the first ACK: a round trip that grows later must not be answered with ever less.
struct ReceiveWindow: Sendable {
    /// Bytes that cost little when they come again: half of what a kill may cost.
    static let least = 1 << 20
    /// On a longer path most of a window is on the way, and the start leaps: all that the socket takes.
    static let longestTrip = Interval.milliseconds(10)
    /// Rates are measured over so long: a client that was kept waiting reads megabytes at once.
    static let span = Interval.milliseconds(8)
    /// Round trips of the greatest rate, for a start that doubles each round trip, and what turns of both ends take.
    private static let trips: Int64 = 2
    private static let turns = Interval.milliseconds(1)

    private var trip: Interval?
    /// The greatest so far, in bytes a second.
    private var greatest = 0.0
    private var begin: Instant?
    private var bytes = 0

    /// The handshake, or TCP, has shown a round trip.
    mutating func measured(_ trip: Interval?) { self.trip = trip }

    /// A datagram with so many bytes of the file came.
    mutating func arrived(_ count: Int, at now: Instant) {
        if let begin, case let passed = now - begin, passed >= Self.span {
            greatest = max(greatest, Double(bytes) / passed.seconds)
            self.begin = now
            bytes = 0
        }
        begin = begin ?? now
        bytes += count
    }

    /// What ACKs tell, of the `most` that the socket takes.
    func advice(most: UInt32) -> UInt32 {
        guard let trip, trip <= Self.longestTrip else { return most }
        let followed = greatest * (trip * Self.trips + Self.turns).seconds
        return min(most, max(UInt32(Self.least), UInt32(clamping: Int64(min(followed, Double(most))))))
    }
}
