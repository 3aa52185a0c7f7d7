import CPosix

/// How datagrams leave, from the fastest way to the one that every kernel knows.
package enum SendMethod: Int, Comparable, CaseIterable, Sendable, CustomStringConvertible {
    /// One sendto() a datagram.
    case single
    /// Many datagrams a call: sendmmsg().
    case batch
    /// Many datagrams in one pass through the kernel: UDP_SEGMENT, also called GSO.
    case segmentation

    package static func < (left: SendMethod, right: SendMethod) -> Bool { left.rawValue < right.rawValue }

    package var description: String {
        switch self {
        case .single: "one datagram a call"
        case .batch: "batches of datagrams"
        case .segmentation: "segmentation offload"
        }
    }
}

/// What became of datagrams to send.
package enum SendResult: Equatable, Sendable {
    /// So many bytes from the front have left; what is missing found no room and may be tried again.
    case sent(Int)
    case wouldBlock
    /// Lost on the way out; datagrams may be lost anywhere, so the caller goes on.
    case failed(Errno.Code)
}

/// One UDP socket, unconnected (a server's) or connected to one peer (a client's).
package struct UDPSocket: ~Copyable, Sendable {
    /// Limits of UDP_SEGMENT: 64 segments (UDP_MAX_SEGMENTS of Linux < 6.8) and the longest IPv4 datagram's payload.
    package static let mostSegments = 64
    package static let mostBytes = 65_507
    /// Asked of the kernel for each direction, in bytes; it grants what net.core.rmem_max allows.
    package static let wishedBuffer: Int32 = 8 << 20

    package let descriptor: Descriptor
    package let address: SocketAddress
    /// nil on an unconnected socket.
    package let peer: SocketAddress?
    /// How datagrams leave now; it falls to a slower method when the kernel or the path refuses a faster one.
    package private(set) var sendMethod: SendMethod
    /// Whether the kernel joins datagrams of one sender on receipt (UDP_GRO).
    package let coalesces: Bool
    /// Datagrams that the kernel dropped since the start because nobody had read its buffer.
    package private(set) var receiveDrops: UInt32 = 0
    /// Whether the kernel hands over several datagrams a call: recvmmsg().
    package private(set) var receivesBatches: Bool
    /// Refusals in a row of the present method.
    private var refusals = 0
    private let lacking: Lacking

    package init(
        boundTo address: SocketAddress, sendMethod: SendMethod = .segmentation, coalescing: Bool = true
    ) throws(Errno) {
        let socket = try openSocket(for: address, datagrams: true)
        try bindSocket(socket, to: address, datagrams: true)
        // Whoever owns the transfers finds out what the path carries; the kernel fragments nothing and refuses nothing that
        // its device takes.
        for place in [cposix_path_mtu_v4, cposix_path_mtu_v6] { setOption(place, to: 3, of: socket) }
        try self.init(socket, peer: nil, sendMethod: sendMethod, coalescing: coalescing)
    }

    package init(
        connectedTo peer: SocketAddress, sendMethod: SendMethod = .segmentation, coalescing: Bool = true
    ) throws(Errno) {
        let socket = try openSocket(for: peer, datagrams: true)
        var kernel = peer.kernel
        try systemCall("open a UDP socket to \(peer)") { unsafe cposix_connect(socket.number, &kernel) }
        try self.init(socket, peer: peer, sendMethod: sendMethod, coalescing: coalescing)
    }

    private init(
        _ socket: consuming Descriptor, peer: SocketAddress?, sendMethod: SendMethod, coalescing: Bool
    ) throws(Errno) {
        setOption(cposix_receive_buffer, to: UDPSocket.wishedBuffer, of: socket)
        setOption(cposix_send_buffer, to: UDPSocket.wishedBuffer, of: socket)
        setOption(cposix_drop_counter, to: 1, of: socket)
        let segments = option(cposix_segmentation_known, of: socket) != nil
        self.sendMethod = segments ? sendMethod : min(sendMethod, .batch)
        let lacking = Lacking.fromEnvironment
        self.lacking = lacking
        receivesBatches = !lacking.contains(.receiveBatches)
        coalesces =
            coalescing && !lacking.contains(.coalescing) && setOption(cposix_coalescing, to: 1, of: socket)
        address = try localAddress(of: socket)
        if address.isEveryAddress {
            let told = address.isIPv6 ? cposix_destination_v6 : cposix_destination_v4
            setOption(told, to: 1, of: socket)
        }
        self.peer = peer
        descriptor = socket
    }

    /// How datagrams come, in words for a log.
    package var receiveMethod: String {
        guard receivesBatches else { return coalesces ? "one list a call" : "one datagram a call" }
        return coalesces ? "batches of lists" : "batches of datagrams"
    }

    /// Bytes that the kernel granted for datagrams not yet read; it counts its own overhead in, so the payload that
    /// fits is about half (socket(7), SO_RCVBUF).
    package var receiveBuffer: Int { Int(option(cposix_receive_buffer, of: descriptor) ?? 0) }

    /// Sends one datagram to `peer`, nil on a connected socket, from the address `local` of this machine: without it
    /// the kernel chooses, and on a machine with several addresses its choice need not be the one that `peer` wrote to.
    package mutating func send(
        _ bytes: RawSpan, to peer: SocketAddress? = nil, from local: SocketAddress? = nil
    ) -> SendResult {
        let result = unsafe bytes.withUnsafeBytes { buffer in
            unsafe attempt(peer, local) {
                unsafe cposix_send_one(descriptor.number, buffer.baseAddress, buffer.count, $0, $1)
            }
        }
        return SendResult(result) { $0 }
    }

    /// Sends `bytes` as datagrams of `segmentSize` bytes each, the last may be shorter, in as few calls as the kernel
    /// allows. At most `mostSegments` datagrams and `mostBytes` bytes.
    package mutating func send(
        _ bytes: RawSpan, segmentSize: Int, to peer: SocketAddress? = nil, from local: SocketAddress? = nil
    ) -> SendResult {
        precondition(segmentSize > 0 && bytes.byteCount <= UDPSocket.mostBytes)
        precondition(bytes.byteCount <= segmentSize * UDPSocket.mostSegments)
        guard bytes.byteCount > segmentSize else { return send(bytes, to: peer, from: local) }
        if sendMethod == .segmentation {
            let result = sendSegments(bytes, segmentSize, peer, local)
            guard case .failed(let code) = result, code.refusesMethod else {
                refusals = 0
                return result
            }
            var slower = sendBatch(bytes, segmentSize, peer, local)
            if case .failed(.noSuchCall) = slower { slower = sendOneByOne(bytes, segmentSize, peer, local) }
            // What no way can send says nothing about this one.
            if case .failed = slower { return slower }
            refuse()
            return slower
        }
        if sendMethod >= .batch {
            let result = sendBatch(bytes, segmentSize, peer, local)
            guard case .failed(.noSuchCall) = result else { return result }
            sendMethod = .single
        }
        return sendOneByOne(bytes, segmentSize, peer, local)
    }

    /// As above, for datagrams that lie in a part of a buffer.
    package mutating func send(
        _ buffer: [UInt8], _ range: Range<Int>, segmentSize: Int, to peer: SocketAddress? = nil,
        from local: SocketAddress? = nil
    ) -> SendResult {
        send(unsafe buffer.span.bytes.extracting(range), segmentSize: segmentSize, to: peer, from: local)
    }

    /// A refusal may be the path's (its MTU, its device) and another peer's path may be better, so only a row of them
    /// gives the method up.
    private mutating func refuse() {
        let mostRefusals = 8
        refusals += 1
        if refusals >= mostRefusals { sendMethod = .batch }
    }

    private func sendSegments(
        _ bytes: RawSpan, _ segmentSize: Int, _ peer: SocketAddress?, _ local: SocketAddress?
    ) -> SendResult {
        // As a device without checksum offload does (udp(7)).
        guard !lacking.contains(.segmentation) else { return .failed(.inputOutput) }
        let result = unsafe bytes.withUnsafeBytes { buffer in
            unsafe attempt(peer, local) {
                unsafe cposix_send_segments(
                    descriptor.number, buffer.baseAddress, buffer.count, segmentSize, $0, $1)
            }
        }
        return SendResult(result) { $0 }
    }

    private func sendBatch(
        _ bytes: RawSpan, _ segmentSize: Int, _ peer: SocketAddress?, _ local: SocketAddress?
    ) -> SendResult {
        guard !lacking.contains(.sendBatches) else { return .failed(.noSuchCall) }
        let result = unsafe bytes.withUnsafeBytes { buffer in
            unsafe attempt(peer, local) {
                unsafe cposix_send_batch(
                    descriptor.number, buffer.baseAddress, buffer.count, segmentSize, $0, $1)
            }
        }
        return SendResult(result) { min($0 * segmentSize, bytes.byteCount) }
    }

    private mutating func sendOneByOne(
        _ bytes: RawSpan, _ segmentSize: Int, _ peer: SocketAddress?, _ local: SocketAddress?
    ) -> SendResult {
        var done = 0
        while done < bytes.byteCount {
            let end = min(done + segmentSize, bytes.byteCount)
            let result = send(bytes.extracting(done..<end), to: peer, from: local)
            guard case .sent = result else { return done > 0 ? .sent(done) : result }
            done = end
        }
        return .sent(done)
    }

    /// Makes a call that sends, with both addresses as the kernel's functions take them.
    private func attempt(
        _ peer: SocketAddress?, _ local: SocketAddress?,
        _ call: (UnsafePointer<cposix_address>?, UnsafePointer<cposix_address>?) -> Int
    ) -> Result<Int, Errno.Code> {
        unsafe withKernel(peer) { peer in
            unsafe withKernel(local) { local in
                Posix.attempt { unsafe call(peer, local) }
            }
        }
    }

    private func withKernel<Value>(
        _ address: SocketAddress?, _ body: (UnsafePointer<cposix_address>?) -> Value
    ) -> Value {
        guard let address else { return body(nil) }
        return unsafe withUnsafePointer(to: address.kernel) { unsafe body($0) }
    }

    /// Reads what has come, up to the batch's size, or so many lists. A datagram that does not fit the batch's buffers is
    /// dropped.
    package mutating func receive(
        into batch: inout DatagramBatch, atMost lists: Int = DatagramBatch.lists
    ) -> ReceiveResult {
        let count: Int
        var filled = receivesBatches ? batch.fill(from: descriptor, atMost: lists) : .failure(.noSuchCall)
        if filled == .failure(.noSuchCall) {
            receivesBatches = false
            filled = batch.fillSingly(from: descriptor)
        }
        switch filled {
        case .success(let filled): count = filled
        case .failure(.wouldBlock): return .wouldBlock
        case .failure(let code): return .failed(code)
        }
        if let drops = batch.drops { receiveDrops = drops }
        return .datagrams(count)
    }
}

/// What a UDP socket had to give.
package enum ReceiveResult: Equatable, Sendable {
    /// So many datagrams lie in the batch.
    case datagrams(Int)
    case wouldBlock
    /// On a connected socket: the peer's machine said that nobody is there. The socket stays usable.
    case failed(Errno.Code)
}

extension SendResult {
    fileprivate init(_ result: Result<Int, Errno.Code>, bytes: (Int) -> Int) {
        switch result {
        case .success(let count): self = .sent(bytes(count))
        case .failure(.wouldBlock), .failure(.noBuffers): self = .wouldBlock
        case .failure(let code): self = .failed(code)
        }
    }
}

extension Errno.Code {
    /// The kernel or the path cannot segment: EIO where a device has no checksum offload, EINVAL and EMSGSIZE where a
    /// segment is longer than the path's MTU (udp(7)).
    fileprivate var refusesMethod: Bool {
        self == .inputOutput || self == .invalid || self == .messageTooLong || self == .notSupported
    }
}
