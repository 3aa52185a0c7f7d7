import ArgumentParser
import Timeline

/// A rate as people write it: `100M`, `1.5G`, `64k`, or plain bits a second.
struct BitRate: ExpressibleByArgument {
    let bitsPerSecond: Double

    init?(argument: String) {
        let factors: [Character: Double] = ["k": 1e3, "M": 1e6, "G": 1e9]
        let factor = argument.last.flatMap { factors[$0] }
        let digits = factor == nil ? argument[...] : argument.dropLast()
        guard let number = Double(digits), number > 0, number.isFinite else {
            return nil
        }
        bitsPerSecond = number * (factor ?? 1)
    }
}

/// `AT,FOR` in seconds.
struct Outage: ExpressibleByArgument {
    let time: Range<Interval>

    init?(argument: String) {
        let parts = argument.split(separator: ",").compactMap { Double($0) }
        guard parts.count == 2, parts.allSatisfy({ (0...1e6).contains($0) }) else { return nil }
        time = .seconds(parts[0])..<(.seconds(parts[0] + parts[1]))
    }
}
