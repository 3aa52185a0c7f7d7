package import Timeline

/// Spreads what may leave over time, so that no window leaves at once and no queue on the path has to hold it.
///
/// A pacer that was not used for a while lets at most 2 ms of the rate leave together, and at least `leastBurst`; a
/// waiting sender is woken for at least half a millisecond's worth, so that a fast path costs few wake-ups.
package struct Pacer: Sendable {
    /// Bytes a second; nil while nothing is known of the path, and then it holds nothing back.
    package var rate: Double?
    /// When the next byte is due.
    private var due = Instant(nanoseconds: 0)

    private static let burst = Interval.milliseconds(2)
    private static let batch = Interval.microseconds(500)

    package init() {}

    /// How many bytes may leave now; none when it is negative or 0.
    package func allowance(segment: Int, at now: Instant) -> Int {
        guard let rate else { return .max }
        guard now >= due else { return 0 }
        return segment + Int(min((now - due).seconds, Self.burst.seconds) * rate)
    }

    package mutating func sent(_ bytes: Int, at now: Instant) {
        guard let rate else { return }
        due = max(due, now - Self.burst) + .seconds(Double(bytes) / rate)
    }

    /// When a sender that does not come loses some of the rate for good: until then what was held back may still leave
    /// together.
    func exhaustion(segment: Int) -> Instant { max(release(segment: segment), due + Self.burst) }

    /// When a sender whose allowance is used up should try again.
    package func release(segment: Int) -> Instant {
        guard let rate, Double(segment) < rate * Self.batch.seconds else { return due }
        return due + Self.batch
    }
}
