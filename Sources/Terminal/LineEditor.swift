internal import Posix
package import Timeline

/// The line at the bottom of the terminal: libedit edits it, we draw it, with progress rows above it and whatever is
/// said above those.
///
/// One thread owns it. `readLine` runs until there is a line; while it waits it calls `turn`, which polls the
/// terminal, the sockets and the signals and calls back `terminalReadable`, `say` and the like. What these ask for is
/// drawn in one write when `turn` has returned and no typed character is left.
package final class LineEditor {
    package struct Configuration {
        package var programName: String
        /// The file of the history; nil keeps none. Its directory is made when it is missing.
        package var historyPath: String?
        package var historyLimit: Int
        package var isColoured: Bool
        package var input: Int32
        package var output: Int32
        package var now: () -> Instant
        /// Whether a crash of the program puts the terminal back; off in tests, which have many terminals.
        package var guardsAgainstCrashes: Bool

        package init(
            programName: String, historyPath: String? = nil, historyLimit: Int = 2_000,
            isColoured: Bool = LineEditor.wantsColour(), input: Int32 = 0, output: Int32 = 1,
            now: @escaping () -> Instant = Clock.now, guardsAgainstCrashes: Bool = true
        ) {
            self.programName = programName
            self.historyPath = historyPath
            self.historyLimit = historyLimit
            self.isColoured = isColoured
            self.input = input
            self.output = output
            self.now = now
            self.guardsAgainstCrashes = guardsAgainstCrashes
        }
    }

    /// Why `readLine` has returned.
    package enum Event: Hashable, Sendable {
        case line(String)
        /// Ctrl-D on an empty line, or the terminal is gone.
        case endOfInput
        /// Ctrl-C, with the half-typed line that it dropped.
        case interrupt(dropped: String)
        /// `stopReading` was called, with the half-typed line.
        case stopped(unfinished: String)
    }

    enum State {
        /// Nobody waits for a line.
        case idle
        /// libedit asks the reader for keys.
        case reading
        /// The reader gives no key until libedit has let go, and `readLine` returns the event.
        case leaving(Event)
        /// The terminal has been given back.
        case closed
    }

    /// Redraws that are not an answer to a key come this far apart: 20 a second (shell.md), more cannot be read.
    package static let redrawInterval = Interval.milliseconds(50)
    /// So long after a new size only keys are answered: while a window is dragged tmux breaks the rows anew at once, and
    /// tells of it at most each 250 ms (3.3, server-client.c); what is drawn between goes to rows that are elsewhere.
    package static let resizePause = Interval.milliseconds(300)

    package var completer: (_ beforeCursor: String) -> Completion = { _ in .none }

    let engine: EditEngine
    private let tty: Tty
    private let now: () -> Instant
    private let turn: (LineEditor) -> Void
    private let historyFile: HistoryFile?
    private var state = State.idle
    private var decoder = InputDecoder()
    private var screen: Screen

    private(set) var history: History
    private var progress: [StyledText] = []
    private var prompt = StyledText()
    private var said: [StyledText] = []
    /// Bytes to write before the next drawing: modes, a bell.
    private var prelude: [UInt8] = []
    private var pastesAreMarked = false
    /// A key was handled since the last drawing: the person waits for its effect.
    private var owesEcho = false
    private var owesRedraw = false
    private var latestRedraw = Instant(nanoseconds: .min / 2)
    private var latestResize = Instant(nanoseconds: .min / 2)
    private var nextRedraw: Instant { max(latestRedraw + Self.redrawInterval, latestResize + Self.resizePause) }

    /// libedit has asked for the line's first key.
    private var hasBegun = false
    // What the key functions share with the reader.
    var pendingPaste: String?
    /// Bytes of a paste that is arriving, as last looked at.
    private var shownPaste: Int?
    /// For the next yank.
    var killed = ""
    /// The box of a paste that waits for an answer.
    var pasteRows: [StyledText] = []
    var pushedBack: Unicode.Scalar?
    var searchPrompt: StyledText?
    var lastPattern = ""
    var tab = TabCompletion()

    /// Nil when the terminal cannot be had.
    package init?(_ configuration: Configuration, turn: @escaping (LineEditor) -> Void) {
        guard let tty = Tty(input: configuration.input, output: configuration.output),
            let engine = EditEngine(
                program: configuration.programName, input: configuration.input, output: configuration.output,
                historyLimit: configuration.historyLimit)
        else { return nil }
        self.tty = tty
        self.engine = engine
        self.turn = turn
        now = configuration.now
        historyFile = configuration.historyPath.map { HistoryFile(path: $0, limit: configuration.historyLimit) }
        history = History(limit: configuration.historyLimit)
        // The real xterm and the Linux console do not break rows anew when the window gets narrower.
        let reflows = Environment.value("XTERM_VERSION") == nil && Environment.value("TERM") != "linux"
        screen = Screen(size: tty.size, isColoured: configuration.isColoured, reflows: reflows)
        connect()
        loadHistory()
        if configuration.guardsAgainstCrashes { tty.guardAgainstCrashes() }
    }

    deinit { close() }

    /// Whether the terminal has hung up.
    package var isGone: Bool { tty.isGone }
    /// The terminal's width in cells.
    package var width: Int { screen.size.width }

    /// When the editor wants to be back from `turn` at the latest, whatever happens: the loop bounds its poll by it.
    package var nextDeadline: Instant? {
        let redraw = owesRedraw ? nextRedraw : nil
        guard let redraw, let input = decoder.deadline else { return redraw ?? decoder.deadline }
        return min(redraw, input)
    }

    // MARK: What the world did, told by the loop

    /// Takes what has been typed; to be called when the descriptor is readable or hung up.
    package func terminalReadable() {
        if let bytes = tty.read() { decoder.feed(bytes[...], at: now()) }
    }

    package func windowChanged() {
        screen.resize(to: tty.size)
        latestResize = now()
        owesEcho = true
    }

    /// SIGINT has come: `readLine` returns.
    package func interrupted() {
        decoder.reset()
        pendingPaste = nil
        leave { .interrupt(dropped: $0) }
    }

    /// SIGTSTP has come: gives the terminal back, stops until the process is continued, and takes it again.
    package func suspend() {
        tty.write(screen.erase() + Self.pasteMarksOff)
        tty.suspend()
        CrashGuard.disarm()
        Signal.suspend.takeDefaultEffect()
        Signal.suspend.setBlocked(true)
        CrashGuard.rearm()
        takeBack()
    }

    /// SIGCONT has come. After a stop that nobody told of, as by SIGSTOP, the terminal is the shell's still.
    package func resumed() {
        if tty.isDisturbed { takeBack() } else { windowChanged() }
    }

    private func takeBack() {
        tty.resume()
        pastesAreMarked = false
        markPastes()
        screen.forget()
        windowChanged()
    }

    // MARK: What is to be seen

    /// Shows lines above the region; a newline in one begins another.
    package func say(_ lines: [StyledText]) {
        said += lines
        owesRedraw = owesRedraw || !lines.isEmpty
    }

    /// The rows between the conversation and the prompt, each cut to the terminal's width.
    package func setProgress(_ rows: [StyledText]) {
        guard rows != progress else { return }
        progress = rows
        owesRedraw = true
    }

    package func setPrompt(_ prompt: StyledText) {
        guard prompt != self.prompt else { return }
        self.prompt = prompt
        owesRedraw = true
    }

    package func bell() {
        prelude.append(0x07)
        owesRedraw = true
    }

    /// Draws what is due now, for a caller that is not inside `readLine`.
    package func flush() {
        if owesRedraw || owesEcho { draw() }
    }

    // MARK: Reading

    /// Waits for a line; with Enter it vanishes, and the caller says what is to be seen. `remember` false keeps it out
    /// of the history: the answer to a question is no command.
    package func readLine(remember: Bool = true) -> Event {
        switch state {
        case .closed, .reading: return .endOfInput
        case .leaving(let event):
            state = .idle
            return event
        case .idle: break
        }
        state = .reading
        hasBegun = false
        owesEcho = true
        markPastes()
        let line = engine.readLine()
        pushedBack = nil
        defer { state = .idle }
        if case .leaving(.line(let pasted)) = state { return entered(pasted, remember: remember) }
        if case .leaving(let event) = state { return event }
        return line.map { entered($0, remember: remember) } ?? .endOfInput
    }

    private func entered(_ line: String, remember: Bool) -> Event {
        if remember { addToHistory(line) }
        return .line(line)
    }

    /// Ends the line with text that need not fit into libedit's buffer.
    func enter(_ line: String) { state = .leaving(.line(line)) }

    /// Makes `readLine` return `.stopped`; the next one, when none is running.
    package func stopReading() { leave { .stopped(unfinished: $0) } }

    /// Takes the region off the screen and gives the terminal back as it was found.
    package func close() {
        if case .closed = state { return }
        if !said.isEmpty { draw() }
        tty.write(screen.erase() + Self.pasteMarksOff)
        state = .closed
        engine.close()
        tty.restore()
        CrashGuard.disarm()
    }

    private func leave(_ event: (String) -> Event) {
        switch state {
        case .idle: state = .leaving(event(""))
        case .reading:
            let (before, after) = engine.line
            state = .leaving(event(before + after))
        case .leaving, .closed: break
        }
    }

    // MARK: The reader

    /// What libedit gets when it asks for a key.
    enum Key {
        case scalar(Unicode.Scalar)
        case end
        case none
    }

    /// Waits for a key, and meanwhile lets the loop turn and draws.
    func nextKey() -> Key {
        if !hasBegun { begin() }
        // A count before a key, as in ESC 9 9 9 9 9 a, makes a line of any length.
        if !engine.holds() {
            engine.replaceLine(with: "")
            bell()
        }
        while true {
            guard case .reading = state else { return .none }
            if let key = pushedBack {
                pushedBack = nil
                return .scalar(key)
            }
            // Given again until its function has run: after ^V or ESC the first one is taken for a character.
            if pendingPaste != nil { return .scalar(KeyFunction.pasteKey) }
            switch decoder.next(at: now()) {
            case .character(let scalar):
                owesEcho = true
                return .scalar(scalar)
            case .paste(let text):
                owesEcho = true
                if !text.isEmpty { pendingPaste = text }
                continue
            case nil:
                if decoder.arrivingPaste != shownPaste { owesRedraw = true }
                shownPaste = decoder.arrivingPaste
            }
            if tty.isGone { return .end }
            if owesEcho || (owesRedraw && now() >= nextRedraw) { draw() }
            turn(self)
        }
    }

    private func begin() {
        hasBegun = true
        tty.noteModes()
        engine.enlargeScreen()
    }

    private func draw() {
        owesEcho = false
        owesRedraw = false
        latestRedraw = now()
        var block = Block(progress: progress + pasteRows + arrivingPaste, prompt: searchPrompt ?? prompt)
        if case .reading = state {
            let (before, after) = engine.line
            block.line = before + after
            block.cursor = before.unicodeScalars.count
        }
        let bytes = prelude + screen.update(said: said, block: block)
        prelude = []
        said = []
        if !bytes.isEmpty { tty.write(bytes) }
    }

    /// What keeps keys from having an effect, should the terminal have lost the paste's end.
    private var arrivingPaste: [StyledText] {
        shownPaste.map { [PasteBox.arriving(bytes: $0, width: width)] } ?? []
    }

    func clearScreen() {
        prelude += screen.clear()
        owesEcho = true
    }

    func expectEcho() { owesEcho = true }

    private static let pasteMarksOff = Array("\u{1B}[?2004l".utf8)

    private func markPastes() {
        guard !pastesAreMarked else { return }
        pastesAreMarked = true
        prelude += Array("\u{1B}[?2004h".utf8)
    }

    // MARK: History

    private func loadHistory() {
        guard let historyFile else { return }
        do throws(Errno) {
            history = try historyFile.load()
            engine.setHistory(history.entries.filter(EditEngine.fits))
        } catch {
            complainAboutHistory(error)
        }
    }

    private func addToHistory(_ line: String) {
        // What could not be edited when it came back is not kept.
        guard EditEngine.fits(line) else { return }
        switch history.add(line) {
        case .none: return
        case .appended: engine.addHistory(line)
        case .reordered: engine.setHistory(history.entries.filter(EditEngine.fits))
        }
        do throws(Errno) {
            try historyFile?.append(line)
        } catch {
            complainAboutHistory(error)
        }
    }

    private var hasComplainedAboutHistory = false

    private func complainAboutHistory(_ error: Errno) {
        guard !hasComplainedAboutHistory else { return }
        hasComplainedAboutHistory = true
        say([StyledText("the history is not kept: \(error)", .dim)])
    }
}
