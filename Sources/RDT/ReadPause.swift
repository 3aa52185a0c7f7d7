package import Timeline

/// Lets the datagrams of a steady stream gather in the socket, so that one turn of the client's loop takes several.
///
/// At the pace of a network each datagram wakes the client on its own, and waking costs several times as much as the
/// datagram. After a read the socket is left alone for an eighth of the round trip, at most 1 ms: the sender's window holds
/// a round trip's worth and more, so nothing stops meanwhile. A stream of which that would bring too little, and one that
/// fills a read by itself, is taken as it comes.
package struct ReadPause: Sendable {
    private var lastRead: Instant?

    /// Parts of a round trip.
    private static let share: Int64 = 8
    /// What a key or a line of chat hides in: a thousand wake-ups a second cost little.
    private static let longest = Interval.milliseconds(1)
    /// Linux wakes a sleeper up to 50 µs late (prctl(2), PR_SET_TIMERSLACK): a shorter pause would be none.
    private static let shortest = Interval.microseconds(50)
    /// A pause is to bring at least so many datagrams, and is short enough to bring no more than so many.
    private static let fewest: Int64 = 2
    private static let most: Int64 = 32

    package init() {}

    /// After a read that took `count` datagrams and left the socket empty: when to look at it again, nil for as soon as
    /// something comes.
    package mutating func read(_ count: Int, roundTrip: Interval?, at now: Instant) -> Instant? {
        defer { lastRead = now }
        guard let lastRead, let roundTrip, count > 0, now > lastRead else { return nil }
        let spacing = (now - lastRead) / Int64(count)
        let pause = min(roundTrip / Self.share, Self.longest, spacing * Self.most)
        guard pause >= Self.shortest, pause >= spacing * Self.fewest else { return nil }
        return now + pause
    }
}
