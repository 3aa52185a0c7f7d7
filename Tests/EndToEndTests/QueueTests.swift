import Glibc
import TestSupport
import Testing

extension EndToEnd {
    @Suite("downloads that outlive the shell") struct QueueTests {
        private func open(_ stage: Stage, _ address: String, until text: String) throws -> Tmux {
            let home = stage.directory.path("typist")
            if !FileSystem.exists(home) { try FileSystem.makeDirectory(home) }
            let tmux = try Tmux(
                directory: home, columns: 100, rows: 24, command: "'\(Programs.rdtchat)' --nick typist \(address)")
            try tmux.waitForScreen(text)
            return tmux
        }

        @Test("what /quit leaves is shown by the next shell, which asks before it goes on where it stopped")
        func leaves() throws {
            let bytes = seededBytes(12 << 20)
            let stage = try Stage(["big file.bin": bytes])
            let relay = try stage.relay(seed: 1, .init(holdAfter: 4 << 20))
            do {
                let first = try open(stage, relay.address, until: "#lobby>")
                try first.type("/download \"big file.bin\"")
                try first.press("Enter")
                try eventually("the download is under way", state: { first.report }) { relay.counts.held > 0 }
                try first.type("/quit")
                try first.press("Enter")
                try eventually("the shell has left", state: { first.report }) { try first.exitCode() != nil }
            }
            let state = stage.directory.path("typist/.local/state/rdtchat")
            let kept = try FileSystem.names(in: state).filter { $0.hasPrefix("queue-") }
            #expect(kept.count == 1, "the lock goes with the shell: \(kept)")
            for name in kept { #expect(FileSystem.mode(state + "/" + name) == 0o600) }
            relay.set(.init())
            // A script leaves it alone.
            let script = try ChildProcess(
                Programs.rdtchat, ["--nick", "script", "-c", "transfers", relay.address], name: "script",
                directory: stage.directory.path("typist"))
            #expect(try script.waitForExit() == .exited(0), "\(script.report)")
            let second = try open(stage, relay.address, until: "finish the last time's download?")
            #expect(!FileSystem.exists(stage.directory.path("typist/big file.bin")))
            try second.press("Enter")
            try second.waitForScreen("download 1 done")
            try second.waitForScreen("continues at")
            #expect(try FileSystem.bytes(stage.directory.path("typist/big file.bin")) == bytes)
            try second.type("/quit")
            try second.press("Enter")
            try eventually("the shell has left", state: { second.report }) { try second.exitCode() != nil }
            let third = try open(stage, relay.address, until: "#lobby>")
            #expect(try !third.everything().contains { $0.contains("of last time") || $0.contains("last time's") })
        }
    }
}
