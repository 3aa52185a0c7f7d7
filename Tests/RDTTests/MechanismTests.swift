import Simulation
import Testing
import Timeline

@testable import RDT

@Suite struct RoundTripEstimateTests {
    @Test("the timeout follows RFC 6298, not below 20 ms, doubled for each time that it fired and at most 60 s")
    func timeout() {
        var estimate = RoundTripEstimate()
        #expect(estimate.timeout == .seconds(1))
        estimate.sample(.milliseconds(100), at: zero)
        #expect(estimate.smoothed == .milliseconds(100) && estimate.timeout == .milliseconds(300))
        estimate.sample(.milliseconds(180), at: zero)
        #expect(estimate.smoothed == .milliseconds(110))
        #expect(estimate.timeout == .microseconds(110_000 + 4 * 57_500))
        estimate.backOff()
        #expect(estimate.timeout == .milliseconds(680))
        for _ in 0..<40 { estimate.backOff() }
        #expect(estimate.timeout == .seconds(60))
        estimate.endBackoff()
        for _ in 0..<100 { estimate.sample(.microseconds(50), at: zero) }
        #expect(estimate.timeout == .milliseconds(20))
    }

    @Test("after the handshake alone the timeout is not below 200 ms")
    func handshake() {
        var estimate = RoundTripEstimate()
        estimate.sampleHandshake(.milliseconds(1), at: zero)
        #expect(estimate.timeout == .milliseconds(200))
    }

    @Test("the least round trip is forgotten after ten seconds")
    func shortest() {
        var estimate = RoundTripEstimate()
        estimate.sample(.milliseconds(10), at: zero)
        estimate.sample(.milliseconds(20), at: seconds(5.1))
        #expect(estimate.shortest == .milliseconds(10))
        estimate.sample(.milliseconds(20), at: seconds(10.3))
        #expect(estimate.shortest == .milliseconds(20))
    }
}

@Suite struct PacerTests {
    @Test("a second of sending is the rate and one burst, whatever the steps")
    func rate() {
        for step in [Interval.microseconds(10), .milliseconds(7), .microseconds(333)] {
            var pacer = Pacer()
            pacer.setRate(1_000_000, at: zero)
            var now = zero
            var sent = 0
            while now < seconds(1) {
                while case let allowed = pacer.allowance(segment: 1_000, at: now), allowed >= 1_000 {
                    pacer.sent(1_000, at: now)
                    sent += 1_000
                }
                now = max(now + step, pacer.release(segment: 1_000))
            }
            #expect(sent <= 1_003_000)
            if step < .milliseconds(1) { #expect(sent >= 990_000) }
        }
    }

    @Test("no rate is too great for it, and none that is no number", arguments: [1e12, 1e19, 1e300, .infinity, .nan])
    func extremes(_ rate: Double) {
        var pacer = Pacer()
        pacer.setRate(rate, at: zero)
        for step in 0..<100 {
            let now = zero + .milliseconds(Int64(step))
            #expect(pacer.allowance(segment: 1_000, at: now) >= 1_000)
            pacer.sent(1_000_000, at: now)
            #expect(pacer.release(segment: 1_000) <= now + .milliseconds(1))
        }
    }
}

@Suite struct ExtentsTests {
    @Test("a set of ranges says what a set of numbers says")
    func model() {
        var random = SeededGenerator(seed: 3)
        for _ in 0..<300 {
            var extents = Extents()
            var model: Set<UInt64> = []
            for _ in 0..<30 {
                let start = UInt64(random.below(60))
                let range = start..<start + 1 + UInt64(random.below(8))
                let inside = range.allSatisfy(model.contains)
                let apart = range.allSatisfy { !model.contains($0) }
                let gap = extents.firstGap(in: range)
                #expect(extents.relation(to: range) == (inside ? .inside : apart ? .apart : .overlapping))
                #expect(gap?.lowerBound == range.first { !model.contains($0) })
                if random.chance(0.7) {
                    extents.insert(range)
                    model.formUnion(range)
                } else if random.chance(0.5) {
                    extents.remove(range)
                    model.subtract(range)
                } else {
                    extents.remove(below: start)
                    model = model.filter { $0 >= start }
                }
                #expect(Set(extents.ranges.flatMap { $0 }) == model && Int(extents.covered) == model.count)
                #expect(extents.count(above: start, upTo: 1_000) == model.count { $0 > start })
                #expect(zip(extents.ranges, extents.ranges.dropFirst()).allSatisfy { $0.upperBound < $1.lowerBound })
            }
        }
    }
}

@Suite struct DoubleAndHalveTests {
    private func doubling(receiveWindow: Int = 1 << 30) -> DoubleAndHalve {
        DoubleAndHalve(
            .own,
            PathFacts(
                segmentSize: 1_000, receiveWindow: receiveWindow, recovery: .gbn, roundTrip: RoundTripEstimate(),
                bytes: 1 << 30))
    }

    private func report(_ acknowledged: Int, rate: Double?, packet number: UInt32, trip: Interval) -> DeliveryReport {
        var estimate = RoundTripEstimate()
        estimate.sample(.milliseconds(50), at: zero)
        estimate.sample(trip, at: zero)
        return DeliveryReport(
            now: zero, unacknowledged: FileOffset(UInt64(acknowledged)), highest: FileOffset(1 << 30),
            newest: packet(number), next: packet(number + 10), roundTrip: estimate, deliveryRate: rate)
    }

    @Test("the window doubles once for each window that was delivered, and not before")
    func doubles() {
        var control = doubling()
        #expect(control.window == 10_000)
        #expect(control.delivered(report(0, rate: nil, packet: 0, trip: .milliseconds(50))) == .none)
        #expect(control.delivered(report(9_999, rate: nil, packet: 0, trip: .milliseconds(50))) == .none)
        #expect(control.delivered(report(10_000, rate: nil, packet: 0, trip: .milliseconds(50))) == .doubled)
        #expect(control.delivered(report(29_999, rate: nil, packet: 0, trip: .milliseconds(50))) == .none)
        #expect(control.delivered(report(30_000, rate: nil, packet: 0, trip: .milliseconds(50))) == .doubled)
        #expect(control.window == 40_000)
    }

    @Test("the window halves at a loss and keeps one segment")
    func halves() {
        var control = doubling()
        for expected in [5_000, 2_500, 1_250, 1_000, 1_000] {
            let loss = LossReport(
                now: zero, unacknowledged: .zero, highest: FileOffset(10_000), next: packet(10),
                roundTrip: RoundTripEstimate())
            #expect(control.lost(loss) == .halved)
            #expect(control.window == expected)
        }
    }

    @Test("the receive window caps it")
    func capped() {
        var control = doubling(receiveWindow: 15_000)
        _ = control.delivered(report(0, rate: nil, packet: 0, trip: .milliseconds(50)))
        #expect(control.delivered(report(10_000, rate: nil, packet: 0, trip: .milliseconds(50))) == .capped)
        #expect(control.window == 15_000)
    }

    @Test("rate and window stay within what the path showed, however long nothing is lost after a loss with a queue")
    func boundedCeiling() throws {
        var control = doubling(receiveWindow: 12_000)
        _ = control.delivered(report(0, rate: 1e6, packet: 0, trip: .milliseconds(200)))
        var loss = LossReport(
            now: zero, unacknowledged: .zero, highest: FileOffset(12_000), next: packet(10),
            roundTrip: RoundTripEstimate())
        for _ in 0..<8 { loss.roundTrip.sample(.milliseconds(50), at: zero) }
        loss.roundTrip.sample(.milliseconds(200), at: zero)
        #expect(control.lost(loss) == .halved)
        for number in 1..<UInt32(2_000) {
            _ = control.delivered(
                report(Int(number) * 12_000, rate: 1e6, packet: number * 10, trip: .milliseconds(50)))
        }
        #expect(control.window <= 12_000)
        #expect(try #require(control.pacingRate) <= 2.6e6)
    }

    @Test("once the path is full, 1.75 times rate times least round trip caps it")
    func full() {
        var control = doubling()
        for number in 0..<UInt32(40) {
            _ = control.delivered(
                report(Int(number) * 1_000_000, rate: 1e6, packet: number * 10, trip: .milliseconds(50)))
        }
        #expect(control.window == Int(1.75 * 50_000) + 1_000 + 3_000)
    }
}

@Suite struct FlightTests {
    /// Go-Back-N that says one thing wrong.
    private struct Liar: RecoveryPolicy {
        let choice = RecoveryChoice.gbn
        private var truth: GoBackN
        init(_ choice: RecoveryChoice, start: FileOffset, without omissions: Omissions) {
            truth = GoBackN(choice, start: start, without: omissions)
        }
        var inFlight: Int { truth.inFlight }
        var unacknowledged: FileOffset { truth.unacknowledged }
        var highest: FileOffset { truth.unacknowledged }
        var lossDeadline: Instant? { nil }
        var acknowledgementDelay: Interval { .zero }
        var longestTimeout: Interval { truth.longestTimeout }
        func nextToSend(size: FileOffset, segmentSize: Int) -> Stretch? {
            truth.nextToSend(size: size, segmentSize: segmentSize)
        }
        mutating func sent(_ stretch: Stretch, length: Int, firstPacket: PacketNumber) {
            truth.sent(stretch, length: length, firstPacket: firstPacket)
        }
        mutating func arrived(_ packet: SentPacket, as number: PacketNumber) {}
        mutating func dropped(_ packet: SentPacket, as number: PacketNumber) -> Bool { true }
        mutating func acknowledged(_ facts: AckFacts, in window: SendWindow) -> RecoveryAction {
            truth.acknowledged(facts, in: window)
        }
        mutating func timeoutFired(_ facts: AckFacts, in window: SendWindow) -> TimeoutAction {
            truth.timeoutFired(facts, in: window)
        }
        func checkInvariants(in window: SendWindow) throws(InvariantViolation) {
            try require(highest == truth.highest, "outstanding without a timer")
        }
    }

    @Test("a policy that hides what is outstanding is found out")
    func liar() throws {
        var flight = Flight<Liar, DoubleAndHalve>(
            .gbn, start: .zero, size: FileOffset(5_000), segmentSize: 1_000, receiveWindow: 9_000,
            roundTrip: RoundTripEstimate(), at: zero)
        try flight.checkInvariants()
        #expect(flight.nextRun(at: zero) != nil)
        #expect(throws: InvariantViolation.self) { try flight.checkInvariants() }
    }

    @Test("no more than the receiver takes and no more than the window leaves")
    func budget() throws {
        for (receiveWindow, expected) in [(500, 1_000), (3_500, 3_000), (100_000, 10_000)] {
            var flight = Flight<GoBackN, DoubleAndHalve>(
                .gbn, start: .zero, size: FileOffset(50_000), segmentSize: 1_000, receiveWindow: receiveWindow,
                roundTrip: RoundTripEstimate(), at: zero)
            var sent = 0
            while let run = flight.nextRun(at: zero) { sent += run.length }
            #expect(sent == expected)
            try flight.checkInvariants()
        }
    }

    @Test("a run has at most 44 segments and 65,507 bytes with its headers")
    func runs() {
        for (segment, expected) in [(1_000, 44), (8_928, 7), (65_483, 1)] {
            var flight = Flight<GoBackN, DoubleAndHalve>(
                .gbn, start: .zero, size: FileOffset(10_000_000), segmentSize: segment, receiveWindow: 1 << 26,
                roundTrip: RoundTripEstimate(), at: zero)
            var most = 0
            for number in 0..<UInt32(8) {
                let now = zero + .microseconds(100 * Int64(number))
                while let run = flight.nextRun(at: now) { most = max(most, run.count) }
                let all = packet(flight.nextPacket.rawValue - 1)
                _ = flight.receive(
                    Packet.Ack(
                        next: flight.highest, receiveWindow: 1 << 26, largest: all, delay: 0, localDrops: 0,
                        ranges: [.first...all]), at: now + .microseconds(100))
            }
            #expect(most == expected)
        }
    }
}

@Suite struct TraceRecordTests {
    @Test("a line is one JSON object with time, transfer, packet, offset and window")
    func json() {
        let record = TraceRecord(
            time: Instant(nanoseconds: 1_234_567_890), id: id, end: .server, event: .goBack, packet: packet(7),
            offset: FileOffset(8), window: 9, detail: "a \"b\"\n")
        #expect(
            record.json == #"{"time":1.234567,"id":"0123456789abcdef","end":"server","event":"go-back","#
                + #""packet":7,"offset":8,"window":9,"detail":"a \"b\"\u000a"}"#)
    }
}

@Suite struct GoBackNProbeTests {
    @Test("a probe holds nothing that has not left yet, though segments have grown since")
    func grownSegments() {
        var recovery = GoBackN(.gbn, start: .zero, without: Omissions())
        let size = FileOffset(100_000)
        let first = Stretch(start: .zero, end: FileOffset(1_176), isProbe: false)
        recovery.sent(first, length: 1_176, firstPacket: .first)
        let facts = AckFacts(now: zero, next: .zero, largest: nil, roundTrip: RoundTripEstimate())
        _ = recovery.timeoutFired(facts, in: SendWindow())
        #expect(recovery.nextToSend(size: size, segmentSize: 8_928)?.end == FileOffset(1_176))
    }

    @Test("when all arrives before the probe has left, what follows leaves, though the late packet was never named")
    func allArrivedUnnamed() throws {
        var bench = try ServerBench(size: 120_000)
        try bench.start(receiveWindow: 12_000)
        #expect(bench.runs.last.map { $0.offset + UInt64($0.length) } == 12_000)
        bench.runs = []
        let deadline = try #require(bench.table.nextDeadline)
        #expect(deadline.reason == .retransmission)
        bench.table.timeoutFired(at: deadline.instant)
        // No turn for the probe before the ACK is there.
        bench.hear(bench.ack(12_000, [9...9]).encoded(id: id), from: bench.client, at: deadline.instant)
        _ = try bench.drain(at: deadline.instant)
        #expect(bench.runs.first?.offset == 12_000)
        #expect(bench.table.nextDeadline?.reason != .progress)
    }
}
