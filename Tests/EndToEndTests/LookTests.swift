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
            _ environment: [String: String], _ arguments: [String] = []
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
            #expect(try terminal.waitForExit() == .exited(0))
            return terminal.output
        }

        @Test(
            "of colours there are only those that a light ground and a dark one let read, and a mention has a sign too")
        func colours() throws {
            let text = try output([:])
            let sequences = text.split(separator: "\u{1B}[").dropFirst().compactMap { part -> String? in
                let end = part.firstIndex { !$0.isNumber && $0 != ";" && $0 != "?" }
                return end.flatMap { part[$0] == "m" ? String(part[..<$0]) : nil }
            }
            // Reset, bold, dim, bold and reversed, and bright red, blue and magenta: TerminalTests has their contrasts.
            #expect(Set(sequences).subtracting(["0", "1", "2", "1;7", "91", "94", "95"]).isEmpty, "\(Set(sequences))")
            #expect(Set(sequences).isSuperset(of: ["1;7", "91", "94"]))
            #expect(text.contains("<\u{1B}[1;7m!bob"))
        }

        @Test("NO_COLOR leaves the editing and takes every colour away")
        func noColours() throws {
            let text = try output(["NO_COLOR": "1"])
            #expect(text.contains("\u{1B}[K") && text.contains("<!bob> typist: hello ^[[31m"))
            #expect(!text.contains("\u{1B}[3") && !text.contains("\u{1B}[1m") && !text.contains("\u{1B}[2m"))
        }

        @Test("a dumb terminal gets lines without any sequence, and a mistake that was told is no exit status")
        func plain() throws {
            #expect(!(try output(["TERM": "dumb"])).contains("\u{1B}"))
        }

        @Test("--plain draws nothing on a terminal that could")
        func screenReader() throws { #expect(!(try output([:], ["--plain"])).contains("\u{1B}")) }

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
