import IRC
import Timeline

/// One JSON object a line for each event, for `--json`; the man page's section JSON has the same fields.
package enum EventJSON {
    package static func line(for event: ClientEvent) -> String { value(of: event).text }

    private static func value(of event: ClientEvent) -> JSON {
        switch event {
        case .message(let room, let said):
            object(
                said.isAction ? "action" : "message",
                [
                    "room": string(room), "from": string(said.from), "text": string(said.text),
                    "mention": .bool(said.mentionsUs),
                ])
        case .privateMessage(let to, let said):
            object(
                said.isAction ? "action" : "private",
                ["from": string(said.from), "to": string(to), "text": string(said.text)])
        case .notice(let from, let text): object("notice", ["from": string(from), "text": string(text)])
        case .join(let room, let nick, _): object("join", ["room": string(room), "nick": string(nick)])
        case .leave(let room, let nick, let reason, _):
            object("leave", ["room": string(room), "nick": string(nick), "reason": string(reason)])
        case .nick(let old, let new, _): object("nick", ["old": string(old), "new": string(new)])
        case .nicknames(let room, let names):
            object("nicknames", ["room": string(room), "names": .array(names.map(string))])
        case .topic(let room, let text, let by):
            object("topic", ["room": string(room), "text": string(text), "by": string(by)])
        case .whois(let answer): whois(answer)
        case .rooms(let lines): object("rooms", ["rooms": .array(lines.map(row))])
        case .recalled(let time, let event):
            object("recalled", ["time": .signed(time.seconds), "said": value(of: event)])
        case .welcome(let server, let nick): object("welcome", ["server": string(server), "nick": string(nick)])
        case .motd(let text): object("motd", ["text": string(text)])
        case .help(let lines): object("help", ["lines": .array(lines.map(JSON.string))])
        case .printed(let text): object("print", ["text": .string(text)])
        case .info(let text): object("info", ["text": .string(text)])
        case .setting(let name, let value, _): object("setting", ["name": .string(name), "value": .string(value)])
        case .error(let command, let text, let download): error(command, text, download)
        case .file(let entry):
            object(
                "file",
                [
                    "name": .string(entry.name.text), "size": .count(entry.size),
                    "mtime": .signed(entry.modified.seconds),
                ])
        case .filesEnd(let count, let total):
            object("files", ["count": .signed(Int64(count)), "total": .signed(Int64(total))])
        case .accepted(let number, let name, let isQueued):
            object("accepted", ["number": value(number), "name": .string(name.text), "queued": .bool(isQueued)])
        case .continued(let number, let name, let bytes, let size, let doubt):
            object(
                "continued",
                [
                    "number": value(number), "name": .string(name.text), "bytes": .count(bytes), "size": .count(size),
                    "doubt": .string(doubt),
                ])
        case .progress(let number, let name, let bytes, let size): progress(number, name, bytes, size)
        case .done(let number, let name, let report): done(number, name, report)
        case .group(let number, let report, let size):
            object(
                "group",
                [
                    "number": value(number), "name": .string(report.name), "files": .signed(Int64(report.files)),
                    "size": .count(size),
                ])
        case .groupDone(let number, let report): groupDone(number, report)
        case .cancelled(let number, let name):
            object("cancelled", ["number": value(number), "name": .string(name.text)])
        case .why(let explanation): .object(WhyJSON.members(of: explanation))
        case .transfers(let lines): object("transfers", ["transfers": .array(lines.map(row))])
        }
    }

    private static func error(_ command: String, _ text: String, _ download: DownloadLabel?) -> JSON {
        guard let download else { return object("error", ["command": .string(command), "text": .string(text)]) }
        return object(
            "error",
            [
                "command": .string(command), "text": .string(text), "number": value(download.number),
                "name": .string(download.name.text),
            ])
    }

    private static func progress(
        _ number: TransferNumber, _ name: FileName, _ bytes: UInt64, _ size: UInt64
    ) -> JSON {
        object(
            "progress",
            ["number": value(number), "name": .string(name.text), "bytes": .count(bytes), "size": .count(size)])
    }

    private static func done(_ number: TransferNumber, _ name: FileName, _ report: TransferReport) -> JSON {
        object(
            "done",
            [
                "number": value(number), "name": .string(name.text), "path": .string(report.path),
                "bytes": .count(report.bytes),
                "fetched": .count(report.fetched), "seconds": .real(report.seconds), "lost": .count(report.lost),
                "resent": .count(report.resent), "recovery": .string(report.recovery),
            ])
    }

    private static func groupDone(_ number: TransferNumber, _ report: GroupReport) -> JSON {
        object(
            "group-done",
            [
                "number": value(number), "name": .string(report.name), "files": .signed(Int64(report.files)),
                "came": .signed(Int64(report.came)), "here": .signed(Int64(report.here)),
                "failed": .signed(Int64(report.failed)), "bytes": .count(report.bytes),
                "seconds": .real(report.seconds),
            ])
    }

    private static func whois(_ answer: WhoisAnswer) -> JSON {
        var members: [JSON.Member] = [
            .init(name: "event", value: .string("whois")), .init(name: "nick", value: string(answer.nick)),
            .init(name: "user", value: string(answer.user)), .init(name: "host", value: string(answer.host)),
            .init(name: "name", value: string(answer.realName)),
            .init(name: "rooms", value: .array(answer.rooms.map(string))),
        ]
        if let away = answer.away { members.append(.init(name: "away", value: string(away))) }
        if let idle = answer.idle { members.append(.init(name: "idle", value: .signed(Int64(idle.seconds)))) }
        return .object(members)
    }

    private static func row(_ line: RoomLine) -> JSON {
        .object([
            .init(name: "room", value: string(line.room)), .init(name: "people", value: .signed(Int64(line.people))),
            .init(name: "topic", value: string(line.topic)),
        ])
    }

    private static func row(_ line: TransferLine) -> JSON {
        var members: [JSON.Member] = [
            .init(name: "number", value: value(line.number)), .init(name: "name", value: .string(line.name)),
            .init(name: "state", value: .string(line.state)), .init(name: "bytes", value: .count(line.bytes)),
        ]
        if let size = line.size { members.append(.init(name: "size", value: .count(size))) }
        members.append(.init(name: "note", value: .string(line.note)))
        return .object(members)
    }

    private static func object(_ event: String, _ members: KeyValuePairs<String, JSON>) -> JSON {
        .object(
            [.init(name: "event", value: .string(event))] + members.map { JSON.Member(name: $0.key, value: $0.value) })
    }
    private static func string(_ text: ForeignText) -> JSON { .string(text.exact) }
    private static func value(_ number: TransferNumber) -> JSON { .signed(Int64(number.rawValue)) }
}
