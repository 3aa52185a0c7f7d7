import Simulation
import Testing
import Timeline

@testable import RDT

@Suite struct SelectiveRepeatTests {
    @Test("only what was lost is sent again, once three later packets have arrived")
    func single() throws {
        var bench = try ServerBench(wish: .sr)
        try bench.start()
        bench.runs = []
        _ = try bench.say(bench.ack(0, [1...2]), at: seconds(0.03))
        #expect(bench.runs.isEmpty)
        _ = try bench.say(bench.ack(0, [1...3]), at: seconds(0.03))
        #expect(bench.runs.first?.offset == 0 && bench.runs.first?.length == 1_200)
        #expect(bench.runs.first?.firstPacket == packet(10) && bench.runs.first?.isNew == false)
        #expect(bench.traced.contains(.lost) && !bench.traced.contains(.goBack))
    }

    @Test("a packet that is late by an eighth of a round trip is lost, also when nothing more comes")
    func byTime() throws {
        var bench = try ServerBench(size: 2_400, wish: .sr)
        try bench.start()
        bench.runs = []
        _ = try bench.say(bench.ack(0, [1...1]), at: seconds(0.11))
        let deadline = try #require(bench.table.nextDeadline)
        #expect(deadline.reason == .retransmission && deadline.instant > seconds(0.11))
        #expect(deadline.instant < seconds(0.13))
        _ = try bench.wait(until: deadline.instant)
        #expect(bench.runs.first?.offset == 0 && bench.runs.first?.length == 1_200)
        #expect(bench.table.statistics(of: id, at: deadline.instant)?.timeouts == 0)
    }

    @Test("a timeout sends two probes and takes nothing for lost")
    func probes() throws {
        var bench = try ServerBench(wish: .sr)
        try bench.start()
        bench.runs = []
        let deadline = try #require(bench.table.nextDeadline)
        _ = try bench.wait(until: deadline.instant)
        #expect(bench.runs.map(\.offset) == [0, 1_200] && bench.runs.allSatisfy { $0.length == 1_200 })
        #expect(bench.traced.contains(.timeout) && !bench.traced.contains(.lost))
    }

    @Test("who acknowledges all but the first segment is sent 64 MiB beyond it and no more, until that has arrived")
    func reach() throws {
        var flight = Flight<SelectiveRepeat, RateModel>(
            .sr, start: .zero, size: FileOffset(1 << 30), segmentSize: 60_000, receiveWindow: 1 << 26,
            roundTrip: RoundTripEstimate(), at: zero)
        var now = zero
        func turn(next: FileOffset, from first: UInt32) {
            now = now + .milliseconds(10)
            _ = flight.timeoutFired(at: now)
            while flight.nextRun(at: now) != nil {}
            let last = packet(flight.nextPacket.rawValue - 1)
            guard last >= packet(first) else { return }
            _ = flight.receive(
                Packet.Ack(
                    next: next, receiveWindow: 1 << 26, largest: last, delay: 0, localDrops: 0,
                    ranges: [packet(first)...last]), at: now)
        }
        for _ in 0..<2_000 { turn(next: .zero, from: 1) }
        #expect(flight.highest.rawValue <= UInt64(Limits.reach))
        #expect(flight.highest.rawValue > UInt64(Limits.reach) - 60_000)
        try flight.checkInvariants()
        let highest = flight.highest
        for _ in 0..<10 { turn(next: highest, from: 0) }
        #expect(flight.highest > highest)
    }

    @Test("a packet that was only late is not sent again, and makes the next one wait longer")
    func reordering() throws {
        var bench = try ServerBench(size: 600_000, wish: .sr)
        try bench.start(receiveWindow: 12_000)
        _ = try bench.say(bench.ack(0, [1...4]), at: seconds(0.03))
        _ = try bench.say(bench.ack(6_000, [0...4]), at: seconds(0.03))
        #expect(bench.traced.contains(.late))
        let losses = bench.traced.count { $0 == .lost }
        _ = try bench.say(bench.ack(6_000, [6...9, 0...4]), at: seconds(0.03))
        #expect(bench.traced.count { $0 == .lost } == losses)
    }

    @Test("auto goes back at the first loss and is selective from the second on, without a new start")
    func auto() throws {
        let path = Path("", megabytes: 2, megabits: 20, roundTrip: 20, loss: 0.02)
        let trial = try Trial.run(path, .auto, tracing: true)
        let told = trial.traces.map(\.event).filter { [.goBack, .switched, .lost, .start].contains($0) }
        #expect(Array(told.prefix(4)) == [.start, .start, .goBack, .switched])
        #expect(told.count { $0 == .goBack } == 1 && trial.outcome == .completed)
    }

    @Test("Go-Back-N that was asked for stays Go-Back-N, however much is lost")
    func pure() throws {
        let path = Path("", megabytes: 0.5, megabits: 20, roundTrip: 20, loss: 0.05)
        let trial = try Trial.run(path, .gbn)
        #expect(trial.statistics.recovery == .gbn && trial.statistics.goBacks > 2)
    }

    @Test("auto ends as selective repeat on a path that loses, and as Go-Back-N on one that does not")
    func whatWasAtWork() throws {
        #expect(
            try Trial.run(Path("", megabytes: 2, megabits: 20, roundTrip: 20, loss: 0.05), .auto).statistics.recovery
                == .sr)
        #expect(
            try Trial.run(Path("", megabytes: 1, megabits: 20, roundTrip: 20), .auto).statistics.recovery == .gbn)
    }
}

@Suite struct AckScheduleTests {
    @Test("ACKs take at most a hundredth of what comes, whatever the reordering")
    func share() {
        var schedule = AckSchedule(roundTrip: .milliseconds(2))
        var sent = 0
        var now = zero
        for number in 0..<10_000 {
            now += .microseconds(1_178)
            schedule.arrived(bytes: 1_472, at: now)
            if schedule.mayLeave(60, tellsOfGap: number % 2 == 0, roundTrip: .milliseconds(2), at: now) {
                schedule.left(60, at: now)
                sent += 60
            }
        }
        #expect(sent <= 14_720_000 / 100 && sent >= 14_720_000 / 400)
    }

    @Test("an ACK is held for 25 ms at most, and the first ones not at all")
    func hold() {
        var schedule = AckSchedule(roundTrip: .milliseconds(50))
        var now = zero
        schedule.arrived(bytes: 1_472, at: now)
        let mayLeave = schedule.mayLeave(45, tellsOfGap: false, roundTrip: .milliseconds(50), at: now)
        #expect(mayLeave)
        for _ in 0..<100 {
            now += .milliseconds(1)
            schedule.arrived(bytes: 100, at: now)
            if schedule.mayLeave(293, tellsOfGap: false, roundTrip: .seconds(1), at: now) {
                schedule.left(293, at: now)
            }
            if let held = schedule.heldUntil { #expect(held <= now + Limits.longestHold) }
        }
        #expect(schedule.heldUntil != nil)
    }
}

@Suite struct PathTests {
    @Test(
        "selective repeat fills a path of 50 ms, whatever it loses",
        arguments: [(0.0, 0.93), (0.01, 0.9), (0.05, 0.85)])
    func fills(_ loss: Double, _ least: Double) throws {
        let trial = try Trial.run(Path("", megabytes: 12, megabits: 20, roundTrip: 50, loss: loss), .sr)
        #expect(trial.share >= least, "\(trial.share)")
    }

    @Test("auto crosses a path that loses 1 % at three quarters of its rate and more")
    func auto() throws {
        let trial = try Trial.run(Path("", megabytes: 12, megabits: 20, roundTrip: 50, loss: 0.01), .auto)
        #expect(trial.share >= 0.75, "\(trial.share)")
    }

    @Test("the queue that a transfer leaves before the link is below a quarter of the round trip")
    func queue() throws {
        let trial = try Trial.run(Path("", megabytes: 12, megabits: 20, roundTrip: 50), .sr)
        #expect(trial.queueing <= 12.5, "\(trial.queueing)")
    }

    @Test("a receiver that stalls costs no more than the stall and what it dropped")
    func stall() throws {
        let path = try #require(Path.promised.first { $0.stall != nil })
        let trial = try Trial.run(path, .sr)
        #expect(trial.isWithin)
    }
}
