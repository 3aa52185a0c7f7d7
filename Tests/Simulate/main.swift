import ArgumentParser
import RDT
import Simulation
import Timeline

/// `simulate`: as many seeds as one likes, one seed in every detail, or what Go-Back-N makes of a clean path.
struct Simulate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate", abstract: "Run RDT over simulated paths in virtual time.",
        discussion: "The same seed gives the same run; a failing seed is printed with its scenario.")

    @Option(help: "How many seeds to run (default: 1000, and with --scenarios what each row of the table asks for).")
    var seeds: UInt64?
    @Option(help: "The first seed.")
    var from: UInt64 = 1
    @Option(help: "Run this seed alone.")
    var seed: UInt64?
    @Flag(help: "Print both ends' traces.")
    var verbose = false
    @Flag(help: "Print the share of a clean 100 Mbit/s path that a transfer gets.")
    var goodput = false
    @Option(help: "Of every transfer: auto, gbn or sr; drawn by the seed when it is not said.")
    var recovery: String?
    @Flag(help: "CUBIC in place of the rate model, with sr.")
    var cubic = false

    @Flag(help: "Print goodput, overhead, queue and time of every scenario and recovery, with the bounds.")
    var scenarios = false
    @Flag(help: "Of every scenario, and of those of make bench, the least, the median and the worst seed.")
    var spread = false
    @Option(help: "Only scenarios whose name has this in it; several with | between.")
    var only: String?

    func run() throws {
        if scenarios || spread {
            let choices = recovery.flatMap(RecoveryChoice.init(rawValue:)).map { [$0] } ?? RecoveryChoice.allCases
            let words = only?.split(separator: "|").map(String.init)
            let table = ScenarioTable(words: words, seeds: seed.map { [$0] } ?? seedsOfTable, tracing: verbose)
            guard !spread else { return try table.runSpread(choices) }
            let isGood = try table.run(choices)
            guard try table.runRivals(), isGood else { throw ExitCode.failure }
            return
        }
        if goodput {
            let choice = recovery.flatMap(RecoveryChoice.init(rawValue:)) ?? .gbn
            for line in try Goodput.table(recovery: choice, control: cubic ? .cubic : .own) { print(line) }
            return
        }
        var failures = 0
        var digest: UInt64 = 0
        let first = seed ?? from
        let last = seed ?? from + max(seeds ?? 1_000, 1) - 1
        for seed in first...last {
            var scenario = Scenario(seed: seed)
            scenario.tracing = verbose
            if let choice = recovery.flatMap(RecoveryChoice.init(rawValue:)) { scenario.recoveries = [choice] }
            var world = World(scenario)
            do throws(InvariantViolation) {
                try world.run()
            } catch {
                failures += 1
                print("seed \(seed) failed: \(error)")
                scenario.tracing = false
                let smallest = Reduction.smallest(scenario) { Reduction.failure(of: $0) != nil }
                print("  smallest: \(Reduction.options(of: smallest))")
            }
            if verbose { report(world) }
            digest = (digest ^ world.digest) &* 0x0000_0100_0000_01B3
        }
        print("\(last - first + 1) seeds, \(failures) failed, digest \(String(digest, radix: 16))")
        if failures > 0 { throw ExitCode.failure }
    }

    /// The seeds of each row, when they are not the row's own.
    private var seedsOfTable: [UInt64]? { seeds.map { Array(from..<from + max($0, 1)) } }

    private func report(_ world: World) {
        for record in world.traces { print(record.json) }
        print(world.scenario)
        for download in world.downloads {
            print("\(download.id): \(download.file.count) bytes, client: \(download.clientOutcome?.text ?? "-"),")
            print("  server: \(download.serverOutcome?.text ?? "-"), \(download.serverStatistics)")
        }
        let drops = world.table.drops.map { "\($0.key): \($0.value)" }.sorted()
        print("\(world.steps) steps, dropped: \(drops.joined(separator: ", "))")
    }
}

Simulate.main()
