import RDT
import TestSupport
import Testing
import Timeline

extension EndToEnd {
    @Suite("garbage and strangers") struct HostileTests {
        @Test("garbage and oversized lines on TCP cost their sender, and nobody else")
        func garbageLines() throws {
            let stage = try Stage(["file.bin": seededBytes(1_000)])
            let alice = try stage.clients("alice")[0]
            var generator = SeededGenerator(seed: 7)
            for _ in 0..<5 {
                let stranger = try LoopbackSocket.connected(.tcp, to: .loopback(port: stage.port))
                try? stranger.send(generator.bytes(4_000))
                try? stranger.send("NICK \r\n:::\r\n\0\0\r\n@;;;= : :\r\n")
            }
            let talker = try LoopbackSocket.connected(.tcp, to: .loopback(port: stage.port))
            try talker.send("NICK talker\r\nUSER t 0 * :t\r\nJOIN #lobby\r\n")
            _ = try talker.read(until: " 366 ")
            try talker.send("PRIVMSG #lobby :" + String(repeating: "x", count: 2_000) + "\r\n")
            _ = try talker.read(until: " 417 ")
            try talker.send(Array("PRIVMSG #lobby :".utf8) + [0xff, 0xfe, 0x0d, 0x0a])
            _ = try talker.read(until: "INVALID_UTF8")
            try talker.send("PRIVMSG #lobby :still here\r\n")
            try alice.waitForText("message", "still here")
            let endless = try LoopbackSocket.connected(.tcp, to: .loopback(port: stage.port))
            try? endless.send([UInt8](repeating: 0x41, count: 1 << 20))
            try alice.type("/download file.bin")
            try alice.waitFor("done")
            try alice.finish()
        }

        @Test("who writes ahead and goes is gone, and who only ends its own direction is heard to its last line")
        func writtenAhead() throws {
            let stage = try Stage([:], serverArguments: ["--connections-per-address", "3"])
            func user(_ nick: String) throws -> LoopbackSocket {
                let socket = try LoopbackSocket.connected(.tcp, to: .loopback(port: stage.port))
                try socket.send("NICK \(nick)\r\nUSER u 0 * :u\r\nJOIN #talk\r\n")
                _ = try socket.read(until: " 366 ")
                return socket
            }
            let dana = try user("dana")
            var ghost: LoopbackSocket? = try user("ghost")
            try ghost?.send(String(repeating: "PRIVMSG #talk :spam\r\n", count: 2_000))
            _ = try dana.read(until: "spam")
            ghost = nil
            _ = try dana.read(until: ":ghost!u@127.0.0.1 QUIT ", seconds: 10)
            let script = try user("script")
            try script.send((1...12).map { "PRIVMSG #talk :line \($0)\r\n" }.joined())
            script.finishWriting()
            let heard = try dana.read(until: ":script!u@127.0.0.1 QUIT ")
            #expect(heard.contains("PRIVMSG #talk :line 12"))
            _ = try user("next")
        }

        @Test("garbage, cut and foreign datagrams are never answered, and a download goes on beside them")
        func garbageDatagrams() throws {
            let bytes = seededBytes(20 << 20)
            let stage = try Stage(["file.bin": bytes])
            let alice = try stage.client("alice", script: "/download file.bin\n")
            let stranger = try LoopbackSocket.connected(.udp, to: .loopback(port: stage.port))
            var generator = SeededGenerator(seed: 8)
            for size in [0, 1, 13, 14, 15, 100, 1_200, 1_500, 9_000] {
                for _ in 0..<50 { try stranger.send(generator.bytes(size)) }
            }
            let hello = try #require(self.hello(ticket: 0x0123_4567_89ab_cdef))
            for length in [10, 14, 100, hello.count - 1] { try stranger.send(Array(hello[..<length])) }
            for bit in 0..<64 {
                var damaged = hello
                damaged[bit] ^= 1
                try stranger.send(damaged)
            }
            try stranger.send(hello)
            #expect(!stranger.isReadable(within: 0.5))
            try alice.finish()
            #expect(try alice.bytes("file.bin") == bytes)
        }

        /// A client's first datagram.
        private func hello(ticket: UInt64, nonce: UInt64 = 42) -> [UInt8]? {
            var receiver = Receiver(
                id: TransferID(rawValue: ticket), nonce: nonce, recovery: .gbn, receiveWindow: 1 << 20,
                largestDatagram: 1_200, expecting: 1_000, tracing: false, at: Instant(nanoseconds: 1))
            return receiver.nextDatagram()
        }

        /// Asks for a ticket as a client of another make would.
        private func ticket(_ stage: Stage, _ name: String) throws -> (chat: LoopbackSocket, ticket: UInt64) {
            let chat = try LoopbackSocket.connected(.tcp, to: .loopback(port: stage.port))
            try chat.send("CAP REQ :rdtchat/files\r\nNICK raw\r\nUSER r 0 * :r\r\nCAP END\r\n")
            _ = try chat.read(until: " 001 ")
            try chat.send("GET 0 gbn :\(name)\r\nPING end\r\n")
            let answer = try chat.read(until: "PONG")
            let line = answer.split { $0.isNewline }.first { $0.contains("TICKET ") }
            let digits = line?.split(separator: " ").drop { $0 != "TICKET" }.dropFirst().first
            return (chat, try #require(digits.flatMap { UInt64($0, radix: 16) }, "\(answer)"))
        }

        @Test("a ticket opens a transfer from the address of its chat connection, and from no other")
        func foreignTicket() throws {
            let stage = try Stage(["file.bin": seededBytes(1_000)])
            let (chat, ticket) = try ticket(stage, "file.bin")
            let hello = try #require(self.hello(ticket: ticket))
            let stranger = try LoopbackSocket.connected(
                .udp, to: .loopback(port: stage.port), from: .loopback(3, port: 0))
            try stranger.send(hello)
            #expect(!stranger.isReadable(within: 0.5))
            let owner = try LoopbackSocket.connected(.udp, to: .loopback(port: stage.port))
            try owner.send(hello)
            #expect(owner.isReadable(within: 10))
            try chat.send("QUIT\r\n")
        }

        @Test("a ticket is good for one transfer: another client that shows it gets no answer")
        func usedTicket() throws {
            let stage = try Stage(["file.bin": seededBytes(1_000)])
            let (chat, ticket) = try ticket(stage, "file.bin")
            let hello = try #require(self.hello(ticket: ticket))
            let first = try LoopbackSocket.connected(.udp, to: .loopback(port: stage.port))
            try first.send(hello)
            #expect(first.isReadable(within: 10))
            let second = try LoopbackSocket.connected(.udp, to: .loopback(port: stage.port))
            try second.send(try #require(self.hello(ticket: ticket, nonce: 43)))
            #expect(!second.isReadable(within: 0.5))
            try chat.send("QUIT\r\n")
        }
    }
}
