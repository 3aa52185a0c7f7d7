package import Timeline

/// The round trip and the retransmission timeout of RFC 6298, from samples that are exact because a packet number is
/// never used twice: Karn's rule is not needed.
package struct RoundTripEstimate: Sendable {
    /// Nil until the first sample.
    package private(set) var smoothed: Interval?
    package private(set) var latest: Interval?
    /// The longest sample of those that came last, `blockSize` at a time.
    private var longest: (current: Interval?, previous: Interval?) = (nil, nil)
    private var samplesOfBlock = 0
    private var variation = Interval.zero
    /// The least sample of this half of the memory and of the half before.
    private var least: (current: Interval?, previous: Interval?) = (nil, nil)
    private var halfBegan = Instant(nanoseconds: 0)
    private var backoff = 0
    /// Whether a full segment has been measured: the handshake's small datagrams are faster on a slow link.
    private var isProven = false
    private var isGuess = false

    /// A least round trip is remembered for 5 to 10 s (10 s: BBR, draft-ietf-ccwg-bbr §2.13): a path may change.
    private static let halfOfMemory = Interval.seconds(5)
    private static let blockSize = 4

    /// What a guess may be: from a machine's own network to a satellite with queues.
    static let guesses = Interval.microseconds(100)...Interval.seconds(3)

    package init() {}

    /// The longest of the last five to eight samples: what overtakes on the path makes one round trip look short, or three in a
    /// row, and hardly five. A queue that empties shows in all of them.
    package var confirmed: Interval? {
        longest.current.map { max($0, longest.previous ?? $0) }
    }

    /// The shortest confirmed round trip of the last seconds: the path without its queues.
    package var shortest: Interval? {
        guard let current = least.current else { return least.previous }
        return least.previous.map { min($0, current) } ?? current
    }

    /// The retransmission timeout: RFC 6298 §2.3 with our floor and ceiling, doubled for each time that it fired (§5.5).
    package var timeout: Interval { timeout(longest: Limits.greatestTimeout) }

    /// The same with another ceiling for what doubling makes of it, and `single` timeouts in a row that are not doubled yet.
    package func timeout(longest: Interval, single: Int = 0) -> Interval {
        let floor = isProven ? Limits.leastTimeout : Limits.leastUnproven
        let base = smoothed.map { max($0 + max(variation * 4, Limits.granularity), floor) } ?? Limits.firstTimeout
        return min(base * Int64(1 << min(max(backoff - single, 0), 12)), max(base, longest), Limits.greatestTimeout)
    }

    /// The first guess: from datagrams that are smaller than the data's.
    package mutating func sampleHandshake(_ roundTrip: Interval, at now: Instant) {
        sample(roundTrip, at: now)
        isProven = false
    }

    /// What TCP measured, until the first sample: it may end nearer than the client, so the least one stays unknown.
    package mutating func guess(_ roundTrip: Interval) {
        guard smoothed == nil else { return }
        let trip = min(max(roundTrip, Self.guesses.lowerBound), Self.guesses.upperBound)
        smoothed = trip
        variation = trip / 2
        isGuess = true
    }

    package mutating func sample(_ roundTrip: Interval, at now: Instant) {
        let sample = max(roundTrip, .nanoseconds(1))
        latest = sample
        if samplesOfBlock == Self.blockSize {
            longest = (nil, longest.current)
            samplesOfBlock = 0
        }
        samplesOfBlock += 1
        longest.current = max(longest.current ?? sample, sample)
        isProven = true
        if now - halfBegan > Self.halfOfMemory {
            least = (nil, least.current)
            halfBegan = now
        }
        let floor = confirmed ?? sample
        least.current = least.current.map { min($0, floor) } ?? floor
        if let old = smoothed, !isGuess {
            variation = (variation * 3 + (old - sample).magnitude) / 4
            smoothed = (old * 7 + sample) / 8
        } else {
            smoothed = sample
            variation = sample / 2
            isGuess = false
        }
    }

    /// How often the timer fired since something was acknowledged.
    package var timeoutsInRow: Int { backoff }
    package var isBackedOff: Bool { backoff > 0 }

    /// The timer fired: the next timeout is twice as long.
    package mutating func backOff() { backoff += 1 }
    /// New data was acknowledged: the path is alive.
    package mutating func endBackoff() { backoff = 0 }
}
