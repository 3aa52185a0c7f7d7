import ChatClient
import IRC
import Posix
import RDT
import Timeline

/// One download at work: its state machine, its UDP socket and its file.
///
/// The loop polls `withDescriptor`, tells `ready`, `timeoutFired` and `work`, and drains `nextNews()`. The file gets its
/// name before the server is told that all is well, so that a server's "completed" is never a lie.
final class Download {
    enum News {
        /// What is here already is being hashed, here or at the server.
        case looking(done: UInt64, total: UInt64)
        /// The first `bytes` stay; `doubt` is what is known against the rest.
        case continued(bytes: UInt64, doubt: String)
        case progressed(UInt64)
        case verifying
        case finished(TransferReport)
        case failed(ChatClient.TransferFailure)
        /// Whoever read the bytes has seen enough.
        case readerLeft
    }

    enum Stage {
        /// What an earlier download has left is being hashed.
        case looking(Look)
        case receiving
        /// Every byte is written. What was not hashed on its way is being read back, to be compared with what the server
        /// says.
        case checking(wanted: FileDigest)
        /// The bytes are right, and on their way to the disk.
        case saving
        /// Every byte is here, and the reader of the stream has not taken all.
        case handingOn(wanted: FileDigest)
        /// The file has its name.
        case named
        /// That is told, and the server's last word is still to come.
        case parting
        /// It failed here, for the reason given; the server is being told.
        case failed(ChatClient.TransferFailure)
        case over
    }

    /// Bytes of an earlier part that are hashed in one turn, well under a millisecond's worth of keys missed.
    static let lookSlice = 4 << 20
    /// A socket that waits for a stream's reader gives a list of datagrams in so long all the same: both ends see that it
    /// goes on, and do not give up after `Limits.noProgress`.
    private static let heldUpPause = Interval.seconds(10)
    /// Batches of datagrams taken in one turn, so that eight downloads and the chat each get theirs.
    private static let batchesPerTurn = 8
    /// "Connection refused" so often in a row means that nobody serves the port any more: the reminders of a silent
    /// receiver are 0.5, 1 and 2 s apart, so a server that restarts at once is not given up.
    private static let mostRefusals = 3

    let number: TransferNumber
    let start: TransferStart
    let path: String
    var receiver: Receiver
    private var socket: UDPSocket?
    var part: PartFile?
    /// Where the bytes go when there is no file.
    let sink: StreamSink?
    var stage = Stage.receiving
    let remains: Remains
    var keeper: PartKeeper
    private var modified: UnixTime
    private var refusals = 0
    var gathered = GatheredWrite()
    var lane: FastLane
    var hasher: ScatteredHasher
    /// What an earlier download has left, hashed, until the server has said how much of it stays.
    var kept: FileHasher?
    private var saving: Saving?
    var news: [News] = []
    /// The last figures of a transfer that has ended.
    private var final: TransferStatistics?
    /// What was spent on writing the file.
    var writing = Interval.zero
    private var pause = ReadPause()
    /// Until then what comes gathers in the socket; nil when it is to be taken as it comes.
    var readsAgain: Instant?
    /// When the disk is asked again whether all is written.
    private var diskAgain: Instant?
    private let trace: TraceFile?

    /// `hint`: what the chat's TCP knows of the path.
    init(
        _ start: TransferStart, from server: SocketAddress, hint: PathHint, trace: TraceFile?, at now: Instant
    ) throws(Errno) {
        number = start.number
        self.start = start
        self.trace = trace
        modified = start.entry.modified
        hasher = ScatteredHasher(size: start.entry.size)
        lane = FastLane(size: start.entry.size)
        path = Download.path(of: start)
        var peer = server
        peer.port = start.port
        sink = try StreamSink(start, path: path)
        var file: PartFile?
        if sink == nil {
            try Directory.make(for: path, levels: start.treeLevels)
            let name = start.entry.name.text
            let opened = try PartFile(path: path, existing: start.force ? .replace : .keep, continues: true) {
                PartRecord(parsing: $0)?.name.utf8.elementsEqual(name.utf8) == true
            }
            remains = Remains(of: opened, for: start.entry)
            file = consume opened
        } else {
            remains = Remains()
        }
        keeper = PartKeeper(start.entry)
        let isThere = !remains.parts.isEmpty
        if isThere { stage = .looking(Look(remains)) }
        do throws(Errno) {
            try file?.reserve(start.entry.size)
            let socket = try UDPSocket(connectedTo: peer)
            var random = SystemRandom()
            receiver = Receiver(
                id: TransferID(rawValue: start.ticket), nonce: random.next(), recovery: start.recovery.choice,
                receiveWindow: socket.receiveBuffer / 2, largestDatagram: Limits.largestDatagram,
                expecting: start.entry.size, preparing: isThere, hint: hint, tracing: trace != nil, at: now)
            self.socket = consume socket
        } catch {
            if let file = file.take(), file.found == 0 { file.discard() }
            throw error
        }
        part = file.take()
        drain(at: now)
    }

    var isOver: Bool {
        if case .over = stage { true } else { false }
    }
    /// Whether nobody needs to wait for its end: the file has its name and the server was told.
    var isParting: Bool {
        if case .parting = stage { true } else { false }
    }
    /// Whether `work` has something to do at once.
    var isBusy: Bool {
        switch stage {
        case .receiving: hasher.nextToRead != nil && !lane.isBusy
        case .looking: true
        case .checking: !lane.isBusy
        case .handingOn, .saving, .named, .parting, .failed, .over: false
        }
    }
    var deadline: Instant? {
        [receiver.nextDeadline?.instant, readsAgain, saving?.again, diskAgain, readerDeadline].compactMap { $0 }
            .min()
    }

    /// What `/why` tells of this end.
    func figures(at now: Instant) -> ArrivalFigures {
        let statistics = final ?? receiver.statistics(at: now)
        var figures = ArrivalFigures(statistics)
        figures.writing = writing.seconds
        return figures
    }

    func withDescriptor(_ body: (borrowing Descriptor) -> Void) {
        switch socket {
        case .some(let socket): body(socket.descriptor)
        case nil: break
        }
    }

    func nextNews() -> News? { news.isEmpty ? nil : news.removeFirst() }

    /// Takes what has come; `batch` is the loop's, shared by all downloads.
    func ready(_ batch: inout DatagramBatch, at now: Instant) {
        readsAgain = nil
        if isDiskBehind(at: now) {
            readsAgain = now + FastLane.pause
            return
        }
        var taken = 0
        for _ in 0..<Download.batchesPerTurn {
            switch socket?.receive(into: &batch, atMost: isHeldUp ? 1 : DatagramBatch.lists) {
            case .datagrams(let count)?:
                taken += count
                take(batch, at: now)
                if lane.isFull {
                    readsAgain = now + FastLane.pause
                    return
                }
                if isHeldUp {
                    readsAgain = now + Download.heldUpPause
                    return
                }
                guard batch.isFull else {
                    if case .receiving = stage {
                        readsAgain = pause.read(taken, roundTrip: receiver.smoothedRoundTrip, at: now)
                    }
                    return
                }
            case .failed(.connectionRefused)?:
                refusals += 1
                if refusals >= Download.mostRefusals {
                    let text = "the server answers no more (UDP port \(start.port): connection refused)"
                    fail(.noProgress, text, .interrupted, at: now)
                }
                return
            case .failed?, .wouldBlock?, nil:
                return
            }
        }
    }

    private func take(_ batch: DatagramBatch, at now: Instant) {
        let bytes = unsafe batch.bytes.span.bytes
        for datagram in batch.datagrams {
            let received = receiver.receive(bytes.extracting(datagram.range), at: now)
            // What stays is settled before anything is written beside it.
            if kept != nil { drain(at: now) }
            switch received {
            case .ignored: break
            case .accepted: refusals = 0
            case .write(let offset, let payload):
                refusals = 0
                gather(payload, of: datagram.range, bytes, at: offset, at: now)
            case .writeParts(let parts):
                for part in parts { gather(part.payload, of: datagram.range, bytes, at: part.offset, at: now) }
            }
        }
        // Before the ACK that tells the server so.
        write(bytes, at: now)
        handOn(at: now)
        keep(at: now)
        if let drops = socket?.receiveDrops { receiver.dropped(drops) }
        receiver.batchEnded(at: now)
        drain(at: now)
    }

    func timeoutFired(at now: Instant) {
        giveUpReader(at: now)
        guard let deadline = receiver.nextDeadline?.instant, deadline <= now else { return }
        receiver.timeoutFired(at: now)
        drain(at: now)
    }

    /// Stops at this end and tells the server; nothing more is news.
    func cancel(at now: Instant) {
        receiver.cancel(.cancelled, at: now)
        drain(at: now)
        finish()
        news = []
    }

    /// The next slice of what there is to be hashed, and of what follows it.
    func work(at now: Instant) {
        diskAgain = nil
        switch stage {
        case .looking: return look(at: now)
        case .receiving: return hashBlock(at: now)
        case .checking(let wanted):
            guard isWritten(at: now) else {
                diskAgain = now + FastLane.pause
                return
            }
            if hasher.nextToRead != nil { return hashBlock(at: now) }
            checked(hasher.digest == wanted, at: now)
        case .saving: save(at: now)
        case .handingOn, .named, .parting, .failed, .over: return
        }
        drain(at: now)
    }

    /// Reads back a block that did not come in order, and hashes it: 1 MiB, in well under a millisecond.
    private func hashBlock(at now: Instant) {
        guard let block = hasher.nextToRead, isWritten(at: now) else { return }
        do throws(Errno) {
            try part?.read(block, for: &hasher)
        } catch {
            fail(error.abortReason, error.advice(for: path, of: start), at: now)
        }
    }

    func checked(_ good: Bool, at now: Instant) {
        guard good else {
            receiver.verified(false, at: now)
            return
        }
        guard sink == nil else {
            stage = .named
            receiver.verified(true, at: now)
            return
        }
        do throws(Errno) {
            saving = try part?.saving(at: now)
            stage = .saving
        } catch {
            fail(error.abortReason, error.advice(for: path, of: start), at: now)
        }
    }

    /// Gives the file its name as soon as the disk has it.
    private func save(at now: Instant) {
        let partPath = part?.partPath ?? ""
        do throws(Errno) {
            guard try saving?.isDone(at: now) ?? true else { return }
            saving = nil
            try part.take()?.commit(size: start.entry.size, modified: modified)
            stage = .named
            receiver.verified(true, at: now)
        } catch {
            // The part is left where it is: it is whole and right, and only its name could not be had.
            let rest = error.code == .replaced ? "" : "; what came is in '\(partPath)'"
            fail(error.abortReason, error.advice(for: path, of: start) + rest, at: now)
        }
    }

    func fail(
        _ reason: AbortReason, _ text: String, _ kind: ChatClient.TransferFailure.Kind = .failed, at now: Instant
    ) {
        switch stage {
        case .receiving, .looking, .handingOn: keep(isLast: true, at: now)
        case .checking, .saving: break
        case .named, .parting, .failed, .over: return
        }
        saving = nil
        stage = .failed(ChatClient.TransferFailure(kind, text))
        receiver.cancel(reason, at: now)
        drain(at: now)
    }

    func drain(at now: Instant) {
        while let datagram = receiver.nextDatagram() { _ = socket?.send(unsafe datagram.span.bytes) }
        while let event = receiver.nextEvent() { handle(event) }
    }

    private func handle(_ event: ReceiverEvent) {
        switch event {
        case .info(let offer): modified = offer.modified
        case .progress(let bytes): news.append(.progressed(bytes))
        case .checking(let done, let total): news.append(.looking(done: done, total: total))
        case .kept(let bytes, let beyond): continued(bytes, beyond: beyond)
        case .trace(let record): trace?.write(record.json)
        case .complete(let digest):
            news.append(.verifying)
            if sink == nil {
                hasher.isFilled()
                let now = Clock.now()
                attempt(at: now) { () throws(Errno) in try lane.end() }
                if case .receiving = stage { stage = .checking(wanted: digest) }
            } else {
                stage = .handingOn(wanted: digest)
                handOn(at: Clock.now())
            }
        case .confirmed(let statistics):
            final = statistics
            news.append(.finished(report(statistics)))
            stage = .parting
        case .finished(let outcome, let statistics):
            final = statistics
            end(outcome, statistics)
        }
    }

    private func end(_ outcome: Outcome, _ statistics: TransferStatistics) {
        switch (outcome, stage) {
        case (_, .parting): break
        case (.completed, .named), (.unconfirmed, .named), (.failed, .named):
            news.append(.finished(report(statistics)))
        case (_, .failed(let failure)):
            news.append(.failed(failure))
        case (.failed(.digestMismatch), _):
            news.append(.failed(.init(.checkFailed, "what arrived is not the server's file (hash differs); try again")))
        case (.failed(let failure), _):
            news.append(.failed(.init(failure.kind, "\(failure)")))
        case (.completed, _), (.unconfirmed, _):
            preconditionFailure("a transfer ended well and its file has no name")
        }
        finish()
    }

    private func report(_ statistics: TransferStatistics) -> TransferReport {
        TransferReport(
            path: path, bytes: start.entry.size, fetched: statistics.bytes, seconds: statistics.seconds,
            lost: UInt64(statistics.lost),
            resent: UInt64(statistics.resent), recovery: statistics.recovery.rawValue)
    }

    /// The socket closes. What has come stays for the next time; a part with nothing in it goes.
    private func finish() {
        while let datagram = receiver.nextDatagram() { _ = socket?.send(unsafe datagram.span.bytes) }
        keep(isLast: true, at: Clock.now())
        stage = .over
        readsAgain = nil
        saving = nil
        socket = nil
        if let file = part.take(), file.found == 0, keeper.isEmpty { file.discard() }
    }
}
