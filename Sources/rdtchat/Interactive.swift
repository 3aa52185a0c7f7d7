import ChatClient
import IRC
import Posix
import Terminal
import Timeline

/// The shell at a terminal: lines from the editor go to the session, and the session's turn is what the editor does
/// while it waits for a key.
enum Interactive {
    /// Runs until the person leaves; nil when the terminal cannot be had.
    static func run(
        _ configuration: ClientConfiguration, server: ServerAddress, options: Options, trace: TraceFile?
    ) throws(Errno) -> (status: ExitStatus, signal: Signal?)? {
        // The editor's turn needs the session, whose output needs the editor: the session comes second.
        var session: Session?
        var broken: Errno?
        var configuration = configuration
        configuration.startCommands = try StartFile.commands()
        let queue = queueFile(server)
        configuration.keptDownloads = queue?.downloads ?? []
        configuration.keepsDownloads = queue != nil
        configuration.workingDirectory = Environment.workingDirectory ?? "."
        configuration.isFirstRun = statePath("history").map { (try? ReadableFile(path: $0)) == nil } ?? false
        let settings = LineEditor.Configuration(programName: "rdtchat", historyPath: statePath("history"))
        let editor = LineEditor(settings) { editor in
            do throws(Errno) {
                try session?.turn()
            } catch {
                broken = error
            }
            if broken != nil || session?.exitStatus != nil { editor.stopReading() }
            if let session { editor.setPrompt(prompt(of: session)) }
        }
        guard let editor else { return nil }
        defer {
            // First the terminal: with the session go the signals' blocks.
            editor.close()
            // The two hold each other.
            editor.completer = { _ in .none }
            session = nil
        }
        let output = EditorOutput(editor, drawsProgress: options.progress == .auto, log: log(server))
        let made = try Session(
            configuration, server: server, output: output, script: nil, trace: trace,
            signals: [.interrupt, .terminate, .hangup, .suspend, .resume, .windowChange])
        session = made
        made.queue = queue
        made.openQueue = queueFile
        connect(made, to: editor)
        editor.completer = { complete($0, in: made) }
        made.tell { _, _ in }
        while true {
            if let broken { throw broken }
            if let status = made.exitStatus { return (status, made.fatalSignal) }
            if editor.isGone { try leave(made) } else { readLine(editor, made) }
        }
    }

    /// Nobody is there any more: no key comes, and the loop turns by itself until all is put in order.
    private static func leave(_ session: Session) throws(Errno) {
        session.forgetTerminal()
        if !session.client.isLeaving { session.tell { $0.inputEnded(at: $1) } }
        try session.turn()
    }

    private static func connect(_ session: Session, to editor: LineEditor) {
        session.watchTerminal(.standardInput)
        session.terminalReadable = editor.terminalReadable
        session.editorDeadline = { editor.nextDeadline }
        session.terminalSignal = { signal in
            switch signal {
            case .interrupt: editor.interrupted()
            case .suspend: editor.suspend()
            case .windowChange: editor.windowChanged()
            case .resume: editor.resumed()
            case .terminate, .hangup, .user1: break
            }
        }
    }

    private static func prompt(of session: Session) -> StyledText {
        let prompt = session.client.prompt
        return StyledText(prompt.text, prompt.isQuestion ? .bold : .colour(.brightBlue))
    }

    private static func readLine(_ editor: LineEditor, _ session: Session) {
        let prompt = session.client.prompt
        editor.setPrompt(Self.prompt(of: session))
        switch editor.readLine(remember: !prompt.isQuestion) {
        case .line(let text):
            // A paste of several lines is as many lines of talk, or commands.
            let lines = text.split(separator: "\n").map(String.init)
            for line in lines.isEmpty ? [""] : lines where !session.client.isLeaving { enter(line, editor, session) }
        case .endOfInput: session.tell { $0.inputEnded(at: $1) }
        case .interrupt(let dropped):
            if dropped.isEmpty {
                session.tell { $0.interrupted(at: $1) }
            } else {
                editor.say([StyledText(DisplayText(sanitising: dropped).text + "^C", .dim)])
            }
        case .stopped: break
        }
    }

    private static func enter(_ line: String, _ editor: LineEditor, _ session: Session) {
        // What was said comes back from the server and is shown then; everything else shows here that it was typed.
        if session.client.prompt.isQuestion || !session.client.isTalk(line) {
            editor.say([prompt(of: session) + StyledText(DisplayText(sanitising: line).text)])
        }
        session.tell { $0.perform(line, at: $1) }
    }

    private static func complete(_ beforeCursor: String, in session: Session) -> Terminal.Completion {
        let client = session.client
        let local = LocalFiles.place(downloadsGoTo: client.settings.outputDirectory)
        guard let found = client.complete(beforeCursor, local: local, at: Clock.now()) else { return .none }
        return Terminal.Completion(
            replaceFrom: found.replaceFrom,
            candidates: found.candidates.map { .init($0.inserted, shown: $0.shown, note: $0.note) },
            style: found.style == .cycle ? .cycle : .commonPrefix, suffix: found.suffix)
    }

    static func log(_ server: ServerAddress) -> ChatLog? {
        statePath("log").map { ChatLog(directory: $0, server: server.text) }
    }

    static func queueFile(_ server: ServerAddress) -> QueueFile? {
        statePath("").flatMap { QueueFile(directory: String($0.dropLast()), server: server.text) }
    }

    /// A name in the XDG state folder (XDG Base Directory Specification 0.8); without a home there is none.
    private static func statePath(_ name: String) -> String? {
        let state = Environment.value("XDG_STATE_HOME") ?? Environment.value("HOME").map { $0 + "/.local/state" }
        return state.map { "\($0)/rdtchat/\(name)" }
    }
}
