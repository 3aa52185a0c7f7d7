import CPosix
import Glibc
package import Timeline

/// Waits for connections on one address and port.
package struct TCPListener: ~Copyable, Sendable {
    package let descriptor: Descriptor
    package let address: SocketAddress

    /// `address.port` 0 lets the kernel choose; `address` of the listener then tells which.
    package init(at address: SocketAddress, backlog: Int32 = 512) throws(Errno) {
        let socket = try openSocket(for: address, datagrams: false)
        setOption(cposix_reuse_address, to: 1, of: socket)
        try bindSocket(socket, to: address, datagrams: false)
        try systemCall("listen on \(address)") { listen(socket.number, backlog) }
        self.address = try localAddress(of: socket)
        descriptor = socket
    }

    package enum Accepted: ~Copyable {
        case connection(TCPConnection)
        case wouldBlock
        /// No descriptor or memory is left; the connection still waits in the kernel's queue, so that asking again
        /// at once would spin.
        case exhausted(Errno.Code)
    }

    package func accept() throws(Errno) -> Accepted {
        while true {
            var from = cposix_address()
            switch attempt({ unsafe cposix_accept(descriptor.number, &from) }) {
            case .success(let number):
                let accepted = Descriptor(owning: number)
                guard let peer = SocketAddress(from) else { continue }
                return .connection(TCPConnection(accepted, peer: peer))
            case .failure(.wouldBlock):
                return .wouldBlock
            case .failure(let code)
            where [.tooManyFiles, .tooManyFilesInSystem, .noMemory, .noBuffers].contains(code):
                return .exhausted(code)
            case .failure(let code) where code.isOfOneConnection:
                continue
            case .failure(let code):
                throw Errno(code, "accept on \(address)")
            }
        }
    }
}

extension Errno.Code {
    /// Errors that accept() passes on from the connection it was about to hand out (accept(2), "Error handling").
    fileprivate var isOfOneConnection: Bool {
        [
            ECONNABORTED, ENETDOWN, EPROTO, ENOPROTOOPT, EHOSTDOWN, ENONET, EHOSTUNREACH, EOPNOTSUPP, ENETUNREACH,
            EPERM,
        ].contains(rawValue)
    }
}

/// A stream between two programs. Small writes leave at once: TCP_NODELAY, because Nagle's delay and the other end's
/// delayed acknowledgement together cost 40 ms a line.
package struct TCPConnection: ~Copyable, Sendable {
    package let descriptor: Descriptor
    package let peer: SocketAddress

    init(_ descriptor: consuming Descriptor, peer: SocketAddress) {
        setOption(cposix_no_delay, to: 1, of: descriptor)
        self.descriptor = descriptor
        self.peer = peer
    }

    /// Starts to connect; when the descriptor becomes writable, `connectResult` tells what became of it.
    package init(connectingTo address: SocketAddress) throws(Errno) {
        let socket = try openSocket(for: address, datagrams: false)
        var kernel = address.kernel
        switch attempt({ unsafe cposix_connect(socket.number, &kernel) }) {
        case .success, .failure(.inProgress): break
        case .failure(let code): throw Errno(code, "connect to \(address)")
        }
        self.init(socket, peer: address)
    }

    /// Connects to the first of `addresses` that answers, waiting at most `timeout` for each.
    package static func connect(
        to addresses: [SocketAddress], timeout: Interval
    ) throws(Errno) -> TCPConnection {
        var last = Errno(.addressNotAvailable, "connect")
        for address in addresses {
            do throws(Errno) {
                let connection = try TCPConnection(connectingTo: address)
                try connection.waitUntilConnected(timeout: timeout)
                return connection
            } catch {
                last = error
            }
        }
        throw last
    }

    package enum ConnectResult: Equatable, Sendable {
        case connected
        case inProgress
        case failed(Errno)
    }

    package var connectResult: ConnectResult {
        var code: Int32 = 0
        guard unsafe cposix_take_error(descriptor.number, &code) == 0 else {
            return .failed(Errno(.last, "connect to \(peer)"))
        }
        guard code == 0 else { return .failed(Errno(Errno.Code(rawValue: code), "connect to \(peer)")) }
        var address = cposix_address()
        return unsafe cposix_peer_address(descriptor.number, &address) == 0 ? .connected : .inProgress
    }

    private func waitUntilConnected(timeout: Interval) throws(Errno) {
        let end = Clock.now() + timeout
        var poller = Poller<Void>()
        poller.watch(descriptor, for: .writing, as: ())
        while true {
            switch connectResult {
            case .connected: return
            case .failed(let error): throw error
            case .inProgress: break
            }
            let left = end - Clock.now()
            guard left > .zero else { throw Errno(.timedOut, "connect to \(peer)") }
            try poller.wait(atMost: left)
        }
    }

    /// What TCP has measured of the path: a round trip, the least one that it remembers, and the bytes of the largest
    /// datagram that fits where one of its segments does (a segment of 1,460 and TCP's header of 20 leave UDP 1,472).
    package var path: (roundTrip: Interval?, largestDatagram: Int?) {
        var (trip, segment) = (UInt32(0), UInt32(0))
        guard unsafe cposix_tcp_path(descriptor.number, &trip, &segment) == 0 else { return (nil, nil) }
        let datagram = Int(segment) + 20 - 8
        return (trip > 0 ? .microseconds(Int64(trip)) : nil, segment > 0 ? datagram : nil)
    }

    package var localAddress: SocketAddress? { try? Posix.localAddress(of: descriptor) }

    /// Reads what has come into the front of `buffer`.
    package func read(into buffer: inout [UInt8]) -> StreamResult { descriptor.read(into: &buffer) }

    /// Writes as much as the kernel has room for.
    package func write(_ bytes: RawSpan) -> StreamResult {
        let count = attempt {
            unsafe bytes.withUnsafeBytes { buffer in
                unsafe send(descriptor.number, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL))
            }
        }
        return StreamResult(count, zeroMeansClosed: false)
    }

    /// A part of a buffer that several connections write from.
    package struct Piece {
        fileprivate var kernel: cposix_piece
        package init(_ range: Range<Int>) { kernel = cposix_piece(start: range.lowerBound, length: range.count) }

        package var end: Int { kernel.start + kernel.length }
        package var range: Range<Int> { kernel.start..<end }
        package mutating func extend(to end: Int) { kernel.length = end - kernel.start }
    }

    /// Writes `first` and then the pieces of `buffer` in one call, as much as the kernel has room for.
    package func write(_ first: RawSpan, _ pieces: [Piece], of buffer: RawSpan) -> StreamResult {
        precondition(pieces.last.map { $0.end <= buffer.byteCount } ?? true, "a piece lies outside its buffer")
        let count = attempt {
            unsafe first.withUnsafeBytes { first in
                unsafe buffer.withUnsafeBytes { buffer in
                    unsafe pieces.withUnsafeBufferPointer { pieces in
                        unsafe pieces.withMemoryRebound(to: cposix_piece.self) { pieces in
                            unsafe cposix_send_pieces(
                                descriptor.number, first.baseAddress, first.count, buffer.baseAddress,
                                pieces.baseAddress, Int32(pieces.count))
                        }
                    }
                }
            }
        }
        return StreamResult(count, zeroMeansClosed: false)
    }

    /// Says that nothing more will be written; what the kernel holds is still delivered.
    package func finishWriting() {
        _ = shutdown(descriptor.number, Int32(SHUT_WR))
    }
}

// What TCP and UDP sockets share.

func openSocket(for address: SocketAddress, datagrams: Bool) throws(Errno) -> Descriptor {
    let kind = datagrams ? "UDP" : "TCP"
    let number = try systemCall("open a \(kind) socket for \(address)") {
        cposix_socket(Int32(address.kernel.family), datagrams ? 1 : 0)
    }
    return Descriptor(owning: number)
}

func bindSocket(
    _ descriptor: borrowing Descriptor, to address: SocketAddress, datagrams: Bool
) throws(Errno) {
    let kind = datagrams ? "UDP" : "TCP"
    var kernel = address.kernel
    try systemCall("bind \(kind) \(address)") { unsafe cposix_bind(descriptor.number, &kernel) }
}

func localAddress(of descriptor: borrowing Descriptor) throws(Errno) -> SocketAddress {
    var kernel = cposix_address()
    try systemCall("read a socket's address") { unsafe cposix_local_address(descriptor.number, &kernel) }
    guard let address = SocketAddress(kernel) else { throw Errno(.invalid, "read a socket's address") }
    return address
}

/// Options are wishes: a kernel that does not know one leaves the socket usable.
@discardableResult
func setOption(_ option: cposix_option, to value: Int32, of descriptor: borrowing Descriptor) -> Bool {
    cposix_set_option(descriptor.number, option, value) == 0
}

func option(_ option: cposix_option, of descriptor: borrowing Descriptor) -> Int32? {
    var value: Int32 = 0
    return unsafe cposix_get_option(descriptor.number, option, &value) == 0 ? value : nil
}
