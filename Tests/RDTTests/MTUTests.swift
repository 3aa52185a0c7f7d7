import Simulation
import Testing
import Timeline

@testable import RDT

@Suite("the path's MTU is found and followed")
struct MTUTests {
    /// What came of a download of 3 MB over a path that carries so many bytes from the start on, and others later.
    private func run(
        _ recovery: RecoveryChoice, carries: Int, largest: Int = 8_952, change: (inout Scenario) -> Void = { _ in }
    ) throws -> World {
        var scenario = Scenario(seed: 5, sizes: [3_000_000])
        scenario.recoveries = [recovery]
        scenario.largestDatagram = largest
        scenario.toClient.rate = 1_250_000
        scenario.toClient.shrinks = (carries, zero)
        scenario.checkEvery = 16
        change(&scenario)
        var world = World(scenario)
        try world.run()
        #expect(world.downloads[0].clientOutcome == .completed)
        return world
    }

    @Test(
        "datagrams grow to what the path carries, and the probes that get lost are no congestion",
        arguments: [(1_199 + 1, 1_200), (1_232, 1_232), (1_391, 1_372), (1_472, 1_472), (8_951, 1_472), (9_000, 8_952)])
    func grows(carries: Int, found: Int) throws {
        for recovery in RecoveryChoice.allCases {
            let statistics = try run(recovery, carries: carries).downloads[0].serverStatistics
            #expect(statistics.segmentSize == found - DataPacket.headerSize, "\(recovery)")
            #expect(statistics.lost == 0 && statistics.resent == 0, "\(recovery) \(statistics.lost)")
            #expect(statistics.goBacks == 0 && statistics.timeouts == 0)
        }
    }

    @Test("a path that carries less from one moment on is followed within seconds", arguments: RecoveryChoice.allCases)
    func shrinks(_ recovery: RecoveryChoice) throws {
        let world = try run(recovery, carries: 1_300, largest: 1_472) { $0.toClient.shrinks = (1_300, seconds(1)) }
        let download = world.downloads[0]
        #expect(download.serverStatistics.segmentSize == 1_232 - DataPacket.headerSize)
        // 2.4 s at the link's rate, and what the timeouts and the way back to the rate take.
        #expect(download.clientStatistics.seconds < 7)
    }

    @Test("a path that carries more again is used again after an outage")
    func outage() throws {
        let world = try run(.sr, carries: 9_000, largest: 1_472) {
            $0.toClient.blackHoles = [seconds(0.5)..<seconds(2.5)]
        }
        #expect(world.downloads[0].serverStatistics.segmentSize == 1_472 - DataPacket.headerSize)
    }

    @Test("losses of the path do not end the search")
    func lossy() throws {
        let world = try run(.sr, carries: 9_000) { $0.toClient.loss = 0.05 }
        #expect(world.downloads[0].serverStatistics.segmentSize >= 1_472 - DataPacket.headerSize)
    }

    @Test("nothing larger is tried than TCP's segments leave room for, and a hint below 1,200 is none")
    func hint() throws {
        for (hint, found) in [(1_472, 1_472), (1_380, 1_380), (500, 1_200)] {
            let world = try run(.sr, carries: 9_000) { $0.hint = PathHint(largestDatagram: hint) }
            #expect(world.downloads[0].serverStatistics.segmentSize == found - DataPacket.headerSize)
        }
    }

    @Test("a short file is not probed for")
    func short() throws {
        var scenario = Scenario(seed: 5, sizes: [60_000])
        scenario.recoveries = [.sr]
        var world = World(scenario)
        try world.run()
        #expect(world.downloads[0].serverStatistics.packets == (60_000 + 1_175) / 1_176)
    }

    @Test("a search that is complete begins again after ten minutes")
    func raise() {
        var search = MTUSearch(from: 1_200, to: 1_472)
        func ack(_ number: UInt32) -> Packet.Ack {
            Packet.Ack(
                next: .zero, receiveWindow: 1, largest: packet(number), delay: 0, localDrops: 0,
                ranges: [packet(number)...packet(number)])
        }
        func fail(_ search: inout MTUSearch, from number: UInt32, at now: Instant) {
            for step in 0..<3 {
                let probe = number + UInt32(step) * 10
                search.sent(search.wanted(left: 1 << 30, at: now) ?? 0, as: packet(probe), at: now)
                let hasGrown = search.acknowledged(ack(probe + 3), patience: .zero, at: now + .milliseconds(1))
                #expect(!hasGrown)
            }
        }
        #expect(search.wanted(left: 1_452 * 64 - 1, at: zero) == nil)
        #expect(search.wanted(left: 1_452 * 64, at: zero) == 1_452)
        for (step, size) in [1_452, 1_392, 1_372, 1_232].enumerated() {
            #expect(search.wanted(left: 1 << 30, at: zero) == size)
            fail(&search, from: UInt32(step) * 100, at: zero)
        }
        #expect(search.wanted(left: 1 << 30, at: seconds(599)) == nil)
        #expect(search.wanted(left: 1 << 30, at: seconds(601)) == 1_452)
        search.sent(1_452, as: packet(900), at: seconds(601))
        let hasGrown = search.acknowledged(ack(900), patience: .zero, at: seconds(602))
        #expect(hasGrown)
        #expect(search.size == 1_452 && search.wanted(left: 1 << 30, at: seconds(602)) == 1_472)
        let falls = [1, 2].map { search.timeoutFired(inRow: $0) }
        #expect(falls == [false, true] && search.size == 1_200)
    }
}

@Suite("what else is known of a path")
struct PathHintTests {
    @Test("TCP's round trip stands in until the first sample, is clamped, and never counts as the least")
    func guess() {
        for (told, used) in [
            (Interval.milliseconds(50), Interval.milliseconds(50)), (.microseconds(1), .microseconds(100)),
            (.seconds(60), .seconds(3)),
        ] {
            var trip = RoundTripEstimate()
            trip.guess(told)
            #expect(trip.smoothed == used && trip.shortest == nil)
            #expect(trip.timeout == max(used * 3, Limits.leastUnproven))
            trip.sample(.milliseconds(80), at: zero)
            #expect(trip.smoothed == .milliseconds(80) && trip.shortest == .milliseconds(80))
            trip.guess(.seconds(1))
            #expect(trip.smoothed == .milliseconds(80))
        }
    }

    @Test("where HELLO came twice, TCP's round trip sets the first timeout and a long path's first window")
    func first() throws {
        for (hint, timeout, window) in [
            (nil, 1.0, 32), (Interval.milliseconds(100), 0.3, 32), (.milliseconds(500), 1.5, 50),
        ] {
            var bench = try ServerBench(size: 400_000, wish: .sr, hint: PathHint(roundTrip: hint))
            _ = try bench.say(bench.hello(), at: zero)
            _ = try bench.say(bench.hello(), at: seconds(1))
            _ = try bench.say(.accept(Packet.Accept(serverNonce: Nonce(rawValue: 77))), at: seconds(1.1))
            _ = try bench.say(.start(Packet.Start(offset: .zero, kept: nil)), at: seconds(1.1))
            #expect(bench.runs.reduce(0) { $0 + $1.length } == window * 1_200)
            #expect(bench.table.statistics(of: id, at: seconds(1.1))?.smoothedRoundTrip == hint)
            #expect(bench.table.nextDeadline?.instant == seconds(1.1) + .seconds(timeout) + Limits.longestHold)
        }
    }

    @Test(
        "a receiver that reads slowly gets its rate, and what its socket drops is no loss of the path",
        arguments: [RecoveryChoice.sr, .auto])
    func slowReader(_ recovery: RecoveryChoice) throws {
        var scenario = Scenario(seed: 9, sizes: [20_000_000])
        scenario.recoveries = [recovery]
        scenario.toClient.rate = 12_500_000
        scenario.toClient.delay = .milliseconds(10)
        scenario.toServer.delay = .milliseconds(10)
        scenario.reading = 4_000_000
        scenario.socketBuffer = 80_000
        scenario.receiveWindow = 4 << 20
        scenario.checkEvery = 64
        var world = World(scenario)
        try world.run()
        let statistics = world.downloads[0].serverStatistics
        if recovery == .sr {
            #expect(statistics.localDrops > 0)
            #expect(statistics.backgroundLoss.map { $0 < 0.005 } == true)
        }
        #expect(Double(statistics.lost) / Double(statistics.packets) < 0.08)
        #expect(20_000_000 / world.downloads[0].clientStatistics.seconds > 0.8 * 4_000_000)
    }
}
