/// The one table of commands: it drives parsing, help and completion, and a test compares the man page with it.
package enum CommandTable {
    package enum Name: String, CaseIterable, Sendable {
        case help, nicknames, whois, nick, msg, reply, me, join, part, topic, files, download, transfers, why, wait
        case cancel
        case set, quit
        case waitFor = "wait-for"
        case sleep
    }
    /// What an argument names, for Tab.
    package enum Argument: Hashable, Sendable {
        case none, command, person, room, files, transfer, setting
        /// A nickname of one's own, which is nobody else's.
        case newName
        /// The room's topic as it is, to be changed.
        case topic
        /// Words of one's own.
        case text
    }
    package struct Entry: Hashable, Sendable {
        package let name: Name
        /// How its arguments are written, in the manner of a man page.
        package let arguments: String
        package let summary: String
        package let example: String
        package let takes: Argument
        /// Only in a script, where it also works without the slash.
        package var isForScripts = false

        package var usage: String { "/\(name.rawValue)" + (arguments.isEmpty ? "" : " \(arguments)") }
    }

    package static let entries: [Entry] = [
        Entry(
            name: .help, arguments: "[COMMAND]", summary: "show all commands, or one of them with an example",
            example: "/help download", takes: .command),
        Entry(
            name: .nicknames, arguments: "", summary: "show who is in this room", example: "/nicknames", takes: .none),
        Entry(
            name: .whois, arguments: "NICK", summary: "show who somebody is", example: "/whois dana", takes: .person),
        Entry(
            name: .nick, arguments: "NEW", summary: "change your nickname", example: "/nick dana2", takes: .newName),
        Entry(
            name: .msg, arguments: "NICK TEXT", summary: "write to one person, whom alone it reaches",
            example: "/msg dana are you there?", takes: .person),
        Entry(
            name: .reply, arguments: "TEXT", summary: "answer the last private message", example: "/reply yes, I am",
            takes: .text),
        Entry(
            name: .me, arguments: "TEXT", summary: "say what you do", example: "/me waves", takes: .text),
        Entry(
            name: .join, arguments: "#ROOM", summary: "go into a room and talk there", example: "/join #help",
            takes: .room),
        Entry(
            name: .part, arguments: "[#ROOM]", summary: "leave this room, or another", example: "/part #help",
            takes: .room),
        Entry(
            name: .topic, arguments: "[TEXT]", summary: "show or change the room's topic",
            example: "/topic Lab notes of today", takes: .topic),
        Entry(
            name: .files, arguments: "[GLOB]", summary: "list the server's files", example: "/files *.txt",
            takes: .files),
        Entry(
            name: .download, arguments: "NAME… [> LOCAL] [&] [--force]",
            summary: "fetch files: > LOCAL names the copy, & goes on in the background, --force replaces",
            example: "/download \"lab notes.txt\" > notes.txt", takes: .files),
        Entry(
            name: .transfers, arguments: "", summary: "show your downloads", example: "/transfers", takes: .none),
        Entry(
            name: .why, arguments: "[N]", summary: "show what limits a download, with the figures of both ends",
            example: "/why 2", takes: .transfer),
        Entry(
            name: .wait, arguments: "[N]", summary: "wait for a download, or for all", example: "/wait 2",
            takes: .transfer),
        Entry(
            name: .cancel, arguments: "N", summary: "stop a download at both ends", example: "/cancel 2",
            takes: .transfer),
        Entry(
            name: .set, arguments: "[NAME [VALUE]]", summary: "show or change settings",
            example: "/set output-dir downloads", takes: .setting),
        Entry(
            name: .quit, arguments: "[TEXT]", summary: "leave; downloads that run are stopped", example: "/quit",
            takes: .text),
        Entry(
            name: .waitFor, arguments: "PATTERN [SECONDS]",
            summary: "wait until a message or event shows PATTERN, 30 seconds by default",
            example: "wait-for \"dana joined\" 10", takes: .text, isForScripts: true),
        Entry(
            name: .sleep, arguments: "SECONDS", summary: "do nothing for a while", example: "sleep 0.5", takes: .text,
            isForScripts: true),
    ]

    enum Lookup: Hashable {
        case found(Entry)
        /// A beginning of several names.
        case ambiguous([Entry])
        /// No command; the nearest, when one is near.
        case unknown(nearest: String?)
    }

    /// A command by its name or a beginning of it that no other has.
    static func find(_ word: String) -> Lookup {
        let word = word.lowercased()
        if let exact = entries.first(where: { $0.name.rawValue == word }) { return .found(exact) }
        let fitting = word.isEmpty ? [] : entries.filter { $0.name.rawValue.hasPrefix(word) }
        if fitting.count > 1 { return .ambiguous(fitting) }
        if let only = fitting.first { return .found(only) }
        return .unknown(nearest: Nearness.nearest(to: word, of: entries.map(\.name.rawValue)))
    }

    static func entry(_ name: Name) -> Entry? { entries.first { $0.name == name } }

    /// The lines of `/help`, with the summaries in one column.
    static var help: [String] {
        let width = entries.map { $0.usage.count }.filter { $0 <= widestUsage }.max() ?? 0
        let rows = entries.flatMap { entry in
            let pad = String(repeating: " ", count: max(0, width - entry.usage.count))
            let note = entry.isForScripts ? " (in scripts)" : ""
            let tail = "  \(entry.summary)\(note)"
            let isWide = entry.usage.count > width
            return isWide
                ? ["  \(entry.usage)", "  " + String(repeating: " ", count: width) + tail]
                : ["  \(entry.usage)\(pad)\(tail)"]
        }
        return rows + [
            "Anything else is said in the room; //TEXT says a line that begins with a slash. Commands may be cut short.",
            "Without the slash: nicknames, files, download NAME, to NICK TEXT.",
        ]
    }
    /// A longer usage gets a row of its own.
    private static let widestUsage = 22

    static func help(for entry: Entry) -> [String] {
        [entry.usage, "  \(entry.summary)", "  example: \(entry.example)"]
    }
}
