package import Timeline

/// A time as IRCv3 server-time writes it, `2026-11-22T12:34:57.123Z`.
package enum ServerTime {
    package static let tag = "time"

    /// `milliseconds` are those beyond the whole second.
    package static func text(of time: UnixTime, milliseconds: Int) -> String {
        let (days, second) = time.seconds.flooredDivision(by: 86_400)
        let (year, month, day) = date(ofDay: days)
        let clock = [second / 3_600, second / 60 % 60, second % 60].map { padded($0, to: 2) }.joined(separator: ":")
        return "\(padded(year, to: 4))-\(padded(month, to: 2))-\(padded(day, to: 2))"
            + "T\(clock).\(padded(Int64(milliseconds), to: 3))Z"
    }

    /// The whole seconds of such a text; nil when it is none.
    package static func time(of text: String) -> UnixTime? { parts(of: text)?.time }

    /// A text in the form of all others, with three digits of the second's fraction, so that texts compare as their times
    /// do; nil when it is none. The fraction may have any number of digits, or be left out (ISO 8601).
    package static func normalized(_ text: String) -> String? {
        parts(of: text).map { Self.text(of: $0.time, milliseconds: $0.milliseconds) }
    }

    private static func parts(of text: String) -> (time: UnixTime, milliseconds: Int)? {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes.last == UInt8(ascii: "Z") else { return nil }
        for (place, separator) in zip([4, 7, 10, 13, 16], "--T::".utf8) where bytes[place] != separator { return nil }
        func number(_ range: Range<Int>) -> Int64? {
            bytes[range].allSatisfy(\.isASCIIDigit) ? Int64(String(decoding: bytes[range], as: UTF8.self)) : nil
        }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
            let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
            (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 61
        else { return nil }
        let fraction = bytes[19..<bytes.count - 1]
        guard fraction.isEmpty || fraction.count > 1 && fraction.first == UInt8(ascii: "."),
            fraction.dropFirst().allSatisfy(\.isASCIIDigit)
        else { return nil }
        let digits = fraction.dropFirst().prefix(3) + [UInt8](repeating: UInt8(ascii: "0"), count: 3)
        let milliseconds = digits.prefix(3).reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        let time = UnixTime(seconds: ((daysSince1970(year, month, day) * 24 + hour) * 60 + minute) * 60 + second)
        return (time, milliseconds)
    }

    private static func padded(_ number: Int64, to width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    // The Gregorian calendar repeats after 146,097 days (400 years). Years are counted from March, so that the leap
    // day comes last.

    private static func daysSince1970(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let (era, yearOfEra) = (month > 2 ? year : year - 1).flooredDivision(by: 400)
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func date(ofDay days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = (days + 719_468).flooredDivision(by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
    }
}

extension Int64 {
    fileprivate func flooredDivision(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
