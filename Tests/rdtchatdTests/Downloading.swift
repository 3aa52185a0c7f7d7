import ChatServer
import IRC
import Posix
import RDT
import TestSupport
import Testing
import Timeline

@testable import rdtchatd

/// A server's file service and one client on a real loopback socket, driven in turns by one thread.
struct Downloading: ~Copyable {
    let place: TemporaryDirectory
    let log: LogKeeper
    var service: FileService
    private(set) var ended: [UInt64] = []

    var tracePath: String { place.path("trace") }

    init(host: String = "127.0.0.1", sendMethod: SendMethod = .segmentation, coalescing: Bool = true) throws {
        let log = LogKeeper()
        let place = try TemporaryDirectory()
        try FileSystem.makeDirectory(place.path("shelf"))
        let address = try #require(SocketAddress(numeric: host, port: 0))
        let socket = try UDPSocket(boundTo: address, sendMethod: sendMethod, coalescing: coalescing)
        let shelf = try Shelf(path: place.path("shelf"), logger: log.logger)
        let trace = try LineFile(path: place.path("trace"))
        service = FileService(socket: socket, shelf: shelf, recovery: .auto, trace: trace, logger: log.logger)
        self.log = log
        self.place = place
    }

    func path(_ name: String) -> String { place.path("shelf/" + name) }

    mutating func grant(_ name: String) throws -> FileService.Grant {
        let address = try #require(SocketAddress(numeric: "127.0.0.1", port: 0))
        return service.grant(
            try FileName(name), offset: 0, mode: "auto", owner: ConnectionID(rawValue: 1), nick: "alice", to: address,
            at: Clock.now())
    }

    /// What a download came to: the bytes, and how each end saw it finish.
    struct Result {
        var bytes: [UInt8] = []
        var digest: FileDigest?
        var outcome: Outcome?
        var statistics: TransferStatistics?
    }

    /// Downloads a file from the service at `host`, nil for the address that it is bound to; `meanwhile` is called before
    /// each turn with the bytes that have come. The client has the ranges `kept` already, the first from 0 on.
    mutating func download(
        _ name: String, at host: String? = nil, keeping kept: [Range<Int>]? = nil,
        meanwhile: (inout FileService, Int) throws -> Void = { _, _ in }
    ) throws -> Result {
        guard case .ticket(let ticket, let entry) = try grant(name) else {
            throw TestFailure("\(name) was refused")
        }
        let bound = service.socket.address
        let server = host.map { SocketAddress(numeric: $0, port: bound.port) } ?? bound
        var client = try Client(ticket: ticket, entry: entry, server: #require(server), isPreparing: kept != nil)
        if let kept { client.keep(kept, of: try FileSystem.bytes(path(name))) }
        let end = Clock.now() + .seconds(30)
        while client.result.outcome == nil || !ended.contains(ticket) {
            try meanwhile(&service, client.result.bytes.count)
            try client.turn()
            turn()
            guard Clock.now() < end else { throw TestFailure("\(name) did not end: \(log.lines)") }
        }
        return client.result
    }

    mutating func turn() {
        let now = Clock.now()
        _ = service.receive(at: now)
        if let deadline = service.nextDeadline, deadline <= now { service.timeoutFired(at: now) }
        service.handleEvents()
        _ = service.readPrefix(at: now)
        service.handleEvents()
        _ = service.send(at: now)
        service.handleEvents()
        while let figures = service.nextEnded() { ended.append(figures.ticket) }
    }

    private struct Client: ~Copyable {
        var result = Result()
        private var socket: UDPSocket
        private var receiver: Receiver
        private var batch = DatagramBatch()

        init(ticket: UInt64, entry: FileEntry, server: SocketAddress, isPreparing: Bool) throws {
            socket = try UDPSocket(connectedTo: server)
            receiver = Receiver(
                id: TransferID(rawValue: ticket), nonce: 42, recovery: .auto, receiveWindow: socket.receiveBuffer / 2,
                largestDatagram: 1_472, expecting: entry.size, preparing: isPreparing, tracing: false,
                at: Clock.now())
        }

        mutating func keep(_ kept: [Range<Int>], of file: [UInt8]) {
            result.bytes = [UInt8](repeating: 0, count: kept.map(\.upperBound).max() ?? 0)
            for range in kept { result.bytes.replaceSubrange(range, with: file[range]) }
            var hasher = FileHasher()
            hasher.update(unsafe file.span.bytes.extracting(kept[0]))
            var all = hasher
            for range in kept.dropFirst() { all.update(unsafe file.span.bytes.extracting(range)) }
            let beyond = kept.dropFirst().map { UInt64($0.lowerBound)..<UInt64($0.upperBound) }
            receiver.keep(KeptPrefix(hasher, beyond: beyond, all: all), at: Clock.now())
        }

        mutating func turn() throws {
            let now = Clock.now()
            while case .datagrams = socket.receive(into: &batch) {
                Client.feed(batch, to: &receiver, into: &result.bytes, at: now)
            }
            receiver.batchEnded(at: now)
            if let deadline = receiver.nextDeadline, deadline.instant <= now { receiver.timeoutFired(at: now) }
            while let event = receiver.nextEvent() { handle(event, at: now) }
            while let datagram = receiver.nextDatagram() { _ = socket.send(unsafe datagram.span.bytes) }
        }

        private static func feed(
            _ batch: borrowing DatagramBatch, to receiver: inout Receiver, into bytes: inout [UInt8], at now: Instant
        ) {
            for datagram in batch.datagrams {
                let span = unsafe batch.bytes.span.bytes.extracting(datagram.range)
                let parts: [(offset: UInt64, payload: Range<Int>)] =
                    switch receiver.receive(span, at: now) {
                    case .write(let offset, let payload): [(offset, payload)]
                    case .writeParts(let parts): parts.map { ($0.offset, $0.payload) }
                    case .ignored, .accepted: []
                    }
                for (offset, payload) in parts {
                    let end = Int(offset) + payload.count
                    if bytes.count < end { bytes.append(contentsOf: repeatElement(0, count: end - bytes.count)) }
                    let start = datagram.range.lowerBound + payload.lowerBound
                    bytes.replaceSubrange(Int(offset)..<end, with: batch.bytes[start..<start + payload.count])
                }
            }
        }

        private mutating func handle(_ event: ReceiverEvent, at now: Instant) {
            switch event {
            case .info, .progress, .trace, .checking, .kept, .confirmed: break
            case .complete(let digest):
                var hasher = FileHasher()
                hasher.update(unsafe result.bytes.span.bytes)
                result.digest = digest
                receiver.verified(hasher.finish() == digest, at: now)
            case .finished(let outcome, let statistics):
                result.outcome = outcome
                result.statistics = statistics
            }
        }
    }
}
