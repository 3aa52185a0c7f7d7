import RDT
import TestSupport
import Testing

extension EndToEnd {
    @Suite("limits of downloads") struct LimitTests {
        /// A user who knows the files extension, from an address of its own.
        private func user(_ number: Int, host: UInt8, at port: UInt16) throws -> LoopbackSocket {
            let socket = try LoopbackSocket.connected(.tcp, to: .loopback(port: port), from: .loopback(host, port: 0))
            try socket.send("CAP REQ :rdtchat/files\r\nNICK u\(number)\r\nUSER u 0 * :u\r\nCAP END\r\n")
            _ = try socket.read(until: " 001 ")
            return socket
        }

        private func answer(_ socket: LoopbackSocket, toGetting name: String) throws -> String {
            try socket.send("GET 0 auto :\(name)\r\nPING :\(name)\r\n")
            let text = try socket.read(until: "PONG")
            return text.split(separator: "\r\n").map(String.init).last {
                $0.contains(" TICKET ") || $0.contains("FAIL GET")
            } ?? text
        }

        @Test("two of a user and 16 of an address, each with its own answer, and the 129th takes an unused place")
        func limits() throws {
            let stage = try Stage(
                ["big.bin": seededBytes(1 << 20)],
                serverArguments: ["--no-flood-control", "--connections-per-address", "100"])
            var users: [LoopbackSocket] = []
            for host in UInt8(10)..<18 {
                for number in 0..<8 {
                    let user = try user(users.count, host: host, at: stage.port)
                    for _ in 0..<2 { #expect(try answer(user, toGetting: "big.bin").contains(" TICKET ")) }
                    if users.isEmpty {
                        let third = try answer(user, toGetting: "big.bin")
                        #expect(
                            third.contains("FAIL GET TOO_MANY big.bin :2 of your downloads run already"), "\(third)")
                    }
                    users.append(user)
                    guard number == 7, host < 17 else { continue }
                    let next = try self.user(1_000 + Int(host), host: host, at: stage.port)
                    let refused = try answer(next, toGetting: "big.bin")
                    #expect(
                        refused.contains("TOO_MANY big.bin :16 downloads to your address run already"), "\(refused)")
                }
            }
            let last = try user(2_000, host: 18, at: stage.port)
            // All 128 are tickets that nobody uses: the oldest gives way.
            #expect(try answer(last, toGetting: "big.bin").contains(" TICKET "))
        }

        @Test("128 transfers that have begun leave no place for another, and one that ends makes room")
        func begun() throws {
            let stage = try Stage(
                ["big.bin": seededBytes(1 << 20)],
                serverArguments: ["--no-flood-control", "--connections-per-address", "100"])
            var users: [LoopbackSocket] = []
            var tickets: [(host: UInt8, id: TransferID)] = []
            for host in UInt8(10)..<18 {
                for _ in 0..<8 {
                    let user = try user(users.count, host: host, at: stage.port)
                    users.append(user)
                    for _ in 0..<2 {
                        let words = try answer(user, toGetting: "big.bin").split(separator: " ")
                        let place = try #require(words.firstIndex(of: "TICKET"))
                        tickets.append((host, TransferID(rawValue: try #require(UInt64(words[place + 1], radix: 16)))))
                    }
                }
            }
            let hello = Packet.Hello(
                nonce: Nonce(rawValue: 5), receiveWindow: 1 << 20, largestDatagram: 1_200, recovery: .auto)
            let clients = try tickets.map { host, id in
                let client = try LoopbackSocket.connected(
                    .udp, to: .loopback(port: stage.port), from: .loopback(host, port: 0))
                try client.send(Packet.hello(hello).encoded(id: id))
                return client
            }
            for client in clients { #expect(client.isReadable(within: 5)) }
            let last = try user(2_000, host: 18, at: stage.port)
            let refused = try answer(last, toGetting: "big.bin")
            #expect(
                refused.contains("TOO_MANY big.bin :the server has as many downloads as it can serve; try again later"),
                "\(refused)")
            try clients[77].send(Packet.abort(.cancelled).encoded(id: tickets[77].id))
            try eventually("there is room") { try answer(last, toGetting: "big.bin").contains(" TICKET ") }
        }

        @Test("five large downloads of one user come two at a time, and all come")
        func queued() throws {
            let files = Dictionary(
                uniqueKeysWithValues: (1...5).map { ("f\($0)", seededBytes(3 << 20, seed: UInt64($0))) })
            let stage = try Stage(files)
            let client = try stage.client("alice", script: "/download f1 f2 f3 f4 f5\n")
            try client.finish()
            for (name, bytes) in files { #expect(try client.bytes(name) == bytes) }
            #expect(client.events("accepted").filter { $0["queued"] == .boolean(true) }.count >= 3)
            #expect(client.events("error").isEmpty)
        }
    }
}
