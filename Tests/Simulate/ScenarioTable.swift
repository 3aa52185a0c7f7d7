import RDT
import Simulation

/// `simulate --scenarios`: every path with every recovery, and the bound beside it.
struct ScenarioTable {
    /// Only paths with one of these in their names; all when there are none.
    let words: [String]?
    /// In place of each row's own.
    let seeds: [UInt64]?
    let tracing: Bool

    private static let columns = [28, 5, 6, 9, 9, 9, 10, 9, 7, 7, 14]

    /// Prints as it goes; whether every bound was kept.
    func run(_ choices: [RecoveryChoice]) throws -> Bool {
        var isGood = true
        Self.line([
            "path", "seed", "with", "seconds", "data", "share", "overhead", "queue ms", "lost", "resent", "bound",
        ])
        for path in (isBench ? Path.benched : []) + Path.promised + Path.picoquic where isWanted(path.name) {
            for choice in choices {
                for seed in seeds ?? path.seeds { if try !run(path, choice, seed) { isGood = false } }
            }
        }
        return isGood
    }

    private func run(_ path: Path, _ choice: RecoveryChoice, _ seed: UInt64) throws -> Bool {
        let trial = try Trial.run(path, choice, seed: seed, tracing: tracing)
        for record in trial.traces where record.end == .server { print(record.json) }
        let isMissed = choice != .gbn && !trial.isWithin
        Self.line([
            path.name, "\(seed)", choice.rawValue, trial.seconds.map { Self.fixed($0, 3) } ?? "never",
            Self.fixed(trial.data, 3), Self.percent(trial.share), Self.percent(trial.overhead),
            Self.fixed(trial.queueing, 1), "\(trial.statistics.lost)", "\(trial.statistics.resent)",
            Self.text(path.bound) + Self.text(path.mostQueueing) + (isMissed ? " MISSED" : ""),
        ])
        return !isMissed
    }

    /// Of each path the least, the median and the worst of its seeds: what one run does not show.
    func runSpread(_ choices: [RecoveryChoice]) throws {
        Self.line([
            "path", "with", "seeds", "best", "median", "of 10 9", "worst", "seed", "share", "worst", "queue ms worst",
        ])
        for path in Path.benched + Path.promised + Path.picoquic where isWanted(path.name) {
            for choice in choices {
                var trials: [(trial: Trial, seed: UInt64)] = []
                for seed in seeds ?? path.seeds {
                    trials.append((try Trial.run(path, choice, seed: seed), seed))
                }
                trials.sort { $0.trial.data < $1.trial.data }
                guard let best = trials.first?.trial, let worst = trials.last else { continue }
                let middle = trials[trials.count / 2].trial
                Self.line([
                    path.name, choice.rawValue, "\(trials.count)", Self.fixed(best.data, 3), Self.fixed(middle.data, 3),
                    Self.fixed(trials[trials.count * 9 / 10].trial.data, 3), Self.fixed(worst.trial.data, 3),
                    "\(worst.seed)", Self.percent(middle.share), Self.percent(worst.trial.share),
                    Self.fixed(trials.map(\.trial.queueing).max() ?? 0, 1),
                ])
            }
        }
    }

    /// Flows on one bottleneck; whether every bound was kept.
    func runRivals() throws -> Bool {
        var isGood = true
        Self.line(["on one link", "seed", "", "first", "second", "together", "", "queue ms", "", "", "bound"])
        for rivals in Rivalry.cases where isWanted(rivals.name) {
            for seed in seeds ?? Rivalry.seeds {
                let result = try rivals.run(seed: seed, tracing: tracing)
                for record in result.traces where record.end == .server { print(record.json) }
                let isMissed = !rivals.accepts(result)
                if isMissed { isGood = false }
                let bounds = rivals.bounds
                let (one, other) = rivals.extremes(of: result)
                Self.line([
                    rivals.name, "\(seed)", "", Self.percent(one), Self.percent(other),
                    Self.percent(result.shares.reduce(0, +)), "", Self.fixed(result.queueing, 1), "", "",
                    "\(Self.fixed(bounds.lowerBound * 100, 0)) to \(Self.fixed(bounds.upperBound * 100, 0)) %"
                        + Self.text(rivals.mostQueueing) + (isMissed ? " MISSED" : ""),
                ])
            }
        }
        return isGood
    }

    /// Of `make bench` only what is asked for by that name.
    private var isBench: Bool { words?.contains { $0.hasPrefix("bench") } ?? false }

    private func isWanted(_ name: String) -> Bool { words?.contains { name.contains($0) } ?? true }

    private static func text(_ bound: Path.Bound) -> String {
        switch bound {
        case .none: "-"
        case .seconds(let most): "<= \(Self.fixed(most, 2)) s"
        case .share(let least): ">= \(Self.fixed(least * 100, 0)) %"
        }
    }

    private static func text(_ mostQueueing: Double?) -> String {
        mostQueueing.map { ", <= \(fixed($0, 1)) ms" } ?? ""
    }

    private static func percent(_ share: Double) -> String { fixed(share * 100, 1) + " %" }

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
