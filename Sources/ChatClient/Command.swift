import IRC

/// A line that was understood.
enum Command: Hashable, Sendable {
    case help(CommandTable.Entry?)
    case nicknames
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
    case cancel(TransferNumber)
    case settings
    case setting(SettingName)
    case set(SettingName, value: String)
    case quit(text: String?)
    case waitFor(pattern: String, seconds: Double)
    case sleep(seconds: Double)

    /// Whether it goes on listening to what the command before it brought about.
    var listens: Bool {
        switch self {
        case .waitFor, .sleep: true
        case .help, .nicknames, .whois, .nick, .msg, .reply, .me, .join, .part, .topic, .files, .download, .transfers,
            .wait, .why, .cancel, .settings, .setting, .set, .quit, .query, .away, .back, .ignore, .ignored, .rooms,
            .recall,
            .resend:
            false
        }
    }

    /// Whether it is nothing without a server.
    var needsServer: Bool {
        switch self {
        case .help, .transfers, .wait, .why, .cancel, .settings, .setting, .set, .quit, .waitFor, .sleep, .query,
            .ignore,
            .ignored, .recall:
            false
        case .nicknames, .whois, .nick, .msg, .reply, .me, .join, .part, .topic, .files, .download, .away, .back,
            .rooms,
            .resend:
            true
        }
    }
}

/// What `/download` asks for.
struct DownloadRequest: Hashable, Sendable {
    var names: [FileName]
    /// What follows `>`; with `/` at its end a directory.
    var local: String?
    var isBackground = false
    var force = false
}

/// Why a line is no command that can be run: one line for the person.
struct CommandError: Error, Hashable {
    var text: String

    init(_ text: String) { self.text = text }

    static func usage(_ name: CommandTable.Name) -> CommandError {
        CommandError("it is written \(CommandTable.entry(name)?.usage ?? "/\(name.rawValue)")")
    }
}
