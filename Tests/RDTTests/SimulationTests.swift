import RDT
import Simulation
import Testing
import Timeline

@Suite struct SimulationTests {
    @Test("2,000 seeds of everything that paths do break no invariant", arguments: 0..<20)
    func seeds(_ part: Int) {
        for seed in UInt64(part * 100 + 1)...UInt64(part * 100 + 100) {
            var world = World(Scenario(seed: seed))
            do throws(InvariantViolation) {
                try world.run()
            } catch {
                Issue.record("seed \(seed): \(error); replay with simulate --seed \(seed) --verbose")
            }
        }
    }

    @Test(
        "seeds that broke an invariant once break none now",
        arguments: [
            // A client that reads in batches of 3 ms held ACKs back beyond what the server's timeout allows for.
            19_523, 59_007, 83_875, 92_185, 92_949,
            // Lost HELLOs and the delay of a reminder counted as round trips, and each timeout took as long.
            81_025,
        ], RecoveryChoice.allCases)
    func mended(_ seed: UInt64, _ recovery: RecoveryChoice) throws {
        var scenario = Scenario(seed: seed)
        scenario.recoveries = [recovery]
        var world = World(scenario)
        try world.run()
    }

    @Test("the same seed is the same run")
    func replays() throws {
        for seed in UInt64(1)...10 {
            var first = World(Scenario(seed: seed))
            var second = World(Scenario(seed: seed))
            try first.run()
            try second.run()
            #expect(first.digest == second.digest && first.steps == second.steps)
        }
    }

    @Test(
        "each invariant bites when what it watches is broken on purpose",
        arguments: [
            (Scenario.Sabotage.wrongBytes, "are not the file's"), (.fallingOffset, "offset fell"),
            (.answersGarbage, "who has no transfer"), (.repeatedPacketNumbers, "packet 0 after"),
            (.earlyEnd, "END after"), (.repeatedEnd, "twice"), (.generousHandshake, "before ACCEPT"),
        ])
    func bites(_ sabotage: Scenario.Sabotage, _ complaint: String) {
        var scenario = Scenario(seed: 1, sizes: [30_000])
        // The one that does not begin at once.
        scenario.recoveries = [.gbn]
        scenario.sabotage = sabotage
        var world = World(scenario)
        do throws(InvariantViolation) {
            try world.run()
            Issue.record("\(sabotage) went unnoticed")
        } catch {
            #expect(error.description.contains(complaint))
        }
    }

    @Test("a client that is gone costs the server 30 s and no more")
    func lostClient() throws {
        var scenario = Scenario(seed: 1, sizes: [300_000])
        scenario.sabotage = .lostClient
        var world = World(scenario)
        try world.run(limit: .seconds(31))
        #expect(world.downloads[0].serverOutcome == .failed(.noProgress(Limits.noProgress)))
    }

    /// 3 MB at 10 Mbit/s over a path that carries nothing either way from the first second on.
    private func silentPath(_ recovery: RecoveryChoice, until end: Instant) -> Scenario {
        var scenario = Scenario(seed: 1, sizes: [3_000_000])
        scenario.recoveries = [recovery]
        scenario.toClient.rate = 1_250_000
        scenario.toClient.blackHoles = [seconds(1)..<end]
        scenario.toServer.blackHoles = scenario.toClient.blackHoles
        return scenario
    }

    @Test(
        "a peer that vanishes ends the other end within 35 s with a clear error", arguments: RecoveryChoice.allCases)
    func vanished(_ recovery: RecoveryChoice) throws {
        var world = World(silentPath(recovery, until: seconds(1_000)))
        try world.run(limit: .seconds(36))
        let silence = Outcome.failed(.noProgress(Limits.noProgress))
        #expect(world.downloads[0].clientOutcome == silence && world.downloads[0].serverOutcome == silence)
        #expect(world.downloads[0].clientOutcome?.text.contains("30") == true)
    }

    @Test("a transfer outlives an outage of 20 s", arguments: RecoveryChoice.allCases)
    func outage(_ recovery: RecoveryChoice) throws {
        var world = World(silentPath(recovery, until: seconds(21)))
        try world.run()
        #expect(world.downloads[0].clientOutcome == .completed)
    }

    @Test("every transfer of the seeds that lose a tenth and less completes")
    func completes() throws {
        for seed in UInt64(1)...100 {
            var scenario = Scenario(seed: seed, sizes: [20_000, 1, 0])
            scenario.toClient.loss = 0.1
            scenario.toServer.loss = 0.1
            var world = World(scenario)
            try world.run()
            #expect(world.downloads.allSatisfy { $0.clientOutcome == .completed }, "seed \(seed)")
        }
    }

    @Test("Go-Back-N's window doubles each time it was delivered on a clean path")
    func doubles() throws {
        var scenario = Scenario(seed: 1, sizes: [400_000])
        scenario.recoveries = [.gbn]
        scenario.toClient.rate = 12_500_000
        scenario.toClient.delay = .milliseconds(25)
        scenario.tracing = true
        var world = World(scenario)
        try world.run()
        let windows = world.traces.filter { $0.event == .windowDoubled }.map(\.window)
        #expect(windows.count >= 3)
        for (before, after) in zip(windows, windows.dropFirst()) { #expect(after == before * 2) }
    }

    @Test(
        "a small file crosses in the round trip after the handshake, and a small buffer or loss does not drown it",
        arguments: [
            "100 kB over 50 ms", "100 kB over 1 Mbit/s", "100 kB, 20 packets of buffer", "100 kB, 5 % loss",
            "1 MB over 300 ms",
        ], [RecoveryChoice.auto, .sr])
    func startsWell(_ name: String, _ recovery: RecoveryChoice) throws {
        let path = try #require((Path.promised + Path.picoquic).first { $0.name == name })
        let trial = try Trial.run(path, recovery)
        #expect(trial.isWithin, "\(trial.seconds ?? -1) s")
    }

    @Test(
        "picoquic's bounds on its own paths hold, handshake and hash included",
        arguments: ["10/0.1, 1 ms, jitter 0.75", "40/0.4, 1 ms, jitter 0.75", "100/100, 10 ms, jitter 3"],
        [RecoveryChoice.auto, .sr])
    func keepsBounds(_ name: String, _ recovery: RecoveryChoice) throws {
        let path = try #require(Path.picoquic.first { $0.name == name })
        let trial = try Trial.run(path, recovery)
        #expect(trial.isWithin, "\(trial.seconds ?? -1) s")
    }

    @Test("Go-Back-N fills a clean path of 10 ms to four fifths and more")
    func goodput() throws {
        let result = try Goodput.run(
            Goodput.Case(
                name: "", rate: 12.5e6, roundTrip: .milliseconds(10), buffer: 2, loss: 0, bytes: 4_000_000))
        #expect(result.share >= 0.8 && result.statistics.resent == 0)
    }
}
