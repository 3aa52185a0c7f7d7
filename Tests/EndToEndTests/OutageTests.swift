import TestSupport
import Testing

/// A path that goes dark under the real programs. They wait most of their time, so they run beside the other tests and not
/// after them.
@Suite("a path that goes dark") struct OutageTests {
    /// A download that stands still because nothing passes any more, the chat excepted.
    private func darkened(_ recovery: String, _ bytes: [UInt8]) throws -> (Client, LossyRelay) {
        let stage = try Stage(["file.bin": bytes], serverArguments: ["--no-flood-control", "--recovery", recovery])
        let relay = try stage.relay(seed: 1, .init(holdAfter: 1 << 20))
        let client = try stage.client("alice", script: "/download file.bin\n", at: relay.address)
        try eventually("the path is dark", state: { client.process.report }) { relay.counts.held > 0 }
        return (client, relay)
    }

    @Test("a download goes on by itself after 20 s in which nothing passed", arguments: ["auto", "sr", "gbn"])
    func goesOn(_ recovery: String) throws {
        let bytes = seededBytes(4 << 20)
        let (client, relay) = try darkened(recovery, bytes)
        let light = monotonicSeconds() + 20
        try eventually("the outage is over", seconds: 60) { monotonicSeconds() >= light }
        #expect(client.events("done").isEmpty && client.events("error").isEmpty, "\(client.process.report)")
        relay.set(.init())
        try client.finish()
        #expect(try client.bytes("file.bin") == bytes)
        // It was one transfer: nothing was asked for anew.
        #expect(client.events("accepted").count == 1 && client.events("continued").isEmpty, "\(client.process.report)")
    }

    @Test("a download whose server has vanished ends after 30 s with that word", arguments: ["auto", "sr", "gbn"])
    func vanished(_ recovery: String) throws {
        let (client, _) = try darkened(recovery, seededBytes(4 << 20))
        let error = try eventually("the download ends", seconds: 60, state: { client.process.report }) {
            client.events("error").first
        }
        #expect(error["text"]?.string == "file.bin: no progress for 30 s", "\(client.process.report)")
        client.process.endInput()
        #expect(try client.process.waitForExit(seconds: 60) != .exited(0), "\(client.process.report)")
    }
}
