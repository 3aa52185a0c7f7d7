/// The one table of commands: it drives parsing, help and completion, and a test compares the man page with it.
package enum CommandTable {
    package enum Name: String, CaseIterable, Sendable {
        case msg, reply, me, query, ignore, recall, resend
        case nicknames, whois, nick, away, back
        case join, part, rooms, topic
        case files, download, transfers, why, wait, pause, resume, cancel
        case set, alias, help, connect, quit
        case waitFor = "wait-for"
        case sleep
        case printing = "print"
        case assert
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
    /// What a command is about; help shows the groups in this order.
    package enum Group: String, CaseIterable, Sendable {
        case talk = "Talk"
        case people = "People"
        case rooms = "Rooms"
        case files = "Files"
        case shell = "The shell"
        case scripts = "In scripts, where they need no slash"
    }
    package struct Entry: Hashable, Sendable {
        package let name: Name
        /// How its arguments are written, in the manner of a man page.
        package let arguments: String
        package let summary: String
        package let example: String
        package let takes: Argument
        package let group: Group
        /// Only in a script, where it also works without the slash.
        package var isForScripts: Bool { group == .scripts }

        package var usage: String { "/\(name.rawValue)" + (arguments.isEmpty ? "" : " \(arguments)") }
    }

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
        return .unknown(
            nearest: elsewhere[word]?.rawValue ?? Nearness.nearest(to: word, of: entries.map(\.name.rawValue)))
    }

    static func entry(_ name: Name) -> Entry? { entries.first { $0.name == name } }

    /// The lines of `/help`: each group under its name, with the summaries in one column.
    static var help: [String] {
        let groups = Group.allCases.flatMap { group in
            [group.rawValue] + entries.filter { $0.group == group }.flatMap(rows)
        }
        return groups + [
            "Anything else is said; //TEXT says a line that begins with a slash. Commands may be cut short.",
            "Without the slash: nicknames, files, download NAME, to NICK TEXT. /help COMMAND has an example.",
        ]
    }

    private static func rows(_ entry: Entry) -> [String] {
        let usage = entry.isForScripts ? String(entry.usage.dropFirst()) : entry.usage
        let pad = String(repeating: " ", count: max(0, usageWidth - usage.count))
        if usage.count <= usageWidth { return ["  \(usage)\(pad)  \(entry.summary)"] }
        return ["  \(usage)", "  \(String(repeating: " ", count: usageWidth))  \(entry.summary)"]
    }
    /// A longer usage gets a row of its own.
    private static let usageWidth = 22

    static func help(for entry: Entry) -> [String] {
        [entry.usage, "  \(entry.summary)", "  example: \(entry.example)"]
    }
}
