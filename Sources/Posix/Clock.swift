import CPosix
import Glibc
package import Timeline

/// The two clocks of the machine: one that only goes forward, for deadlines, and the one that people read.
package enum Clock {
    /// Now, on CLOCK_MONOTONIC.
    package static func now() -> Instant { Instant(nanoseconds: read(CLOCK_MONOTONIC).nanoseconds) }

    /// Now, for time stamps.
    package static func wallTime() -> WallTime {
        let (seconds, rest) = read(CLOCK_REALTIME).nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        return WallTime(time: UnixTime(seconds: seconds), milliseconds: Int(rest / 1_000_000))
    }

    private static func read(_ clock: clockid_t) -> Interval {
        var time = timespec()
        // Cannot fail for the clocks above (clock_gettime(2)).
        _ = unsafe clock_gettime(clock, &time)
        return Interval(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }
}

/// A time of day to the millisecond.
package struct WallTime: Hashable, Sendable {
    package let time: UnixTime
    package let milliseconds: Int

    package init(time: UnixTime, milliseconds: Int) {
        self.time = time
        self.milliseconds = milliseconds
    }

    /// `2026-02-01T13:05:09.120Z`, UTC.
    package var isoText: String {
        let date = date(time, local: false)
        let clock = "\(padded(date.hour)):\(padded(date.minute)):\(padded(date.second))"
        return "\(date.dayText)T\(clock).\(padded(Int32(milliseconds), to: 3))Z"
    }
}

extension UnixTime {
    /// The hour and minute on the clock of the place where the program runs, as in `14:05`.
    package var localClockText: String {
        let date = date(self, local: true)
        return "\(padded(date.hour)):\(padded(date.minute))"
    }

    /// `2026-02-01`, in local time.
    package var localDayText: String { date(self, local: true).dayText }

    /// `2026-02-01 14:05`, in local time.
    package var localDateText: String { "\(date(self, local: true).dayText) \(localClockText)" }
}

extension cposix_date {
    fileprivate var dayText: String { "\(year)-\(padded(month))-\(padded(day))" }
}

private func date(_ time: UnixTime, local: Bool) -> cposix_date {
    var date = cposix_date()
    // Times of a year beyond 32 bits have no date; they are shown as 1970.
    if unsafe cposix_date_of(time.seconds, local ? 1 : 0, &date) != 0 {
        _ = unsafe cposix_date_of(0, local ? 1 : 0, &date)
    }
    return date
}

private func padded(_ number: Int32, to width: Int = 2) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
