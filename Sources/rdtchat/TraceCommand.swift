import ArgumentParser
import ChatClient
import Posix
import Terminal
import TraceDrawing

/// `rdtchat trace FILE`: draws what `--trace` of either program wrote.
struct TraceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rdtchat trace",
        abstract: "Draw window, rate and round trip over time from a file that --trace wrote.",
        discussion: """
            Without --transfer a file with one transfer is drawn, and of one with several the transfers are listed.
            """)

    @Option(help: ArgumentHelp("Write the drawing as SVG to a file, - for standard output.", valueName: "file"))
    var svg: String?

    @Option(help: ArgumentHelp("Which transfer: its number in the list, or how its id begins.", valueName: "number"))
    var transfer: String?

    @Flag(help: "List the transfers in the file.")
    var list = false

    @Argument(help: ArgumentHelp("The file, - for standard input.", valueName: "file"))
    var file: String

    /// What cannot be done, in one line for the person.
    struct Complaint: Error {
        let text: String
    }

    mutating func validate() throws {
        guard svg == nil || svg == "-" || !isTrace(svg ?? "") else {
            throw ValidationError("--svg would replace '\(file)', which is the trace; name another file")
        }
        guard svg == nil || !list else {
            throw ValidationError("--svg and --list exclude each other; --list shows what --transfer can name")
        }
    }

    /// Whether the drawing would go into the trace itself, by whatever way it is named.
    private func isTrace(_ path: String) -> Bool {
        guard path != file else { return true }
        guard let target = try? ReadableFile(path: path), let source = try? ReadableFile(path: file) else {
            return false
        }
        return target.opened == source.opened
    }

    func draw() throws(Complaint) {
        let trace = try read()
        if trace.skipped > 0 {
            let noun = trace.skipped == 1 ? "line" : "lines"
            let first = trace.firstSkipped.map { " (the first is line \($0))" } ?? ""
            Self.tell("\(file): \(trace.skipped) \(noun) skipped that no trace has\(first)")
        }
        guard !trace.transfers.isEmpty else {
            throw Complaint(text: "'\(file)' has no transfers; a file that --trace wrote has")
        }
        if list { return try write(trace.summaries.joined(separator: "\n") + "\n") }
        guard let chosen = try choose(from: trace) else {
            let count = trace.transfers.count
            return try write(
                trace.summaries.joined(separator: "\n") + "\n\(count) transfers; --transfer N draws one of them\n")
        }
        if let svg { return try write(SVGDrawing(chosen).text, to: svg) }
        try write(text(of: chosen))
    }

    private func choose(from trace: Trace) throws(Complaint) -> TracedTransfer? {
        guard let wanted = transfer else {
            if trace.transfers.count == 1 { return trace.transfers[0] }
            guard svg == nil else {
                throw Complaint(text: "'\(file)' has \(trace.transfers.count) transfers; choose one by --transfer")
            }
            return nil
        }
        let fitting = trace.transfers(named: wanted)
        switch fitting.count {
        case 1: return fitting[0]
        case 0: throw Complaint(text: "'\(file)' has no transfer '\(wanted)'; --list shows them")
        default: throw Complaint(text: "'\(wanted)' may be \(fitting.count) transfers; write more of the id")
        }
    }

    private func read() throws(Complaint) -> Trace {
        var trace = Trace()
        do throws(Errno) {
            if file == "-" {
                try Self.read(Descriptor.standardInput, into: &trace)
            } else {
                try Self.read(try Descriptor(reading: file), into: &trace)
            }
        } catch {
            throw Complaint(text: "\(error)")
        }
        trace.finish()
        return trace
    }

    private static func read(_ stream: borrowing Descriptor, into trace: inout Trace) throws(Errno) {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            switch stream.read(into: &buffer) {
            case .bytes(let count): trace.read(buffer[..<count])
            case .wouldBlock: try stream.waitUntilReadable()
            case .closed(let code):
                if let code { throw Errno(code, "read the trace") }
                return
            }
        }
    }

    // MARK: Writing

    private func write(_ text: String, to path: String = "-") throws(Complaint) {
        do throws(Errno) {
            if path == "-" {
                try Descriptor.standardOutput.writeAll(text)
            } else {
                var file = try LineFile(path: path)
                try file.append(text.utf8.last == UInt8(ascii: "\n") ? String(text.dropLast()) : text)
                try file.flush()
            }
        } catch {
            // A reader that has seen enough is no failure.
            if error.code != .brokenPipe { throw Complaint(text: "\(error)") }
        }
    }

    private func text(of transfer: TracedTransfer) -> String {
        let isTerminal = Descriptor.standardOutput.isTerminal
        let hasColour =
            isTerminal && (Environment.value("NO_COLOR") ?? "").isEmpty && Environment.value("TERM") != "dumb"
        let drawing = TextDrawing(transfer, columns: isTerminal ? terminalColumns() : Self.plainColumns)
        return drawing.rows.map { row in
            row.map { hasColour ? Self.coloured($0) : $0.text }.joined() + "\n"
        }.joined()
    }

    /// What pipes and files get, as man pages do.
    private static let plainColumns = 80

    private static func coloured(_ piece: TextDrawing.Piece) -> String {
        let code =
            switch piece.part {
            case .plain: ""
            case .surface: "34"
            case .line: "33"
            case .mark: "31"
            case .dim: "2"
            }
        return code.isEmpty ? piece.text : "\u{1B}[\(code)m\(piece.text)\u{1B}[0m"
    }

    static func tell(_ text: String) { try? Descriptor.standardError.writeAll("rdtchat: \(text)\n") }
}
