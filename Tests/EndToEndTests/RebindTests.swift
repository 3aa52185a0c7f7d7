import RDT
import TestSupport
import Testing

extension EndToEnd {
    @Suite("another port behind a NAT") struct RebindTests {
        /// A download that the relay has stopped in its middle.
        private struct Midway {
            let stage: Stage
            let relay: LossyRelay
            let client: Client
            let trace: TemporaryDirectory
            let bytes = seededBytes(24 << 20)

            init() throws {
                trace = try TemporaryDirectory()
                stage = try Stage(
                    ["big.bin": bytes], serverArguments: ["--no-flood-control", "--trace", trace.path("t.json")])
                relay = try stage.relay(seed: 11, .init(loss: 0.01, holdAfter: 6 << 20))
                client = try stage.client("alice", script: "/download big.bin\n", at: relay.address)
                try eventually("the relay holds the transfer", state: { [client] in client.process.report }) {
                    [relay] in relay.counts.held > 0
                }
            }

            var moves: Int {
                let text = (try? FileSystem.bytes(trace.path("t.json"))).map { String(decoding: $0, as: UTF8.self) }
                return (text ?? "").split(separator: "\n").count { $0.contains(#""event":"moved""#) }
            }

            func finish() throws {
                try client.finish()
                #expect(try client.bytes("big.bin") == bytes)
                try client.expectFiles("big.bin")
                // No new ticket: the transfer itself went on.
                #expect(client.events("continued").isEmpty && client.events("done").count == 1)
            }
        }

        @Test("a download whose port changes in its middle, again and again, goes on")
        func rebinds() throws {
            let midway = try Midway()
            for held in [12 << 20, 18 << 20, nil] {
                let before = midway.relay.counts.held
                midway.relay.rebind()
                midway.relay.set(.init(loss: 0.01, holdAfter: held))
                guard held != nil else { continue }
                try eventually("the relay holds it again", state: { midway.client.process.report }) {
                    midway.relay.counts.held > before
                }
            }
            try midway.finish()
            #expect(midway.moves == 3)
        }

        @Test("who says again what the client said, or guesses its ticket, gets no byte and changes nothing")
        func strangers() throws {
            let midway = try Midway()
            let stranger = try LoopbackSocket.connected(
                .udp, to: .loopback(port: midway.stage.port), from: .loopback(port: 0))
            let said = midway.relay.heard
            #expect(said.count > 20)
            for datagram in said { try stranger.send(datagram) }
            for datagram in said {
                let header = try DatagramHeader(parsing: unsafe datagram.span.bytes)
                let packet = try Packet(parsing: unsafe datagram.span.bytes, header: header)
                try stranger.send(packet.encoded(id: TransferID(rawValue: header.id.rawValue ^ 1)))
            }
            #expect(!stranger.isReadable(within: 0.5))
            midway.relay.set(.init())
            try midway.finish()
            #expect(midway.moves == 0 && !stranger.isReadable(within: 0))
        }
    }
}
