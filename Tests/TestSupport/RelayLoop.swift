import Glibc
import Synchronization
import Timeline

/// The relay's thread: poll, forward, spoil.
struct RelayLoop {
    /// One side of a chat connection, and where its bytes go.
    private struct Pipe {
        let from: LoopbackSocket
        let to: LoopbackSocket
        let isFromServer: Bool
    }

    private let listener: LoopbackSocket
    private let datagrams: LoopbackSocket
    private let server: Endpoint
    private let stop: Int32
    private let shared: LossyRelay.Shared
    private var random: SeededGenerator
    private var pipes: [Pipe] = []
    /// The relay's own socket toward the server, one for each client socket.
    private var upstream: [Endpoint: LoopbackSocket] = [:]
    private var ports = 0
    private var cuts = 0
    /// A datagram that waits for the next one to overtake it, by direction and client.
    private var delayed: [Route: [UInt8]] = [:]

    /// Datagrams on their way, the oldest first.
    private var underWay: [(due: Double, bytes: [UInt8], route: Route)] = []

    private enum Route: Hashable {
        case toServer(Endpoint)
        case toClient(Endpoint)
    }

    init(
        listener: LoopbackSocket, datagrams: LoopbackSocket, server: Endpoint, stop: Int32, shared: LossyRelay.Shared,
        random: SeededGenerator
    ) {
        self.listener = listener
        self.datagrams = datagrams
        self.server = server
        self.stop = stop
        self.shared = shared
        self.random = random
    }

    mutating func run() {
        while true {
            let clients = Array(upstream.keys)
            let watched =
                [stop, listener.descriptor, datagrams.descriptor] + pipes.map(\.from.descriptor)
                + clients.compactMap { upstream[$0]?.descriptor }
            var polled = watched.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            guard unsafe poll(&polled, nfds_t(polled.count), timeout) >= 0 else { continue }
            let ready = polled.map { $0.revents != 0 }
            if ready[0] { return }
            for (index, client) in clients.enumerated() where ready[3 + pipes.count + index] {
                receiveFromServer(for: client)
            }
            forward(pipes.indices.filter { ready[3 + $0] })
            cutChat()
            if ready[2] { receiveFromClients() }
            if ready[1] { accept() }
            deliver()
        }
    }

    /// Milliseconds until the next datagram arrives; -1 for no limit.
    private var timeout: Int32 {
        guard let next = underWay.first else { return -1 }
        return Int32(max(0, ((next.due - monotonicSeconds()) * 1_000).rounded(.up)))
    }

    private mutating func deliver() {
        let now = monotonicSeconds()
        let arrived = underWay.prefix { $0.due <= now }
        for datagram in arrived { send(datagram.bytes, datagram.route) }
        underWay.removeFirst(arrived.count)
    }

    private mutating func accept() {
        guard let client = try? listener.accepted() else { return }
        // When the server is gone the client sees its connection closed at once, as without a relay.
        guard let ours = try? LoopbackSocket.connected(.tcp, to: server) else { return }
        pipes.append(Pipe(from: client, to: ours, isFromServer: false))
        pipes.append(Pipe(from: ours, to: client, isFromServer: true))
    }

    private mutating func forward(_ ready: [Int]) {
        var ended: Set<Int32> = []
        for index in ready {
            let pipe = pipes[index]
            guard let bytes = pipe.from.receive(), (try? pipe.to.send(told(bytes, pipe))) != nil else {
                ended.insert(pipe.from.descriptor)
                ended.insert(pipe.to.descriptor)
                continue
            }
        }
        pipes.removeAll { ended.contains($0.from.descriptor) }
    }

    private func told(_ bytes: [UInt8], _ pipe: Pipe) -> [UInt8] {
        guard pipe.isFromServer else { return bytes }
        let change = shared.lies.withLock { $0 }.chat
        return Array(change(String(decoding: bytes, as: UTF8.self)).utf8)
    }

    /// Datagrams a turn: enough to keep up, few enough that the chat passes meanwhile.
    private static let batch = 64

    /// Datagrams of clients that are kept for tests.
    private static let mostHeard = 2_000

    private mutating func cutChat() {
        let wanted = shared.cuts.withLock { $0 }
        if wanted != cuts { pipes = [] }
        cuts = wanted
    }

    private mutating func takePorts() {
        let wanted = shared.ports.withLock { $0 }
        guard wanted != ports else { return }
        ports = wanted
        upstream = [:]
    }

    private mutating func receiveFromClients() {
        takePorts()
        for _ in 0..<Self.batch {
            guard let (bytes, client) = datagrams.receiveFrom() else { return }
            shared.counts.withLock { $0.fromClient += 1 }
            shared.deliveries.withLock { $0.heard(bytes, from: client.port) }
            if upstream[client] == nil {
                upstream[client] = try? LoopbackSocket.connected(.udp, to: server, from: .loopback(port: 0))
            }
            pass(bytes, .toServer(client))
        }
    }

    private mutating func receiveFromServer(for client: Endpoint) {
        for _ in 0..<Self.batch {
            guard let (bytes, _) = upstream[client]?.receiveFrom() else { return }
            shared.counts.withLock {
                $0.fromServer += 1
                $0.bytesFromServer += bytes.count
            }
            pass(bytes, .toClient(client))
        }
    }

    private mutating func pass(_ bytes: [UInt8], _ route: Route) {
        let faults = shared.faults.withLock { $0 }
        let passed = shared.counts.withLock { $0.bytesFromServer }
        if let limit = faults.holdAfter, passed > limit {
            shared.counts.withLock { $0.held += 1 }
            return
        }
        guard !happens(faults.loss) else {
            shared.counts.withLock { $0.dropped += 1 }
            return
        }
        var bytes = bytes
        if happens(faults.corruption), let index = bytes.indices.randomElement(using: &random) { bytes[index] ^= 0x10 }
        if happens(faults.reordering), delayed[route] == nil {
            delayed[route] = bytes
            return
        }
        let copies = happens(faults.duplication) ? 2 : 1
        let leaving = Array(repeating: bytes, count: copies) + [delayed.removeValue(forKey: route)].compactMap { $0 }
        if faults.delay > 0 {
            let due = monotonicSeconds() + faults.delay
            underWay += leaving.map { (due, $0, route) }
        } else {
            for bytes in leaving { send(bytes, route) }
        }
    }

    private mutating func happens(_ share: Double) -> Bool {
        share > 0 && Double.random(in: 0..<1, using: &random) < share
    }

    private func send(_ bytes: [UInt8], _ route: Route) {
        switch route {
        case .toServer(let client):
            shared.heard.withLock { if $0.count < Self.mostHeard { $0.append(bytes) } }
            upstream[client]?.send(bytes, to: server)
        case .toClient(let client):
            shared.deliveries.withLock { $0.note(bytes, to: client.port) }
            let change = shared.lies.withLock { $0 }.datagram
            datagrams.send(change(bytes), to: client)
        }
    }
}
