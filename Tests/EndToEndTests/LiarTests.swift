import RDT
import TestSupport
import Testing

extension EndToEnd {
    /// A server that says what is not so: a relay changes its words, checksums and all.
    @Suite("a lying server") struct LiarTests {
        private static let size = 3 << 20

        /// What is changed in what the server says.
        enum Lie: CaseIterable, Sendable {
            case hashInInfo, hashInEnd, bytes, sizeInInfo, sizeInEnd, moreBytes

            func tell(_ datagram: [UInt8]) -> [UInt8] {
                guard let header = try? DatagramHeader(parsing: unsafe datagram.span.bytes),
                    let packet = try? Packet(parsing: unsafe datagram.span.bytes, header: header)
                else { return datagram }
                return lie(packet, datagram, header.id)
            }

            private func lie(_ packet: Packet, _ datagram: [UInt8], _ id: TransferID) -> [UInt8] {
                if case .info(var offer) = packet {
                    if self == .hashInInfo { offer.hash = FileDigest(high: 1, low: 2) }
                    if self == .hashInEnd || self == .sizeInEnd { offer.hash = nil }
                    if self == .sizeInInfo { offer.size += 1 }
                    return Packet.info(offer).encoded(id: id)
                }
                if case .end(var end) = packet, self == .hashInEnd || self == .sizeInEnd {
                    if self == .hashInEnd { end.digest = FileDigest(high: 1, low: 2) }
                    if self == .sizeInEnd { end.size = FileOffset(end.size.rawValue + 1) }
                    return Packet.end(end).encoded(id: id)
                }
                guard case .data(let data) = packet, self == .bytes || self == .moreBytes,
                    data.offset.rawValue > 2 << 20
                else { return datagram }
                var payload = Array(datagram[data.payload])
                payload[0] ^= 1
                let offset = self == .bytes ? data.offset : FileOffset(UInt64(LiarTests.size) - 1)
                return DataPacket.encoded(id: id, packet: data.packet, offset: offset, payload: payload)
            }

            var word: String {
                switch self {
                case .hashInInfo, .hashInEnd, .bytes: "not the server's file"
                case .sizeInInfo, .sizeInEnd: "announced with"
                case .moreBytes: "data at byte"
                }
            }
        }

        @Test("the download ends with exit code 5, says why, and gives no file its name", arguments: Lie.allCases)
        func lies(_ lie: Lie) throws {
            let bytes = seededBytes(Self.size)
            let stage = try Stage(["file.bin": bytes])
            let relay = try stage.relay(seed: 1, .init())
            relay.rewrite { lie.tell($0) }
            let client = try stage.client("alice", script: "/download file.bin\n", at: relay.address)
            try client.finish(.exited(5))
            #expect(client.texts("error").contains { $0.contains(lie.word) }, "\(client.texts("error"))")
            #expect(!FileSystem.exists(client.home + "/file.bin"))
            // What came is of use when the truth is told.
            relay.rewrite { $0 }
            try stage.client("alice", script: "/download file.bin\n", at: relay.address).finish()
            #expect(try client.bytes("file.bin") == bytes)
            try client.expectFiles("file.bin")
        }

        @Test("a ticket that tells another size than the file has ends with exit code 5 and no file")
        func ticketSize() throws {
            let stage = try Stage(["file.bin": seededBytes(Self.size)])
            let relay = try stage.relay(seed: 1, .init())
            relay.rewriteChat { $0.replacing(" \(Self.size) ", with: " \(Self.size - 1) ") }
            let client = try stage.client("alice", script: "/download file.bin\n", at: relay.address)
            try client.finish(.exited(5))
            #expect(client.texts("error").contains { $0.contains("announced with") }, "\(client.texts("error"))")
            try client.expectFiles()
        }

        @Test(
            "what has gone to standard output cannot be taken back, so the exit code tells",
            arguments: [Lie.bytes, .hashInEnd])
        func stream(_ lie: Lie) throws {
            let stage = try Stage(["file.bin": seededBytes(Self.size)])
            let relay = try stage.relay(seed: 1, .init())
            relay.rewrite { lie.tell($0) }
            let command = "exec '\(Programs.rdtchat)' -c 'download file.bin > -' \(relay.address) > got"
            let client = try ChildProcess("sh", ["-c", command], name: "alice", directory: stage.directory.path)
            #expect(try client.waitForExit() == .exited(5), "\(client.report)")
            #expect(client.errors.contains(lie.word), "\(client.report)")
        }

        @Test(
            "a ticket for a name that leads out is worth nothing",
            arguments: ["../evil", "/tmp/evil", ".evil"])
        func tickets(_ name: String) throws {
            let stage = try Stage(["file.bin": seededBytes(100)])
            let relay = try stage.relay(seed: 1, .init())
            relay.rewriteChat { text in
                guard text.contains(" TICKET ") else { return text }
                return text.replacing(":file.bin", with: ":\(name)").replacing(" file.bin\r", with: " :\(name)\r")
            }
            let client = try stage.client("alice", script: "/download file.bin\n", at: relay.address)
            try client.finish(.exited(1))
            try client.expectFiles()
            #expect(!FileSystem.exists(stage.directory.path("evil")))
            #expect(client.texts("error").contains { $0.contains("cannot be understood") }, "\(client.texts("error"))")
        }
    }
}
