import TestSupport
import Testing

extension EndToEnd {
    @Suite("ways of the datagrams") struct OffloadTests {
        struct Way: Sendable, CustomTestStringConvertible {
            /// What the kernel is taken to lack.
            let without: String
            /// What the server logs when it starts, and when it found out.
            let opening: String
            let change: String?
            var testDescription: String { without.isEmpty ? "everything there" : "without \(without)" }
        }

        static let ways = [
            Way(without: "", opening: "sent by segmentation offload, received by batches of lists", change: nil),
            Way(
                without: "UDP_SEGMENT", opening: "sent by segmentation offload, received by batches of lists",
                change: "sent by batches of datagrams from now on"),
            Way(
                without: "UDP_SEGMENT sendmmsg", opening: "received by batches of lists",
                change: "sent by one datagram a call from now on"),
            Way(without: "UDP_GRO", opening: "received by batches of datagrams", change: nil),
            Way(without: "recvmmsg", opening: "received by one list a call", change: nil),
            Way(
                without: "UDP_SEGMENT sendmmsg UDP_GRO recvmmsg", opening: "received by one datagram a call",
                change: "sent by one datagram a call from now on"),
        ]

        @Test("a download arrives whichever way the kernel knows, and the log tells the way", arguments: ways)
        func way(_ way: Way) throws {
            let bytes = seededBytes(5_000_000)
            let stage = try Stage(["file.bin": bytes], environment: ["RDTCHAT_WITHOUT": way.without])
            for recovery in ["gbn", "sr"] {
                let script = "/download file.bin > \(recovery).bin\n"
                let client = try stage.client(recovery, script: script, ["--recovery", recovery])
                try client.finish()
                #expect(try client.bytes("\(recovery).bin") == bytes)
            }
            #expect(stage.server.errors.contains(way.opening), "\(stage.server.errors)")
            if let change = way.change {
                try stage.server.waitForErrors(change)
            } else {
                #expect(!stage.server.errors.contains("from now on"))
            }
        }
    }
}
