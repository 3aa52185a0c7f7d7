import Glibc
import Posix
import Terminal
import Timeline

/// A program that is nothing but the line editor, for tests in a real terminal: signals, crashes and a shell's job
/// control cannot be had inside the test process.
///
/// `TerminalDriver [HISTORY]`; a typed line is said again in brackets, and `!crash`, `!overflow`, `!flood N`,
/// `!rows N`, `!pace MILLISECONDS` do what they say.
final class Driver {
    private enum Token { case input, signals }

    private let signals: SignalDescriptor
    private var poller = Poller<Token>()
    private var pace: Interval?
    private var nextTick = Instant(nanoseconds: .max)
    private var ticks = 0
    private var left = 0

    init() throws {
        signals = try SignalDescriptor([.interrupt, .terminate, .hangup, .suspend, .windowChange])
        poller.watch(.standardInput, for: .reading, as: .input)
        poller.watch(signals.descriptor, for: .reading, as: .signals)
    }

    func turn(_ editor: LineEditor) {
        let now = Clock.now()
        let due = min(nextTick, editor.nextDeadline ?? Instant(nanoseconds: .max))
        _ = try? poller.wait(atMost: due.nanoseconds == .max ? nil : due - now)
        while let (token, _) = poller.nextReady() {
            switch token {
            case .input: editor.terminalReadable()
            case .signals: handleSignals(editor)
            }
        }
        if Clock.now() >= nextTick { tick(editor) }
    }

    private func handleSignals(_ editor: LineEditor) {
        while let signal = signals.next() {
            switch signal {
            case .interrupt: editor.interrupted()
            case .suspend: editor.suspend()
            case .windowChange: editor.windowChanged()
            case .terminate, .hangup, .resume, .user1: editor.stopReading()
            }
        }
    }

    private func tick(_ editor: LineEditor) {
        ticks += 1
        left -= 1
        editor.say([StyledText("friend: ", .bold) + StyledText("message \(ticks) שלום 日本語 👩‍👩‍👧 é")])
        if let pace, left > 0 { nextTick = Clock.now() + pace } else { nextTick = Instant(nanoseconds: .max) }
    }

    func handle(_ line: String, _ editor: LineEditor) {
        let words = line.split(separator: " ")
        let number = words.count > 1 ? Int(words[1]) ?? 0 : 0
        switch words.first {
        case "!crash": preconditionFailure("as asked")
        case "!overflow": print(overflow(1))
        case "!flood": editor.say((0..<number).map { StyledText("flood line \($0)") })
        case "!rows":
            editor.setProgress((0..<number).map { StyledText("file\($0).iso  43%  12.3 MiB  4.1 MiB/s  00:42", .dim) })
        case "!pace":
            pace = .milliseconds(Int64(number))
            left = 200
            nextTick = Clock.now()
        default: editor.say([StyledText("[\(line)]")])
        }
    }

    private func overflow(_ depth: Int) -> Int { depth == 0 ? 0 : overflow(depth + 1) + 1 }
}

let driver = try Driver()
guard LineEditor.isInteractive(),
    let editor = LineEditor(
        .init(programName: "driver", historyPath: CommandLine.arguments.dropFirst().first), turn: driver.turn)
else {
    print("not a terminal")
    exit(2)
}
let nicks = ["alice", "alina", "bob", "carol smith"]
editor.completer = { before in
    let start = before.unicodeScalars.lastIndex(of: " ").map { before.unicodeScalars.index(after: $0) }
    let word = String(before.unicodeScalars[(start ?? before.startIndex)...])
    let isCommand = word.hasPrefix("/")
    let known = isCommand ? ["/download", "/disconnect", "/help"] : nicks
    return Completion(
        replaceFrom: before.unicodeScalars.count - word.unicodeScalars.count,
        candidates: known.filter { $0.hasPrefix(word) }.map { Completion.Candidate($0, note: "known") },
        style: isCommand ? .commonPrefix : .cycle, suffix: isCommand || start != nil ? " " : ": ")
}
editor.setPrompt(StyledText("#lobby> ", .colour(.brightBlue)))
reading: while true {
    switch editor.readLine() {
    case .line(let line): driver.handle(line, editor)
    case .interrupt(let dropped): editor.say([StyledText("interrupted (\(dropped))", .dim)])
    case .endOfInput:
        editor.say(["end of input"])
        break reading
    case .stopped(let unfinished):
        editor.say([StyledText("stopped (\(unfinished))")])
        break reading
    }
}
editor.close()
