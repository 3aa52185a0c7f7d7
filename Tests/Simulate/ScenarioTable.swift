import RDT
import Simulation

/// `simulate --scenarios`: every path with every recovery, and the bound beside it.
enum ScenarioTable {
    private static let columns = [28, 6, 9, 9, 8, 9, 9, 7, 7, 14]

    /// Prints as it goes; whether every bound was kept.
    static func run(_ choices: [RecoveryChoice], only word: String?, tracing: Bool) throws -> Bool {
        var isGood = true
        line(["path", "with", "seconds", "data", "share", "overhead", "queue ms", "lost", "resent", "bound"])
        for path in Path.promised + Path.picoquic where word.map({ path.name.contains($0) }) ?? true {
            for choice in choices {
                let trial = try Trial.run(path, choice, tracing: tracing)
                for record in trial.traces where record.end == .server { Swift.print(record.json) }
                let isBound = choice != .gbn
                if isBound, !trial.isWithin { isGood = false }
                line([
                    path.name, choice.rawValue, trial.seconds.map { fixed($0, 3) } ?? "never", fixed(trial.data, 3),
                    fixed(trial.share * 100, 1) + " %", fixed(trial.overhead * 100, 1) + " %",
                    fixed(trial.queueing, 1), "\(trial.statistics.lost)", "\(trial.statistics.resent)",
                    text(path.bound) + (isBound && !trial.isWithin ? " MISSED" : ""),
                ])
            }
        }
        return isGood
    }

    /// Two flows on one bottleneck; whether every bound was kept.
    static func runRivals(only word: String?, tracing: Bool) throws -> Bool {
        var isGood = true
        line(["two on one link", "", "", "first", "second", "together", "queue ms", "", "", "bound"])
        for rivals in Rivalry.cases where word.map({ rivals.name.contains($0) }) ?? true {
            let result = try rivals.run(tracing: tracing)
            for record in result.traces where record.end == .server { print(record.json) }
            if !rivals.accepts(result) { isGood = false }
            let bounds = rivals.bounds
            line([
                rivals.name, "", "", fixed(result.shares[0] * 100, 1) + " %", fixed(result.shares[1] * 100, 1) + " %",
                fixed((result.shares[0] + result.shares[1]) * 100, 1) + " %", fixed(result.queueing, 1), "", "",
                "\(fixed(bounds.lowerBound * 100, 0)) to \(fixed(bounds.upperBound * 100, 0)) %"
                    + (rivals.accepts(result) ? "" : " MISSED"),
            ])
        }
        return isGood
    }

    private static func text(_ bound: Path.Bound) -> String {
        switch bound {
        case .none: "-"
        case .seconds(let most): "<= \(fixed(most, 2)) s"
        case .data(let most): "data <= \(fixed(most, 2)) s"
        case .share(let least): ">= \(fixed(least * 100, 0)) %"
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
