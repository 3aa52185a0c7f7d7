import IRC
import Timeline

/// The lines that a person reads for each event, in spans that say what each piece is.
package enum EventText {
    /// `time` is the time of day that stands before each line, nil for none; `room` is the one whose name need not be said.
    /// With `draws` false figures over time are numbers, for who cannot see a drawing.
    package static func lines(
        for event: ClientEvent, time: String?, room: String?, draws: Bool = true
    ) -> [[Span]] {
        let stamp = time.map { [Span("\($0) ", .time)] } ?? []
        if case .why(let explanation) = event { return WhyText.lines(explanation, draws: draws).map { stamp + $0 } }
        return bodies(of: event, room: room).map { stamp + $0 }
    }

    /// The event as one line without styles, and what was said alone, for `wait-for`; nil for what we did ourselves and
    /// for what only answers a command.
    static func audible(_ event: ClientEvent) -> [String]? {
        let said: [String]
        switch event {
        case .message(_, let speech) where !speech.isOwn: said = [speech.text.exact]
        case .privateMessage(_, let speech) where !speech.isOwn: said = [speech.text.exact]
        case .notice(_, let text): said = [text.exact]
        case .join(_, _, false), .leave(_, _, _, false), .nick(_, _, false), .topic, .done, .groupDone, .motd: said = []
        case .message, .privateMessage, .join, .leave, .nick, .nicknames, .whois, .rooms, .recalled, .welcome, .file,
            .filesEnd, .accepted, .group, .continued, .progress, .cancelled, .transfers, .why, .setting, .help, .info,
            .printed,
            .error:
            return nil
        }
        return bodies(of: event, room: nil).map { $0.map(\.text).joined() } + said
    }

    private static func bodies(of event: ClientEvent, room: String?) -> [[Span]] {
        switch event {
        case .message(let place, let said):
            let head = place.exact == room ? [] : [Span("\(place.shown.text) ", .room)]
            return [head + speech(said)]
        case .privateMessage(let to, let said):
            let head = "[\(said.from.shown.text) → \(to.shown.text)]\(said.isAction ? " *" : "") "
            return [[Span(head, .privateMessage), Span(said.text.talk.text, said.isOwn ? .own : .plain)]]
        case .notice(let from, let text): return [[Span("-\(from.shown.text)- ", .notice), Span(text.talk.text)]]
        case .join(let room, let nick, let isOwn):
            return [[name(nick, isOwn), Span(" joined ", .notice), Span(room.shown.text, .room)]]
        case .leave(let room, let nick, let reason, let isOwn):
            let why = reason.exact.isEmpty ? "" : " (\(reason.talk.text))"
            return [[name(nick, isOwn), Span(" left ", .notice), Span(room.shown.text, .room), Span(why, .notice)]]
        case .nick(let old, let new, let isOwn):
            return [[name(old, isOwn), Span(" is now ", .notice), name(new, isOwn)]]
        case .nicknames(let room, let names): return [nicknames(room, names)]
        case .topic(let room, let text, let by): return [topic(room, text, by)]
        case .whois(let answer): return whois(answer)
        case .rooms(let lines): return lines.map(row) + [[Span(counted(lines.count, "room"), .notice)]]
        case .recalled(_, let event): return bodies(of: event, room: room)
        case .welcome(let server, let nick):
            let head = [Span("connected to \(server.shown.text) as ", .notice), Span(nick.shown.text, .own)]
            return [head + [Span("; /help shows what you can do", .notice)]]
        case .motd(let text): return [[Span(text.talk.text, .notice)]]
        case .file(let entry): return [file(entry)]
        case .filesEnd(let count, let total):
            let share = count == total ? "" : "\(count) of "
            return [[Span(share + counted(total, "file"), .notice)]]
        case .accepted(let number, let name, let isQueued):
            let wait = isQueued ? ", which waits for its turn" : ""
            return [[Span("download \(number): ", .notice), Span(name.text, .file), Span(wait, .notice)]]
        case .continued(let number, let name, let bytes, let size, let doubt):
            let place = bytes > 0 ? " continues at \(Amount.percent(bytes, of: size)) %" : " begins again"
            return [download("\(number): ", name.text, doubt.isEmpty ? place : "\(place): \(doubt)")]
        case .progress(_, let name, let bytes, let size):
            let share = "\(Amount.percent(bytes, of: size))%, \(Amount.bytes(bytes)) of \(Amount.bytes(size))"
            return [[Span(name.text, .file), Span(": \(share)", .progress)]]
        case .done(let number, let name, let report):
            return [download("\(number) done: ", name.text, summary(of: report))]
        case .group(let number, let report, let size):
            return [download("\(number): ", report.title, ", \(counted(report.files, "file")), \(Amount.bytes(size))")]
        case .groupDone(let number, let report):
            let end = report.isCancelled ? "cancelled" : "done"
            let way = report.isCancelled ? "; /resume \(number) goes on" : ""
            return [download("\(number) \(end): ", report.title, summary(of: report) + way)]
        case .cancelled(let number, let name):
            let way = Span("; /resume \(number) goes on", .notice)
            return [[Span("download \(number) cancelled: ", .notice), Span(name.text, .file), way]]
        case .transfers(let lines):
            return lines.isEmpty ? [[Span("no downloads yet; /download NAME fetches a file", .notice)]] : rows(lines)
        case .why(let explanation): return WhyText.lines(explanation, draws: true)
        case .setting(let name, let value, let summary):
            let shown = value.isEmpty ? "\"\"" : DisplayText(sanitising: value).text
            return [[Span("\(name) = \(shown)"), Span("  \(summary)", .notice)]]
        case .help(let lines): return lines.map { [Span($0)] }
        case .printed(let text): return [[Span(DisplayText(sanitising: text).text)]]
        case .info(let text): return [[Span(text, .notice)]]
        case .error(_, let text, _): return [[Span("error: ", .error), Span(text)]]
        }
    }

    private static func download(_ head: String, _ name: String, _ rest: String) -> [Span] {
        [Span("download \(head)", .notice), Span(name, .file), Span(rest, .notice)]
    }

    /// Whoever turns to us has a `!` at the name too: colour alone tells nothing to those who see none.
    private static func speech(_ said: Speech) -> [Span] {
        let name = Span(said.from.shown.text, said.isOwn ? .own : said.mentionsUs ? .mention : .nick)
        let text = Span(said.text.talk.text, said.isOwn ? .own : .plain)
        let mark = said.mentionsUs ? [Span("!", .mention)] : []
        return said.isAction
            ? [Span("* ")] + mark + [name, Span(" "), text] : [Span("<")] + mark + [name, Span("> "), text]
    }

    private static func row(_ line: RoomLine) -> [Span] {
        let count = String(line.people)
        let pad = String(repeating: " ", count: max(0, 5 - count.count))
        let topic = line.topic.exact.isEmpty ? "" : "  \(line.topic.talk.text)"
        return [Span("\(pad)\(count)  "), Span(line.room.shown.text, .room), Span(topic, .notice)]
    }

    private static func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

    private static func nicknames(_ room: ForeignText, _ names: [ForeignText]) -> [Span] {
        if names.isEmpty { return [Span("nobody is in ", .notice), Span(room.shown.text, .room)] }
        let list = names.map(\.shown.text).joined(separator: ", ")
        return [
            Span("\(names.count) in ", .notice), Span(room.shown.text, .room), Span(": ", .notice), Span(list, .nick),
        ]
    }

    private static func topic(_ room: ForeignText, _ text: ForeignText, _ by: ForeignText) -> [Span] {
        let place = Span(room.shown.text, .room)
        if text.exact.isEmpty { return [Span("no topic in ", .notice), place] }
        let author = by.exact.isEmpty ? "" : " (by \(by.shown.text))"
        return [Span("topic of ", .notice), place, Span(": ", .notice), Span(text.talk.text), Span(author, .notice)]
    }

    private static func file(_ entry: FileEntry) -> [Span] {
        let size = Amount.bytes(entry.size)
        let pad = String(repeating: " ", count: max(0, 10 - size.count))
        return [Span("\(pad)\(size)  "), Span(entry.name.text, .file)]
    }

    private static func name(_ nick: ForeignText, _ isOwn: Bool) -> Span { Span(nick.shown.text, isOwn ? .own : .nick) }

    private static func whois(_ answer: WhoisAnswer) -> [[Span]] {
        let address = "\(answer.user.shown.text)@\(answer.host.shown.text)"
        var lines = [[Span(answer.nick.shown.text, .nick), Span(" is \(address) (\(answer.realName.shown.text))")]]
        if !answer.rooms.isEmpty {
            lines.append([Span("  in "), Span(answer.rooms.map(\.shown.text).joined(separator: ", "), .room)])
        }
        if let away = answer.away { lines.append([Span("  away: \(away.talk.text)")]) }
        if let idle = answer.idle { lines.append([Span("  silent for \(Amount.clock(seconds: idle.seconds))")]) }
        return lines
    }

    private static func summary(of report: TransferReport) -> String {
        let rate = report.seconds > 0 ? ", \(Amount.rate(Double(report.fetched) / report.seconds))" : ""
        let now = report.fetched < report.bytes ? ", \(Amount.bytes(report.fetched)) of it now" : ""
        let time = "\(Amount.bytes(report.bytes))\(now) in \(Amount.tenths(report.seconds)) s\(rate)"
        let loss = report.lost > 0 || report.resent > 0 ? "; lost \(report.lost), sent again \(report.resent)" : ""
        return " → \(DisplayText(sanitising: report.path).text), \(time)\(loss)"
    }

    private static func summary(of report: GroupReport) -> String {
        var parts: [String] = []
        // Of a single file the bytes say it.
        let isWholeByBytes = report.files == 1 && report.came == 1 && report.bytes > 0
        if !isWholeByBytes, report.came > 0 || report.isCancelled {
            parts.append("\(report.came) of \(counted(report.files, "file"))")
        }
        if report.here > 0 { parts.append("\(report.here) here already") }
        if report.failed > 0, !report.isCancelled { parts.append("\(report.failed) failed") }
        if report.bytes > 0 {
            let rate = report.seconds > 0 ? ", \(Amount.rate(Double(report.bytes) / report.seconds))" : ""
            parts.append("\(Amount.bytes(report.bytes)) in \(Amount.tenths(report.seconds)) s\(rate)")
        }
        return " → " + (parts.isEmpty ? "nothing" : parts.joined(separator: ", "))
    }

    private static func rows(_ lines: [TransferLine]) -> [[Span]] {
        let digits = lines.map { "\($0.number)".count }.max() ?? 0
        return lines.map { line in
            let share = line.size.map { " \(Amount.percent(line.bytes, of: $0))% of \(Amount.bytes($0))" } ?? ""
            let note = line.note.isEmpty ? "" : "  \(line.note)"
            let pad = String(repeating: " ", count: digits - "\(line.number)".count)
            return [
                Span("\(pad)\(line.number)  "), Span(line.name, .file),
                Span("  \(line.state)\(share)\(note)", .progress),
            ]
        }
    }
}
