/// A point on a clock that only goes forward, in nanoseconds since an origin that the clock's owner chose.
///
/// The cores never read a clock: the loop that drives them reads it once a turn and passes the instant on, so a test
/// can let a day go by in a microsecond.
package struct Instant: Comparable, Hashable, Sendable {
    package let nanoseconds: Int64

    package init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    package static func < (left: Instant, right: Instant) -> Bool { left.nanoseconds < right.nanoseconds }
    package static func - (left: Instant, right: Instant) -> Interval {
        Interval(nanoseconds: left.nanoseconds - right.nanoseconds)
    }
    package static func + (left: Instant, right: Interval) -> Instant {
        Instant(nanoseconds: left.nanoseconds + right.nanoseconds)
    }
    package static func - (left: Instant, right: Interval) -> Instant {
        Instant(nanoseconds: left.nanoseconds - right.nanoseconds)
    }
    package static func += (left: inout Instant, right: Interval) { left = left + right }
}

/// Seconds since 1970-01-01 00:00 UTC, as a file's modification time or a message's time stamp carries them.
package struct UnixTime: Comparable, Hashable, Sendable {
    package let seconds: Int64

    package init(seconds: Int64) {
        self.seconds = seconds
    }

    package static func < (left: UnixTime, right: UnixTime) -> Bool { left.seconds < right.seconds }
}
