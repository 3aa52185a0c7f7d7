import Glibc
import RDT
import TestSupport
import Testing
import Timeline

extension EndToEnd {
    @Suite("what an earlier download left") struct RemainsTests {
        private static let size = 9 << 20

        /// What is done to the part, its record or the server's file before the next download.
        enum Damage: CaseIterable, Sendable {
            case none, firstByte, lastByte, everyByte, rightSize, tooLong, cutPart, emptyPart
            case copied, noRecord, cutRecord, garbageRecord, boastingRecord, otherRecord
            case otherFile, longerFile, shorterFile, emptyFile
        }

        /// A stage whose client has been killed in the middle of the file.
        private func interrupted(_ bytes: [UInt8]) throws -> (Stage, LossyRelay, home: String) {
            let stage = try Stage(["file.bin": bytes])
            let relay = try stage.relay(seed: 5, .init(holdAfter: 6 << 20))
            let client = try stage.client("alice", script: "/download file.bin\n", at: relay.address)
            try eventually("the relay holds the transfer", state: { client.process.report }) { relay.counts.held > 0 }
            client.process.kill(SIGKILL)
            try client.process.waitForExit()
            #expect(!FileSystem.exists(client.home + "/file.bin") && FileSystem.exists(client.home + "/file.bin.part"))
            relay.set(.init())
            return (stage, relay, client.home)
        }

        private func damage(_ damage: Damage, _ home: String, _ shelf: String, _ bytes: [UInt8]) throws -> [UInt8] {
            let (part, record) = (home + "/file.bin.part", home + "/file.bin.part.rdt")
            var there = try FileSystem.bytes(part)
            let written = try FileSystem.bytes(record)
            func claim(_ count: Int, name: String = "file.bin") -> [UInt8] {
                var record = PartRecord(
                    name: name, size: UInt64(Self.size), modified: UnixTime(seconds: 1), hash: nil, bytes: UInt64(count)
                )
                return record.encoded()
            }
            switch damage {
            case .none: break
            case .firstByte: there[0] ^= 1
            case .lastByte: there[PartRecord(parsing: written).map { Int($0.bytes) - 1 } ?? 0] ^= 1
            case .everyByte: there = there.map { $0 ^ 0x55 }
            case .rightSize:
                there = seededBytes(Self.size, seed: 99)
                try FileSystem.write(claim(Self.size), to: record)
            case .tooLong: there += seededBytes(2 << 20, seed: 98)
            case .cutPart: there = Array(there.prefix(1_000_000))
            case .emptyPart: there = []
            case .copied:
                for (path, bytes) in [(part, there), (record, written)] {
                    FileSystem.remove(path)
                    try FileSystem.write(bytes, to: path)
                }
            case .noRecord: FileSystem.remove(record)
            case .cutRecord: try FileSystem.write(Array(written.prefix(70)), to: record)
            case .garbageRecord: try FileSystem.write(seededBytes(3_000, seed: 97), to: record)
            case .boastingRecord: try FileSystem.write(claim(Self.size), to: record)
            case .otherRecord: try FileSystem.write(claim(2 << 20, name: "other.bin"), to: record)
            case .otherFile, .longerFile, .shorterFile, .emptyFile: break
            }
            if there != (try FileSystem.bytes(part)) { try FileSystem.write(there, to: part) }
            let other: [UInt8]
            switch damage {
            case .otherFile: other = seededBytes(Self.size, seed: 2)
            case .longerFile: other = bytes + seededBytes(1 << 20, seed: 3)
            case .shorterFile: other = Array(bytes.prefix(2 << 20))
            case .emptyFile: other = []
            case .none, .firstByte, .lastByte, .everyByte, .rightSize, .tooLong, .cutPart, .emptyPart, .copied,
                .noRecord, .cutRecord, .garbageRecord, .boastingRecord, .otherRecord:
                return bytes
            }
            try FileSystem.write(other, to: shelf + "/file.bin")
            return other
        }

        @Test(
            "whatever was left, the next download ends with the server's bytes and nothing beside them",
            arguments: Damage.allCases)
        func remains(_ damage: Damage) throws {
            let bytes = seededBytes(Self.size)
            let (stage, relay, home) = try interrupted(bytes)
            let wanted = try self.damage(damage, home, stage.shelf, bytes)
            let client = try stage.client("alice", script: "/download file.bin\n", at: relay.address)
            try client.finish()
            #expect(try client.bytes("file.bin") == wanted)
            try client.expectFiles("file.bin")
            let continued = client.events("continued").last
            switch damage {
            case .none, .copied, .noRecord, .tooLong, .cutPart, .cutRecord, .garbageRecord, .longerFile:
                #expect((continued?["bytes"]?.number ?? 0) > 0, "\(damage): \(client.process.report)")
            case .firstByte, .everyByte, .rightSize, .otherFile:
                #expect(continued?["bytes"]?.number == 0 && continued?["doubt"]?.string?.isEmpty == false, "\(damage)")
            case .lastByte, .emptyPart, .boastingRecord, .otherRecord, .shorterFile, .emptyFile: break
            }
        }

        @Test("what a continued download brings is written down from its first byte on: the beginning grows")
        func settles() throws {
            let bytes = seededBytes(Self.size)
            let (stage, relay, home) = try interrupted(bytes)
            func beginning() -> UInt64 {
                (try? FileSystem.bytes(home + "/file.bin.part.rdt")).flatMap { PartRecord(parsing: $0) }?.bytes ?? 0
            }
            let before = beginning()
            relay.set(.init(holdAfter: relay.counts.bytesFromServer + (2 << 20)))
            let client = try stage.client("alice", script: "/download file.bin\n", at: relay.address)
            // All but one step of the record.
            try eventually("the beginning grows", state: { "\(before), \(beginning()): \(client.process.report)" }) {
                beginning() >= before + (1 << 20)
            }
            client.process.kill(SIGKILL)
            try client.process.waitForExit()
            #expect(client.events("continued").last?["bytes"]?.number.map { $0 >= Double(before) } == true)
        }

        @Test("hashing what is kept is told as checking, and holds up neither the chat nor another download")
        func looks() throws {
            let bytes = seededBytes(Self.size)
            let (stage, relay, _) = try interrupted(bytes)
            try FileSystem.write(seededBytes(3 << 20, seed: 8), to: stage.shelf + "/other.bin")
            // What follows the check does not come, so it lasts as long as the test wants.
            relay.rewrite { datagram in
                guard let header = try? DatagramHeader(parsing: unsafe datagram.span.bytes),
                    case .data(let data) = try? Packet(parsing: unsafe datagram.span.bytes, header: header),
                    data.offset.rawValue >= 4 << 20
                else { return datagram }
                return [0]
            }
            let client = try stage.client("alice", at: relay.address)
            try client.type("/download file.bin &")
            try eventually("the check is under way", state: { client.process.report }) {
                try client.type("/transfers")
                pause(seconds: 0.05)
                let row = client.events("transfers").last?["transfers"]?.array?.first
                return row?["state"]?.string == "checking"
                    && row?["note"]?.string?.contains("% of what is here") == true
            }
            try client.type("said meanwhile")
            try client.waitForText("message", "said meanwhile")
            try client.type("/download other.bin &")
            try client.waitFor("done") { $0["name"]?.string == "other.bin" }
            #expect(client.events("continued").isEmpty)
            relay.rewrite { $0 }
            try client.waitFor("done") { $0["name"]?.string == "file.bin" }
            try client.finish()
            #expect(try client.bytes("file.bin") == bytes)
        }
    }
}
