import Glibc
import TestSupport
import Testing

extension EndToEnd {
    @Suite("the terminal afterwards") struct TerminalStateTests {
        private let stage: Stage
        private let home: String

        init() throws {
            stage = try Stage()
            home = stage.directory.path("typist")
            try FileSystem.makeDirectory(home)
        }

        /// rdtchat at its prompt, below a shell that leaves the terminal's settings alone (dash), which wrote them down.
        private func open() throws -> Tmux {
            let tmux = try Tmux(
                directory: home, environment: Programs.crashing.merging(["PS1": "outer$ "]) { $1 }, command: "dash -i")
            try tmux.waitForScreen("outer$")
            let start = "echo $$ >pid; exec '\(Programs.rdtchat)' --nick typist \(stage.address)"
            try FileSystem.write(start + "\n", to: home + "/start")
            try tmux.type("stty -a >before; sh start")
            try tmux.press("Enter")
            try tmux.waitForScreen("the prompt is there") { $0.last { !$0.isEmpty } == "#lobby>" }
            return tmux
        }

        private func process() throws -> Int32 {
            let text = try FileSystem.text(home + "/pid")
            return try #require(text.split(separator: "\n").first.flatMap { Int32($0) })
        }

        /// The settings of now against those of before, seen by stty and by what is typed then.
        private func compare(_ tmux: Tmux, as name: String) throws {
            try tmux.waitForScreen("the outer shell is back") { $0.last { !$0.isEmpty }?.hasSuffix("outer$") == true }
            try tmux.type("stty -a >\(name); cmp before \(name) && echo \(name) as it was")
            try tmux.press("Enter")
            try tmux.waitForScreen("the settings are compared") { $0.contains("\(name) as it was") }
        }

        @Test("stty -a is what it was after TERM, HUP and crashes", arguments: [SIGTERM, SIGHUP, SIGSEGV, SIGABRT])
        func ends(_ signal: Int32) throws {
            let tmux = try open()
            try tmux.type("half a line")
            try tmux.waitForScreen("#lobby> half a line")
            kill(try process(), signal)
            try compare(tmux, as: "after")
        }

        @Test("stty -a is what it was while Ctrl-Z holds it, and after fg and the end")
        func suspended() throws {
            let tmux = try open()
            try tmux.type("half")
            try tmux.waitForScreen("#lobby> half")
            try tmux.press("C-z")
            try compare(tmux, as: "stopped")
            try tmux.type("fg")
            try tmux.press("Enter")
            try tmux.waitForScreen("the line is back") { $0.last { !$0.isEmpty } == "#lobby> half" }
            try tmux.press("C-c", "C-d")
            try compare(tmux, as: "ended")
        }

        @Test("after SIGSTOP and fg, of which nobody told it, it has the terminal's modes and its line again")
        func stopped() throws {
            let tmux = try open()
            try tmux.type("half")
            try tmux.waitForScreen("#lobby> half")
            kill(try process(), SIGSTOP)
            try tmux.waitForScreen("the outer shell is back") { $0.last { !$0.isEmpty }?.hasSuffix("outer$") == true }
            try tmux.type("stty sane; fg")
            try tmux.press("Enter")
            try tmux.waitForScreen("the line is back") { $0.last { !$0.isEmpty } == "#lobby> half" }
            try tmux.type("ab")
            try tmux.press("BSpace")
            try tmux.waitForScreen("a key is a key") { $0.last { !$0.isEmpty } == "#lobby> halfa" }
            try tmux.press("C-c", "C-d")
            try compare(tmux, as: "ended")
        }

        @Test("a terminal that is closed ends it below a shell too, while the server is silent and a line has no echo")
        func closedUnechoed() throws {
            let tmux = try closing()
            stage.server.kill(SIGSTOP)
            defer { stage.server.kill(SIGCONT) }
            try tmux.type("said to nobody")
            try tmux.press("Enter")
            try tmux.waitForScreen("… said to nobody")
            let process = try process()
            tmux.close()
            try eventually("the process is gone") { kill(process, 0) != 0 }
        }

        /// rdtchat below a shell that keeps the terminal's hang-up from it.
        private func closing() throws -> Tmux {
            let script = "trap '' HUP; '\(Programs.rdtchat)' --nick typist \(stage.address) & echo \\$! >pid; fg; true"
            let tmux = try Tmux(directory: home, command: "bash -c \"set -m; \(script)\"")
            try tmux.waitForScreen("#lobby>")
            return tmux
        }

        @Test(
            "a terminal that is closed ends it, also when nobody tells it so by SIGHUP",
            arguments: ["", "trap '' HUP; "])
        func closed(trap: String) throws {
            let bob = try stage.clients("bob")[0]
            var tmux: Tmux? = try Tmux(
                directory: home,
                command: "\(trap)echo $$ >pid; exec '\(Programs.rdtchat)' --nick typist \(stage.address)")
            try tmux?.waitForScreen("#lobby>")
            let process = try process()
            tmux = nil
            try bob.waitFor("leave") { $0["nick"]?.string == "typist" }
            try eventually("the process is gone") { kill(process, 0) != 0 }
        }
    }
}
