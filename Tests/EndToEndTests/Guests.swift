import TestSupport
import Testing

/// What a guest of the room is told to do.
enum Deed {
    case talk(String)
    case whisper(to: String, String)
    case topic(String)
    case rename(String)
    case away(String)
    case back
    case kick(String, String)
    case join
    case quit(String)

    /// As a line of IRC.
    var raw: String {
        switch self {
        case .talk(let text): "PRIVMSG #lobby :\(text)"
        case .whisper(let nick, let text): "PRIVMSG \(nick) :\(text)"
        case .topic(let text): "TOPIC #lobby :\(text)"
        case .rename(let nick): "NICK \(nick)"
        case .away(let text): "AWAY :\(text)"
        case .back: "AWAY"
        case .kick(let nick, let text): "KICK #lobby \(nick) :\(text)"
        case .join: "JOIN #lobby"
        case .quit(let text): "QUIT :\(text)"
        }
    }

    /// As people type it into most clients.
    var typed: String {
        switch self {
        case .talk(let text): text
        case .whisper(let nick, let text): "/msg \(nick) \(text)"
        case .topic(let text): "/topic \(text)"
        case .rename(let nick): "/nick \(nick)"
        case .away(let text): "/away \(text)"
        case .back: "/away"
        case .kick(let nick, let text): "/kick \(nick) \(text)"
        case .join: "/join #lobby"
        case .quit(let text): "/quit \(text)"
        }
    }
}

/// A client in the room, of whatever make.
protocol Guest: AnyObject {
    var nick: String { get set }
    /// All that it has shown of what it did and heard.
    var seen: String { get throws }
    func act(_ deed: Deed) throws
}

extension Guest {
    func waitToSee(_ text: String) throws {
        try eventually("\(nick) sees \(text)", state: { (try? seen) ?? "" }) { try seen.contains(text) }
    }
}

/// Our own client.
final class OwnGuest: Guest {
    var nick: String
    let client: Client

    init(_ nick: String, on stage: Stage) throws {
        self.nick = nick
        client = try stage.clients(nick)[0]
    }

    var seen: String { client.process.output }

    func act(_ deed: Deed) throws {
        if case .back = deed { try client.type("/back") } else { try client.type(deed.typed) }
    }
}

/// irssi in a terminal, with a log of each window.
final class IrssiGuest: Guest {
    var nick: String
    let home: TemporaryDirectory
    let tmux: Tmux

    init(_ nick: String, port: UInt16) throws {
        self.nick = nick
        home = try TemporaryDirectory()
        // It would wait two seconds between lines, and reads this before it connects.
        try FileSystem.write(
            #"settings = { "irc/core" = { cmd_queue_speed = "10msec"; cmds_max_at_once = "100"; }; };"#,
            to: home.path("irssi-config"))
        tmux = try Tmux(
            directory: home.path, columns: 100,
            command:
                "irssi --home='\(home.path("irssi"))' --config='\(home.path("irssi-config"))' -n \(nick) -c 127.0.0.1 -p \(port)"
        )
        try tmux.waitForScreen("Welcome to")
        try type("/set autolog_level all")
        try type("/set autolog_path \(home.path("logs"))/$0.log")
        try type("/set autolog on")
        try act(.join)
    }

    var seen: String { logs(in: home) + ((try? tmux.screen().joined(separator: "\n")) ?? "") }

    func act(_ deed: Deed) throws { try type(deed.typed) }

    func type(_ line: String) throws {
        try tmux.type(line)
        try tmux.press("Enter")
    }
}

/// A client that listens to a FIFO and writes what it sees to files.
class PipedGuest: Guest {
    var nick: String
    let home: TemporaryDirectory
    let process: ChildProcess

    init(_ nick: String, _ program: String, _ arguments: [String], in home: TemporaryDirectory) throws {
        self.nick = nick
        self.home = home
        process = try ChildProcess(program, arguments, name: "guest", directory: home.path)
    }

    deinit { process.kill(15) }

    var seen: String { logs(in: home) }

    func act(_ deed: Deed) throws {}

    /// A shell opens the FIFO, which waits for its reader, and never for longer than `timeout` says.
    fileprivate func tell(_ line: String, through pipe: String) throws {
        try eventually("the pipe is there", state: { process.report }) { FileSystem.exists(pipe) }
        let shell = try ChildProcess(
            "timeout", ["60", "sh", "-c", "printf '%s\\n' \"$1\" >\"$2\"", "sh", line, pipe], name: "tell",
            directory: home.path)
        try #require(try shell.waitForExit() == .exited(0), "\(process.report)")
    }
}

final class WeechatGuest: PipedGuest {
    init(_ nick: String, port: UInt16) throws {
        let home = try TemporaryDirectory()
        let commands = [
            "/set fifo.file.path \(home.path("fifo"))", "/set fifo.file.enabled on", "/fifo enable",
            "/set logger.file.flush_delay 0", "/set irc.look.smart_filter off",
            "/set irc.server_default.anti_flood_prio_high 0", "/server add s 127.0.0.1/\(port)",
            "/set irc.server.s.nicks \(nick)", "/set irc.server.s.autojoin #lobby", "/connect s",
        ]
        try super.init(
            nick, "weechat-headless", ["--dir", home.path("wee")] + commands.flatMap { ["-r", $0] }, in: home)
    }

    override func act(_ deed: Deed) throws {
        try tell("irc.s.#lobby *\(deed.typed)", through: home.path("fifo"))
    }
}

/// suckless's ii: a directory a channel, each with `in` and `out`; what it does not know it sends as it is.
final class IiGuest: PipedGuest {
    init(_ nick: String, port: UInt16) throws {
        let home = try TemporaryDirectory()
        try super.init(nick, "ii", ["-i", home.path("ii"), "-s", "127.0.0.1", "-p", "\(port)", "-n", nick], in: home)
        try act(.join)
    }

    override func act(_ deed: Deed) throws {
        let root = home.path("ii/127.0.0.1")
        switch deed {
        case .talk(let text): try tell(text, through: root + "/#lobby/in")
        case .topic(let text): try tell("/t \(text)", through: root + "/#lobby/in")
        case .whisper(let nick, let text): try tell("/j \(nick) \(text)", through: root + "/in")
        case .rename(let nick): try tell("/n \(nick)", through: root + "/in")
        case .away(let text): try tell("/a \(text)", through: root + "/in")
        case .back: try tell("/a", through: root + "/in")
        case .join: try tell("/j #lobby", through: root + "/in")
        case .quit(let text): try tell("/q \(text)", through: root + "/in")
        case .kick: try tell("/" + deed.raw, through: root + "/in")
        }
    }
}

/// Python's irc bot, which tells all that it sees and says what it is told.
final class BotGuest: Guest {
    var nick: String
    let process: ChildProcess

    init(_ nick: String, port: UInt16) throws {
        self.nick = nick
        let program = """
            import sys, threading, irc.bot
            class Bot(irc.bot.SingleServerIRCBot):
                def on_welcome(self, connection, event):
                    connection.join("#lobby")
                    threading.Thread(target=self.listen, daemon=True).start()
                def listen(self):
                    for line in sys.stdin: self.connection.send_raw(line.rstrip("\\n"))
                def see(self, connection, event):
                    if not event.type.startswith("all_raw"):
                        print(event.type, event.source, event.target, *event.arguments, flush=True)
            bot = Bot([("127.0.0.1", int(sys.argv[1]))], sys.argv[2], "a bot")
            (getattr(bot, "reactor", None) or bot.ircobj).add_global_handler("all_events", bot.see)
            bot.start()
            """
        process = try ChildProcess(
            "/usr/bin/python3", ["-u", "-c", program, "\(port)", nick], name: "bot", input: .pipe)
    }

    deinit { process.kill(15) }

    /// Debian's python3-irc.
    static var isThere: Bool { FileSystem.exists("/usr/lib/python3/dist-packages/irc/bot.py") }

    var seen: String { process.output }
    func act(_ deed: Deed) throws { try process.type(deed.raw + "\n") }
}

/// What a client has written to its logs, of whatever channel.
private func logs(in directory: TemporaryDirectory) -> String {
    let files = (try? FileSystem.files(below: directory.path)) ?? []
    return files.filter { $0.hasSuffix("/out") || $0.hasSuffix("log") }
        .compactMap { try? FileSystem.text(directory.path + "/" + $0) }.joined()
}
