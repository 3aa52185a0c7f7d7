@testable import RDT
import Simulation
import Testing
import Timeline

@Suite struct PacketCodecTests {
    static let samples: [Packet] = [
        .hello(Packet.Hello(nonce: Nonce(rawValue: 1), receiveWindow: 9, largestDatagram: 1_200, recovery: .sr)),
        .hello(
            Packet.Hello(
                nonce: Nonce(rawValue: 1), receiveWindow: 9, largestDatagram: 1_200, recovery: .auto,
                beginsAtOnce: true)),
        .helloAck(
            Packet.HelloAck(
                nonce: Nonce(rawValue: .max), serverNonce: Nonce(rawValue: 2), segmentSize: 1, recovery: .gbn)),
        .accept(Packet.Accept(serverNonce: Nonce(rawValue: 3))),
        .info(FileOffer(name: "שלום 🐟", size: 1 << 48 - 1, modified: UnixTime(seconds: -5))),
        .info(FileOffer(name: "", size: 0, modified: UnixTime(seconds: 5), hash: FileDigest(high: 1, low: .max))),
        .start(Packet.Start(offset: .zero, kept: nil)),
        .start(Packet.Start(offset: FileOffset(9), kept: FileDigest(high: 3, low: 4))),
        .start(
            Packet.Start(
                offset: FileOffset(9), kept: FileDigest(high: 3, low: 4), beyond: [10..<11, 4_000..<9_000])),
        .start(Packet.Start(offset: .zero, kept: FileDigest(high: 3, low: 4), beyond: [1..<2])),
        .start(Packet.Start(offset: .largest, kept: FileDigest(high: 0, low: 0), isQuestion: true)),
        .check(Packet.Check(asked: FileOffset(9), hashed: FileOffset(9), finding: .differs)),
        .ack(
            Packet.Ack(
                next: .largest, receiveWindow: .max, largest: packet(.max), delay: 1, localDrops: 2,
                ranges: [packet(9)...packet(.max), packet(1)...packet(7)])),
        .end(Packet.End(size: FileOffset(5), digest: FileDigest(high: 5, low: 6))),
        .done(.mismatch), .abort(.noSpace),
        .probe(Packet.Probe(packet: packet(.max), size: 1_452)),
        .probe(Packet.Probe(packet: packet(0), size: UInt16(Packet.Probe.leastSize))),
        .challenge(Nonce(rawValue: .max)), .response(Nonce(rawValue: 8)),
    ]

    @Test("every packet reads as it was written", arguments: samples)
    func roundTrip(_ sample: Packet) throws {
        #expect(try decoded(sample.encoded(id: id)) == sample)
    }

    @Test("DATA reads as it was written, and its payload is where it says")
    func data() throws {
        let bytes = DataPacket.encoded(id: id, packet: packet(7), offset: FileOffset(1 << 40), payload: [1, 2, 3])
        guard case .data(let header) = try decoded(bytes) else { throw PacketError.unknownKind }
        #expect(header.packet == packet(7) && header.offset == FileOffset(1 << 40))
        #expect(Array(bytes[header.payload]) == [1, 2, 3])
    }

    @Test("every truncation of every packet is refused", arguments: samples)
    func truncations(_ sample: Packet) {
        let bytes = sample.encoded(id: id)
        for length in 0..<bytes.count {
            #expect(throws: PacketError.self) { try decoded(Array(bytes[..<length])) }
            // With a checksum that fits, the length alone must give it away.
            guard length >= DatagramHeader.size else { continue }
            #expect(throws: PacketError.self) { try decoded(resealed(Array(bytes[..<length]))) }
        }
        #expect(throws: PacketError.self) { try decoded(resealed(bytes + [0])) }
    }

    @Test("one turned bit anywhere is refused", arguments: samples)
    func bitFlips(_ sample: Packet) {
        let bytes = sample.encoded(id: id)
        for bit in 0..<min(bytes.count, 200) * 8 {
            var turned = bytes
            turned[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: PacketError.self) { try decoded(turned) }
        }
    }

    @Test("whatever the bytes, with a right checksum they read as what writes the same bytes, or not at all")
    func anyBytes() throws {
        var random = SeededGenerator(seed: 7)
        var read = 0
        for _ in 0..<20_000 {
            var bytes = random.pick(Self.samples).encoded(id: id)
            for _ in 0..<1 + random.below(3) { bytes[random.below(min(bytes.count, 120))] = UInt8(random.below(256)) }
            if random.chance(0.2) { bytes.removeLast(1 + random.below(bytes.count - DatagramHeader.size)) }
            bytes = resealed(bytes)
            guard let header = try? DatagramHeader(parsing: unsafe bytes.span.bytes),
                let packet = try? Packet(parsing: unsafe bytes.span.bytes, header: header)
            else { continue }
            read += 1
            switch packet {
            case .data, .abort: continue
            case .hello, .helloAck, .accept, .info, .start, .ack, .end, .done, .check, .probe, .challenge,
                .response:
                #expect(packet.encoded(id: header.id) == bytes)
            }
        }
        #expect(read > 1_000)
    }

    @Test("a name of 1,024 bytes is read, one of 1,025 is not")
    func nameLimit() throws {
        for (count, isGood) in [(Limits.nameBytes, true), (Limits.nameBytes + 1, false)] {
            let offer = FileOffer(name: String(repeating: "x", count: count), size: 1, modified: UnixTime(seconds: 1))
            #expect(((try? decoded(Packet.info(offer).encoded(id: id))) != nil) == isGood)
        }
    }

    @Test("32 ranges are read, 33 are not")
    func rangeLimit() throws {
        for (count, isGood) in [(Limits.ranges, true), (Limits.ranges + 1, false)] {
            let ranges = (0..<count).reversed().map { packet(UInt32($0 * 2))...packet(UInt32($0 * 2)) }
            let ack = Packet.Ack(
                next: .zero, receiveWindow: 1, largest: ranges[0].upperBound, delay: 0, localDrops: 0, ranges: ranges)
            #expect(((try? decoded(Packet.ack(ack).encoded(id: id))) != nil) == isGood)
        }
    }

    @Test("a sealed run of segments is the same as its datagrams one by one")
    func sealedRun() throws {
        let run = SegmentRun(firstPacket: packet(3), offset: 500, length: 250, segmentSize: 100, newBytes: 500..<750)
        var buffer = [UInt8](repeating: 0, count: run.bytesOnWire)
        for index in 0..<run.count {
            for place in run.payload(index) { buffer[place] = UInt8(index) }
        }
        var span = buffer.mutableSpan
        var raw = unsafe span.mutableBytes
        run.seal(id: id, in: &raw)
        #expect(run.count == 3 && run.payload(2).count == 50)
        for index in 0..<run.count {
            let single = DataPacket.encoded(
                id: id, packet: packet(3 + UInt32(index)), offset: FileOffset(500 + 100 * UInt64(index)),
                payload: buffer[run.payload(index)])
            #expect(Array(buffer[run.datagram(index)]) == single)
        }
    }

    /// `bytes` with the checksum that belongs to them, found by way of a packet that is written with it: the rule of
    /// rdt(7), written a second time.
    private func resealed(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        let sum = Checksum.of(unsafe bytes.span.bytes)
        for index in 0..<4 { bytes[2 + index] = UInt8(truncatingIfNeeded: sum >> (24 - 8 * UInt32(index))) }
        return bytes
    }
}

@Suite struct FileHasherTests {
    @Test("the digest does not depend on how the bytes come")
    func pieces() {
        let bytes = (0..<(3 << 20) + 17).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        var whole = FileHasher()
        whole.update(unsafe bytes.span.bytes)
        let expected = whole.finish()
        for size in [1_000_003, 1 << 20, 1 << 20 + 1, 70_000] {
            var hasher = FileHasher()
            for start in stride(from: 0, to: bytes.count, by: size) {
                let piece = Array(bytes[start..<min(start + size, bytes.count)])
                hasher.update(unsafe piece.span.bytes)
            }
            #expect(hasher.finish() == expected)
        }
    }

    @Test("a digest reads as it was printed, and nothing else reads")
    func text() {
        let digest = FileDigest(high: 0xAB, low: 1)
        #expect(FileDigest(digest.description) == digest)
        for text in ["", "1234", "+00000000000000ab0000000000000001", "+0000000000000ab0000000000000001", "zz"] {
            #expect(FileDigest(text) == nil)
        }
    }

    @Test("other bytes, another order and another size have another digest")
    func differs() {
        let digests = [[UInt8](), [0], [0, 0], [0, 1], [1, 0]].map { bytes in
            var hasher = FileHasher()
            hasher.update(unsafe bytes.span.bytes)
            return hasher.finish()
        }
        #expect(Set(digests).count == digests.count)
    }
}
