import Posix
import Testing
import Timeline

@Suite struct TCPTests {
    /// A listener on a free port of this machine.
    static func listener(_ host: String = "127.0.0.1") throws -> TCPListener {
        try TCPListener(at: try #require(SocketAddress(numeric: host, port: 0)))
    }

    static func accepted(_ listener: borrowing TCPListener) throws -> TCPConnection {
        var poller = Poller<Void>()
        poller.watch(listener.descriptor, for: .reading, as: ())
        while true {
            switch try listener.accept() {
            case .connection(let connection): return connection
            case .wouldBlock: try poller.wait(atMost: .seconds(10))
            case .exhausted(let code): throw Errno(code, "accept")
            }
        }
    }

    static func read(_ connection: borrowing TCPConnection) throws -> StreamResult {
        var poller = Poller<Void>()
        poller.watch(connection.descriptor, for: .reading, as: ())
        try poller.wait(atMost: .seconds(10))
        var buffer = [UInt8](repeating: 0, count: 64)
        return connection.read(into: &buffer)
    }

    @Test("bytes go both ways, and the end of a connection is an answer", arguments: ["127.0.0.1", "::1"])
    func bothWays(host: String) throws {
        let listener = try TCPTests.listener(host)
        let client = try TCPConnection.connect(to: [listener.address], timeout: .seconds(10))
        let server = try TCPTests.accepted(listener)
        #expect(server.peer == client.localAddress)
        #expect(client.write(unsafe Array("hello".utf8).span.bytes) == .bytes(5))
        #expect(try TCPTests.read(server) == .bytes(5))
        #expect(server.write(unsafe Array("yes".utf8).span.bytes) == .bytes(3))
        #expect(try TCPTests.read(client) == .bytes(3))
        client.finishWriting()
        #expect(try TCPTests.read(server) == .closed(nil))
    }

    @Test("nothing to read and no room to write are answers, not errors")
    func wouldBlock() throws {
        let listener = try TCPTests.listener()
        let client = try TCPConnection.connect(to: [listener.address], timeout: .seconds(10))
        let server = try TCPTests.accepted(listener)
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        #expect(client.read(into: &buffer) == .wouldBlock)
        var written = 0
        while case .bytes(let count) = server.write(unsafe buffer.span.bytes) { written += count }
        #expect(written > 0)
        #expect(server.write(unsafe buffer.span.bytes) == .wouldBlock)
    }

    @Test("nobody listens: connecting fails with the address in the message")
    func refused() throws {
        let address: SocketAddress
        do {
            let listener = try TCPTests.listener()
            address = listener.address
        }
        let error = #expect(throws: Errno.self) {
            _ = try TCPConnection.connect(to: [address], timeout: .seconds(10))
        }
        #expect(error?.code == .connectionRefused)
        #expect(error?.description == "connect to \(address): Connection refused")
    }

    @Test("the second address is tried when the first does not answer")
    func secondAddress() throws {
        let dead: SocketAddress
        do {
            let listener = try TCPTests.listener()
            dead = listener.address
        }
        let listener = try TCPTests.listener()
        let client = try TCPConnection.connect(to: [dead, listener.address], timeout: .seconds(10))
        #expect(client.peer == listener.address)
    }

    @Test("a port in use is refused by name")
    func inUse() throws {
        let listener = try TCPTests.listener()
        let error = #expect(throws: Errno.self) { _ = try TCPListener(at: listener.address) }
        #expect(error?.code == .addressInUse)
        #expect(error?.description == "bind TCP \(listener.address): Address already in use")
    }
}
