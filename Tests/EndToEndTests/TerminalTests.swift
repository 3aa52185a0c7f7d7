import Glibc
import TestSupport
import Testing

extension EndToEnd {
    @Suite("in a real terminal") struct TerminalTests {
        /// rdtchat in tmux, at its prompt.
        private func open(
            _ stage: Stage, columns: Int = 80, arguments: String = "--nick typist", at address: String? = nil
        ) throws -> Tmux {
            let home = stage.directory.path("typist")
            if !FileSystem.exists(home) { try FileSystem.makeDirectory(home) }
            let tmux = try Tmux(
                directory: home, columns: columns, rows: 24,
                command: "'\(Programs.rdtchat)' \(arguments) \(address ?? stage.address)")
            try tmux.waitForScreen("#lobby>")
            return tmux
        }

        @Test(
            "a half-typed line survives 200 messages and a download, and is sent as it was typed", arguments: [80, 40])
        func halfTyped(columns: Int) throws {
            let bytes = seededBytes(6 << 20)
            let stage = try Stage(["big file.bin": bytes])
            let relay = try stage.relay(seed: 1, .init(holdAfter: 1 << 20))
            let bob = try stage.clients("bob")[0]
            let tmux = try open(stage, columns: columns, at: relay.address)
            try tmux.type("/download \"big file.bin\"")
            try tmux.press("Enter")
            try eventually("the download is under way", state: { tmux.report }) { relay.counts.held > 0 }
            try tmux.type("half שלום a 🎉 li")
            try tmux.waitForScreen("half שלום a 🎉 li")
            relay.set(.init())
            for number in 1...200 { try bob.type("message \(number).") }
            try tmux.waitForScreen("message 200.")
            try eventually("the file is there", seconds: 60, state: { tmux.report }) {
                FileSystem.exists(stage.directory.path("typist/big file.bin"))
            }
            try tmux.waitForScreen("the half-typed line is whole") { $0.contains { $0 == "#lobby> half שלום a 🎉 li" } }
            try tmux.type("ne")
            try tmux.waitForScreen("the line is finished") { rows in
                rows.last { !$0.isEmpty } == "#lobby> half שלום a 🎉 line"
            }
            try tmux.press("Enter")
            try bob.waitForText("message", "half שלום a 🎉 line")
            #expect(try FileSystem.bytes(stage.directory.path("typist/big file.bin")) == bytes)
            try tmux.waitForScreen("the prompt is empty again") { $0.last { !$0.isEmpty } == "#lobby>" }
            let everything = try tmux.everything()
            let told = everything.filter { $0.contains("message ") && $0.hasSuffix(".") }
                .compactMap { $0.split(separator: " ").last.flatMap { Int($0.dropLast()) } }
            #expect(told == Array(1...200), "\(everything.joined(separator: "\n"))")
        }

        @Test("the half-typed line is whole at every width from 20 to 200")
        func widths() throws {
            let stage = try Stage()
            let bob = try stage.clients("bob")[0]
            let tmux = try open(stage)
            let line = "a line that is longer than the narrowest of the terminals"
            try tmux.type(line)
            for (number, columns) in [20, 33, 60, 132, 200, 80].enumerated() {
                try tmux.resize(columns: columns, rows: 24)
                try bob.type("n\(number)")
                try tmux.waitForScreen("<bob> n\(number)")
                try tmux.waitForScreen("the line is whole at \(columns)") { rows in
                    let tail = rows.drop { !$0.hasPrefix("#lobby>") }
                    return tail.joined().filter { $0 != " " } == "#lobby>" + line.filter { $0 != " " }
                }
            }
            try tmux.press("Enter")
            try bob.waitForText("message", line)
        }

        @Test("without --nick the shell asks, and Enter takes the name that it offers")
        func nickname() throws {
            let stage = try Stage()
            let bob = try stage.clients("bob")[0]
            let home = stage.directory.path("asked")
            try FileSystem.makeDirectory(home)
            let tmux = try Tmux(
                directory: home, environment: ["USER": "tester"],
                command: "'\(Programs.rdtchat)' \(stage.address)")
            try tmux.waitForScreen("tester")
            try tmux.press("Enter")
            try bob.waitFor("join") { $0["nick"]?.string == "tester" }
            try tmux.waitForScreen("#lobby>")
            try tmux.type("/quit")
            try tmux.press("Enter")
            try eventually("the shell ends with 0", state: { tmux.report }) { try tmux.exitCode() == 0 }
        }

        @Test("Tab completes commands, nicknames, and file names with blanks, and the completed line works")
        func tab() throws {
            let bytes = seededBytes(4_000)
            let stage = try Stage(["with some \"quoted\" שלום.bin": bytes])
            let bob = try stage.clients("bobby")[0]
            let tmux = try open(stage)
            try tmux.type("/dow")
            try tmux.press("Tab")
            try tmux.waitForScreen("#lobby> /download")
            try tmux.type("with")
            try tmux.press("Tab")
            try tmux.waitForScreen("שלום.bin")
            try tmux.press("Enter")
            let path = stage.directory.path("typist/with some \"quoted\" שלום.bin")
            try eventually("the file is there", state: { tmux.report }) { FileSystem.exists(path) }
            #expect(try FileSystem.bytes(path) == bytes)
            try tmux.type("bo")
            try tmux.press("Tab")
            try tmux.waitForScreen("bobby:")
            try tmux.type("hi")
            try tmux.press("Enter")
            try bob.waitForText("message", "bobby: hi")
        }

        @Test("history is kept on disk for its owner alone, and Ctrl-R finds a line of the last session")
        func history() throws {
            let stage = try Stage()
            let bob = try stage.clients("bob")[0]
            let first = try open(stage)
            try first.type("remember this line")
            try first.press("Enter")
            try bob.waitForText("message", "remember this line")
            try first.press("C-d")
            try eventually("the shell ends with 0", state: { first.report }) { try first.exitCode() == 0 }
            let path = stage.directory.path("typist/.local/state/rdtchat/history")
            #expect(try FileSystem.text(path).contains("remember this line"))
            #expect(FileSystem.mode(path) == 0o600)
            let second = try open(stage)
            try second.press("C-r")
            try second.type("rememb")
            try second.waitForScreen("remember this line")
            try second.press("Enter")
            try eventually("it is said again") { bob.texts("message").filter { $0 == "remember this line" }.count == 2 }
        }

        @Test("Ctrl-C drops the line, and twice on an empty one quits")
        func interrupt() throws {
            let stage = try Stage()
            let tmux = try open(stage)
            try tmux.type("never said")
            try tmux.press("C-c")
            try tmux.waitForScreen("the line is dropped") { $0.last { !$0.isEmpty } == "#lobby>" }
            try tmux.press("C-c")
            try tmux.press("C-c")
            try eventually("the shell ends with 130", state: { tmux.report }) { try tmux.exitCode() == 130 }
        }

        @Test("Ctrl-Z stops the shell and fg brings it back with its half-typed line")
        func suspend() throws {
            let stage = try Stage()
            let home = stage.directory.path("typist")
            try FileSystem.makeDirectory(home)
            try FileSystem.write("PS1='outer$ '\n", to: home + "/rc")
            let tmux = try Tmux(
                directory: home, command: "bash --rcfile ./rc -i")
            try tmux.waitForScreen("outer$")
            try tmux.type("'\(Programs.rdtchat)' --nick typist \(stage.address)")
            try tmux.press("Enter")
            try tmux.waitForScreen("#lobby>")
            try tmux.type("half")
            try tmux.waitForScreen("#lobby> half")
            try tmux.press("C-z")
            try tmux.waitForScreen("Stopped")
            try tmux.type("fg")
            try tmux.press("Enter")
            try tmux.waitForScreen("the line is back") { $0.last { !$0.isEmpty } == "#lobby> half" }
            try tmux.press("C-c", "C-d")
            try tmux.waitForScreen("the outer shell is back") { $0.last { !$0.isEmpty } == "outer$" }
        }

        @Test("SIGTERM and SIGHUP leave the terminal as it was", arguments: [SIGTERM, SIGHUP])
        func settings(_ signal: Int32) throws {
            let stage = try Stage()
            let home = stage.directory.path("typist")
            try FileSystem.makeDirectory(home)
            let command = """
                stty -g >before; '\(Programs.rdtchat)' --nick typist \(stage.address) & echo $! >pid; fg >/dev/null; \
                stty -g >after; cmp before after && echo as it was
                """
            try FileSystem.write("PS1='outer$ '\n", to: home + "/rc")
            let tmux = try Tmux(
                directory: home, command: "bash --rcfile ./rc -i")
            try tmux.waitForScreen("outer$")
            try tmux.type(command)
            try tmux.press("Enter")
            try tmux.waitForScreen("the prompt is there") { $0.last { !$0.isEmpty } == "#lobby>" }
            let process = try FileSystem.text(home + "/pid").split(separator: "\n").first.flatMap { Int32($0) }
            kill(try #require(process), signal)
            try tmux.waitForScreen("the settings are compared") { $0.contains("as it was") }
        }
    }
}
