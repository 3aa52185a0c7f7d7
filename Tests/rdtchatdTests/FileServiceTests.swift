import ChatServer
import IRC
import Posix
import RDT
import TestSupport
import Testing
import Timeline

@testable import rdtchatd

@Suite struct FileServiceTests {
    @Test(
        "what the client has behind gaps is not sent, and the file's hash is told and remembered all the same",
        arguments: [[0..<0, 100_000..<3_000_000], [0..<1_500_000, 1_500_001..<1_600_000, 2_000_000..<2_900_000]])
    func gaps(kept: [Range<Int>]) throws {
        var downloading = try Downloading()
        var random = SeededGenerator(seed: 4)
        let bytes = random.bytes(3_000_000)
        try FileSystem.write(bytes, to: downloading.path("f"))
        let result = try downloading.download("f", keeping: kept)
        #expect(result.bytes == bytes && result.outcome == .completed)
        #expect(result.statistics?.bytes == UInt64(bytes.count - kept.reduce(0) { $0 + $1.count }))
        guard case .ticket(_, let entry) = try downloading.grant("f") else { throw TestFailure("refused") }
        #expect(entry.hash == result.digest?.description)
    }

    @Test(
        "the client gets the file's bytes, whatever its size",
        arguments: [0, 1, 1_428, 1_429, 100_000, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3_000_000])
    func sizes(size: Int) throws {
        var downloading = try Downloading()
        var random = SeededGenerator(seed: UInt64(size))
        let bytes = random.bytes(size)
        try FileSystem.write(bytes, to: downloading.path("some file"))
        let result = try downloading.download("some file")
        #expect(result.outcome == .completed)
        #expect(result.bytes == bytes)
        let lines = downloading.log.lines
        #expect(
            lines.count { $0.hasPrefix("info transfer started: who=alice address=127.0.0.1 file=\"some file\"") } == 1)
        #expect(
            lines.count {
                $0.hasPrefix("info transfer ended: who=alice address=127.0.0.1 file=\"some file\" bytes=\(size) ")
            } == 1)
    }

    @Test(
        "every way to send and to receive datagrams carries the same bytes", arguments: SendMethod.allCases,
        [true, false])
    func methods(method: SendMethod, coalescing: Bool) throws {
        var downloading = try Downloading(sendMethod: method, coalescing: coalescing)
        var random = SeededGenerator(seed: 1)
        let bytes = random.bytes(300_000)
        try FileSystem.write(bytes, to: downloading.path("f"))
        let result = try downloading.download("f")
        #expect(result.outcome == .completed)
        #expect(result.bytes == bytes)
        #expect(downloading.service.socket.sendMethod == method)
    }

    @Test("a service on every address answers from the one that the client wrote to", arguments: ["0.0.0.0", "::"])
    func severalAddresses(host: String) throws {
        var downloading = try Downloading(host: host)
        var random = SeededGenerator(seed: 2)
        let bytes = random.bytes(300_000)
        try FileSystem.write(bytes, to: downloading.path("f"))
        for address in ["127.0.0.2", "127.0.0.1"] {
            let result = try downloading.download("f", at: address)
            #expect(result.outcome == .completed)
            #expect(result.bytes == bytes)
        }
    }

    @Test("the second client learns the hash with its ticket")
    func remembered() throws {
        var downloading = try Downloading()
        try FileSystem.write([UInt8](repeating: 7, count: 200_000), to: downloading.path("f"))
        let result = try downloading.download("f")
        guard case .ticket(_, let entry) = try downloading.grant("f") else { throw TestFailure("refused") }
        #expect(entry.hash == result.digest?.description)
        #expect(try downloading.download("f").outcome == .completed)
    }

    @Test(
        "a file that shrinks, grows or changes while it is sent ends its transfer with a reason",
        arguments: [1_000, 2_000_000, 3_000_000])
    func changed(newSize: Int) throws {
        var downloading = try Downloading()
        let path = downloading.path("f")
        try FileSystem.write([UInt8](repeating: 1, count: 2_000_000), to: path)
        var isChanged = false
        let result = try downloading.download("f") { _, count in
            guard !isChanged, count > 10_000 else { return }
            isChanged = true
            try FileSystem.write([UInt8](repeating: 2, count: newSize), to: path)
        }
        #expect(isChanged)
        #expect(result.outcome == .failed(.abortedByPeer(.fileChanged)))
        #expect(
            downloading.log.lines.contains { $0.contains("outcome=\"failed: the file changed while it was sent\"") })
    }

    @Test(
        "a file that is removed, or replaced under its name, while it is sent arrives as it was",
        arguments: [true, false])
    func removed(isReplaced: Bool) throws {
        var downloading = try Downloading()
        let path = downloading.path("f")
        let bytes = [UInt8](repeating: 1, count: 2_000_000)
        try FileSystem.write(bytes, to: path)
        var isRemoved = false
        let result = try downloading.download("f") { _, count in
            guard !isRemoved, count > 10_000 else { return }
            isRemoved = true
            FileSystem.remove(path)
            if isReplaced { try FileSystem.write([UInt8](repeating: 2, count: 3_000_000), to: path) }
        }
        #expect(isRemoved)
        #expect(result.outcome == .completed)
        #expect(result.bytes == bytes)
    }

    @Test("a download that the chat stops ends at both ends")
    func stopped() throws {
        var downloading = try Downloading()
        try FileSystem.write([UInt8](repeating: 1, count: 2_000_000), to: downloading.path("f"))
        guard case .ticket(let unused, _) = try downloading.grant("f") else { throw TestFailure("refused") }
        let result = try downloading.download("f") { service, count in
            if count > 10_000 { service.stopAll(reason: .cancelled, at: Clock.now()) }
        }
        #expect(result.outcome == .failed(.abortedByPeer(.cancelled)))
        #expect(downloading.ended.contains(unused))
    }

    @Test("what is not on the shelf, or beyond its end, gets no ticket")
    func refused() throws {
        var downloading = try Downloading()
        try FileSystem.makeDirectory(downloading.path("directory"))
        for name in ["nothing", "directory", "directory/nothing"] {
            guard case .refused(.noSuchFile) = try downloading.grant(name) else {
                Issue.record("\(name) got a ticket")
                continue
            }
        }
        try FileSystem.write("12345", to: downloading.path("f"))
        let address = try #require(SocketAddress(numeric: "127.0.0.1", port: 0))
        let grant = downloading.service.grant(
            try FileName("f"), offset: 6, mode: "auto", owner: ConnectionID(rawValue: 1), nick: "a", to: address,
            at: Clock.now())
        guard case .refused(.badOffset(size: 5)) = grant else { throw TestFailure("got a ticket") }
    }

    @Test("the trace of a clean download shows the handshake in its order, as JSON lines")
    func trace() throws {
        var downloading = try Downloading()
        try FileSystem.write([UInt8](repeating: 1, count: 500_000), to: downloading.path("f"))
        _ = try downloading.download("f")
        let lines = try FileSystem.text(downloading.tracePath).split(separator: "\n")
        let events = try lines.map { try #require(try JSONValue(parsing: String($0))["event"]?.string) }
        #expect(events.prefix(4) == ["hello", "hello-ack", "info", "start"])
        #expect(events.contains("accept"))
        #expect(events.suffix(3) == ["end", "done", "finished"])
    }

    @Test("garbage and foreign datagrams are counted and never answered")
    func garbage() throws {
        var downloading = try Downloading()
        var stranger = try UDPSocket(connectedTo: downloading.service.socket.address)
        var random = SeededGenerator(seed: 3)
        for size in [0, 1, 13, 14, 100, 1_472] { _ = stranger.send(unsafe random.bytes(size).span.bytes) }
        let end = Clock.now() + .seconds(10)
        while downloading.service.table.drops.values.reduce(0, +) < 6, Clock.now() < end { downloading.turn() }
        #expect(downloading.service.table.drops.values.reduce(0, +) == 6)
        #expect(downloading.service.dropText.contains("too short: "))
        var batch = DatagramBatch()
        #expect(stranger.receive(into: &batch) == .wouldBlock)
    }
}
