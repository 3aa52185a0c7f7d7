import ChatClient
import IRC
import Posix

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
    private var isOnStandardError = false
    private var out: [UInt8] = []
    private var errors: [UInt8] = []

    init(_ manner: Manner, json: Bool, progressIsJSON: Bool = false) {
        self.manner = manner
        self.progressIsJSON = progressIsJSON
        self.json = json
    }

    func show(_ event: ClientEvent, room: String?, settings: Settings) {
        if json {
            PlainOutput.append(EventJSON.line(for: event), to: &out)
            return
        }
        if progressIsJSON, case .progress = event {
            PlainOutput.append(EventJSON.line(for: event), to: &errors)
            return
        }
        if case .error(_, let text, _) = event {
            return PlainOutput.append("rdtchat: \(text)", to: &errors)
        }
        if case .progress = event {
            for line in lines(of: event, room: room) { PlainOutput.append(line, to: &errors) }
            return
        }
        for line in chosen(event, room: room) { PlainOutput.append(line, to: &out) }
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
        return EventText.lines(for: event, time: time, room: room).map { $0.map(\.text).joined() }
    }

    private static func append(_ line: String, to bytes: inout [UInt8]) {
        bytes += line.utf8
        bytes.append(UInt8(ascii: "\n"))
    }

    func leaveStandardOutput() { isOnStandardError = true }

    func flush() -> ExitStatus? {
        if isOnStandardError {
            errors += out
            out.removeAll(keepingCapacity: true)
        }
        defer {
            out.removeAll(keepingCapacity: true)
            errors.removeAll(keepingCapacity: true)
        }
        var end: ExitStatus?
        do throws(Errno) {
            if !out.isEmpty { try Descriptor.standardOutput.writeAll(unsafe out.span.bytes) }
        } catch {
            // A reader that has seen enough is no failure; a full disk is, and what was printed is not whole.
            end = error.code == .brokenPipe ? .success : .commandFailed
            if end == .commandFailed { errors += "rdtchat: standard output: \(error.code)\n".utf8 }
        }
        // Whoever closed standard error does not want to know.
        if !errors.isEmpty { try? Descriptor.standardError.writeAll(unsafe errors.span.bytes) }
        return end
    }

    func showRows(_ rows: [[Span]]) {}
    var columns: Int { 80 }
    func width(of text: String) -> Int { text.count }
}
