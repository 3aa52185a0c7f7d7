import PathModel
import Testing
import Timeline

@Suite("a direction of an emulated path")
struct PathDirectionTests {
    private static let start = Instant(nanoseconds: 1_000_000_000)

    /// What becomes of `count` packets of 1,250 bytes, `gap` apart.
    private func fates(
        _ count: Int, gap: Interval = .milliseconds(1), seed: UInt64 = 1, _ change: (inout PathFaults) -> Void
    ) -> (fates: [PathDirection.Fate], statistics: PathDirection.Statistics) {
        var faults = PathFaults()
        change(&faults)
        var direction = PathDirection(faults: faults, seed: seed)
        let fates = (0..<count).map { index in
            direction.carry(bytes: 1_250, at: Self.start + gap * Int64(index))
        }
        return (fates, direction.statistics)
    }

    @Test("a path without faults delivers at once, and one with a delay that much later")
    func delay() {
        #expect(fates(1) { _ in }.fates == [.arrives(at: Self.start)])
        #expect(fates(1) { $0.delay = .milliseconds(25) }.fates == [.arrives(at: Self.start + .milliseconds(25))])
    }

    @Test("packets that come together leave the bottleneck one after the other")
    func rate() {
        let fates = fates(3, gap: .zero) { $0.rate = 10e6 }.fates
        #expect(fates == (1...3).map { .arrives(at: Self.start + .milliseconds($0)) })
    }

    @Test("the queue holds as many packets as it says beside the one on the line, and drops the next")
    func queue() {
        let (fates, statistics) = fates(13, gap: .zero) {
            $0.rate = 10e6
            $0.queue = 10
        }
        #expect(fates.prefix(11).allSatisfy { $0 != .overflowed })
        #expect(fates.suffix(2).allSatisfy { $0 == .overflowed })
        #expect(statistics.overflowed == 2)
        #expect(statistics.largestQueue == 10)
        #expect(statistics.packets == 13 && statistics.bytes == 13 * 1_250)
    }

    @Test("a path without a queue still sends one packet after the other")
    func noQueue() {
        let (fates, _) = fates(4, gap: .microseconds(500)) {
            $0.rate = 10e6
            $0.queue = 0
        }
        #expect(fates.map { $0 == .overflowed } == [false, true, false, true])
    }

    @Test("the share of losses and the mean length of their runs are those asked for", arguments: [nil, 4.0])
    func losses(burst: Double?) {
        let count = 200_000
        let (fates, statistics) = fates(count) {
            $0.loss = 0.05
            $0.burst = burst
        }
        let share = Double(statistics.lost) / Double(count)
        #expect(abs(share - 0.05) < 0.005)
        let runs = zip(fates, fates.dropFirst()).count { $0 != .lost && $1 == .lost }
        #expect(abs(Double(statistics.lost) / Double(runs) - (burst ?? 1 / 0.95)) < 0.2)
    }

    @Test("all is lost when all is to be lost")
    func total() {
        #expect(fates(100) { $0.loss = 1 }.statistics.lost == 100)
    }

    @Test("jitter holds a packet up, by less than it says; one that is reordered skips delay and jitter")
    func jitter() {
        let (fates, statistics) = fates(10_000) {
            $0.delay = .milliseconds(10)
            $0.jitter = .milliseconds(6)
            $0.reordering = 0.01
        }
        var early = 0
        for (index, fate) in fates.enumerated() {
            guard case .arrives(let arrival) = fate else {
                Issue.record("\(fate)")
                continue
            }
            let taken = arrival - (Self.start + .milliseconds(Int64(index)))
            if taken == .zero { early += 1 } else { #expect((10...16).contains(taken.milliseconds)) }
        }
        #expect(early == statistics.reordered)
        #expect((50...200).contains(early))
    }

    @Test("a duplicate arrives by its own delay")
    func duplication() {
        let (fates, statistics) = fates(10) {
            $0.duplication = 1
            $0.jitter = .milliseconds(6)
        }
        #expect(statistics.duplicated == 10)
        for case .arrivesTwice(let one, let two) in fates { #expect(one != two) }
    }

    @Test("nothing gets through during an outage, and all does around it")
    func outage() {
        let (fates, _) = fates(10) { $0.outages = [.milliseconds(3)..<(.milliseconds(5))] }
        #expect(fates.indices.filter { fates[$0] == .lost } == [3, 4])
    }

    @Test("a seed makes the run")
    func seeds() {
        func change(_ faults: inout PathFaults) {
            faults.loss = 0.1
            faults.jitter = .milliseconds(2)
            faults.duplication = 0.1
        }
        #expect(fates(1_000, seed: 7, change).fates == fates(1_000, seed: 7, change).fates)
        #expect(fates(1_000, seed: 7, change).fates != fates(1_000, seed: 8, change).fates)
    }
}
