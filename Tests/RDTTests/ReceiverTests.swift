import RDT
import Simulation
import Testing
import Timeline

@Suite struct ReceiverTests {
    @Test("ACCEPT and START leave together as soon as both answers are here, whatever their order")
    func handshake() throws {
        var bench = try ClientBench()
        try bench.greet(at: seconds(0.05))
        #expect(bench.said.map(\.kind) == [.hello, .accept, .start])
    }

    @Test("HELLO is said again each second, and 30 s without an answer are a failure")
    func noAnswer() throws {
        var bench = try ClientBench()
        while bench.finished.isEmpty, let deadline = bench.receiver.nextDeadline {
            try bench.wait(until: deadline.instant)
        }
        #expect(bench.said.count == 30 && bench.said.allSatisfy { $0.kind == .hello })
        #expect(bench.finished == [.failed(.noAnswer)])
    }

    @Test("where TCP knows the round trip a lost HELLO costs three of them, and 200 ms at least")
    func hintedHello() throws {
        let cases = [(50, [200, 400, 800, 1_000, 1_000]), (100, [300, 600, 1_000]), (2_000, [1_000, 1_000])]
        for (trip, pauses) in cases {
            let hint = PathHint(roundTrip: .milliseconds(Int64(trip)))
            var bench = try ClientBench(hint: hint)
            var now = zero
            for pause in pauses {
                now = now + .milliseconds(Int64(pause))
                #expect(bench.receiver.nextDeadline?.instant == now)
                try bench.wait(until: now)
            }
            #expect(bench.said.count == pauses.count + 1 && bench.said.allSatisfy { $0.kind == .hello })
        }
    }

    @Test("a segment is written to its place whatever its order, and once")
    func anyOrder() throws {
        var bench = try ClientBench()
        try bench.greet(at: zero)
        #expect(
            try bench.data(2, 2_400, count: 600, at: zero)
                == .write(offset: 2_400, payload: DataPacket.headerSize..<DataPacket.headerSize + 600))
        #expect(try bench.data(3, 2_400, count: 600, at: zero) == .ignored(.duplicate))
        guard case .ack(let ack) = bench.said.last else { throw PacketError.badField }
        #expect(ack.next == .zero && ack.ranges == [packet(2)...packet(3)] && ack.largest == packet(3))
    }

    @Test("of data in segments of another size only what is not here is written, each byte once")
    func overlapping() throws {
        var bench = try ClientBench()
        try bench.greet(at: zero)
        let start = DataPacket.headerSize
        _ = try bench.data(0, 0, count: 1_200, at: zero)
        let rest = Received.Part(offset: 1_200, payload: start + 600..<start + 1_200)
        #expect(try bench.data(1, 600, count: 1_200, at: zero) == .writeParts([rest]))
        #expect(try bench.data(2, 100, count: 1_500, at: zero) == .ignored(.duplicate))
        guard case .ack(let ack) = bench.said.last else { throw PacketError.badField }
        #expect(ack.next == FileOffset(1_800) && bench.receiver.statistics(at: zero).bytes == 1_800)
    }

    @Test("a segment around some that are here brings the gaps between them")
    func gaps() throws {
        var bench = try ClientBench()
        try bench.greet(at: zero)
        let start = DataPacket.headerSize
        _ = try bench.data(1, 500, count: 100, at: zero)
        _ = try bench.data(2, 900, count: 100, at: zero)
        let parts = [
            Received.Part(offset: 0, payload: start..<start + 500),
            Received.Part(offset: 600, payload: start + 600..<start + 900),
        ]
        #expect(try bench.data(3, 0, count: 1_000, at: zero) == .writeParts(parts))
        #expect(bench.receiver.contiguous == 1_000)
    }

    @Test("a probe is acknowledged by its number and brings nothing")
    func probe() throws {
        var bench = try ClientBench()
        try bench.greet(at: zero)
        let probe = Packet.probe(Packet.Probe(packet: packet(1), size: 1_452))
        #expect(try bench.hear(probe, at: zero) == .ignored(.unexpected))
        _ = try bench.data(0, 0, count: 1_200, at: zero)
        #expect(try bench.hear(probe, at: zero) == .accepted)
        guard case .ack(let ack) = bench.said.last else { throw PacketError.badField }
        #expect(ack.next == FileOffset(1_200) && ack.ranges == [packet(0)...packet(1)])
        #expect(bench.receiver.statistics(at: zero).duplicates == 0)
    }

    @Test("data past the end and another size are typed failures, and the server is told")
    func violations() throws {
        var long = try ClientBench()
        try long.greet(at: zero)
        _ = try long.data(0, 2_400, count: 601, at: zero)
        #expect(long.finished == [.failed(.beyondEnd(FileOffset(2_400), size: FileOffset(3_000)))])
        #expect(long.said.last == .abort(.protocolViolation))
        var bench = try ClientBench()
        try bench.greet(size: 3_001, at: zero)
        #expect(bench.finished == [.failed(.sizeChanged(announced: FileOffset(3_000), now: FileOffset(3_001)))])
        bench = try ClientBench()
        try bench.greet(at: zero)
        _ = try bench.hear(
            .end(Packet.End(size: FileOffset(2_999), digest: FileDigest(high: 0, low: 0))), at: zero)
        #expect(bench.finished == [.failed(.sizeChanged(announced: FileOffset(3_000), now: FileOffset(2_999)))])
    }

    @Test("the owner is asked before DONE, and the end comes exactly once")
    func end() throws {
        for good in [true, false] {
            var bench = try ClientBench(size: 0)
            try bench.greet(size: 0, at: zero)
            let digest = FileDigest(high: 1, low: 2)
            _ = try bench.hear(.end(Packet.End(size: .zero, digest: digest)), at: zero)
            #expect(bench.events.last == .complete(digest: digest) && bench.finished.isEmpty)
            bench.receiver.verified(good, at: zero)
            bench.receiver.verified(!good, at: zero)
            bench.receiver.cancel(.cancelled, at: zero)
            try bench.drain()
            #expect(bench.said.last == .done(good ? .verified : .mismatch))
            #expect(bench.finished == [good ? .completed : .failed(.digestMismatch)])
            #expect(bench.receiver.nextDeadline == nil)
        }
    }

    /// A client whose file of 1,200 bytes has come, with the hash told before.
    private static func early(_ digest: FileDigest) throws -> ClientBench {
        var bench = try ClientBench(size: 1_200)
        try bench.greet(size: 1_200, hash: digest, at: zero)
        _ = try bench.data(0, 0, count: 1_200, at: zero)
        #expect(bench.events.last == .complete(digest: digest))
        return bench
    }

    @Test(
        "with the hash in INFO the file is complete at its last byte: ACK, DONE, and END finishes what nobody waits for"
    )
    func early() throws {
        var bench = try Self.early(FileDigest(high: 1, low: 2))
        bench.receiver.verified(true, at: zero)
        try bench.drain()
        #expect(bench.said.suffix(2).map(\.kind) == [.ack, .done])
        guard case .confirmed? = bench.events.last else { throw PacketError.badField }
        #expect(bench.finished.isEmpty)
        _ = try bench.hear(.end(Packet.End(size: FileOffset(1_200), digest: FileDigest(high: 1, low: 2))), at: zero)
        #expect(bench.finished == [.completed] && bench.receiver.nextDeadline == nil)
        #expect(bench.said.last == .done(.verified))
    }

    @Test("END that comes while the hash is being compared leaves nothing to wait for")
    func endWhileComparing() throws {
        for good in [true, false] {
            var bench = try Self.early(FileDigest(high: 1, low: 2))
            _ = try bench.hear(.end(Packet.End(size: FileOffset(1_200), digest: FileDigest(high: 1, low: 2))), at: zero)
            bench.receiver.verified(good, at: zero)
            try bench.drain()
            #expect(bench.finished == [good ? .completed : .failed(.digestMismatch)])
        }
    }

    @Test("a file that is wrong fails at once, and the server is told")
    func earlyMismatch() throws {
        var bench = try Self.early(FileDigest(high: 1, low: 2))
        bench.receiver.verified(false, at: zero)
        try bench.drain()
        #expect(bench.said.last == .done(.mismatch) && bench.finished == [.failed(.digestMismatch)])
    }

    @Test("DONE is said again to a server that sends on, and now and then, for 10 s")
    func parting() throws {
        var bench = try Self.early(FileDigest(high: 1, low: 2))
        bench.receiver.verified(true, at: zero)
        _ = try bench.data(1, 0, count: 1_200, at: zero)
        #expect(bench.said.suffix(3).map(\.kind) == [.ack, .done, .done])
        while bench.finished.isEmpty, let deadline = bench.receiver.nextDeadline {
            try bench.wait(until: deadline.instant)
            #expect(deadline.instant <= zero + Limits.tombstone)
        }
        #expect(bench.finished == [.unconfirmed])
        #expect((5...9).contains(bench.said.count { $0 == .done(.verified) }))
        bench = try Self.early(FileDigest(high: 1, low: 2))
        bench.receiver.verified(true, at: zero)
        _ = try bench.hear(.abort(.serverStopping), at: zero)
        #expect(bench.finished == [.unconfirmed])
    }

    @Test("a lost END does not keep the client waiting: it reminds the server where it stands")
    func reminders() throws {
        var bench = try ClientBench(size: 1_200)
        try bench.greet(size: 1_200, at: zero)
        _ = try bench.data(0, 0, count: 1_200, at: zero)
        let acks = bench.said.count
        let deadline = try #require(bench.receiver.nextDeadline)
        #expect(deadline == Deadline(zero + Limits.firstSilence, .silence))
        try bench.wait(until: deadline.instant)
        #expect(bench.said.count == acks + 1 && bench.said[acks - 1] == bench.said[acks].withoutDelay)
    }

    @Test("30 s without anything new are a failure, even while old data comes again")
    func noProgress() throws {
        var bench = try ClientBench()
        try bench.greet(at: zero)
        _ = try bench.data(0, 0, count: 1_200, at: seconds(1))
        for second in 2...30 { _ = try bench.data(UInt32(second), 0, count: 1_200, at: seconds(Double(second))) }
        try bench.wait(until: seconds(30.9))
        #expect(bench.finished.isEmpty)
        try bench.wait(until: seconds(31))
        #expect(bench.finished == [.failed(.noProgress(Limits.noProgress))])
    }

    @Test("an ACK names at most 32 ranges, the newest")
    func ranges() throws {
        var bench = try ClientBench(size: 120_000)
        try bench.greet(size: 120_000, at: zero)
        for number in 0..<40 { _ = try bench.data(UInt32(number * 2), UInt64(number) * 1_200, count: 1_200, at: zero) }
        guard case .ack(let ack) = bench.said.last else { throw PacketError.badField }
        #expect(ack.ranges.count == Limits.ranges && ack.ranges[0] == packet(78)...packet(78))
        #expect(bench.receiver.statistics(at: zero).lost == 39)
    }

    @Test("a packet of another transfer or with a foreign nonce is dropped and counted")
    func foreign() throws {
        var bench = try ClientBench()
        let answer = Packet.helloAck(
            Packet.HelloAck(
                nonce: Nonce(rawValue: 6), serverNonce: Nonce(rawValue: 7), segmentSize: 9, recovery: .gbn))
        #expect(try bench.hear(answer, at: zero) == .ignored(.wrongNonce))
        let other = answer.encoded(id: TransferID(rawValue: 1))
        #expect(try bench.hear(other, at: zero) == .ignored(.unknownTransfer))
        #expect(bench.receiver.drops == [.wrongNonce: 1, .unknownTransfer: 1])
    }
}

extension Packet {
    /// The same ACK as if it had left at once.
    var withoutDelay: Packet {
        guard case .ack(var ack) = self else { return self }
        ack.delay = 0
        return .ack(ack)
    }
}
