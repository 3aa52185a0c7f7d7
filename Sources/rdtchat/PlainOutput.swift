import ChatClient
import IRC
import Posix

/// Lines for pipes, files and dumb terminals: what was asked for on standard output, errors and progress on standard
/// error; with `--json` every event is an object on standard output, errors too.
final class PlainOutput: Output {
    private let json: Bool
    private let progressIsJSON: Bool
    private var out: [UInt8] = []
    private var errors: [UInt8] = []

    init(json: Bool, progressIsJSON: Bool = false) {
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
        var time: String?
        if case .recalled(let then, _) = event { time = then.localDateText }
        for spans in EventText.lines(for: event, time: time, room: room) {
            let line = spans.map(\.text).joined()
            switch event {
            case .error(_, let text): PlainOutput.append("rdtchat: \(text)", to: &errors)
            case .progress: PlainOutput.append(line, to: &errors)
            case .message, .privateMessage, .notice, .join, .leave, .nick, .nicknames, .topic, .whois, .rooms,
                .recalled, .welcome, .motd,
                .file, .filesEnd, .accepted, .done, .cancelled, .transfers, .why, .setting, .help, .info, .printed:
                PlainOutput.append(line, to: &out)
            }
        }
    }

    private static func append(_ line: String, to bytes: inout [UInt8]) {
        bytes += line.utf8
        bytes.append(UInt8(ascii: "\n"))
    }

    func flush() -> ExitStatus? {
        defer {
            out.removeAll(keepingCapacity: true)
            errors.removeAll(keepingCapacity: true)
        }
        do throws(Errno) {
            if !out.isEmpty { try Descriptor.standardOutput.writeAll(unsafe out.span.bytes) }
        } catch {
            // A reader that has seen enough is no failure; a full disk is, and what was printed is not whole.
            if error.code == .brokenPipe { return .success }
            try? Descriptor.standardError.writeAll("rdtchat: standard output: \(error.code)\n")
            return .commandFailed
        }
        // Whoever closed standard error does not want to know.
        if !errors.isEmpty { try? Descriptor.standardError.writeAll(unsafe errors.span.bytes) }
        return nil
    }

    func showRows(_ rows: [[Span]]) {}
    var columns: Int { 80 }
    func width(of text: String) -> Int { text.count }
}
