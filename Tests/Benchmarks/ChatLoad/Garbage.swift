import Posix
import Timeline

/// Datagrams that mean nothing, at a rate: what strangers may throw at the server's UDP port.
struct Garbage: ~Copyable {
    /// Bytes of a datagram, in turn: shorter than a header, as long as one, and as long as data.
    private static let sizes = [1, 14, 60, 1_200]
    /// Datagrams a call.
    private static let batch = 32

    private var socket: UDPSocket
    private let bytes: [UInt8]
    private(set) var sent = 0

    /// A datagram a segment, as from as many strangers: lists would come in one call of the server's.
    init(port: UInt16) throws {
        guard let address = SocketAddress(numeric: "127.0.0.1", port: port) else {
            throw Load.Failure(description: "127.0.0.1 is no address here")
        }
        socket = try UDPSocket(connectedTo: address, sendMethod: .batch, coalescing: false)
        var generator = SeededGenerator(seed: 7)
        bytes = (0..<Self.batch * (Self.sizes.max() ?? 0)).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }

    /// Sends until the time is over; what the kernel has no room for is left out.
    mutating func run(rate: Int, for time: Interval) throws {
        let start = Clock.now()
        var due = 0
        var round = 0
        var poller = Poller<Int>()
        while true {
            let passed = Clock.now() - start
            guard passed < time else { return }
            let wanted = Int(passed.seconds * Double(rate))
            while due < wanted {
                let size = Self.sizes[round % Self.sizes.count]
                round += 1
                due += Self.batch
                let result = socket.send(bytes, 0..<size * Self.batch, segmentSize: size)
                if case .sent(let count) = result { sent += count / size }
            }
            try poller.wait(atMost: .milliseconds(1))
        }
    }
}
