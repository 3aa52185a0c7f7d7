import TestSupport
import Testing

extension EndToEnd {
    /// What somebody who knows irssi or sftp does in the first five minutes, with the README beside the keyboard.
    @Suite("a newcomer") struct NewcomerTests {
        private let stage: Stage
        private let relay: LossyRelay
        private let bob: Client
        private let home: String
        private let film = seededBytes(3 << 20, seed: 1)
        private let songs = seededBytes(3 << 20, seed: 2)

        init() throws {
            stage = try Stage(["holiday film.mkv": film, "songs.tar": songs, "welcome.txt": Array("hello\n".utf8)])
            // Both downloads stop in their middle until the test lets them go on.
            relay = try stage.relay(seed: 1, .init(holdAfter: 1 << 20))
            bob = try stage.clients("bobby")[0]
            home = stage.directory.path("alice")
            try FileSystem.makeDirectory(home)
        }

        private func enter(_ line: String, _ tmux: Tmux) throws {
            try tmux.type(line)
            try tmux.press("Enter")
        }

        private func waitForFile(_ name: String, _ bytes: [UInt8], _ report: () -> String) throws {
            try eventually("\(name) is there", seconds: 60, state: report) { FileSystem.exists(home + "/" + name) }
            #expect(try FileSystem.bytes(home + "/" + name) == bytes)
        }

        @Test("joins, talks, completes a nickname, downloads two files while talking, cancels one and resumes it")
        func shell() throws {
            let tmux = try Tmux(
                directory: home, environment: ["USER": "alice"], command: "'\(Programs.rdtchat)' \(relay.address)")
            try tmux.waitForScreen("nickname [alice]:")
            try tmux.press("Enter")
            try tmux.waitForScreen("what you type is said in the room")
            try tmux.waitForScreen("#lobby>")
            try bob.type("hi alice")
            try tmux.waitForScreen("<!bobby> hi alice")

            try tmux.type("bo")
            try tmux.press("Tab")
            try tmux.waitForScreen("#lobby> bobby:")
            try enter("hello", tmux)
            try bob.waitForText("message", "bobby: hello")

            try enter("/files", tmux)
            try tmux.waitForScreen("3 files")
            try tmux.type("/down")
            try tmux.press("Tab")
            try tmux.type("hol")
            try tmux.press("Tab")
            try tmux.waitForScreen("#lobby> /download \"holiday film.mkv\"")
            try enter("songs.tar", tmux)
            try tmux.waitForScreen("both have a row, and there is a summary") { rows in
                rows.contains { $0.hasPrefix("holiday film.mkv  ") } && rows.contains { $0.hasPrefix("songs.tar  ") }
                    && rows.contains { $0.hasPrefix("2 downloads  ") }
            }
            try enter("fetching them", tmux)
            try bob.waitForText("message", "fetching them")
            try enter("/cancel 1", tmux)
            try tmux.waitForScreen("download 1 cancelled: holiday film.mkv; /resume 1 goes on")
            try tmux.waitForScreen("its row is gone, the other stays") { rows in
                !rows.contains { $0.hasPrefix("holiday film.mkv  ") } && rows.contains { $0.hasPrefix("songs.tar  ") }
            }
            relay.set(.init())
            try enter("/resume 1", tmux)
            try waitForFile("songs.tar", songs) { tmux.report }
            try waitForFile("holiday film.mkv", film) { tmux.report }
            try tmux.waitForScreen("both ends are told") { rows in
                rows.contains { $0.contains("download 2 done: songs.tar → songs.tar, 3.0 MiB") }
                    && rows.contains { $0.contains(" done: holiday film.mkv → holiday film.mkv, 3.0 MiB") }
            }
            try tmux.waitForScreen("the prompt stands alone at the end") { $0.last { !$0.isEmpty } == "#lobby>" }
            // No row of what was said is broken in the middle of a word: each is shorter than the terminal.
            #expect(try tmux.everything().allSatisfy { $0.count < 80 }, "\(tmux.report)")
            try tmux.press("C-d")
            try eventually("the shell ends with 0", state: { tmux.report }) { try tmux.exitCode() == 0 }
        }

        @Test("does the same by a script, a pipe and the verbs")
        func script() throws {
            relay.set(.init())
            let script = """
                hello
                /download "holiday film.mkv" songs.tar &
                still talking
                /cancel 1
                /resume 1
                /wait
                """
            let shell = try ChildProcess(
                Programs.rdtchat, [relay.address], name: "alice", directory: home, input: .text(script + "\n"))
            // What was cancelled counts as failed, unless it had come before.
            let status = try shell.waitForExit(seconds: 60)
            #expect([.exited(0), .exited(1)].contains(status), "\(shell.report)")
            for text in ["hello", "still talking"] { try bob.waitForText("message", text) }
            try waitForFile("songs.tar", songs) { shell.report }
            try waitForFile("holiday film.mkv", film) { shell.report }
            let verbs = """
                set -e
                '\(Programs.rdtchat)' ls \(relay.address) 'hol*' >list
                '\(Programs.rdtchat)' get --force \(relay.address) 'holiday film.mkv' songs.tar
                '\(Programs.rdtchat)' -c 'download songs.tar > -' \(relay.address) | cmp - songs.tar
                """
            let shown = try ChildProcess("sh", ["-c", verbs], name: "verbs", directory: home)
            #expect(try shown.waitForExit(seconds: 60) == .exited(0), "\(shown.report)")
            #expect(Set(shown.lines) == ["holiday film.mkv", "songs.tar"])
            #expect(try FileSystem.text(home + "/list") == "holiday film.mkv\n")
        }
    }
}
