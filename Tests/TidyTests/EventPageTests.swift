import IRC
import TestSupport
import Testing
import Timeline

@testable import ChatClient

@Suite("the man page's JSON events are the program's")
struct EventPageTests {
    /// Every kind of event once, by the compiler's word: a new one has to be named here, and then be shown below.
    private enum Kind: CaseIterable {
        case message, privateMessage, notice, join, leave, nick, nicknames, topic, whois, rooms, recalled, welcome,
            motd,
            file, filesEnd, accepted, group, groupDone, continued, progress, done, cancelled, transfers, why, setting,
            help, info,
            printed,
            error

        init(_ event: ClientEvent) {
            switch event {
            case .message: self = .message
            case .privateMessage: self = .privateMessage
            case .notice: self = .notice
            case .join: self = .join
            case .leave: self = .leave
            case .nick: self = .nick
            case .nicknames: self = .nicknames
            case .topic: self = .topic
            case .whois: self = .whois
            case .rooms: self = .rooms
            case .recalled: self = .recalled
            case .welcome: self = .welcome
            case .motd: self = .motd
            case .file: self = .file
            case .filesEnd: self = .filesEnd
            case .accepted: self = .accepted
            case .group: self = .group
            case .groupDone: self = .groupDone
            case .continued: self = .continued
            case .progress: self = .progress
            case .done: self = .done
            case .cancelled: self = .cancelled
            case .transfers: self = .transfers
            case .why: self = .why
            case .setting: self = .setting
            case .help: self = .help
            case .info: self = .info
            case .printed: self = .printed
            case .error: self = .error
            }
        }
    }

    private static func talk() -> [ClientEvent] {
        let text = ForeignText("x")
        let speech = Speech(from: text, text: text)
        let action = Speech(from: text, text: text, isAction: true)
        let answer = WhoisAnswer(nick: text, rooms: [text], away: text, idle: .seconds(12))
        return [
            .message(room: text, speech), .message(room: text, action), .privateMessage(to: text, speech),
            .privateMessage(to: text, action), .notice(from: text, text: text),
            .join(room: text, nick: text, isOwn: false), .leave(room: text, nick: text, reason: text, isOwn: false),
            .nick(old: text, new: text, isOwn: true), .nicknames(room: text, names: [text]),
            .topic(room: text, text: text, by: text), .whois(answer),
            .rooms([RoomLine(room: text, people: 3, topic: text)]),
            .recalled(UnixTime(seconds: 1), .message(room: text, speech)), .welcome(server: text, nick: text),
            .motd(text), .setting(name: "bell", value: "on", summary: ""), .help(["x"]), .info("x"), .printed("x"),
            .error(command: "join", text: "x"),
        ]
    }

    private static func files() throws -> [ClientEvent] {
        let name = try FileName("a")
        let number = TransferNumber(1)
        var figures = FilesExtension.Figures(ticket: 1)
        for figure in FilesExtension.Figure.allCases { figures.numbers[figure] = 1 }
        for word in FilesExtension.FigureWord.allCases { figures.words[word] = "x" }
        figures.windows = [1]
        let why = Explanation(
            number: number, name: name, state: "running", isRunning: true, arrival: ArrivalFigures(), sender: figures)
        let line = TransferLine(number: number, name: name.text, state: "running", bytes: 1, size: 2, note: "")
        return [
            .file(FileEntry(name: name, size: 1, modified: UnixTime(seconds: 1))), .filesEnd(count: 1, total: 1),
            .accepted(number, name: name, isQueued: false),
            .group(
                number,
                GroupReport(name: "x/", title: "x/", files: 1, came: 1, here: 0, failed: 0, bytes: 1, seconds: 1),
                size: 1),
            .groupDone(
                number,
                GroupReport(name: "x/", title: "x/", files: 1, came: 1, here: 0, failed: 0, bytes: 1, seconds: 1)),
            .continued(number, name: name, bytes: 1, size: 2, doubt: ""),
            .progress(number, name: name, bytes: 1, size: 2),
            .done(
                number, name: name,
                report: TransferReport(path: "a", bytes: 1, seconds: 1, lost: 0, resent: 0, recovery: "sr")),
            .error(command: "download", text: "x", download: DownloadLabel(number, name)),
            .cancelled(number, name: name), .transfers([line]), .why(why),
        ]
    }

    /// The examples of the section, which are broken into lines there.
    private static func examples() throws -> [JSONValue] {
        let page = try Project.text("man/rdtchat.1").split(separator: "\n", omittingEmptySubsequences: false)
        let section = page.drop { $0 != ".Sh JSON EVENTS" }.dropFirst().prefix { !$0.hasPrefix(".Sh ") }
        var examples: [JSONValue] = []
        var open = ""
        for line in section where line.hasPrefix("{") || !open.isEmpty {
            if line.hasPrefix(".Ed") || line.hasPrefix("{\"event\"") {
                if !open.isEmpty { examples.append(try JSONValue(parsing: open)) }
                open = ""
            }
            if !line.hasPrefix(".") { open += line }
        }
        return examples
    }

    /// What speaks against `shown` being the form of `real`; nil when nothing does.
    private static func difference(_ real: JSONValue, _ shown: JSONValue, at place: String) -> String? {
        switch (real, shown) {
        case (.null, .null), (.boolean, .boolean), (.number, .number), (.string, .string): return nil
        case (.array(let real), .array(let shown)):
            guard let one = real.first, let other = shown.first else { return "\(place): an empty list shows nothing" }
            return difference(one, other, at: place + "[]")
        case (.object(let real), .object(let shown)):
            for (key, value) in real {
                guard let other = shown[key] else {
                    if shown["..."] != nil { continue }
                    return "\(place): '\(key)' is not in the page"
                }
                if let found = difference(value, other, at: "\(place).\(key)") { return found }
            }
            let more = shown.keys.first { $0 != "..." && real[$0] == nil }
            return more.map { "\(place): only the page has '\($0)'" }
        case (.null, _), (.boolean, _), (.number, _), (.string, _), (.array, _), (.object, _):
            return "\(place): another kind of value"
        }
    }

    @Test("every event has an example with the same members and kinds of values, and every example an event")
    func events() throws {
        let events = Self.talk() + (try Self.files())
        #expect(Set(events.map(Kind.init)) == Set(Kind.allCases))
        var examples = try Self.examples()
        for event in events {
            let real = try JSONValue(parsing: EventJSON.line(for: event))
            let candidates = examples.indices.filter { examples[$0]["event"] == real["event"] }
            let differences = candidates.map { Self.difference(real, examples[$0], at: "\(Kind(event))") }
            let fitting = zip(candidates, differences).first { $0.1 == nil }?.0
            guard let fitting else {
                Issue.record("\(EventJSON.line(for: event)): \(differences.compactMap { $0 })")
                continue
            }
            examples.remove(at: fitting)
        }
        #expect(examples.isEmpty)
    }
}
