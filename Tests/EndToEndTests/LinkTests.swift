import Glibc
import TestSupport
import Testing

extension EndToEnd {
    @Suite("a server that does not answer, at a real terminal") struct LinkTests {
        private let stage: Stage
        private let tmux: Tmux

        init() throws {
            stage = try Stage()
            let home = stage.directory.path("typist")
            try FileSystem.makeDirectory(home)
            tmux = try Tmux(directory: home, command: "'\(Programs.rdtchat)' --nick typist \(stage.address)")
            try tmux.waitForScreen("the prompt is there") { $0.last { !$0.isEmpty } == "#lobby>" }
        }

        @Test(
            "what was said waits in sight, above one second the server's silence is told, and both end with its answer")
        func lag() throws {
            let bob = try stage.clients("bob")[0]
            stage.server.kill(SIGSTOP)
            try tmux.type("are you there?")
            try tmux.press("Enter")
            try tmux.waitForScreen("the line waits, and the silence is told") { rows in
                rows.filter { !$0.isEmpty }.suffix(3).first == "… are you there?"
                    && rows.contains { $0.hasPrefix("the server has not answered for ") }
            }
            try tmux.type("half")
            stage.server.kill(SIGCONT)
            try bob.waitForText("message", "are you there?")
            try tmux.waitForScreen("the line is said") { rows in
                rows.filter { !$0.isEmpty }.suffix(2).map { $0.suffix(24) } == [
                    "<typist> are you there?", "#lobby> half",
                ]
                    || rows.filter { !$0.isEmpty }.last == "#lobby> half" && !rows.contains { $0.hasPrefix("… ") }
            }
        }

        @Test("what the lost connection did not deliver is offered after it came back, and /resend says it again")
        func resend() throws {
            stage.server.kill(SIGSTOP)
            try tmux.type("do not lose this")
            try tmux.press("Enter")
            try tmux.waitForScreen("… do not lose this")
            stage.server.kill(SIGKILL)
            try tmux.waitForScreen("connecting again")
            try stage.restartServer()
            try tmux.waitForScreen("1 line was not delivered; /resend says it again")
            let bob = try stage.clients("bob")[0]
            try tmux.type("/resend")
            try tmux.press("Enter")
            try bob.waitForText("message", "do not lose this")
            #expect(bob.texts("message").count { $0 == "do not lose this" } == 1)
        }

        @Test("a chat connection that is cut comes back with nickname and room, and the download beside it goes on")
        func cut() throws {
            let bytes = seededBytes(12 << 20)
            let stage = try Stage(["big.bin": bytes])
            let relay = try stage.relay(seed: 3, .init(holdAfter: 4 << 20))
            let client = try stage.client("alice", ["--reconnect", "30"], at: relay.address)
            try client.type("/join #work")
            try client.type("/download big.bin &")
            try eventually("the relay holds the transfer", state: { client.process.report }) { relay.counts.held > 0 }
            relay.cutChat()
            try eventually("it is back", state: { client.process.report }) { client.events("welcome").count == 2 }
            relay.set(.init())
            try client.waitFor("done")
            try client.type("/nicknames #work")
            try client.waitFor("nicknames") { $0["names"]?.array?.compactMap(\.string) == ["alice"] }
            try client.finish()
            #expect(try client.bytes("big.bin") == bytes)
            // The same transfer, without a second ticket.
            #expect(client.events("continued").isEmpty && client.events("done").count == 1)
            try client.expectFiles("big.bin")
        }
    }
}
