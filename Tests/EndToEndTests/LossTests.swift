import TestSupport
import Testing

extension EndToEnd {
    @Suite("bad networks") struct LossTests {
        @Test("the bytes are right though 5 % of the datagrams vanish", arguments: [11, 12])
        func loss(seed: UInt64) throws {
            let bytes = seededBytes(3 << 20, seed: seed)
            let stage = try Stage(["file.bin": bytes])
            let relay = try stage.relay(seed: seed, .init(loss: 0.05))
            let client = try stage.client("alice", script: "/download file.bin\n", at: relay.address)
            try client.finish()
            #expect(try client.bytes("file.bin") == bytes)
            #expect(relay.counts.dropped > 8)
            #expect(try client.waitFor("done")["resent"]?.number ?? 0 > 0)
        }

        @Test("the bytes are right though datagrams come twice, late and damaged")
        func everything() throws {
            let bytes = seededBytes(1 << 20)
            let stage = try Stage(["file.bin": bytes])
            let faults = LossyRelay.Faults(loss: 0.02, duplication: 0.05, reordering: 0.05, corruption: 0.02)
            let relay = try stage.relay(seed: 5, faults)
            let client = try stage.client("alice", script: "/download file.bin\n", at: relay.address)
            try client.finish()
            #expect(try client.bytes("file.bin") == bytes)
        }

        /// The records of a trace, oldest first.
        private func trace(_ path: String) throws -> [JSONValue] {
            try FileSystem.text(path).split(separator: "\n").map { try JSONValue(parsing: String($0)) }
        }

        @Test("the trace of a clean download has the handshake in its order, and nothing is sent again")
        func cleanTrace() throws {
            let directory = try TemporaryDirectory()
            let serverTrace = directory.path("server.trace")
            let clientTrace = directory.path("client.trace")
            let stage = try Stage(
                ["file.bin": seededBytes(1 << 20)], serverArguments: ["--trace", serverTrace, "--recovery", "gbn"])
            let client = try stage.client("alice", script: "/download file.bin\n", ["--trace", clientTrace])
            try client.finish()
            let records = try trace(serverTrace)
            let names = records.compactMap { $0["event"]?.string }
            #expect(Array(names.prefix(5)) == ["hello", "hello-ack", "info", "start", "accept"])
            #expect(names.suffix(3) == ["end", "done", "finished"])
            // A machine that stops for longer than the timer makes it fire; only then may anything go back.
            #expect(!names.contains("go-back") || names.contains("timeout"))
            for record in records {
                #expect(record["time"]?.number != nil && record["id"]?.string?.count == 16)
                #expect(record["offset"]?.number != nil && record["window"]?.number != nil)
            }
            let ours = try trace(clientTrace).compactMap { $0["event"]?.string }
            let order = ["hello", "hello-ack", "info", "accept", "start"].compactMap { ours.firstIndex(of: $0) }
            #expect(order.count == 5 && order[0] < order[1] && order[3] <= order[4], "\(ours)")
        }

        @Test("on a path with a delay the trace has the window doubled for each one that was delivered")
        func doublingTrace() throws {
            let directory = try TemporaryDirectory()
            let path = directory.path("server.trace")
            let stage = try Stage(
                ["file.bin": seededBytes(1 << 20)], serverArguments: ["--trace", path, "--recovery", "gbn"])
            let relay = try stage.relay(seed: 1, .init(delay: 0.1))
            try stage.client("alice", script: "/download file.bin\n", at: relay.address).finish()
            // Later the measured rate caps the window, on a busy machine soon: the doublings before that count.
            let windows = try trace(path).drop { $0["event"]?.string != "window-doubled" }
                .prefix { $0["event"]?.string == "window-doubled" }.compactMap { $0["window"]?.number }
            #expect(!windows.isEmpty)
            for (before, after) in zip(windows, windows.dropFirst()) { #expect(after == before * 2, "\(windows)") }
        }

        @Test("with 2 % loss the trace has the window halved and sent again from the first unacknowledged byte")
        func lossyTrace() throws {
            let directory = try TemporaryDirectory()
            let path = directory.path("server.trace")
            let bytes = seededBytes(2 << 20)
            let stage = try Stage(["file.bin": bytes], serverArguments: ["--trace", path, "--recovery", "gbn"])
            let relay = try stage.relay(seed: 3, .init(loss: 0.02))
            let client = try stage.client("alice", script: "/download file.bin\n", at: relay.address)
            try client.finish()
            #expect(try client.bytes("file.bin") == bytes)
            let records = try trace(path)
            func all(_ name: String) -> [JSONValue] { records.filter { $0["event"]?.string == name } }
            #expect(!all("window-halved").isEmpty)
            #expect(!all("go-back").isEmpty || !all("timeout").isEmpty)
            // The first unacknowledged byte is where each go-back starts, and it never falls.
            let starts = all("go-back").compactMap { $0["offset"]?.number }
            #expect(starts == starts.sorted())
            #expect(starts.allSatisfy { $0 < Double(bytes.count) })
        }
    }
}
