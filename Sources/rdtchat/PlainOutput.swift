import ChatClient
import IRC
import Posix
import Terminal
import Timeline

/// Lines for pipes, files and dumb terminals: what was asked for on standard output, errors and progress on standard
/// error; with `--json` every event is an object on standard output, errors too.
final class PlainOutput: Output {
    /// What of all that happens is printed.
    enum Manner {
        /// As the shell shows it.
        case everything
        /// The paths of the files that arrived.
        case paths
        /// The names of the server's files.
        case names
        case longNames
        /// The nicknames of those in a room.
        case people
    }

    private let manner: Manner
    private let json: Bool
    private let progressIsJSON: Bool
    private let isOnTerminal: Bool
    private var isOnStandardError = false
    /// Where what is said is kept, for a person who types.
    var log: ChatLog?
    /// What waits to be written, in its order: where both streams go to one file, that is the order of things.
    private var waiting: [(stream: Stream, bytes: [UInt8])] = []

    private enum Stream { case out, errors }

    init(_ manner: Manner, json: Bool, progressIsJSON: Bool = false) {
        self.manner = manner
        self.progressIsJSON = progressIsJSON
        self.json = json
        isOnTerminal = manner == .everything && Descriptor.standardOutput.isTerminal
    }

    func show(_ event: ClientEvent, room: String?, settings: Settings) {
        if settings.keepsLog { log?.add(event, at: Clock.wallTime().time) }
        if json {
            append(EventJSON.line(for: event), to: .out)
            return
        }
        if progressIsJSON, case .progress = event {
            append(EventJSON.line(for: event), to: .errors)
            return
        }
        if case .error(_, let text, _) = event {
            // The program's name is the mark of an error, as of every tool; a person at a terminal reads it there.
            let isRead = isOnTerminal && Descriptor.standardError.isTerminal
            let line = [Span("rdtchat: \(text)")]
            let rows =
                isRead ? WordWrap.rows(of: line, hang: 2, columns: terminalColumns(), width: displayWidth(of:)) : [line]
            for row in rows { append(row.map(\.text).joined(), to: .errors) }
            return
        }
        if case .progress = event {
            for line in lines(of: event, room: room) { append(line, to: .errors) }
            return
        }
        for line in chosen(event, room: room) { append(line, to: .out) }
    }

    /// The lines for standard output.
    private func chosen(_ event: ClientEvent, room: String?) -> [String] {
        switch (manner, event) {
        case (.everything, _): lines(of: event, room: room)
        case (.paths, .done(_, _, let report)): [report.path]
        case (.names, .file(let entry)): [entry.name.text]
        case (.longNames, .file(let entry)):
            lines(of: event, room: room).map { "\(entry.modified.localDateText)  \($0)" }
        case (.people, .nicknames(_, let names)): names.map(\.shown.text)
        case (.paths, _), (.names, _), (.longNames, _), (.people, _): []
        }
    }

    private func lines(of event: ClientEvent, room: String?) -> [String] {
        var time: String?
        if case .recalled(let then, _) = event { time = then.localDateText }
        // A reader at a terminal is spared broken words; whatever else reads gets whole lines.
        let page = Transcript.Page(
            columns: isOnTerminal ? terminalColumns() : WordWrap.endless, width: displayWidth(of:))
        let rows = Transcript.rows(for: event, time: time, room: room, draws: false, on: page)
        return rows.map { $0.map(\.text).joined() }
    }

    private func append(_ line: String, to stream: Stream) {
        if waiting.last?.stream != stream { waiting.append((stream, [])) }
        waiting[waiting.count - 1].bytes += line.utf8
        waiting[waiting.count - 1].bytes.append(UInt8(ascii: "\n"))
    }

    func leaveStandardOutput() { isOnStandardError = true }

    func flush() -> ExitStatus? {
        var end: ExitStatus?
        if let log, (try? log.flush()) == nil {
            self.log = nil
            append("rdtchat: the log cannot be written, and is not kept", to: .errors)
        }
        for (stream, bytes) in waiting {
            // Whoever closed standard error does not want to know.
            if stream == .errors || isOnStandardError {
                try? Descriptor.standardError.writeAll(unsafe bytes.span.bytes)
            } else if end == nil {
                end = print(bytes)
            }
        }
        waiting.removeAll(keepingCapacity: true)
        return end
    }

    /// The status to leave with when they cannot be printed.
    private func print(_ bytes: [UInt8]) -> ExitStatus? {
        do throws(Errno) {
            try Descriptor.standardOutput.writeAll(unsafe bytes.span.bytes)
            return nil
        } catch {
            // A reader that has seen enough is no failure; a full disk is, and what was printed is not whole.
            guard error.code != .brokenPipe else { return .success }
            let text = "rdtchat: standard output: \(error.code)\n"
            try? Descriptor.standardError.writeAll(unsafe Array(text.utf8).span.bytes)
            return .commandFailed
        }
    }

    func moved(to server: String) { log?.server = server }
    func showRows(_ rows: [[Span]]) {}
    var columns: Int { 80 }
    func width(of text: String) -> Int { text.count }
}
