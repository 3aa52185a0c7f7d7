import Timeline

/// Sizes and times as a person reads them, in at most nine columns.
enum Amount {
    /// `12 B`, `12.3 KiB`, `4.0 MiB`: one decimal, binary units, rounded to nearest.
    static func bytes(_ count: UInt64) -> String {
        guard count >= 1024 else { return "\(count) B" }
        var value = Double(count)
        for unit in ["KiB", "MiB", "GiB", "TiB", "PiB"] {
            value /= 1024
            if value < 1023.95 { return "\(tenths(value)) \(unit)" }
        }
        return "\(tenths(value / 1024)) EiB"
    }

    static func rate(_ perSecond: Double) -> String { "\(bytes(UInt64(max(0, min(perSecond, 1e18)).rounded())))/s" }

    /// `00:42`, `1:02:03`; more than 99 hours is `--:--`, which nobody waits for.
    static func clock(seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0, seconds < 360_000 else { return "--:--" }
        let whole = Int(seconds.rounded(.up))
        let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
        let tail = "\(twoDigits(minutes)):\(twoDigits(rest))"
        return hours > 0 ? "\(hours):\(tail)" : tail
    }

    /// `12 s`, `3 min`, `2 h`, `4 d`: how long ago something was, which nobody needs more exactly.
    static func age(_ interval: Interval) -> String {
        let seconds = Int(interval.seconds)
        switch seconds {
        case ..<60: return "\(max(0, seconds)) s"
        case ..<3600: return "\(seconds / 60) min"
        case ..<86_400: return "\(seconds / 3600) h"
        default: return "\(seconds / 86_400) d"
        }
    }

    /// `850 µs`, `51.2 ms`, `3.0 s`: a span of time to look at, not a clock's.
    static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0 else { return "-" }
        if seconds < 0.0009995 { return "\(Int((seconds * 1e6).rounded())) µs" }
        if seconds < 0.99995 { return "\(tenths(seconds * 1e3)) ms" }
        return seconds < 100 ? "\(tenths(seconds)) s" : "\(Int(min(seconds, 1e15).rounded())) s"
    }

    /// `1 timeout`, `2 timeouts`.
    static func counted(_ count: UInt64, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

    static func tenths(_ value: Double) -> String {
        let scaled = Int64((max(0, min(value, 1e15)) * 10).rounded())
        return "\(scaled / 10).\(scaled % 10)"
    }

    /// 0 to 100; 100 only when all is there.
    static func percent(_ bytes: UInt64, of size: UInt64) -> Int {
        size == 0 ? 100 : Int(min(100, (Double(bytes) / Double(size) * 100).rounded(.down)))
    }

    static func twoDigits(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
