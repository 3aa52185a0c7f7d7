import ChatServer
import IRC
import Logging
import Posix
import RDT
import Timeline

/// Both ends of a client's way to the server. The answers leave from the address that the client writes to: it takes
/// them from no other, and the kernel left alone would choose by its routes.
struct Route: PeerAddress {
    let peer: SocketAddress
    /// nil where the socket has one address only.
    let local: SocketAddress?

    func isSameHost(as other: Route) -> Bool { peer.isSameHost(as: other.peer) }
    func isSameNetwork(as other: Route) -> Bool { peer.isSameNetwork(as: other.peer) }
}

/// The downloads: ties each ticket to an open file and a transfer, and the one UDP socket to the transfers' core.
struct FileService: ~Copyable {
    /// Batches received a turn, and runs of datagrams sent a turn: about a millisecond each, so that the chat and the
    /// other kind of work get their turn.
    static let receivesPerTurn = 8
    static let sendsPerTurn = 16
    /// The payload of a UDP datagram in a jumbo frame of 9,000 bytes within IPv6; the path says how much of it may be.
    static let largestDatagram = 8_952

    var socket: UDPSocket
    var shelf: Shelf
    var table: TransferTable<Route>
    /// Transfers whose client says that it has a beginning; one after the other is read a slice further.
    var prefixes = Prefixes()
    let logger: Logger
    private let recovery: RecoveryChoice
    private var trace: LineFile?
    private(set) var files: [TransferID: ServedFile] = [:]
    private var ended: [FilesExtension.Figures] = []
    private var random = SystemRandom()
    private var batch = DatagramBatch()
    private var staging = [UInt8](repeating: 0, count: UDPSocket.mostBytes)
    private var unsent: Unsent?
    private var cold = ColdRuns()
    private var loggedMethod: SendMethod

    /// Datagrams that the socket had no room for: they wait in the staging buffer.
    private struct Unsent {
        var range: Range<Int>
        let segmentSize: Int
        let to: Route
    }

    init(
        socket: consuming UDPSocket, shelf: consuming Shelf, recovery: RecoveryChoice, trace: consuming LineFile?,
        logger: Logger
    ) {
        loggedMethod = socket.sendMethod
        self.socket = socket
        self.shelf = shelf
        self.recovery = recovery
        self.logger = logger
        table = TransferTable(
            maximumDatagram: FileService.largestDatagram, key: random.next(), tracing: trace != nil)
        self.trace = trace
        logger.info(
            """
            datagrams: sent by \(loggedMethod), received by \(self.socket.receiveMethod), \
            receive buffer \(self.socket.receiveBuffer) bytes
            """)
    }

    enum Grant {
        case ticket(UInt64, FileEntry)
        case refused(FileRefusal)
    }

    /// Opens the file and a transfer for it, for the host of `address`.
    mutating func grant(
        _ name: FileName, offset: UInt64, mode: String, owner: ConnectionID, nick: String, to address: SocketAddress,
        hint: PathHint = PathHint(), at now: Instant
    ) -> Grant {
        do throws(Errno) {
            let opened = try shelf.open(name)
            let identity = opened.opened
            guard offset <= identity.size else { return .refused(.badOffset(size: identity.size)) }
            let digest = shelf.digest(of: opened)
            let file = ServedFile(
                opened, name: name, owner: owner, nick: nick, address: address, isHashKnown: digest != nil)
            let offer = FileOffer(
                name: name.text, size: identity.size, modified: identity.modified, hash: digest)
            return register(file, offer, mode, hint, at: now)
        } catch {
            return .refused(FileRefusal(error.code))
        }
    }

    private mutating func register(
        _ file: ServedFile, _ offer: FileOffer, _ mode: String, _ hint: PathHint, at now: Instant
    ) -> Grant {
        let wish = RecoveryChoice(rawValue: mode) ?? .auto
        let choice = recovery == .auto ? wish : recovery
        while true {
            let id = TransferID(rawValue: random.next())
            do throws(OpenError) {
                let client = Route(peer: file.address, local: nil)
                try table.open(
                    id, offer: offer, from: client, recovery: choice, hint: hint, nonce: random.next(), at: now)
                files[id] = file
                return .ticket(id.rawValue, shelf.entry(file.name, file.identity))
            } catch {
                switch error {
                case .idInUse: continue
                case .tooManyTransfers: return .refused(.tooMany)
                case .tooManyOfHost: return .refused(.tooManyOfHost(Limits.transfersOfHost))
                case .nameTooLong: return .refused(.unreadable("its name is too long to be sent"))
                case .fileTooLarge: return .refused(.unreadable("it is too large to be sent"))
                }
            }
        }
    }

    var transferCount: Int { files.count }

    func owner(of ticket: UInt64) -> ConnectionID? { files[TransferID(rawValue: ticket)]?.owner }

    mutating func stop(ticket: UInt64, reason: AbortReason, at now: Instant) {
        table.cancel(TransferID(rawValue: ticket), reason: reason, at: now)
    }

    mutating func stopAll(reason: AbortReason, at now: Instant) {
        for id in files.keys { table.cancel(id, reason: reason, at: now) }
    }

    /// Takes what has come; true when there may be more.
    mutating func receive(at now: Instant) -> Bool {
        for _ in 0..<FileService.receivesPerTurn {
            switch socket.receive(into: &batch) {
            case .datagrams:
                FileService.feed(batch, to: &table, at: now)
                guard batch.isFull else { return false }
            case .wouldBlock:
                return false
            case .failed(let code):
                logger.debug("receive a datagram: \(code)")
                return false
            }
        }
        return true
    }

    private static func feed(
        _ batch: borrowing DatagramBatch, to table: inout TransferTable<Route>, at now: Instant
    ) {
        for datagram in batch.datagrams {
            let bytes = unsafe batch.bytes.span.bytes.extracting(datagram.range)
            table.receive(bytes, from: Route(peer: datagram.from, local: datagram.to), at: now)
        }
    }

    mutating func timeoutFired(at now: Instant) { table.timeoutFired(at: now) }

    var nextDeadline: Instant? {
        [table.nextDeadline?.instant, cold.nextLook, nextPrefix].compactMap { $0 }.min()
    }
    /// The socket had no room: it must be waited for before anything more is sent.
    var waitsForRoom: Bool { unsent != nil }

    /// Sends what may leave; true when the turn's share was used up and there may be more.
    mutating func send(at now: Instant) -> Bool {
        guard sendUnsent(), sendWarmed(at: now) else { return false }
        for _ in 0..<FileService.sendsPerTurn {
            guard let outgoing = table.nextTransmission(at: now) else { return false }
            guard stage(outgoing, at: now) else { continue }
            guard sendUnsent() else { return false }
        }
        return true
    }

    /// Sends the runs whose bytes have come from the disk; false when the socket had no room.
    private mutating func sendWarmed(at now: Instant) -> Bool {
        while let waiting = cold.next(at: now) {
            table.release(waiting.outgoing.id)
            guard stage(waiting.outgoing, at: now, since: waiting.since) else { continue }
            guard sendUnsent() else { return false }
        }
        return true
    }

    /// Builds the datagrams in the staging buffer; false when there are none because the file failed, or because the disk
    /// has to be waited for, `since` when it is asked again.
    private mutating func stage(_ outgoing: Outgoing<Route>, at now: Instant, since: Instant? = nil) -> Bool {
        switch outgoing.transmission {
        case .control(let bytes):
            staging.replaceSubrange(0..<bytes.count, with: bytes)
            unsent = Unsent(range: 0..<bytes.count, segmentSize: max(bytes.count, 1), to: outgoing.to)
            return true
        case .data(let run):
            guard let file = files[outgoing.id] else { return false }
            do throws(AbortReason) {
                let waits = since.map { now - $0 >= ColdRuns.patience } ?? false
                switch try file.stage(run, id: outgoing.id, in: &staging, waits: waits) {
                case .cold:
                    table.hold(outgoing.id)
                    cold.add(outgoing, since: since ?? now, at: now)
                    return false
                case .ready(let digest?):
                    shelf.digests.remember(digest, of: file.identity)
                    table.hashed(outgoing.id, digest, at: now)
                case .ready(nil): if file.isBehind { prefixes.add(outgoing.id) }
                }
            } catch {
                table.cancel(outgoing.id, reason: error, at: now)
                return false
            }
            unsent = Unsent(range: 0..<run.bytesOnWire, segmentSize: run.stride, to: outgoing.to)
            return true
        }
    }

    /// Sends what lies in the staging buffer; false when there was no room for it.
    private mutating func sendUnsent() -> Bool {
        while let waiting = unsent {
            let result = socket.send(
                staging, waiting.range, segmentSize: waiting.segmentSize, to: waiting.to.peer, from: waiting.to.local)
            switch result {
            case .sent(let count) where count < waiting.range.count:
                unsent?.range = waiting.range.lowerBound + count..<waiting.range.upperBound
            case .wouldBlock:
                return false
            case .sent:
                unsent = nil
            case .failed(let code):
                // As good as lost on the way: the transfer repeats it or gives up in its time.
                logger.debug("send to \(waiting.to.peer): \(code)")
                unsent = nil
            }
        }
        if socket.sendMethod != loggedMethod {
            loggedMethod = socket.sendMethod
            logger.notice("datagrams: the kernel or the path refused a faster way, sent by \(loggedMethod) from now on")
        }
        return true
    }

    /// Handles what the transfers have to say; afterwards `nextEnded` gives the figures of those that are over.
    mutating func handleEvents() {
        while let (id, event) = table.nextEvent() {
            switch event {
            case .started(let recovery, let offset, let omitted):
                files[id]?.begin(at: offset, without: omitted)
                logStart(id, recovery, from: offset)
            case .prefixWanted(let bytes, let beyond):
                files[id]?.wantPrefix(bytes, beyond: beyond)
                prefixes.add(id)
            case .trace(let record): write(record)
            case .finished(let outcome, let statistics):
                logEnd(id, outcome, statistics)
                files[id] = nil
                ended.append(FilesExtension.Figures(of: id, statistics, hasEnded: true))
            }
        }
        do throws(Errno) { try trace?.flush() } catch { stopTracing(error) }
    }

    mutating func nextEnded() -> FilesExtension.Figures? { ended.popLast() }

    /// What a running transfer does; nil when there is none of this ticket.
    func figures(of ticket: UInt64, at now: Instant) -> FilesExtension.Figures? {
        let id = TransferID(rawValue: ticket)
        return table.statistics(of: id, at: now).map { FilesExtension.Figures(of: id, $0, hasEnded: files[id] == nil) }
    }

    private mutating func write(_ record: TraceRecord) {
        do throws(Errno) { try trace?.append(record.json) } catch { stopTracing(error) }
    }

    private mutating func stopTracing(_ error: Errno) {
        trace = nil
        logger.error("the trace ends here: \(error)")
    }

    private func logStart(_ id: TransferID, _ recovery: RecoveryChoice, from offset: UInt64) {
        guard let file = files[id] else { return }
        let place = offset > 0 ? " from=\(offset)" : ""
        logger.info(
            """
            transfer started: \(TransferText.subject(file)) bytes=\(file.identity.size)\(place) recovery=\(recovery) \
            id=\(id)
            """)
    }

    private func logEnd(_ id: TransferID, _ outcome: Outcome, _ statistics: TransferStatistics) {
        guard let file = files[id] else { return }
        logger.info(
            """
            transfer ended: \(TransferText.subject(file)) \(TransferText.figures(statistics)) \
            outcome=\(TransferText.quoted(TransferText.outcome(outcome))) id=\(id)
            """)
    }

    /// Datagrams that were dropped, by reason, for the log.
    var dropText: String {
        let counts = table.drops.map { "\(TransferText.drop($0.key)): \($0.value)" }.sorted()
        return counts.isEmpty ? "none" : counts.joined(separator: ", ")
    }
}

extension FileRefusal {
    /// What leads out of the shelf or is no file is no file of the shelf.
    init(_ code: Errno.Code) {
        let absent: [Errno.Code] = [
            .noSuchFile, .notDirectory, .leadsOutside, .symbolicLink, .isDirectory, .notRegularFile, .nameTooLong,
        ]
        self = absent.contains(code) ? .noSuchFile : .unreadable("\(code)")
    }
}
