import RDT
import Simulation
import Testing
import Timeline

@Suite struct ResumeTests {
    private static let block = FileHasher.blockSize

    private func hasher(of bytes: ArraySlice<UInt8>) -> FileHasher {
        var hasher = FileHasher()
        let bytes = Array(bytes)
        hasher.update(unsafe bytes.span.bytes)
        return hasher
    }

    private func start(_ offset: Int, _ bytes: [UInt8], isQuestion: Bool = false) -> Packet {
        .start(
            Packet.Start(
                offset: FileOffset(UInt64(offset)), kept: hasher(of: bytes[..<offset]).finish(),
                isQuestion: isQuestion))
    }

    /// A client that has `kept` and a server that has `file`: where the data begins, and how many STARTs that took.
    private func search(_ kept: [UInt8], _ file: [UInt8]) throws -> (offset: Int, starts: Int) {
        var bench = try ClientBench(size: UInt64(file.count), keeping: KeptPrefix(hasher(of: kept[...])))
        try bench.greet(size: UInt64(file.count), at: zero)
        var starts = 0
        while case .start(let start)? = bench.said.last {
            starts += 1
            let offset = Int(start.offset.rawValue)
            let isSame = start.kept == nil || hasher(of: file[..<offset]).finish() == start.kept
            if isSame, !start.isQuestion { return (offset, starts) }
            let check = Packet.Check(asked: start.offset, hashed: start.offset, finding: isSame ? .same : .differs)
            let said = bench.said.count
            _ = try bench.hear(.check(check), at: zero)
            try #require(bench.said.count == said + 2 && bench.said[said].kind == .accept)
        }
        throw PacketError.badField
    }

    @Test("what is right is kept to the byte, with one question")
    func allRight() throws {
        let file = (0..<3 * Self.block + 77).map { UInt8(truncatingIfNeeded: $0 / 3 ^ $0 >> 8) }
        for count in [1, 1_176, Self.block, Self.block + 1, file.count - 1, file.count] {
            let found = try search(Array(file[..<count]), file)
            #expect(found.offset == count && found.starts == 1)
        }
    }

    @Test("of a beginning with one wrong byte, every whole block before that byte is kept")
    func oneWrong() throws {
        let file = [UInt8](repeating: 5, count: 9 * Self.block + 5)
        for place in [0, Self.block - 1, Self.block, 4 * Self.block + 3, 8 * Self.block - 1, 8 * Self.block + 9] {
            var kept = Array(file[..<(8 * Self.block + 100)])
            kept[place] ^= 1
            let found = try search(kept, file)
            #expect(found.offset == place / Self.block * Self.block && found.starts <= 6, "\(place): \(found)")
        }
    }

    @Test("data begins where the client said, once the server has hashed the same")
    func same() throws {
        let file = [UInt8](repeating: 3, count: 12_000)
        var bench = try ServerBench()
        _ = try bench.say(bench.hello(), at: zero)
        _ = try bench.say(.accept(Packet.Accept(serverNonce: Nonce(rawValue: 77))), at: zero)
        #expect(try bench.say(start(5_000, file), at: zero).isEmpty && bench.runs.isEmpty)
        #expect(bench.events.contains(.prefixWanted(bytes: 5_000, beyond: [])))
        bench.table.prefixProgressed(id, to: 700)
        let check = Packet.Check(asked: FileOffset(5_000), hashed: FileOffset(700), finding: .hashing)
        #expect(try bench.say(start(5_000, file), at: seconds(1)) == [.check(check)])
        bench.table.prefixHashed(id, bytes: 5_000, hasher(of: file[..<5_000]).finish(), at: seconds(2))
        #expect(try bench.drain(at: seconds(2)).isEmpty)
        #expect(bench.runs.first?.offset == 5_000 && bench.runs.first?.newBytes.lowerBound == 5_000)
        #expect(bench.events.contains(.started(.gbn, from: 5_000, without: [])))
    }

    @Test("what differs is told, again for each START that repeats, and another START is another question")
    func differs() throws {
        let file = [UInt8](repeating: 3, count: 12_000)
        var bench = try ServerBench()
        _ = try bench.say(bench.hello(), at: zero)
        _ = try bench.say(.accept(Packet.Accept(serverNonce: Nonce(rawValue: 77))), at: zero)
        _ = try bench.say(start(5_000, file), at: zero)
        bench.table.prefixHashed(id, bytes: 5_000, FileDigest(high: 0, low: 0), at: zero)
        let check = Packet.check(
            Packet.Check(asked: FileOffset(5_000), hashed: FileOffset(5_000), finding: .differs))
        #expect(try bench.drain(at: zero) == [check])
        #expect(try bench.say(start(5_000, file), at: seconds(1)) == [check] && bench.runs.isEmpty)
        #expect(try bench.say(start(100, file, isQuestion: true), at: seconds(1)).isEmpty)
        bench.table.prefixHashed(id, bytes: 100, hasher(of: file[..<100]).finish(), at: seconds(1))
        let same = Packet.Check(asked: FileOffset(100), hashed: FileOffset(100), finding: .same)
        #expect(try bench.drain(at: seconds(1)) == [.check(same)] && bench.runs.isEmpty)
        _ = try bench.say(.start(Packet.Start(offset: .zero, kept: nil)), at: seconds(1))
        #expect(bench.runs.first?.offset == 0)
    }

    @Test("a client that has all of it gets END at once, and a start beyond the end is refused")
    func edges() throws {
        let file = [UInt8](repeating: 3, count: 12_000)
        for (offset, kind) in [(12_000, PacketKind.end), (12_001, .abort)] {
            var bench = try ServerBench(hash: nil)
            _ = try bench.say(bench.hello(), at: zero)
            _ = try bench.say(.accept(Packet.Accept(serverNonce: Nonce(rawValue: 77))), at: zero)
            let said = try bench.say(start(offset, file + [0]), at: zero)
            bench.table.prefixHashed(id, bytes: 12_000, hasher(of: file[...]).finish(), at: zero)
            let all = try said + bench.drain(at: zero)
            #expect(all.map(\.kind) == [kind] && bench.runs.isEmpty)
        }
    }

    @Test("a server that hashes for long keeps its client, and one that says nothing more loses it after 30 s")
    func patience() throws {
        let kept = KeptPrefix(hasher(of: [UInt8](repeating: 1, count: 2_000)[...]))
        var bench = try ClientBench(keeping: kept)
        try bench.greet(at: zero)
        for second in stride(from: 20, through: 100, by: 20) {
            let check = Packet.Check(
                asked: FileOffset(2_000), hashed: FileOffset(UInt64(second)), finding: .hashing)
            _ = try bench.hear(.check(check), at: seconds(Double(second)))
        }
        #expect(bench.events.contains(.checking(done: 100, total: 2_000)))
        try bench.wait(until: seconds(129.9))
        #expect(bench.finished.isEmpty)
        try bench.wait(until: seconds(130))
        #expect(bench.finished == [.failed(.noProgress(Limits.noProgress))])
    }

    @Test("START waits for what the client still hashes, and ACCEPT keeps the server meanwhile, each second")
    func preparing() throws {
        var receiver = Receiver(
            id: id, nonce: 5, recovery: .auto, receiveWindow: 1 << 20, largestDatagram: 1_224, expecting: 3_000,
            preparing: true, tracing: false, at: zero)
        var bench = try ServerBench(size: 3_000)
        var said: [PacketKind] = []
        var now = zero
        for second in 0...40 {
            now = seconds(Double(second))
            if second == 40 { receiver.keep(KeptPrefix(hasher(of: [UInt8](repeating: 1, count: 9)[...])), at: now) }
            receiver.timeoutFired(at: now)
            while let datagram = receiver.nextDatagram() {
                let packet = try decoded(datagram)
                said.append(packet.kind)
                for answer in try bench.say(packet, at: now) {
                    let bytes = answer.encoded(id: id)
                    _ = unsafe receiver.receive(bytes.span.bytes, at: now)
                }
            }
            _ = try bench.wait(until: now)
        }
        #expect(said == [.hello] + Array(repeating: .accept, count: 41) + [.start])
        #expect(bench.finished.isEmpty && bench.events.contains(.prefixWanted(bytes: 9, beyond: [])))
        while bench.finished.isEmpty { _ = try bench.wait(until: #require(bench.table.nextDeadline).instant) }
        #expect(bench.finished == [.failed(.noProgress(Limits.noProgress))])
    }

    @Test("what is kept counts as there, and data follows it")
    func dataFollows() throws {
        let kept = KeptPrefix(hasher(of: [UInt8](repeating: 1, count: 2_000)[...]))
        var bench = try ClientBench(keeping: kept)
        try bench.greet(at: zero)
        #expect(try bench.data(0, 2_000, count: 600, at: zero).isWrite)
        #expect(bench.events.contains(.kept(bytes: 2_000, beyond: [])) && bench.events.last == .progress(bytes: 2_600))
        guard case .ack(let ack)? = bench.said.last else { throw PacketError.badField }
        #expect(ack.next == FileOffset(2_600) && bench.receiver.contiguous == 2_600)
        #expect(bench.receiver.statistics(at: zero).bytes == 600)
    }

    @Test("what lies behind gaps is kept too, counts as there, and its bytes are not waited for")
    func beyond() throws {
        let bytes = [UInt8](repeating: 1, count: 3_000)
        let parts: [Range<UInt64>] = [1_000..<1_500, 2_000..<3_000]
        var all = hasher(of: bytes[..<500])
        all.update(unsafe bytes.span.bytes.extracting(..<1_500))
        var bench = try ClientBench(keeping: KeptPrefix(hasher(of: bytes[..<500]), beyond: parts, all: all))
        try bench.greet(at: zero)
        guard case .start(let start)? = bench.said.last else { throw PacketError.badField }
        #expect(start.offset == FileOffset(500) && start.beyond == parts && start.covered == FileOffset(2_000))
        #expect(start.kept == all.finish())
        #expect(try bench.data(0, 500, count: 500, at: zero).isWrite)
        #expect(bench.events.contains(.kept(bytes: 500, beyond: parts)) && bench.receiver.contiguous == 1_500)
        #expect(try bench.data(1, 1_500, count: 500, at: zero).isWrite)
        #expect(bench.receiver.contiguous == 3_000 && bench.receiver.statistics(at: zero).bytes == 1_000)
    }

    @Test(
        "where something behind a gap differs, the beginning is asked for alone; an old answer is not its"
    )
    func beyondDiffers() throws {
        let bytes = [UInt8](repeating: 1, count: 3_000)
        var all = hasher(of: bytes[..<500])
        all.update(unsafe bytes.span.bytes.extracting(..<700))
        var bench = try ClientBench(
            keeping: KeptPrefix(hasher(of: bytes[..<500]), beyond: [1_000..<1_700], all: all))
        try bench.greet(at: zero)
        let check = Packet.Check(asked: FileOffset(1_200), hashed: FileOffset(1_200), finding: .differs)
        _ = try bench.hear(.check(check), at: zero)
        let start = Packet.start(Packet.Start(offset: FileOffset(500), kept: hasher(of: bytes[..<500]).finish()))
        #expect(bench.said.last == start)
        let said = bench.said.count
        _ = try bench.hear(.check(check), at: zero)
        #expect(bench.said.count == said)
        #expect(try bench.data(0, 500, count: 500, at: zero).isWrite)
        #expect(bench.events.contains(.kept(bytes: 500, beyond: [])))
    }

    @Test(
        "of what the client has behind gaps nothing leaves, and the transfer ends all the same",
        arguments: [RecoveryChoice.gbn, .sr, .auto])
    func omitted(_ recovery: RecoveryChoice) throws {
        for seed in 1...20 as ClosedRange<UInt64> {
            var scenario = Scenario(seed: seed)
            scenario.sizes = [300_000]
            scenario.recoveries = [recovery]
            scenario.cancel = nil
            scenario.kept = .init(share: Double(seed % 2) / 3, parts: Int(seed % 5) * 9)
            var world = World(scenario)
            try world.run()
        }
    }

    @Test("over any path the bytes are right, whatever was kept, and a right beginning is not sent again")
    func anyPath() throws {
        for seed in 1...120 as ClosedRange<UInt64> {
            var scenario = Scenario(seed: seed)
            scenario.kept = .init(share: [1, 0.7, 0][Int(seed % 3)], parts: [0, 1, 7, 64][Int(seed / 2 % 4)])
            if seed % 4 == 0 { scenario.kept?.wrong = seed % 8 == 0 ? .beyond : .beginning }
            scenario.cancel = nil
            var world = World(scenario)
            try world.run()
            for download in world.downloads where download.clientOutcome == .completed && seed % 4 != 0 {
                let wanted = download.file.count - download.keptBytes
                #expect(download.clientStatistics.bytes == UInt64(wanted), "seed \(seed)")
            }
        }
    }
}

extension Received {
    fileprivate var isWrite: Bool { if case .write = self { true } else { false } }
}
