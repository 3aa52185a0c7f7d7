import IRC

/// A line that was understood.
enum Command: Hashable, Sendable {
    case help([CommandTable.Entry])
    /// nil is the room that plain text goes to.
    case nicknames(ChannelName?)
    case whois(Nickname)
    case nick(Nickname)
    case msg(Nickname, text: String)
    case reply(text: String)
    case me(text: String)
    /// nil goes back to the room.
    case query(Nickname?)
    case away(text: String?)
    case back
    case ignore(Nickname, IgnoreTime)
    case ignored
    case rooms
    case recall(pattern: String)
    case resend(drops: Bool)
    case join(ChannelName)
    /// nil is the room that plain text goes to.
    case part(ChannelName?)
    case topic(text: String?)
    case files(Mask?)
    case download(DownloadRequest)
    case transfers
    case wait(TransferNumber?)
    /// nil is the newest.
    case why(TransferNumber?)
    /// nil is all that run or wait.
    case pause(TransferNumber?)
    /// nil is all that are held.
    case resume(TransferNumber?)
    case cancel(TransferNumber)
    /// Those that were changed, or all.
    case settings(all: Bool)
    /// A command of the person's own; nil takes it away.
    case alias(String, text: String?)
    case aliasShown(String)
    case aliases
    case printing(text: String)
    /// Whether what was told since the last command has the pattern, or has it not.
    case assert(pattern: String, isThere: Bool)
    case setting(SettingName)
    case set(SettingName, value: String)
    /// nil is the server that was lost, now.
    case connect(ServerAddress?)
    case quit(text: String?)
    case waitFor(pattern: String, seconds: Double)
    case sleep(seconds: Double)

    /// Whether it goes on listening to what the command before it brought about.
    var listens: Bool {
        switch self {
        case .waitFor, .sleep, .printing, .assert: true
        case .help, .nicknames, .whois, .nick, .msg, .reply, .me, .query, .away, .back, .ignore, .ignored, .recall,
            .resend, .join, .part, .rooms, .topic, .files, .download, .transfers, .wait, .why, .pause, .resume, .cancel,
            .settings, .setting, .set, .alias, .aliasShown, .aliases, .connect, .quit:
            false
        }
    }

    /// Whether it is nothing without a server.
    var needsServer: Bool {
        switch self {
        // What is said without a server is kept for the time when there is one.
        case .help, .msg, .reply, .me, .query, .ignore, .ignored, .recall, .transfers, .wait, .why, .pause, .resume,
            .cancel, .settings,
            .setting, .set, .alias, .aliasShown, .aliases, .connect, .quit, .waitFor, .sleep, .printing, .assert:
            false
        case .nicknames, .whois, .nick, .away, .back, .resend, .join, .part, .rooms, .topic, .files,
            .download:
            true
        }
    }
}

/// What `/download` asks for.
struct DownloadRequest: Hashable, Sendable {
    /// The files that a pattern or a directory stands for.
    struct Tree: Hashable, Sendable {
        var title: String
        var isPattern: Bool
        var entries: [FileEntry]
    }
    var names: [FileName]
    var trees: [Tree] = []
    /// What follows `>`; with `/` at its end a directory.
    var local: String?
    var isBackground = false
    var force = false

    /// What stands for standard output behind `>`; a file of that name is `./-`.
    static let standardOutput = "-"
}

/// Why a line is no command that can be run: one line for the person.
struct CommandError: Error, Hashable {
    var text: String

    init(_ text: String) { self.text = text }

    static func usage(_ name: CommandTable.Name) -> CommandError {
        CommandError("it is written \(CommandTable.entry(name)?.usage ?? "/\(name.rawValue)")")
    }
}
