import RDT
import Simulation

/// `simulate --scenarios`: every path with every recovery, and the bound beside it.
struct ScenarioTable {
    /// Only paths with one of these in their names; all when there are none.
    let words: [String]?
    let seed: UInt64
    let tracing: Bool

    private static let columns = [28, 6, 9, 9, 8, 9, 9, 7, 7, 14]

    /// Prints as it goes; whether every bound was kept.
    func run(_ choices: [RecoveryChoice]) throws -> Bool {
        var isGood = true
        Self.line(["path", "with", "seconds", "data", "share", "overhead", "queue ms", "lost", "resent", "bound"])
        for path in Path.promised + Path.picoquic where isWanted(path.name) {
            for choice in choices {
                let trial = try Trial.run(path, choice, seed: seed, tracing: tracing)
                for record in trial.traces where record.end == .server { Swift.print(record.json) }
                let isBound = choice != .gbn
                if isBound, !trial.isWithin { isGood = false }
                Self.line([
                    path.name, choice.rawValue, trial.seconds.map { Self.fixed($0, 3) } ?? "never",
                    Self.fixed(trial.data, 3),
                    Self.fixed(trial.share * 100, 1) + " %", Self.fixed(trial.overhead * 100, 1) + " %",
                    Self.fixed(trial.queueing, 1), "\(trial.statistics.lost)", "\(trial.statistics.resent)",
                    Self.text(path.bound) + (isBound && !trial.isWithin ? " MISSED" : ""),
                ])
            }
        }
        return isGood
    }

    /// Two flows on one bottleneck; whether every bound was kept.
    func runRivals() throws -> Bool {
        var isGood = true
        Self.line(["two on one link", "", "", "first", "second", "together", "queue ms", "", "", "bound"])
        for rivals in Rivalry.cases where isWanted(rivals.name) {
            let result = try rivals.run(seed: seed, tracing: tracing)
            for record in result.traces where record.end == .server { print(record.json) }
            if !rivals.accepts(result) { isGood = false }
            let bounds = rivals.bounds
            Self.line([
                rivals.name, "", "", Self.fixed(result.shares[0] * 100, 1) + " %",
                Self.fixed(result.shares[1] * 100, 1) + " %",
                Self.fixed((result.shares[0] + result.shares[1]) * 100, 1) + " %", Self.fixed(result.queueing, 1), "",
                "",
                "\(Self.fixed(bounds.lowerBound * 100, 0)) to \(Self.fixed(bounds.upperBound * 100, 0)) %"
                    + (rivals.accepts(result) ? "" : " MISSED"),
            ])
        }
        return isGood
    }

    private func isWanted(_ name: String) -> Bool { words?.contains { name.contains($0) } ?? true }

    private static func text(_ bound: Path.Bound) -> String {
        switch bound {
        case .none: "-"
        case .seconds(let most): "<= \(Self.fixed(most, 2)) s"
        case .share(let least): ">= \(Self.fixed(least * 100, 0)) %"
        }
    }

    private static func line(_ cells: [String]) {
        var text = ""
        for (cell, width) in zip(cells, columns) {
            text += cell + String(repeating: " ", count: max(1, width - cell.count))
        }
        print(text)
    }

    /// With so many decimals, rounded.
    static func fixed(_ number: Double, _ digits: Int) -> String {
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let scaled = Int((abs(number) * scale).rounded())
        let sign = number < 0 && scaled > 0 ? "-" : ""
        guard digits > 0 else { return sign + "\(scaled)" }
        let rest = String(scaled % Int(scale))
        return sign + "\(scaled / Int(scale))." + String(repeating: "0", count: digits - rest.count) + rest
    }
}
