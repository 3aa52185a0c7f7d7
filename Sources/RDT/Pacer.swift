package import Timeline

/// Spreads what may leave over time, so that no window leaves at once and no queue on the path has to hold it.
///
/// A pacer that was not used for a while lets at most 2 ms of the rate leave together, and at least `leastBurst`; a
/// waiting sender is woken for at least half a millisecond's worth, so that a fast path costs few wake-ups.
package struct Pacer: Sendable {
    /// Bytes a second; nil while nothing is known of the path, and then it holds nothing back.
    package private(set) var rate: Double?
    /// Bytes that may still leave whatever the rate: the first burst.
    package var credit = 0
    /// Bytes that are let out together, however long that takes to be due: packet trains. 0 where they are of no use.
    package var quantum = 0
    /// When the next byte is due.
    private var due = Instant(nanoseconds: 0)

    private static let burst = Interval.milliseconds(2)
    private static let batch = Interval.microseconds(500)
    /// 8 Tbit/s hold nothing back any more, and fit every number that is made of them.
    private static let fastest = 1e12

    package init() {}

    /// What has left already is owed at the new rate.
    package mutating func setRate(_ wanted: Double?, at now: Instant) {
        let new = wanted.map { $0 < Self.fastest ? $0 : Self.fastest }
        if let rate, let new, rate > 0, due > now { due = now + (due - now).scaled(by: rate / new) }
        rate = new
    }

    /// How many bytes may leave now; none when it is negative or 0.
    package func allowance(segment: Int, at now: Instant) -> Int {
        guard let rate else { return .max }
        guard now >= due else { return credit }
        let burst = max(Self.burst.seconds * rate, Double(quantum))
        return max(credit, segment + Int(min((now - due).seconds * rate, burst)))
    }

    package mutating func sent(_ bytes: Int, at now: Instant) {
        let free = min(credit, bytes)
        credit -= free
        guard let rate else { return }
        let burst = max(Self.burst.seconds, Double(quantum) / rate)
        due = max(due, now - .seconds(burst)) + .seconds(Double(bytes - free) / rate)
    }

    /// When a sender that does not come loses some of the rate for good: until then what was held back may still leave
    /// together.
    func exhaustion(segment: Int) -> Instant { max(release(segment: segment), due + Self.burst) }

    /// When a sender whose allowance is used up should try again.
    package func release(segment: Int) -> Instant {
        guard credit < segment else { return Instant(nanoseconds: 0) }
        guard let rate else { return due }
        let wait = max(Self.batch.seconds, Double(quantum) / rate)
        return Double(segment) < rate * wait ? due + .seconds(wait) : due
    }
}
