/// What other chat clients and file shells call the things that our commands do: for the hint, never as a command.
extension CommandTable {
    static let elsewhere: [String: Name] = [
        // irssi(1), weechat(1)
        "names": .nicknames, "who": .nicknames, "users": .nicknames, "list": .rooms, "channels": .rooms, "leave": .part,
        "wc": .part, "close": .part, "server": .connect, "notice": .msg, "unquery": .query, "unignore": .ignore,
        "wii": .whois, "finger": .whois, "exit": .quit, "bye": .quit, "signoff": .quit, "disconnect": .quit,
        "lastlog": .recall,
        // sftp(1), lftp(1)
        "ls": .files, "dir": .files, "get": .download, "mget": .download, "mirror": .download, "reget": .download,
        "fetch": .download, "jobs": .transfers, "queue": .transfers, "lcd": .set, "lpwd": .set, "pwd": .set,
        "search": .recall, "grep": .recall,
    ]

    /// What they do there and nothing does here, and how it is had all the same.
    static func way(insteadOf word: String) -> String? {
        switch word.lowercased() {
        case "kick", "ban", "unban", "kickban", "op", "deop", "voice", "devoice", "mode", "invite", "oper", "kill",
            "quote", "raw":
            "an IRC client such as irssi has it, in the same room"
        case "clear", "cls": "Ctrl-L empties the screen"
        case "win", "window", "buffer": "/join #ROOM and /query NICK change whom you talk to"
        case "cd": "/files DIRECTORY/ lists a directory"
        case "put", "mput", "upload", "send": "files come from the server's shelf, and none go there"
        case _: nil
        }
    }

    /// The command that a line without a slash was perhaps meant to be. Only words that nobody says alone: `back` and
    /// `why` are talk.
    static func meant(by line: String, isFile: (String) -> Bool) -> Name? {
        guard let words = Words.split(line), let first = words.first?.text.lowercased() else { return nil }
        switch (first, words.count) {
        case ("help", 1), ("?", 1): return .help
        case ("quit", 1), ("exit", 1): return .quit
        case ("ls", 1), ("dir", 1): return .files
        case ("transfers", 1), ("jobs", 1): return .transfers
        case ("get", 2...), ("mget", 2...): return isFile(words[1].text) ? .download : nil
        case _: return nil
        }
    }
}
