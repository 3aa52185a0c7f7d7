/// A length of time in whole nanoseconds: 64 bits hold 292 years and fit a register, which the standard library's
/// 128-bit `Duration` does not.
package struct Interval: Comparable, Hashable, Sendable {
    package let nanoseconds: Int64

    package init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    package static let zero = Interval(nanoseconds: 0)
    package static func nanoseconds(_ count: Int64) -> Interval { Interval(nanoseconds: count) }
    package static func microseconds(_ count: Int64) -> Interval { Interval(nanoseconds: count * 1_000) }
    package static func milliseconds(_ count: Int64) -> Interval { Interval(nanoseconds: count * 1_000_000) }
    package static func seconds(_ count: Int) -> Interval { Interval(nanoseconds: Int64(count) * 1_000_000_000) }

    /// `count` must be finite and below 292 years; anything outside is clamped to what an `Interval` can hold. Disfavoured,
    /// because a whole literal would otherwise fit both overloads and neither.
    @_disfavoredOverload
    package static func seconds(_ count: Double) -> Interval {
        Interval(nanoseconds: Int64(max(-9.2e18, min(9.2e18, (count * 1e9).rounded()))))
    }

    package var seconds: Double { Double(nanoseconds) / 1e9 }
    package var milliseconds: Double { Double(nanoseconds) / 1e6 }

    package static func < (left: Interval, right: Interval) -> Bool { left.nanoseconds < right.nanoseconds }
    package static func + (left: Interval, right: Interval) -> Interval {
        Interval(nanoseconds: left.nanoseconds + right.nanoseconds)
    }
    package static func - (left: Interval, right: Interval) -> Interval {
        Interval(nanoseconds: left.nanoseconds - right.nanoseconds)
    }
    package static func * (left: Interval, factor: Int64) -> Interval {
        Interval(nanoseconds: left.nanoseconds * factor)
    }
    package static func / (left: Interval, divisor: Int64) -> Interval {
        Interval(nanoseconds: left.nanoseconds / divisor)
    }
    package static func += (left: inout Interval, right: Interval) { left = left + right }
    package static func -= (left: inout Interval, right: Interval) { left = left - right }

    package func scaled(by factor: Double) -> Interval { .seconds(seconds * factor) }
    package var magnitude: Interval { Interval(nanoseconds: abs(nanoseconds)) }
}
