import Glibc
import TestSupport
import Testing

extension EndToEnd {
    @Suite("sudden ends") struct DeathTests {
        @Test("a server killed in mid-transfer ends the client with 4, and a new one serves the file again")
        func serverKilled() throws {
            let bytes = seededBytes(8 << 20)
            let stage = try Stage(["big.bin": bytes])
            let first = try held(stage) { _ in stage.server.kill(SIGKILL) }
            try first.finish(.exited(4))
            #expect(!FileSystem.exists(first.home + "/big.bin"))
            try stage.restartServer()
            let again = try stage.client("bob", script: "/download big.bin\n")
            try again.finish()
            #expect(try again.bytes("big.bin") == bytes)
        }

        @Test("a client killed in mid-transfer is forgotten, others are served meanwhile, and it can come again")
        func clientKilled() throws {
            let bytes = seededBytes(8 << 20)
            let stage = try Stage(["big.bin": bytes])
            let other = try stage.clients("bob")[0]
            let first = try held(stage) { $0.process.kill(SIGKILL) }
            try first.finish(.signalled(SIGKILL))
            try other.waitFor("leave") { $0["nick"]?.string == "alice" }
            try other.type("/download big.bin")
            try other.waitFor("done")
            #expect(try other.bytes("big.bin") == bytes)
            let again = try stage.client("alice", script: "/download big.bin > again.bin\n")
            try again.finish()
            #expect(try again.bytes("again.bin") == bytes)
            #expect(!FileSystem.exists(again.home + "/big.bin"))
            try other.finish()
        }

        /// A client whose download stands still after 1 MiB, when `act` comes.
        private func held(_ stage: Stage, act: (Client) -> Void) throws -> Client {
            let relay = try stage.relay(seed: 1, .init(holdAfter: 1 << 20))
            let client = try stage.client("alice", script: "/download big.bin\n", at: relay.address)
            try eventually("the transfer is under way", state: { client.process.report }) { relay.counts.held > 0 }
            act(client)
            return client
        }

        @Test("SIGTERM and SIGINT end the server with 0, and clients are told", arguments: [SIGTERM, SIGINT])
        func serverSignalled(_ signal: Int32) throws {
            let stage = try Stage()
            let client = try stage.clients("alice")[0]
            stage.server.kill(signal)
            #expect(try stage.server.waitForExit(seconds: 10) == .exited(0))
            #expect(try client.process.waitForExit() == .exited(4), "\(client.process.report)")
        }

        @Test("SIGINT ends a script with 130")
        func clientInterrupted() throws {
            let stage = try Stage()
            let client = try stage.clients("alice")[0]
            client.process.kill(SIGINT)
            #expect(try client.process.waitForExit() == .exited(130), "\(client.process.report)")
        }
    }
}
