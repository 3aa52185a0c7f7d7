import TestSupport
import Testing

extension EndToEnd {
    @Suite("what a person sees and keeps") struct LookTests {
        private let stage: Stage
        private let bob: Client
        private let home: String

        init() throws {
            stage = try Stage(["red\u{1B}[31m \u{202E}.txt": [1, 2, 3]])
            bob = try stage.clients("bob")[0]
            home = stage.directory.path("typist")
            try FileSystem.makeDirectory(home)
        }

        /// All that rdtchat writes to a terminal of that kind, until it was talked to and has left.
        private func output(
            _ environment: [String: String], _ arguments: [String] = [], status: Int32 = 0
        ) throws -> String {
            let terminal = try PseudoTerminal(
                Programs.rdtchat, ["--nick", "typist"] + arguments + [stage.address], directory: home,
                environment: environment)
            try terminal.waitForOutput("connected to")
            try eventually("typist is there") { bob.events("join").contains { $0["nick"]?.string == "typist" } }
            try bob.type("typist: hello \u{1B}[31m")
            try terminal.waitForOutput("hello ^[[31m")
            try terminal.type("/set nonsense\r")
            try terminal.waitForOutput("there is no setting")
            try terminal.type("/quit\r")
            #expect(try terminal.waitForExit() == .exited(status))
            return terminal.output
        }

        @Test("colours are those of the sixteen that every palette has, and a mention is marked by a sign too")
        func colours() throws {
            let text = try output([:])
            #expect(text.contains("\u{1B}[34m") && !text.contains("38;") && !text.contains("48;"))
            #expect(text.replacing("\u{1B}[0m", with: "").contains("!"))
        }

        @Test("NO_COLOR leaves the editing and takes every colour away")
        func noColours() throws {
            let text = try output(["NO_COLOR": "1"])
            #expect(text.contains("\u{1B}[K") && text.contains("<!bob> typist: hello ^[[31m"))
            #expect(!text.contains("\u{1B}[3") && !text.contains("\u{1B}[1m") && !text.contains("\u{1B}[2m"))
        }

        @Test("a dumb terminal gets lines without any sequence, and the exit status of a command that failed")
        func plain() throws {
            #expect(!(try output(["TERM": "dumb"], status: 1)).contains("\u{1B}"))
        }

        @Test("--plain draws nothing on a terminal that could")
        func screenReader() throws { #expect(!(try output([:], ["--plain"], status: 1)).contains("\u{1B}")) }

        @Test("what is said is kept in a file of the day for its owner alone, and settings in an rc that may be a link")
        func kept() throws {
            try FileSystem.makeDirectory(home + "/.config")
            try FileSystem.makeDirectory(home + "/.config/rdtchat")
            try FileSystem.write("# mine\n/alias hi /me waves\n", to: home + "/dotrc")
            let link = try ChildProcess(
                "ln", ["-s", "../../dotrc", home + "/.config/rdtchat/rc"], name: "ln", directory: home)
            try link.waitForExit()
            let tmux = try Tmux(directory: home, command: "'\(Programs.rdtchat)' --nick typist \(stage.address)")
            try tmux.waitForScreen("the prompt is there") { $0.last { !$0.isEmpty } == "#lobby>" }
            for line in ["/set bell on", "/set history 7", "/set history default", "/hi"] {
                try tmux.type(line)
                try tmux.press("Enter")
            }
            try bob.waitForText("action", "waves")
            try eventually("the settings are kept", state: { tmux.report }) {
                try FileSystem.text(home + "/dotrc") == "# mine\n/alias hi /me waves\n/set bell on\n"
            }
            #expect(try FileSystem.text(home + "/.config/rdtchat/rc") == (try FileSystem.text(home + "/dotrc")))
            let log = home + "/.local/state/rdtchat/log"
            try eventually("the log is there", state: { tmux.report }) {
                guard let name = try FileSystem.names(in: log).first else { return false }
                return try FileSystem.text(log + "/" + name).contains("* typist waves")
                    && FileSystem.mode(log + "/" + name) == 0o600
            }
        }

        @Test(
            "who comes sees what was said before, and fetches by Tab what has an ESC and a turned direction in its name"
        )
        func pastAndNames() throws {
            try bob.type("said early")
            try bob.waitForText("message", "said early")
            let tmux = try Tmux(directory: home, command: "'\(Programs.rdtchat)' --nick typist \(stage.address)")
            try tmux.waitForScreen("said in #lobby before you came:")
            try tmux.waitForScreen("<bob> said early")
            try tmux.type("/files")
            try tmux.press("Enter")
            try tmux.waitForScreen("3 B  red<U+001B>[31m <U+202E>.txt")
            try tmux.type("/download r")
            try tmux.press("Tab", "Enter")
            let path = home + "/red<U+001B>[31m <U+202E>.txt"
            try eventually("the file is there", state: { tmux.report }) { FileSystem.exists(path) }
            #expect(try FileSystem.bytes(path) == [1, 2, 3])
        }
    }
}
