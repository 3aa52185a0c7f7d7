import DequeModule

/// Reads a script and hands out one command at a time, the next only when the one before has had its effect.
///
/// A line is as long as it is; `#` at its start makes it a comment; a leading `-` ignores the command's failure. To say
/// a line that starts with `-`, put another `-` and a space before it. At the end of input the downloads that still run
/// are waited for.
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

    mutating func feed(_ bytes: ArraySlice<UInt8>) {
        var rest = bytes
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            lines.append(partial + rest[..<end])
            partial = []
            rest = rest[(end + 1)...]
        }
        partial += rest
    }

    mutating func endOfInput() {
        if !partial.isEmpty { lines.append(partial) }
        partial = []
        hasEnded = true
    }

    /// What to do next; nil while a command is under way or input is missing.
    mutating func next() -> Step? {
        switch state {
        case .running, .waiting, .stopped: return nil
        case .waited: return stop()
        case .reading: return nextLine()
        }
    }

    private mutating func nextLine() -> Step? {
        if status != .success, !keepsGoing { return stop() }
        while let bytes = lines.popFirst() {
            number += 1
            let bytes = bytes.last == UInt8(ascii: "\r") ? bytes.dropLast() : bytes[...]
            guard bytes.first != UInt8(ascii: "#"), bytes.contains(where: { $0 != 0x20 && $0 != 0x09 }) else {
                continue
            }
            return step(of: bytes)
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

    private mutating func step(of bytes: ArraySlice<UInt8>) -> Step {
        let ignoresFailure = bytes.first == UInt8(ascii: "-")
        let command = ignoresFailure ? bytes.dropFirst().drop { $0 == 0x20 } : bytes
        let id = makeID()
        state = .running(id, ignoresFailure: ignoresFailure)
        guard let line = String(validating: command, as: UTF8.self) else {
            return .malformed(id, text: "line \(number) of the script is not UTF-8")
        }
        return .run(id, line: line)
    }

    private mutating func makeID() -> CommandID {
        lastID += 1
        return CommandID(lastID)
    }
}
