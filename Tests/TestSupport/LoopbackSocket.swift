import Glibc

/// An IPv4 endpoint in host byte order.
package struct Endpoint: Hashable, Sendable {
    package var address: UInt32
    package var port: UInt16

    /// 127.0.0.`last`: all of 127.0.0.0/8 is this machine, so two programs can have the same port.
    package static func loopback(_ last: UInt8 = 1, port: UInt16) -> Endpoint {
        Endpoint(address: 0x7f00_0000 | UInt32(last), port: port)
    }

    fileprivate init(address: UInt32, port: UInt16) {
        self.address = address
        self.port = port
    }

    fileprivate init(_ raw: sockaddr_in) {
        address = UInt32(bigEndian: raw.sin_addr.s_addr)
        port = UInt16(bigEndian: raw.sin_port)
    }

    fileprivate var raw: sockaddr_in {
        var raw = sockaddr_in()
        raw.sin_family = sa_family_t(AF_INET)
        raw.sin_addr.s_addr = address.bigEndian
        raw.sin_port = port.bigEndian
        return raw
    }
}

/// A blocking TCP or UDP socket on loopback that closes with its last owner: for relays, strangers and garbage.
package final class LoopbackSocket: Sendable {
    package enum Kind: Sendable {
        case tcp, udp

        fileprivate var type: Int32 {
            switch self {
            case .tcp: Int32(SOCK_STREAM.rawValue)
            case .udp: Int32(SOCK_DGRAM.rawValue)
            }
        }
    }

    package let descriptor: Int32

    private init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    private static func make(_ kind: Kind) throws -> LoopbackSocket {
        let descriptor = socket(AF_INET, kind.type | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw TestFailure.call("socket") }
        var yes: Int32 = 1
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        if kind == .udp {
            // A relay on a busy machine loses what its seed says, and not what its own socket has no room for.
            var bytes: Int32 = 16 << 20
            unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &bytes, socklen_t(MemoryLayout<Int32>.size))
        }
        return LoopbackSocket(descriptor: descriptor)
    }

    /// A bound socket; TCP listens. Port 0 takes a free one.
    package static func bound(_ kind: Kind, to endpoint: Endpoint) throws -> LoopbackSocket {
        let made = try make(kind)
        guard unsafe Self.pass(endpoint, { unsafe bind(made.descriptor, $0, $1) }) == 0 else {
            throw TestFailure.call("bind port \(endpoint.port)")
        }
        if kind == .tcp {
            guard listen(made.descriptor, 64) == 0 else { throw TestFailure.call("listen") }
        }
        return made
    }

    /// A connected socket, by choice from a certain address.
    package static func connected(
        _ kind: Kind, to endpoint: Endpoint, from source: Endpoint? = nil
    ) throws -> LoopbackSocket {
        let made = try make(kind)
        if let source {
            guard unsafe Self.pass(source, { unsafe bind(made.descriptor, $0, $1) }) == 0 else {
                throw TestFailure.call("bind")
            }
        }
        guard unsafe Self.pass(endpoint, { unsafe connect(made.descriptor, $0, $1) }) == 0 else {
            throw TestFailure.call("connect to port \(endpoint.port)")
        }
        return made
    }

    package func accepted() throws -> LoopbackSocket {
        let accepted = unsafe accept(descriptor, __SOCKADDR_ARG(__sockaddr__: nil), nil)
        guard accepted >= 0 else { throw TestFailure.call("accept") }
        _ = fcntl(accepted, F_SETFD, FD_CLOEXEC)
        return LoopbackSocket(descriptor: accepted)
    }

    /// Says that nothing more will be written; the other direction stays open.
    package func finishWriting() { _ = shutdown(descriptor, Int32(SHUT_WR)) }

    package var port: UInt16 {
        var raw = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = unsafe withUnsafeMutablePointer(to: &raw) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getsockname(descriptor, __SOCKADDR_ARG(__sockaddr__: $0), &length)
            }
        }
        return Endpoint(raw).port
    }

    package func send(_ text: String) throws {
        try send(Array(text.utf8))
    }

    /// All bytes of a stream, or one datagram.
    package func send(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        repeat {
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count >= 0 else { throw TestFailure.call("send") }
            rest = rest.dropFirst(count)
        } while !rest.isEmpty
    }

    /// One datagram to somebody; a refusal by the receiver's kernel is as good as a loss.
    package func send(_ bytes: [UInt8], to endpoint: Endpoint) {
        _ = unsafe Self.pass(endpoint) { address, length in
            unsafe bytes.withUnsafeBytes {
                Int32(unsafe sendto(descriptor, $0.baseAddress, $0.count, 0, address, length))
            }
        }
    }

    /// What can be read at once, at most `limit` bytes: nil when the other end closed or refused.
    package func receive(limit: Int = 1 << 16) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: limit)
        let count = unsafe recv(descriptor, &buffer, limit, 0)
        return count > 0 ? Array(buffer[..<count]) : nil
    }

    /// One datagram and who sent it.
    package func receiveFrom(limit: Int = 1 << 16) -> (bytes: [UInt8], sender: Endpoint)? {
        var buffer = [UInt8](repeating: 0, count: limit)
        var raw = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let count = unsafe withUnsafeMutablePointer(to: &raw) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe recvfrom(
                    descriptor, &buffer, limit, Int32(MSG_DONTWAIT), __SOCKADDR_ARG(__sockaddr__: $0), &length)
            }
        }
        return count >= 0 ? (Array(buffer[..<count]), Endpoint(raw)) : nil
    }

    /// Whether something can be read within `seconds`.
    package func isReadable(within seconds: Double) -> Bool {
        var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&ready, 1, Int32(seconds * 1000)) == 1
    }

    /// Reads until `text` is there; gives all that came.
    package func read(until text: String, seconds: Double = 30) throws -> String {
        let end = monotonicSeconds() + seconds * Programs.slowdown
        var bytes: [UInt8] = []
        while monotonicSeconds() < end {
            guard isReadable(within: 0.05) else { continue }
            guard let more = receive() else { break }
            bytes += more
            let all = String(decoding: bytes, as: UTF8.self)
            if all.contains(text) { return all }
        }
        throw TestFailure("no \"\(text)\" in \"\(String(decoding: bytes, as: UTF8.self))\"")
    }

    private static func pass(
        _ endpoint: Endpoint, _ body: (__CONST_SOCKADDR_ARG, socklen_t) -> Int32
    ) -> Int32 {
        var raw = endpoint.raw
        return unsafe withUnsafePointer(to: &raw) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body(__CONST_SOCKADDR_ARG(__sockaddr__: $0), socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
