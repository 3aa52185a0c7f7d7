import DequeModule

/// Reads a script and hands out one command at a time, the next only when the one before has had its effect.
///
/// A line is as long as it is; `#` at its start makes it a comment; a `-` before a command ignores its failure, and
/// before talk it is talk. At the end of input the downloads that still run are waited for.
struct ScriptRunner: Sendable {
    enum Step: Hashable {
        case run(CommandID, line: String)
        /// The line cannot be run; it counts as a command that failed.
        case malformed(CommandID, text: String)
        case stop(ExitStatus)
    }
    private enum State: Hashable {
        case reading
        /// A command is under way.
        case running(CommandID, ignoresFailure: Bool)
        /// Input has ended, and what remains is to wait for the downloads.
        case waiting(CommandID)
        /// Nothing is left to do.
        case waited
        case stopped
    }

    private var state = State.reading
    private var partial: [UInt8] = []
    private var lines: Deque<[UInt8]> = []
    /// The first line was read.
    private var hasBegun = false
    private var hasEnded = false
    private var number: UInt64 = 0
    private var lastID = Self.firstID
    private let keepsGoing: Bool
    /// The status of the first failure that was not ignored.
    private(set) var status = ExitStatus.success

    /// Identities of script commands start here, above what a caller of `perform(_:as:at:)` would count to.
    private static let firstID: UInt64 = 1 << 63
    /// Lines read ahead; the rest of a long script stays in its pipe or file.
    static let readAhead = 256

    init(keepsGoing: Bool) { self.keepsGoing = keepsGoing }

    /// Whether more input should be read now, so that a script of any length needs constant memory.
    var wantsMore: Bool { !hasEnded && lines.count < Self.readAhead }

    func isCurrent(_ id: CommandID) -> Bool {
        switch state {
        case .running(let current, _), .waiting(let current): current == id
        case .reading, .waited, .stopped: false
        }
    }

    /// A command failed that should not have, so that no other is to be run.
    var hasFailed: Bool { status != .success && !keepsGoing }

    /// Whether nothing is left to be done but to leave.
    var hasOnlyToStop: Bool {
        switch state {
        case .waited: true
        case .reading: hasFailed || hasEnded && lines.isEmpty
        case .running, .waiting, .stopped: false
        }
    }

    mutating func feed(_ bytes: ArraySlice<UInt8>) {
        var rest = bytes
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            add(partial + rest[..<end])
            partial = []
            rest = rest[(end + 1)...]
        }
        partial += rest
    }

    private mutating func add(_ line: [UInt8]) {
        let hasMark = !hasBegun && line.starts(with: RunCommands.byteOrderMark)
        hasBegun = true
        lines.append(hasMark ? Array(line.dropFirst(RunCommands.byteOrderMark.count)) : line)
    }

    /// What is left of the input cannot be had.
    mutating func fail() { note(.failed(.commandFailed)) }

    mutating func endOfInput() {
        if !partial.isEmpty { add(partial) }
        partial = []
        hasEnded = true
    }

    /// The next line as it was typed, which is no command but an answer.
    mutating func nextAnswer() -> String? {
        lines.popFirst().map { String(decoding: $0, as: UTF8.self) }
    }

    /// What to do next; nil while a command is under way or input is missing.
    mutating func next(isTalk: (String) -> Bool) -> Step? {
        switch state {
        case .running, .waiting, .stopped: return nil
        case .waited: return stop()
        case .reading: return nextLine(isTalk)
        }
    }

    /// The lines read ahead, without a `-` at their start.
    var waiting: [String] {
        lines.compactMap { String(validating: $0.first == UInt8(ascii: "-") ? $0[1...] : $0[...], as: UTF8.self) }
    }

    /// The line that `next` would run, without the `-` that ignores its failure; nil when there is none.
    func upcoming(isTalk: (String) -> Bool) -> String? {
        guard case .reading = state, status == .success || keepsGoing,
            let bytes = lines.lazy.compactMap(Self.command).first, let line = String(validating: bytes, as: UTF8.self)
        else { return nil }
        return Self.unmarked(line, isTalk) ?? line
    }

    /// A line without its end; nil when it is empty or a comment.
    private static func command(of line: [UInt8]) -> ArraySlice<UInt8>? {
        let bytes = line.last == UInt8(ascii: "\r") ? line.dropLast() : line[...]
        let isEmpty = !bytes.contains { $0 != 0x20 && $0 != 0x09 }
        return isEmpty || bytes.first == UInt8(ascii: "#") ? nil : bytes
    }

    /// The command behind the `-` that ignores its failure; nil without one.
    private static func unmarked(_ line: String, _ isTalk: (String) -> Bool) -> String? {
        guard line.utf8.first == UInt8(ascii: "-") else { return nil }
        let command = Words.trimmed(String(line.unicodeScalars.dropFirst()))
        return command.isEmpty || isTalk(command) ? nil : command
    }

    private mutating func nextLine(_ isTalk: (String) -> Bool) -> Step? {
        if status != .success, !keepsGoing { return stop() }
        while let line = lines.popFirst() {
            number += 1
            if let bytes = Self.command(of: line) { return step(of: bytes, isTalk) }
        }
        guard hasEnded else { return nil }
        let id = makeID()
        state = .waiting(id)
        return .run(id, line: "/wait")
    }

    /// The command that was under way had its effect, or failed.
    mutating func finished(_ result: CommandResult) {
        switch state {
        case .running(_, let ignoresFailure):
            if !ignoresFailure { note(result) }
            state = .reading
        case .waiting:
            note(result)
            state = .waited
        case .reading, .waited, .stopped: break
        }
    }

    private mutating func note(_ result: CommandResult) {
        if case .failed(let code) = result, status == .success { status = code }
    }

    private mutating func stop() -> Step {
        state = .stopped
        return .stop(status)
    }

    private mutating func step(of bytes: ArraySlice<UInt8>, _ isTalk: (String) -> Bool) -> Step {
        let id = makeID()
        state = .running(id, ignoresFailure: false)
        guard let line = String(validating: bytes, as: UTF8.self) else {
            return .malformed(id, text: "line \(number) of the script is not UTF-8")
        }
        guard let command = Self.unmarked(line, isTalk) else { return .run(id, line: line) }
        state = .running(id, ignoresFailure: true)
        return .run(id, line: command)
    }

    private mutating func makeID() -> CommandID {
        lastID += 1
        return CommandID(lastID)
    }
}
