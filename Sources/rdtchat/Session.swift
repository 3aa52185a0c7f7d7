import ChatClient
import IRC
import Posix
import RDT
import Timeline

/// The loop: wait, receive, feed the core, drain it, show. Everything that the core wants done is done here and nowhere
/// else.
///
/// Interactively the line editor calls `turn()` whenever it waits for a key; in a script `run()` does.
final class Session {
    private enum Source {
        case terminal, signals, chat, script
        case download(TransferNumber)
        /// The reader of a download that goes into a pipe or a device.
        case stream(TransferNumber)
    }

    /// How often progress rows are drawn anew; four times a second is as fast as digits can be read.
    private static let progressInterval = Interval.milliseconds(250)
    /// How long leaving waits until what was sent last has left the machine.
    private static let farewell = Interval.seconds(1)

    private(set) var client: Client
    private var server: ServerAddress
    /// What the next client begins with, when the person goes to another server.
    private var configuration: ClientConfiguration
    private let output: any Output
    private let trace: TraceFile?
    private let script: ScriptInput?
    private let signals: SignalDescriptor
    private var link = ChatLink()
    private var downloads: [TransferNumber: Download] = [:]
    private var batch = DatagramBatch()

    private var poller = Poller<Source>()
    private var chatPlace: (place: Poller<Source>.Place, generation: Int)?
    private var scriptPlace: Poller<Source>.Place?
    private var terminalPlace: Poller<Source>.Place?
    private var downloadPlaces: [TransferNumber: Poller<Source>.Place] = [:]
    private var streamPlaces: [TransferNumber: Poller<Source>.Place] = [:]
    /// Downloads that have begun to go into a pipe or a device.
    private var streamed: Set<TransferNumber> = []
    private var nextProgress: Instant?
    private var end: (status: ExitStatus, deadline: Instant)?
    /// The signal that ended the program, to be taken with its default effect when all is put in order.
    private(set) var fatalSignal: Signal?

    /// What only the interactive shell has to do with signals and keys.
    var terminalReadable: () -> Void = {}
    var terminalSignal: (Signal) -> Void = { _ in }
    /// Where downloads are kept for the next shell.
    var queue: QueueFile?
    var openQueue: (ServerAddress) -> QueueFile? = { _ in nil }
    /// The editor's own deadline.
    var editorDeadline: () -> Instant? = { nil }

    init(
        _ configuration: ClientConfiguration, server: ServerAddress, output: any Output, script: ScriptInput?,
        trace: TraceFile?, signals: [Signal]
    ) throws(Errno) {
        self.server = server
        self.configuration = configuration
        self.output = output
        self.script = script
        self.trace = trace
        self.signals = try SignalDescriptor(signals)
        client = Client(configuration, at: Clock.now())
        poller.watch(self.signals.descriptor, for: .reading, as: .signals)
    }

    /// Has the terminal polled too, for the line editor.
    func watchTerminal(_ descriptor: borrowing Descriptor) {
        terminalPlace = poller.watch(descriptor, for: .reading, as: .terminal)
    }

    /// A terminal that has hung up is readable for ever.
    func forgetTerminal() {
        if let terminalPlace { poller.forget(terminalPlace) }
        terminalPlace = nil
    }

    /// The status to exit with, as soon as there is nothing left to do.
    var exitStatus: ExitStatus? {
        guard let end, downloads.values.allSatisfy(\.isParting), !link.hasUnsent || Clock.now() >= end.deadline else {
            return nil
        }
        return end.status
    }

    /// Runs a script to its end.
    func run() throws(Errno) -> ExitStatus {
        drain(at: Clock.now())
        while true {
            if let exitStatus { return exitStatus }
            try turn()
        }
    }

    /// One turn: waits until something happens, and does all that follows from it.
    func turn() throws(Errno) {
        watchSources()
        try poller.wait(atMost: timeout(at: Clock.now()))
        let now = Clock.now()
        while let (source, readiness) = poller.nextReady() { take(source, readiness, at: now) }
        if client.scriptWantsMore, script?.isImmediate == true { readScript(at: now) }
        link.timeoutFired(at: now)
        for download in downloads.values {
            if let again = download.readsAgain, again <= now { download.ready(&batch, at: now) }
            download.timeoutFired(at: now)
            download.work(at: now)
        }
        if let deadline = client.nextDeadline, deadline <= now { client.timeoutFired(at: now) }
        drain(at: now)
    }

    /// A line that the person entered, a key that the editor handed on.
    func tell(_ body: (inout Client, Instant) -> Void) {
        let now = Clock.now()
        body(&client, now)
        drain(at: now)
    }

    // MARK: Waiting

    private func watchSources() {
        if chatPlace?.generation != link.generation {
            if let old = chatPlace { poller.forget(old.place) }
            chatPlace = nil
            link.withDescriptor { chatPlace = (poller.watch($0, for: [], as: .chat), link.generation) }
        }
        if let chatPlace { poller.change(chatPlace.place, to: link.interest) }
        for (number, place) in downloadPlaces {
            poller.change(place, to: downloads[number]?.readsAgain == nil ? .reading : [])
        }
        watchStreams()
        let wantsScript = script != nil && client.scriptWantsMore
        if wantsScript, scriptPlace == nil {
            script?.withDescriptor { scriptPlace = poller.watch($0, for: .reading, as: .script) }
        } else if !wantsScript, let place = scriptPlace {
            poller.forget(place)
            scriptPlace = nil
        }
    }

    private func watchStreams() {
        for (number, download) in downloads {
            if let place = streamPlaces[number] {
                guard !download.waitsForReader else { continue }
                poller.forget(place)
                streamPlaces[number] = nil
            } else if download.waitsForReader {
                download.withStream { streamPlaces[number] = poller.watch($0, for: .writing, as: .stream(number)) }
            }
        }
    }

    private func timeout(at now: Instant) -> Interval? {
        if downloads.values.contains(where: \.isBusy) { return .zero }
        if client.scriptWantsMore, script?.isImmediate == true { return .zero }
        var earliest: Instant?
        func consider(_ instant: Instant?) {
            if let instant { earliest = min(earliest ?? instant, instant) }
        }
        consider(client.nextDeadline)
        consider(link.deadline)
        consider(nextProgress)
        consider(editorDeadline())
        consider(end?.deadline)
        for download in downloads.values { consider(download.deadline) }
        return earliest.map { max($0 - now, .zero) }
    }

    // MARK: Receiving

    private func take(_ source: Source, _ readiness: Readiness, at now: Instant) {
        switch source {
        case .terminal: terminalReadable()
        case .signals: while let signal = signals.next() { take(signal, at: now) }
        case .chat: link.ready(readiness, at: now)
        case .script: readScript(at: now)
        case .download(let number): downloads[number]?.ready(&batch, at: now)
        case .stream(let number): downloads[number]?.handOn(at: now)
        }
    }

    private func take(_ signal: Signal, at now: Instant) {
        switch signal {
        case .interrupt where configuration.isTyped: client.interruptedUnseen(at: now)
        case .interrupt where script != nil: client.quit(.interrupted)
        case .terminate, .hangup:
            fatalSignal = signal
            client.quit(.interrupted)
        case .interrupt, .suspend, .resume, .windowChange, .user1:
            terminalSignal(signal)
        }
    }

    private func readScript(at now: Instant) {
        switch script?.read() {
        case .bytes(let bytes)?: client.feedScript(bytes, at: now)
        // A terminal's end of input is Ctrl-D, and more may follow.
        case .end? where configuration.isTyped: client.inputEnded(at: now)
        case .end?: client.endScript(at: now)
        case .failed(let error)?: client.scriptFailed("\(error)", at: now)
        case .notYet?, nil: break
        }
        if client.filesTakeStandardOutput { output.leaveStandardOutput() }
    }

    // MARK: Draining

    /// Carries news in and effects out until both ends are quiet, then shows what is to be seen.
    private func drain(at now: Instant) {
        var isQuiet = false
        while !isQuiet {
            isQuiet = true
            while let news = link.nextNews() {
                isQuiet = false
                tell(news, at: now)
            }
            for (number, download) in downloads.sorted(by: { $0.key < $1.key }) {
                while let news = download.nextNews() {
                    isQuiet = false
                    if download.isOver || download.isParting {
                        client.transferExamined(number, download.figures(at: now), at: now)
                    }
                    tell(news, of: number, at: now)
                }
                if download.isOver { forget(number) }
            }
            while let effect = client.nextEffect() {
                isQuiet = false
                perform(effect, at: now)
            }
        }
        if downloads.isEmpty { trace?.flush() }
        showProgress(at: now)
        if let status = output.flush() {
            if status == .success { client.readerLeft() } else { client.quit(status) }
            while let effect = client.nextEffect() { perform(effect, at: now) }
            // The client may have ended well by then, and its last words are what could not be written.
            if status != .success, end?.status == .success { end?.status = status }
            _ = output.flush()
        }
    }

    private func tell(_ news: ChatLink.News, at now: Instant) {
        switch news {
        case .connected: client.connected(at: now)
        case .received(let bytes): client.receive(bytes, at: now, wall: Clock.wallTime().time)
        case .ended(let reason): client.disconnected(reason: reason, at: now)
        }
    }

    private func tell(_ news: Download.News, of number: TransferNumber, at now: Instant) {
        switch news {
        case .looking(let done, let total): client.transferLooked(number, done: done, total: total)
        case .continued(let bytes, let doubt):
            client.transferContinued(number, bytes: bytes, doubt: doubt, at: now)
        case .progressed(let bytes): client.transferProgressed(number, bytes: bytes, at: now)
        case .verifying: client.transferVerifying(number, at: now)
        case .finished(let report): client.transferFinished(number, report, at: now)
        case .failed(let failure): client.transferFailed(number, failure, at: now)
        // A reader that has seen enough is no failure, as with what is printed.
        case .readerLeft: client.quit(.success)
        }
    }

    private func perform(_ effect: Effect, at now: Instant) {
        switch effect {
        case .connect: link.open(server, at: now)
        case .send(let bytes): link.send(bytes)
        case .disconnect(let reason):
            link.close()
            client.disconnected(reason: reason, at: now)
        case .emit(let event):
            output.show(event, room: client.currentRoom, settings: client.settings)
        case .startTransfer(let start): begin(start, at: now)
        case .examineTransfer(let number):
            client.transferExamined(number, downloads[number]?.figures(at: now), at: now)
        case .cancelTransfer(let number):
            client.transferExamined(number, downloads[number]?.figures(at: now), at: now)
            downloads[number]?.cancel(at: now)
            forget(number)
        case .keep(let line): keep(line, at: now)
        case .keepQueue(let list): keep(list)
        case .lookAtDirectory(let path): look(at: path)
        case .finished: break
        case .move(let address): move(to: address, at: now)
        case .quit(let status): end = (status, now + Session.farewell)
        }
    }

    /// The connection and the conversation begin anew; what was set stays.
    private func move(to address: ServerAddress, at now: Instant) {
        if let chatPlace { poller.forget(chatPlace.place) }
        chatPlace = nil
        link.close()
        link = ChatLink()
        server = address
        for number in downloads.keys { forget(number) }
        streamed = []
        // The lock of the old one goes before the new one is asked for: it may be the same.
        queue = nil
        queue = openQueue(address)
        configuration.settings = client.settings
        configuration.nickname = client.nicknameText
        configuration.server = address.text
        configuration.keptDownloads = queue?.downloads ?? []
        configuration.keepsDownloads = queue != nil
        configuration.isFirstRun = false
        configuration.hasMoved = true
        output.moved(to: address.text)
        client = Client(configuration, at: now)
    }

    /// Why a download cannot go into its stream; nil when it can, or goes into a file.
    private func reasonAgainst(_ start: TransferStart) -> String? {
        if streamed.contains(start.number) {
            return "it was interrupted, and what has gone into a pipe cannot be taken back; start it again"
        }
        guard start.takesStandardOutput, downloads.values.contains(where: { $0.takesStandardOutput && !$0.isParting })
        else { return nil }
        return "standard output is taken by another download; /wait lets one follow the other"
    }

    private func begin(_ start: TransferStart, at now: Instant) {
        if let text = reasonAgainst(start) {
            return client.transferFailed(start.number, .init(.failed, text), at: now)
        }
        do throws(Errno) {
            guard let peer = link.peer else { throw Errno(.connectionReset, "ask \(server.text) for a file") }
            let hint = PathHint(roundTrip: link.roundTrip)
            let download = try Download(start, from: peer, hint: hint, trace: trace, at: now)
            downloads[start.number] = download
            if download.isStream { streamed.insert(start.number) }
            download.withDescriptor {
                downloadPlaces[start.number] = poller.watch($0, for: .reading, as: .download(start.number))
            }
        } catch {
            let path = Download.path(of: start)
            if error.code == .exists, start.isOfGroup, Download.isHere(start) {
                return client.transferWasHere(start.number, path: path, at: now)
            }
            client.transferFailed(
                start.number, .init(.failed, error.advice(for: path, of: start)), at: now)
        }
    }

    private func keep(_ line: RunCommands.Kept, at now: Instant) {
        do throws(Errno) {
            try StartFile.keep(line)
        } catch {
            output.show(.info("it holds until you leave: \(error)"), room: nil, settings: client.settings)
        }
    }

    private func look(at directory: String) {
        guard let trouble = LocalFiles.trouble(with: directory) else { return }
        output.show(.info("\(trouble); no download can go there"), room: nil, settings: client.settings)
    }

    private func keep(_ list: [KeptDownload]) {
        do throws(Errno) {
            try queue?.write(list)
        } catch {
            output.show(
                .info("downloads are not kept for the next time: \(error)"), room: nil, settings: client.settings)
            queue = nil
        }
    }

    private func forget(_ number: TransferNumber) {
        if let place = downloadPlaces.removeValue(forKey: number) { poller.forget(place) }
        if let place = streamPlaces.removeValue(forKey: number) { poller.forget(place) }
        downloads[number] = nil
    }

    private func showProgress(at now: Instant) {
        guard client.hasRows else {
            if nextProgress != nil { output.showRows([]) }
            nextProgress = nil
            return
        }
        if let nextProgress, now < nextProgress { return }
        nextProgress = now + Session.progressInterval
        let rows = client.rows(columns: output.columns, at: now, width: output.width(of:))
        output.showRows(rows)
    }
}
