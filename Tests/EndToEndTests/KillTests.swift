import Glibc
import TestSupport
import Testing
import Timeline

extension EndToEnd {
    @Suite("kills") struct KillTests {
        /// Kills of client and server; `RDTCHAT_KILLS` asks for more.
        private static var kills: Int {
            unsafe getenv("RDTCHAT_KILLS").flatMap { unsafe Int(String(cString: $0)) } ?? 20
        }
        /// `RDTCHAT_KILL_SEED` has them at other moments.
        private static var seed: UInt64 {
            unsafe getenv("RDTCHAT_KILL_SEED").flatMap { unsafe UInt64(String(cString: $0)) } ?? 2_026
        }
        private static let size = 64 << 20
        /// What may come twice for each kill: what lay unread in the socket, and a step of the record.
        private static let mostAgain = 2 << 20

        @Test("killed at seeded moments and begun again, a download is right, and little of it comes twice")
        func kills() throws {
            try kill(Self.kills, over: .init(loss: 0.01, delay: 0.001)) { Moment(&$0) }
        }

        @Test("so is it where much is on its way behind the gaps: 200 ms and 1 % loss")
        func farKills() throws {
            try kill(max(3, Self.kills / 5), over: .init(loss: 0.01, delay: 0.1)) { random in
                Moment(after: Int.random(in: 0..<(24 << 20), using: &random), isServer: Bool.random(using: &random))
            }
        }

        @Test("where it goes past the page cache more may come twice, and it is right as well")
        func blockKills() throws {
            try kill(max(8, Self.kills / 4), over: .init(loss: 0.01, delay: 0.001), blocksFrom: 16 << 20, upTo: 8 << 20)
            {
                Moment(&$0)
            }
        }

        @Test("nor does a disk that spoils the partial or its record between the kills make a wrong file")
        func spoiltKills() throws {
            try kill(max(8, Self.kills / 4), over: .init(loss: 0.01, delay: 0.001), spoiling: Self.spoil) {
                Moment(&$0)
            }
        }

        /// Turns a bit of the partial or of its record, cuts one of them, lengthens it, or takes it away.
        private static func spoil(_ home: String, _ random: inout SeededGenerator) throws {
            let path = home + ["/big.bin.part", "/big.bin.part.rdt"][Int.random(in: 0..<2, using: &random)]
            guard var bytes = try? FileSystem.bytes(path), !bytes.isEmpty else { return }
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 1: bytes.removeLast(bytes.count - place)
            case 2: bytes += bytes.prefix(place)
            case 3: bytes.replaceSubrange(place..., with: repeatElement(0, count: bytes.count - place))
            default: return FileSystem.remove(path)
            }
            try FileSystem.write(bytes, to: path)
        }

        private func kill(
            _ kills: Int, over faults: LossyRelay.Faults, blocksFrom: Int? = nil, upTo mostAgain: Int = Self.mostAgain,
            spoiling spoil: ((String, inout SeededGenerator) throws -> Void)? = nil,
            at moment: (inout SeededGenerator) -> Moment
        ) throws {
            var random = SeededGenerator(seed: Self.seed)
            let bytes = seededBytes(Self.size)
            let stage = try Stage(["big.bin": bytes])
            let relay = try stage.relay(seed: 7, faults)
            let home = stage.directory.path("home")
            try FileSystem.makeDirectory(home)
            var (killed, ended, most, total) = (0, 0, 0, 0)
            relay.beginRun(ofNewFile: true)
            while killed < kills || ended == 0 {
                let client = try ChildProcess(
                    "env",
                    [
                        "RDTCHAT_BLOCKS_FROM=\(blocksFrom.map { "\($0)" } ?? "")", Programs.rdtchat, "--nick",
                        "n\(killed)-\(ended)", "--json", "--reconnect", "0", "-c", "download big.bin",
                        relay.address,
                    ],
                    name: "run", directory: home)
                let endedByItself = try run(client, stage, relay, until: killed < kills ? moment(&random) : nil)
                // One that is killed after its last step has the file already.
                let isOver = endedByItself || FileSystem.exists(home + "/big.bin")
                let delivered = relay.delivered
                #expect(spoil != nil || delivered.again <= mostAgain, "\(delivered) after kill \(killed)")
                most = max(most, delivered.again)
                total += delivered.again
                if isOver {
                    let status = try client.waitForExit()
                    #expect(!endedByItself || status == .exited(0), "\(client.report)")
                    #expect(try FileSystem.bytes(home + "/big.bin") == bytes)
                    #expect(try FileSystem.names(in: home).filter { !$0.hasPrefix("run.") } == ["big.bin"])
                    FileSystem.remove(home + "/big.bin")
                    ended += 1
                } else {
                    killed += 1
                    try spoil?(home, &random)
                }
                relay.beginRun(ofNewFile: isOver)
            }
            print("\(killed) kills, \(ended) downloads, at most \(most) bytes twice for one, \(total) in all")
        }

        @Test("a client whose server is killed again and again comes back and ends with the right file")
        func comesBack() throws {
            var random = SeededGenerator(seed: 5)
            let bytes = seededBytes(24 << 20)
            let stage = try Stage(["big.bin": bytes])
            let relay = try stage.relay(seed: 9, .init(loss: 0.01))
            let client = try stage.client(
                "alice", script: "/join #work\n/download big.bin\n/nicknames #work\n", ["--reconnect", "60"],
                at: relay.address)
            relay.beginRun(ofNewFile: true)
            for _ in 0..<3 {
                let moment = Int.random(in: 1 << 20..<4 << 20, using: &random)
                try eventually("data flows", state: { client.process.report }) { relay.delivered.bytes >= moment }
                stage.server.kill(SIGKILL)
                relay.beginRun()
                try stage.restartServer()
            }
            try client.finish()
            #expect(try client.bytes("big.bin") == bytes)
            #expect(relay.delivered.again <= Self.mostAgain)
            #expect(client.events("continued").count == 3)
            #expect(client.events("nicknames").last?["names"]?.array?.compactMap(\.string) == ["alice"])
            try client.expectFiles("big.bin")
        }

        /// When somebody is killed: after so many bytes, or so many seconds.
        private struct Moment {
            let bytes: Int
            let seconds: Double
            let isServer: Bool

            init(_ random: inout SeededGenerator) {
                let isEarly = Int.random(in: 0..<5, using: &random) == 0
                bytes = isEarly ? .max : Int.random(in: 0..<(12 << 20), using: &random)
                seconds = isEarly ? Double.random(in: 0..<0.15, using: &random) : .infinity
                isServer = Bool.random(using: &random)
            }

            init(after bytes: Int, isServer: Bool) {
                (self.bytes, self.isServer, seconds) = (bytes, isServer, .infinity)
            }
        }

        /// Whether the client ended by itself.
        private func run(
            _ client: ChildProcess, _ stage: Stage, _ relay: LossyRelay, until moment: Moment?
        ) throws -> Bool {
            let start = monotonicSeconds()
            while client.isRunning {
                let passed = monotonicSeconds() - start
                guard passed < 120 else { throw TestFailure("the client does not end\n\(client.report)") }
                guard let moment, relay.delivered.bytes >= moment.bytes || passed >= moment.seconds else {
                    pause(seconds: 0.002)
                    continue
                }
                relay.endRun()
                (moment.isServer ? stage.server : client).kill(SIGKILL)
                let end = try client.waitForExit()
                if moment.isServer { try stage.restartServer() }
                // It may have been through a moment before.
                return end == .exited(0)
            }
            return true
        }
    }
}
