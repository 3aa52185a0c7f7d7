import RDT
import Testing
import Timeline

/// INFO that leaves again behind the data of a file whose hash nobody knew before (rdt(7), HASH).
@Suite struct EarlyHashTests {
    private let digest = FileDigest(high: 3, low: 4)
    private func info(size: UInt64) -> Packet {
        .info(FileOffer(name: "a", size: size, modified: UnixTime(seconds: 0), hash: digest))
    }

    @Test("INFO with the hash leaves as soon as the server has read the file, and DONE counts from then on")
    func told() throws {
        var bench = try ServerBench(size: 2_400, hash: nil)
        try bench.start()
        #expect(try bench.say(.done(.verified), at: seconds(0.02)).isEmpty)
        #expect(bench.finished.isEmpty)
        bench.table.hashed(id, digest, at: seconds(0.02))
        #expect(try bench.drain(at: seconds(0.02)) == [info(size: 2_400)])
        #expect(try bench.say(.done(.verified), at: seconds(0.03)).map(\.kind) == [.end])
        #expect(bench.finished == [.completed])
    }

    @Test("a client that has all compares at once, whether INFO came before the last byte or after it")
    func compared() throws {
        for isLast in [true, false] {
            var bench = try ClientBench()
            try bench.greet(at: zero)
            _ = try bench.data(0, 0, count: 1_800, at: zero)
            if !isLast { #expect(try bench.hear(info(size: 3_000), at: zero) == .accepted) }
            #expect(!bench.events.contains(.complete(digest: digest)))
            _ = try bench.data(1, 1_800, count: 1_200, at: zero)
            if isLast { #expect(try bench.hear(info(size: 3_000), at: zero) == .accepted) }
            #expect(bench.events.last == .complete(digest: digest))
            guard case .ack(let ack)? = bench.said.last else { throw PacketError.badField }
            #expect(ack.next == FileOffset(3_000))
        }
    }

    @Test("DONE that overtakes the last ACK acknowledges all: the server tells of the whole file")
    func early() throws {
        var bench = try ServerBench(size: 200_000)
        try bench.start()
        _ = try bench.say(.done(.verified), at: seconds(0.02))
        let told = bench.events.compactMap {
            if case .finished(let outcome, let statistics) = $0 { (outcome, statistics.bytes) } else { nil }
        }
        #expect(told.count == 1 && told[0] == (.completed, 200_000))
    }

    @Test("INFO with the hash for another size ends the transfer, as END does")
    func otherSize() throws {
        var bench = try ClientBench()
        try bench.greet(at: zero)
        _ = try bench.data(0, 0, count: 1_800, at: zero)
        #expect(try bench.hear(info(size: 3_001), at: zero) == .accepted)
        #expect(bench.said.last == .abort(.protocolViolation))
        #expect(bench.finished == [.failed(.sizeChanged(announced: FileOffset(3_000), now: FileOffset(3_001)))])
    }

    @Test("INFO without a hash or a second time teaches nothing")
    func ignored() throws {
        var bench = try ClientBench()
        try bench.greet(at: zero)
        _ = try bench.data(0, 0, count: 1_800, at: zero)
        let bare = FileOffer(name: "a", size: 3_000, modified: UnixTime(seconds: 0))
        #expect(try bench.hear(.info(bare), at: zero) == .ignored(.duplicate))
        #expect(try bench.hear(info(size: 3_000), at: zero) == .accepted)
        #expect(try bench.hear(info(size: 3_000), at: zero) == .ignored(.duplicate))
    }
}
