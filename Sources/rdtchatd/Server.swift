import ChatServer
import IRC
import Logging
import Posix
import RDT
import Timeline

/// The server: one thread, one poll loop. It waits, feeds what came to the two cores, drains what they want, and sends.
///
/// Every kind of work is bounded a turn, so that none keeps the others waiting: a read of each ready connection, a few
/// batches of datagrams in, a few runs of datagrams out.
struct Server: ~Copyable {
    /// What a descriptor of the poll set is.
    enum Source {
        case listener, datagrams, signals, shelf, password
        case connection(ConnectionID)
    }

    /// Connections accepted a turn.
    private static let acceptsPerTurn = 64
    /// From a change of the shelf to the notice of it, and between two notices: each makes every client list it anew.
    private static let shelfSettles = Interval.milliseconds(300)
    private static let shelfPause = Interval.seconds(5)
    /// For the standard streams, the sockets, and files and directories of the shelf that are open at a time; where there
    /// are few descriptors, half of them.
    private static let reservedDescriptors = min(64 + Limits.transfers + Shelf.mostLevels, OpenFiles.limit / 2)
    /// How long nobody is accepted when no descriptor is left: trying again at once would spin.
    private static let exhaustionPause = Interval.seconds(1)

    let logger: Logger
    /// What it serves, for the line that says that it does.
    let banner: String
    private let listener: TCPListener
    private let listenerPlace: Poller<Source>.Place
    private let datagramsPlace: Poller<Source>.Place
    private let shelfPlace: Poller<Source>.Place
    /// When clients will be told that the shelf has changed, and the instant before which they are not told again.
    private var shelfNotice: Instant?
    private var shelfQuietUntil = Instant(nanoseconds: 0)
    private let signals: SignalDescriptor
    var options: Options
    /// What it was started with.
    let firstOptions: Options
    var turns = TurnClock()
    var poller: Poller<Source>
    var hub: Hub
    var files: FileService
    var connections = ConnectionTable<ChatConnection>()
    var passwords = PasswordChecks()
    private var connectionCount: UInt64 = 0
    /// Slots whose connections have gone.
    private var freeSlots: [Int] = []
    /// The lines of this turn and the connections that have any.
    private var lines = TurnLines()
    private var unflushed: [ConnectionID] = []
    private var pace = FlushPace()
    private var acceptsAgain: Instant?
    private var isFull = false
    /// The descriptors that the limit allows, without those that the shelf needs to serve who is here.
    private let mostConnections = max(1, OpenFiles.limit - Server.reservedDescriptors)
    private var scratch = [UInt8](repeating: 0, count: ChatConnection.readSize)
    private var isStopping = false
    /// The bound of this turn was reached somewhere, so that the next turn does not wait.
    private var hasMoreToDo = false
    var now = Clock.now()

    init(_ options: Options) throws {
        let recovery = try options.recoveryChoice
        let logger = Logger(label: "rdtchatd")
        var shelf = try Setup.shelf(options.shelf, logger)
        let hub = Hub(try Setup.hub(options), at: now, wall: Clock.wallTime().time)
        let trace = try Setup.trace(options.trace)
        // From here on signals are taken by the loop.
        let signals = try SignalDescriptor([.terminate, .interrupt, .hangup, .user1])
        let sockets = try Setup.sockets(options.host, options.portNumber)
        let count = shelf.list(at: now).count
        let directory = DisplayText(sanitising: options.shelf).text
        banner = "serving \(sockets.listener.address), shelf \(directory) (\(count) files)"
        var poller = Poller<Source>()
        listenerPlace = poller.watch(sockets.listener.descriptor, for: .reading, as: .listener)
        datagramsPlace = poller.watch(sockets.datagrams.descriptor, for: .reading, as: .datagrams)
        poller.watch(signals.descriptor, for: .reading, as: .signals)
        shelfPlace =
            shelf.watchDescriptor { poller.watch($0, for: .reading, as: .shelf) }
            ?? poller.watch(signals.descriptor, for: [], as: .signals)
        listener = sockets.listener
        files = FileService(
            socket: sockets.datagrams, shelf: shelf, recovery: recovery, trace: trace, logger: logger)
        self.poller = poller
        self.signals = signals
        self.hub = hub
        self.logger = logger
        self.options = options
        firstOptions = options
    }

    mutating func run() throws(Errno) {
        while !isStopping {
            try wait()
            try feed()
            fireTimers()
            readPrefixes()
            sendFiles()
            sendChat()
            turns.end(at: Clock.now())
        }
        farewell()
    }
}

// Wait, feed.
extension Server {
    private mutating func wait() throws(Errno) {
        let flush = unflushed.isEmpty ? nil : pace.pausesUntil
        let deadlines = [hub.nextDeadline?.instant, files.nextDeadline, acceptsAgain, shelfNotice, flush]
            .compactMap { $0 }
        let timeout = hasMoreToDo ? .zero : deadlines.min().map { $0 - Clock.now() }
        poller.change(datagramsPlace, to: files.waitsForRoom ? [.reading, .writing] : .reading)
        try poller.wait(atMost: timeout)
        beginTurn()
        hasMoreToDo = false
    }

    private mutating func feed() throws(Errno) {
        while let (source, readiness) = poller.nextReady() {
            switch source {
            case .listener: try acceptClients()
            case .datagrams: receiveDatagrams()
            case .signals: takeSignals()
            case .shelf: noticeShelf()
            case .password: takePasswordCheck()
            case .connection(let id): serve(id, readiness)
            }
        }
    }

    private mutating func acceptClients() throws(Errno) {
        for _ in 0..<Server.acceptsPerTurn {
            guard connections.count < mostConnections else {
                return pauseAccepting("all \(mostConnections) places are taken")
            }
            switch try listener.accept() {
            case .connection(let connection): welcome(connection)
            case .wouldBlock: return
            case .exhausted(let code):
                return pauseAccepting("\(code)")
            }
        }
    }

    /// Told once until a connection has gone.
    private mutating func pauseAccepting(_ reason: String) {
        if !isFull { logger.warning("nobody can connect: \(reason)") }
        isFull = true
        acceptsAgain = now + Server.exhaustionPause
        poller.change(listenerPlace, to: [])
    }

    private mutating func welcome(_ connection: consuming TCPConnection) {
        connectionCount += 1
        let id = ConnectionID(slot: freeSlots.popLast() ?? connections.count, count: connectionCount)
        let peer = connection.peer
        let place = poller.watch(connection.descriptor, for: .reading, as: .connection(id))
        connections[id] = ChatConnection(id, connection, at: place)
        hub.connected(id, address: peer.hostText, group: peer.networkText, at: now)
        drainHub()
    }

    /// A copy of many files is many changes: clients are told when the first has settled, and then not for a while.
    private mutating func noticeShelf() {
        guard shelfNotice == nil else {
            poller.change(shelfPlace, to: [])
            return
        }
        if files.shelf.takeChanges() { shelfNotice = max(now + Server.shelfSettles, shelfQuietUntil) }
    }

    private mutating func tellShelfChange() {
        shelfNotice = nil
        shelfQuietUntil = now + Server.shelfPause
        _ = files.shelf.takeChanges()
        poller.change(shelfPlace, to: .reading)
        hub.shelfChanged(at: now)
        drainHub()
    }

    private mutating func receiveDatagrams() {
        if files.receive(at: now) { hasMoreToDo = true }
        drainFiles()
    }

    private mutating func takeSignals() {
        while let signal = signals.next() {
            switch signal {
            case .hangup: reload(asked: signal.name)
            case .user1: for line in hub.statusLines + statusLines { logger.notice("status: \(line)") }
            case .interrupt, .terminate, .suspend, .resume, .windowChange:
                logger.notice("\(signal.name): stopping")
                isStopping = true
            }
        }
    }

    private mutating func serve(_ id: ConnectionID, _ readiness: Readiness) {
        guard let client = connections[id] else { return }
        if readiness.isWritable {
            hub.written(flush(client, mayWrite: true), to: id, at: now)
            drainHub()
        }
        guard client.isRead else {
            // Nothing is read from it now; but if it is gone, poll() would say so for ever.
            if readiness.isOver { lose(id, "Connection lost") } else if readiness.isEnding { probe(client) }
            return
        }
        guard readiness.isReadable || readiness.isOver else { return }
        switch client.connection.read(into: &scratch) {
        case .bytes(let count): hub.receive(scratch[..<count], from: id, at: now)
        case .wouldBlock: return
        case .closed(let code): lose(id, code.map { "\($0)" } ?? "Connection closed")
        }
        drainHub()
    }

    /// A client that has closed answers the probe with a reset, and so loses its place; one that has only ended its own
    /// direction, as a script does, is still served.
    private mutating func probe(_ client: ChatConnection) {
        client.isEnding = true
        poller.change(client.place, to: client.interest)
        hub.probe(client.id, at: now)
        drainHub()
    }

    private mutating func lose(_ id: ConnectionID, _ reason: String) {
        hub.disconnected(id, reason: reason, at: now)
        forget(id)
        drainHub()
    }

    private mutating func fireTimers() {
        if let again = acceptsAgain, again <= now {
            acceptsAgain = nil
            poller.change(listenerPlace, to: .reading)
        }
        if let notice = shelfNotice, notice <= now { tellShelfChange() }
        if let deadline = hub.nextDeadline, deadline.instant <= now {
            hub.timeoutFired(at: now)
            drainHub()
        }
        if let deadline = files.nextDeadline, deadline <= now {
            files.timeoutFired(at: now)
            drainFiles()
        }
    }
}

// Drain, send.
extension Server {
    mutating func drainHub() {
        while let effect = hub.nextEffect() { perform(effect) }
    }

    private mutating func perform(_ effect: Effect) {
        switch effect {
        case .send(let id, let line): queue(line, for: [id])
        case .relay(let line, let receivers): queue(line, for: receivers)
        case .close(let id, reason: _): forget(id)
        case .pauseReading(let id): setReading(id, false)
        case .resumeReading(let id): setReading(id, true)
        case .listShelf(let request, mask: _):
            hub.shelfListed(request, entries: files.shelf.list(at: now), at: now)
        case .openFile(let request, let id, let name, let offset, let mode, let nick):
            openFile(request, for: id, name, offset, mode, nick)
        case .stopTransfer(let ticket):
            let isOwnerHere = files.owner(of: ticket).map { connections.contains($0) } ?? false
            files.stop(ticket: ticket, reason: isOwnerHere ? .cancelled : .connectionLost, at: now)
            drainFiles()
        case .explainTransfer(let request, let ticket):
            hub.transferExplained(request, files.figures(of: ticket, at: now), at: now)
        case .verifyPassword(let request, let password, let hash):
            checkPassword(PasswordChecks.Question(request: request, password: password, hash: hash))
        case .tellStatus(let request): hub.statusTold(request, lines: statusLines, at: now)
        case .reload: reload(asked: "REHASH")
        case .log(let level, let text): logger.log(level: Logger.Level(level), "\(text)")
        }
    }

    private mutating func openFile(
        _ request: RequestID, for id: ConnectionID, _ name: FileName, _ offset: UInt64, _ mode: String, _ nick: String
    ) {
        guard let client = connections[id] else { return }
        let (trip, datagram) = client.connection.path
        let hint = PathHint(roundTrip: trip, largestDatagram: datagram)
        let peer = client.connection.peer
        switch files.grant(name, offset: offset, mode: mode, owner: id, nick: nick, to: peer, hint: hint, at: now) {
        case .ticket(let ticket, let entry):
            hub.fileOpened(request, ticket: ticket, port: files.socket.address.port, entry: entry, at: now)
        case .refused(let refusal):
            hub.fileRefused(request, refusal, at: now)
        }
    }

    /// The transfers' core after an input to it: its events now, its datagrams once a turn (`sendFiles`).
    private mutating func drainFiles() {
        files.handleEvents()
        while let figures = files.nextEnded() { hub.transferEnded(figures, at: now) }
        drainHub()
    }

    private mutating func readPrefixes() {
        if files.readPrefix(at: now) { hasMoreToDo = true }
        drainFiles()
    }

    private mutating func sendFiles() {
        if files.send(at: now) { hasMoreToDo = true }
        drainFiles()
    }

    /// One copy of the line for all receivers. A turn that has much to say writes before it goes on, so that nobody's
    /// queue fills while its socket has room.
    private mutating func queue(_ line: [UInt8], for receivers: [ConnectionID]) {
        let range = lines.append(line)
        for id in receivers {
            guard let client = connections[id] else { continue }
            if !client.hasLines { unflushed.append(id) }
            client.send(range)
        }
        if lines.isDueToFlush { flushChat() }
    }

    private mutating func sendChat() {
        guard now >= pace.pausesUntil else { return }
        flushChat()
        drainHub()
        if !unflushed.isEmpty { hasMoreToDo = true }
    }

    private mutating func setReading(_ id: ConnectionID, _ isRead: Bool) {
        guard let client = connections[id] else { return }
        client.isRead = isRead
        poller.change(client.place, to: client.interest)
    }

    /// Writes each client's lines of this turn at once. What the hub then has to say is drained by who called, so that
    /// no new line comes between the old ones.
    private mutating func flushChat() {
        guard !unflushed.isEmpty else { return }
        let begin = Clock.now()
        var written: [(id: ConnectionID, count: Int)] = []
        written.reserveCapacity(unflushed.count)
        for id in unflushed {
            if let client = connections[id] { written.append((id, flush(client))) }
        }
        unflushed.removeAll(keepingCapacity: true)
        lines.clear()
        let bytes = written.reduce(0) { $0 + $1.count }
        pace.flushed(bytes, to: written.count, from: begin, to: Clock.now())
        for (id, count) in written where count > 0 { hub.written(count, to: id, at: now) }
    }

    private mutating func flush(_ client: ChatConnection, mayWrite: Bool = false) -> Int {
        // A socket that is full is asked again when poll() says that it has room.
        let count = client.waitsForRoom && !mayWrite ? 0 : client.flush(lines)
        if count == 0 { client.keep(lines) }
        poller.change(client.place, to: client.interest)
        return count
    }

    private mutating func forget(_ id: ConnectionID) {
        guard let client = connections.removeValue(forKey: id) else { return }
        client.finish(lines, scratch: &scratch)
        poller.forget(client.place)
        freeSlots.append(id.slot)
        // A descriptor is free again.
        isFull = false
        if acceptsAgain != nil { acceptsAgain = now }
    }

    /// Tells everybody, as far as the sockets take it at once.
    private mutating func farewell() {
        files.stopAll(reason: .serverStopping, at: now)
        while files.send(at: now) {}
        drainFiles()
        hub.shutDown(reason: "Server is stopping", at: now)
        drainHub()
        logger.info("datagrams dropped: \(files.dropText)")
        logger.notice("stopped")
    }
}

extension Logger.Level {
    init(_ level: LogLevel) {
        switch level {
        case .debug: self = .debug
        case .info: self = .info
        case .warning: self = .warning
        }
    }
}
