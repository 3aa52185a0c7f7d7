import Posix
import TestSupport
import Testing
import Timeline

@Suite struct UDPSocketTests {
    struct Way: Sendable, CustomTestStringConvertible {
        let method: SendMethod
        let coalescing: Bool
        let host: String
        var testDescription: String { "\(method), coalescing \(coalescing), \(host)" }
    }

    static let ways = SendMethod.allCases.flatMap { method in
        [true, false].flatMap { coalescing in
            ["127.0.0.1", "::1"].map { Way(method: method, coalescing: coalescing, host: $0) }
        }
    }

    /// Bytes in which every place is told from its neighbours.
    static func pattern(_ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
    }

    /// Receives until `bytes` bytes have come, and gives the datagrams in their order.
    static func collect(_ bytes: Int, from socket: inout UDPSocket) throws -> [[UInt8]] {
        var poller = Poller<Void>()
        poller.watch(socket.descriptor, for: .reading, as: ())
        var batch = DatagramBatch()
        var datagrams: [[UInt8]] = []
        var left = bytes
        while left > 0 {
            try #require(try poller.wait(atMost: .seconds(10)) > 0, "\(left) bytes never came")
            guard case .datagrams = socket.receive(into: &batch) else { continue }
            for datagram in batch.datagrams {
                datagrams.append(Array(batch.bytes[datagram.range]))
                left -= datagram.range.count
            }
        }
        return datagrams
    }

    @Test("datagrams arrive one by one and whole, however they were sent and received", arguments: ways)
    func segments(way: Way) throws {
        let address = try #require(SocketAddress(numeric: way.host, port: 0))
        var server = try UDPSocket(boundTo: address, coalescing: way.coalescing)
        var client = try UDPSocket(connectedTo: server.address, sendMethod: way.method)
        let bytes = UDPSocketTests.pattern(40 * 1_200 + 77)
        #expect(client.send(unsafe bytes.span.bytes, segmentSize: 1_200) == .sent(bytes.count))
        let datagrams = try UDPSocketTests.collect(bytes.count, from: &server)
        #expect(datagrams.map(\.count) == [Int](repeating: 1_200, count: 40) + [77])
        #expect(datagrams.flatMap { $0 } == bytes)
        #expect(client.sendMethod == way.method)
    }

    @Test("the most segments and bytes that one call may carry arrive")
    func limits() throws {
        let address = try #require(SocketAddress(numeric: "127.0.0.1", port: 0))
        var server = try UDPSocket(boundTo: address)
        var client = try UDPSocket(boundTo: address)
        for (count, size) in [(64, 1_000), (45, 1_455)] {
            let bytes = UDPSocketTests.pattern(count * size)
            #expect(client.send(unsafe bytes.span.bytes, segmentSize: size, to: server.address) == .sent(bytes.count))
            let datagrams = try UDPSocketTests.collect(bytes.count, from: &server)
            #expect(datagrams.count == count)
            #expect(datagrams.flatMap { $0 } == bytes)
        }
    }

    @Test("a datagram tells who sent it, and an answer reaches its sender")
    func answer() throws {
        let address = try #require(SocketAddress(numeric: "127.0.0.1", port: 0))
        var server = try UDPSocket(boundTo: address)
        var client = try UDPSocket(connectedTo: server.address)
        var batch = DatagramBatch()
        #expect(server.receive(into: &batch) == .wouldBlock)
        #expect(client.send(unsafe Array("ping".utf8).span.bytes) == .sent(4))
        var poller = Poller<Void>()
        poller.watch(server.descriptor, for: .reading, as: ())
        try poller.wait(atMost: .seconds(10))
        #expect(server.receive(into: &batch) == .datagrams(1))
        let from = try #require(batch.datagrams.first?.from)
        #expect(from == client.address)
        #expect(server.send(unsafe Array("pong".utf8).span.bytes, to: from) == .sent(4))
        #expect(try UDPSocketTests.collect(4, from: &client) == [Array("pong".utf8)])
    }

    @Test(
        "the answer leaves from the address that the question came to, however it is sent",
        arguments: SendMethod.allCases, ["0.0.0.0", "::"])
    func answeringAddress(method: SendMethod, host: String) throws {
        let everywhere = try #require(SocketAddress(numeric: host, port: 0))
        var server = try UDPSocket(boundTo: everywhere, sendMethod: method)
        // A connected socket takes datagrams from this address only; the kernel would answer from 127.0.0.1.
        let asked = try #require(SocketAddress(numeric: "127.0.0.2", port: server.address.port))
        var client = try UDPSocket(connectedTo: asked)
        #expect(client.send(unsafe Array("ping".utf8).span.bytes) == .sent(4))
        var poller = Poller<Void>()
        poller.watch(server.descriptor, for: .reading, as: ())
        try poller.wait(atMost: .seconds(10))
        var batch = DatagramBatch()
        #expect(server.receive(into: &batch) == .datagrams(1))
        let question = try #require(batch.datagrams.first)
        #expect(question.from.hostText == client.address.hostText)
        #expect(question.to?.hostText == "127.0.0.2")
        let bytes = UDPSocketTests.pattern(3 * 1_000 + 1)
        let result = server.send(unsafe bytes.span.bytes, segmentSize: 1_000, to: question.from, from: question.to)
        #expect(result == .sent(bytes.count))
        #expect(server.send(unsafe Array("pong".utf8).span.bytes, to: question.from, from: question.to) == .sent(4))
        let answers = try UDPSocketTests.collect(bytes.count + 4, from: &client)
        #expect(answers.flatMap { $0 } == bytes + Array("pong".utf8))
        #expect(server.sendMethod == method)
    }

    @Test("a peer that no datagram can reach does not cost the others the faster way")
    func unreachable() throws {
        var server = try UDPSocket(boundTo: try #require(SocketAddress(numeric: "0.0.0.0", port: 0)))
        let before = server.sendMethod
        // An address of nobody (RFC 5737), which the kernel does not let datagrams leave from.
        let nobody = try #require(SocketAddress(numeric: "192.0.2.1", port: 0))
        let bytes = UDPSocketTests.pattern(3_000)
        for _ in 0..<20 {
            let result = server.send(unsafe bytes.span.bytes, segmentSize: 1_000, to: server.address, from: nobody)
            guard case .failed = result else { throw TestFailure("sent: \(result)") }
        }
        #expect(server.sendMethod == before)
    }

    @Test("a socket with one address does not tell which of them was meant")
    func oneAddress() throws {
        var server = try UDPSocket(boundTo: try #require(SocketAddress(numeric: "127.0.0.2", port: 0)))
        var client = try UDPSocket(connectedTo: server.address)
        #expect(client.send(unsafe [UInt8]([1]).span.bytes) == .sent(1))
        var poller = Poller<Void>()
        poller.watch(server.descriptor, for: .reading, as: ())
        try poller.wait(atMost: .seconds(10))
        var batch = DatagramBatch()
        #expect(server.receive(into: &batch) == .datagrams(1))
        #expect(batch.datagrams.map(\.to) == [nil])
    }

    @Test("an empty datagram is a datagram")
    func empty() throws {
        let address = try #require(SocketAddress(numeric: "127.0.0.1", port: 0))
        var server = try UDPSocket(boundTo: address)
        var client = try UDPSocket(connectedTo: server.address)
        #expect(client.send(unsafe [UInt8]().span.bytes) == .sent(0))
        var poller = Poller<Void>()
        poller.watch(server.descriptor, for: .reading, as: ())
        try poller.wait(atMost: .seconds(10))
        var batch = DatagramBatch()
        #expect(server.receive(into: &batch) == .datagrams(1))
        #expect(batch.datagrams.first?.range.isEmpty == true)
    }

    @Test("nobody there: the connected socket says so and stays usable")
    func refused() throws {
        let dead: SocketAddress
        do {
            let socket = try UDPSocket(boundTo: try #require(SocketAddress(numeric: "127.0.0.1", port: 0)))
            dead = socket.address
        }
        var client = try UDPSocket(connectedTo: dead)
        #expect(client.send(unsafe [UInt8]([1, 2, 3]).span.bytes) == .sent(3))
        var poller = Poller<Void>()
        poller.watch(client.descriptor, for: .reading, as: ())
        try poller.wait(atMost: .seconds(10))
        var batch = DatagramBatch()
        #expect(client.receive(into: &batch) == .failed(.connectionRefused))
        #expect(client.receive(into: &batch) == .wouldBlock)
    }

    @Test("datagrams that found no room are counted")
    func drops() throws {
        let address = try #require(SocketAddress(numeric: "127.0.0.1", port: 0))
        var server = try UDPSocket(boundTo: address)
        var client = try UDPSocket(connectedTo: server.address)
        let bytes = [UInt8](repeating: 7, count: 60_000)
        for _ in 0..<2_000 { _ = client.send(unsafe bytes.span.bytes, segmentSize: 1_000) }
        var batch = DatagramBatch()
        while case .datagrams = server.receive(into: &batch) {}
        // The count rides on a datagram that came after the loss.
        #expect(client.send(unsafe bytes.span.bytes, segmentSize: 1_000) == .sent(bytes.count))
        while case .datagrams = server.receive(into: &batch) {}
        #expect(server.receiveDrops > 0)
    }
}
