import Simulation
import Testing
import Timeline

@testable import RDT

@Suite("where the time of a transfer goes")
struct LimitationTests {
    @Test("a limitation has the time until the next, and what the pacer let go of is the sender's")
    func meter() {
        var meter = LimitMeter(at: zero)
        meter.note(.rate, release: seconds(1.5), at: seconds(1))
        meter.note(.window, release: nil, at: seconds(2))
        #expect(meter.total(at: seconds(4))[.start] == .seconds(1))
        #expect(meter.total(at: seconds(4))[.rate] == .milliseconds(500))
        #expect(meter.total(at: seconds(4))[.sender] == .milliseconds(500))
        #expect(meter.total(at: seconds(4))[.window] == .seconds(2))
        #expect(meter.total(at: seconds(4)).all == .seconds(4))
    }

    @Test("the recent time forgets what is more than 10 s ago, the total does not")
    func recent() {
        var meter = LimitMeter(at: zero)
        for second in 1...20 { meter.note(second <= 8 ? .silence : .rate, release: nil, at: seconds(Double(second))) }
        #expect(meter.recent(at: seconds(20))[.silence] == .zero)
        #expect(meter.recent(at: seconds(20)).all <= .seconds(10))
        #expect(meter.total(at: seconds(20)).all == .seconds(20))
        #expect(meter.total(at: seconds(20))[.silence] == .seconds(8))
    }

    @Test("the delivery rate is that of the last seconds")
    func rate() {
        var meter = LimitMeter(at: zero)
        #expect(meter.deliveryRate(at: zero) == nil)
        for second in 1...20 {
            meter.note(delivered: UInt64(second <= 10 ? 0 : (second - 10) * 1_000))
            meter.note(.rate, release: nil, at: seconds(Double(second)))
        }
        #expect(meter.deliveryRate(at: seconds(20)) == 1_000)
    }

    @Test("a history of any length stays within its samples, keeps the greatest, and fills what nobody saw")
    func history() {
        var history = WindowHistory()
        for tick in 0..<10_000 { history.note(tick == 7_777 ? 5_000 : 1_000, at: zero + .milliseconds(Int64(tick))) }
        #expect(history.samples.count <= WindowHistory.most && history.samples.count > WindowHistory.most / 2)
        #expect(history.samples.max() == 5_000 && history.samples.min() == 1_000)
        #expect(history.step == .milliseconds(320))
        var gap = WindowHistory()
        gap.note(7, at: zero)
        gap.note(9, at: zero + .milliseconds(35))
        #expect(gap.samples == [7, 7, 7, 9])
        gap.note(1, at: zero + .seconds(3_600))
        #expect(gap.samples.count <= WindowHistory.most)
    }

    /// What limits most of the time of a simulated download.
    private func greatest(_ scenario: Scenario) throws -> Limitation? {
        var world = World(scenario)
        try world.run()
        let spent = world.downloads[0].serverStatistics.spent
        return Limitation.allCases.max { spent[$0] < spent[$1] }
    }

    @Test("a link's rate, a small receive window and a dead path are told apart")
    func scenarios() throws {
        var link = Scenario(seed: 1, sizes: [4_000_000])
        link.toClient.rate = 1_250_000
        link.recoveries = [.sr]
        #expect(try greatest(link) == .rate)

        var window = Scenario(seed: 1, sizes: [1_000_000])
        window.toClient.delay = .milliseconds(25)
        window.receiveWindow = 20_000
        #expect(try greatest(window) == .receiver)

        var outage = Scenario(seed: 1, sizes: [500_000])
        outage.toClient.rate = 1_250_000
        outage.toClient.blackHoles = [seconds(0.1)..<seconds(8)]
        #expect(try greatest(outage) == .silence)
    }
}
