import TestSupport
import Testing

/// A client of somebody else that listens to a FIFO and writes what it sees to a file.
private struct PipedClient {
    let process: ChildProcess
    let directory: TemporaryDirectory
    let pipe: String
    let log: String

    /// suckless's ii: a directory a channel, each with `in` and `out`.
    static func ii(_ nick: String, port: UInt16, in directory: TemporaryDirectory) throws -> PipedClient {
        let process = try ChildProcess(
            "ii", ["-i", directory.path("ii"), "-s", "127.0.0.1", "-p", "\(port)", "-n", nick], name: "ii",
            directory: directory.path)
        let root = directory.path("ii/127.0.0.1")
        return PipedClient(process: process, directory: directory, pipe: root + "/in", log: root + "/#lobby/out")
    }

    static func weechat(_ nick: String, port: UInt16, in directory: TemporaryDirectory) throws -> PipedClient {
        let commands = [
            "/set fifo.file.path \(directory.path("wee.fifo"))", "/set fifo.file.enabled on", "/fifo enable",
            "/set logger.file.flush_delay 0", "/set irc.look.smart_filter off", "/server add s 127.0.0.1/\(port)",
            "/set irc.server.s.nicks \(nick)", "/set irc.server.s.autojoin #lobby", "/connect s",
        ]
        let process = try ChildProcess(
            "weechat-headless", ["--dir", directory.path("wee")] + commands.flatMap { ["-r", $0] }, name: "weechat",
            directory: directory.path)
        return PipedClient(
            process: process, directory: directory, pipe: directory.path("wee.fifo"),
            log: directory.path("wee/logs/irc.s.#lobby.weechatlog"))
    }

    /// Python's irc bot: it tells what it sees, does what `/msg NICK do LINE` says, and answers other private talk.
    static func bot(_ nick: String, port: UInt16, in directory: TemporaryDirectory) throws -> ChildProcess {
        let program = """
            import sys, irc.bot
            class Bot(irc.bot.SingleServerIRCBot):
                def on_welcome(self, connection, event): connection.join("#lobby")
                def see(self, connection, event):
                    print(event.type, event.source, event.target, *event.arguments, flush=True)
                def on_privmsg(self, connection, event):
                    text = event.arguments[0]
                    if text.startswith("do "): connection.send_raw(text[3:])
                    else: connection.privmsg(event.source.nick, "you said " + text)
            bot = Bot([("127.0.0.1", int(sys.argv[1]))], sys.argv[2], "a bot")
            getattr(bot, "ircobj", None) or setattr(bot, "ircobj", bot.reactor)
            bot.ircobj.add_global_handler("all_events", bot.see)
            bot.start()
            """
        return try ChildProcess(
            "/usr/bin/python3", ["-c", program, "\(port)", nick], name: "bot", directory: directory.path)
    }

    /// Debian's python3-irc.
    static var hasBot: Bool { FileSystem.exists("/usr/lib/python3/dist-packages/irc/bot.py") }

    /// A shell opens the FIFO, which waits for its reader, and never for longer than `timeout` says.
    func tell(_ line: String, through other: String? = nil) throws {
        let pipe = other ?? self.pipe
        try eventually("the pipe is there", state: { process.report }) { FileSystem.exists(pipe) }
        let shell = try ChildProcess(
            "timeout", ["20", "sh", "-c", "printf '%s\\n' \"$1\" >\"$2\"", "sh", line, pipe], name: "tell",
            directory: directory.path)
        #expect(try shell.waitForExit() == .exited(0), "\(process.report)")
    }

    func waitForLog(_ text: String) throws {
        try eventually("the log has \(text)", state: { seen + process.report }) { seen.contains(text) }
    }

    /// All that it has written, of whatever channel.
    var seen: String {
        let files = (try? FileSystem.files(below: directory.path)) ?? []
        return files.filter { $0.hasSuffix("out") || $0.hasSuffix("log") }
            .compactMap { try? FileSystem.text(directory.path + "/" + $0) }.joined()
    }
}

extension EndToEnd {
    @Suite(
        "everybody in one #lobby",
        .enabled(if: Programs.find("weechat-headless") != nil && Programs.find("ii") != nil && PipedClient.hasBot))
    struct OneLobbyTests {
        @Test(
            "irssi, weechat, ii, a bot and our client talk, whisper, rename, are away, kick, quit and miss no command"
        )
        func lobby() throws {
            let hash = try passwordHash(of: "sesame")
            let stage = try Stage(serverArguments: ["--no-flood-control", "--operator", "root \(hash)"])
            let alice = try stage.clients("alice")[0]
            let home = try TemporaryDirectory()
            let irssi = try Tmux(
                directory: home.path, columns: 100,
                command: "irssi --home='\(home.path("irssi"))' -n irssian -c 127.0.0.1 -p \(stage.port)")
            try irssi.waitForScreen("Welcome to")
            try say(irssi, "/join #lobby")
            let wee = try PipedClient.weechat("weeper", port: stage.port, in: try TemporaryDirectory())
            let ii = try PipedClient.ii("eye", port: stage.port, in: try TemporaryDirectory())
            try ii.tell("/j #lobby")
            let bot = try PipedClient.bot("robot", port: stage.port, in: home)
            for nick in ["irssian", "weeper", "eye", "robot"] {
                try alice.waitFor("join") { $0["nick"]?.string == nick }
            }

            try say(irssi, "from irssi")
            try wee.tell("irc.s.#lobby *from weechat")
            try ii.tell("from ii", through: ii.log.replacingOut)
            for text in ["from irssi", "from weechat", "from ii"] { try alice.waitForText("message", text) }
            try alice.type("from alice שלום")
            try irssi.waitForScreen("from alice")
            try wee.waitForLog("from alice שלום")
            try ii.waitForLog("from alice שלום")

            try alice.type("/msg weeper psst weechat")
            try wee.waitForLog("psst weechat")
            try alice.type("/msg eye psst ii")
            try ii.waitForLog("psst ii")
            try wee.tell("irc.s.#lobby */msg alice psst alice")
            try alice.waitForText("private", "psst alice")

            try letTalk(bot, with: alice, heardBy: [wee, ii])

            try say(irssi, "/topic #lobby tea at five")
            try alice.waitFor("topic") { $0["text"]?.string == "tea at five" }
            try wee.waitForLog("tea at five")
            try letAct(bot, for: alice, beside: irssi)
            try wee.tell("irc.s.#lobby */nick weeping")
            try alice.waitFor("nick") { $0["new"]?.string == "weeping" }
            try wee.tell("irc.s.#lobby */away out for tea")
            try wee.waitForLog("out for tea")

            try say(irssi, "/oper root sesame")
            try stage.server.waitForErrors("OPER root by irssian")
            try say(irssi, "/kick eye enough")
            try alice.waitFor("leave") { $0["nick"]?.string == "eye" }
            try say(irssi, "/kick android enough of you too")
            try alice.waitFor("leave") { $0["nick"]?.string == "android" }
            try alice.type("/msg android do JOIN #lobby")
            try alice.waitFor("join") { $0["nick"]?.string == "android" }
            try alice.type("/msg android do QUIT :bye")
            try bot.waitForOutput("disconnect ")
            try wee.tell("irc.s.#lobby */quit so long")
            try alice.waitFor("leave") { $0["nick"]?.string == "weeping" }
            try say(irssi, "/quit bye")
            try alice.waitFor("leave") { $0["nick"]?.string == "irssian" }
            #expect(!(wee.seen + ii.seen + bot.output + stage.server.errors).contains("Unknown command"))
            let screen = try irssi.everything().joined()
            #expect(!screen.contains("Unknown command"))
            ii.process.kill(15)
            try alice.finish()
        }

        private func letTalk(
            _ bot: ChildProcess, with alice: Client, heardBy others: [PipedClient]
        ) throws {
            for (line, seen) in [("/msg robot beep", "you said beep"), ("/msg robot do PRIVMSG alice :boop", "boop")] {
                try alice.type(line)
                try alice.waitForText("private", seen)
            }
            try alice.type("/msg robot do PRIVMSG #lobby :from the bot שלום")
            try alice.waitForText("message", "from the bot שלום")
            for client in others { try client.waitForLog("from the bot שלום") }
            try bot.waitForOutput("pubmsg irssian!")
            try bot.waitForOutput("privmsg alice!")
        }

        /// It changes the topic and its nickname, and is away.
        private func letAct(_ bot: ChildProcess, for alice: Client, beside irssi: Tmux) throws {
            try alice.type("/msg robot do TOPIC #lobby :tea at six")
            try alice.waitFor("topic") { $0["text"]?.string == "tea at six" }
            try irssi.waitForScreen("tea at six")
            try alice.type("/msg robot do NICK android")
            try alice.waitFor("nick") { $0["new"]?.string == "android" }
            try alice.type("/msg android do AWAY :charging")
            try bot.waitForOutput("nowaway ")
            try alice.type("/whois android")
            try eventually("the bot's absence is seen", state: { alice.process.report }) {
                alice.process.output.contains("charging")
            }
        }

        private func say(_ tmux: Tmux, _ line: String) throws {
            try tmux.type(line)
            try tmux.press("Enter")
        }
    }
}

extension String {
    /// The `in` beside an `out`.
    fileprivate var replacingOut: String { String(dropLast(3)) + "in" }
}
