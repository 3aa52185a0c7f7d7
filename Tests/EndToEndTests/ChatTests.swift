import TestSupport
import Testing

extension EndToEnd {
    @Suite("chat") struct ChatTests {
        @Test("what one says in the room reaches all others; what is for one reaches only that one")
        func broadcastAndPrivate() throws {
            let stage = try Stage()
            let clients = try stage.clients("alice", "bob", "carol")
            let (alice, bob, carol) = (clients[0], clients[1], clients[2])
            try alice.type("hello, room: שלום 🎉")
            for other in [bob, carol] {
                let event = try other.waitFor("message") { $0["text"]?.string == "hello, room: שלום 🎉" }
                #expect(event["room"]?.string == "#lobby")
                #expect(event["from"]?.string == "alice")
            }
            try alice.type("/msg bob for you alone")
            try alice.type("to bob and this")
            try alice.type("to be or not to be")
            try bob.waitFor("private") { $0["text"]?.string == "for you alone" && $0["from"]?.string == "alice" }
            try bob.waitForText("private", "and this")
            try bob.type("/reply so be it")
            try alice.waitForText("private", "so be it")
            try carol.waitForText("message", "to be or not to be")
            #expect(carol.texts("private").isEmpty)
            for client in clients { try client.finish() }
        }

        @Test("nicknames lists who is there, and coming, renaming and leaving are told")
        func people() throws {
            let stage = try Stage()
            let clients = try stage.clients("alice", "bob")
            let carol = try stage.client("carol")
            try clients[0].waitFor("join") { $0["nick"]?.string == "carol" }
            try carol.type("nicknames")
            let names = try carol.waitFor("nicknames")["names"]?.array?.compactMap(\.string) ?? []
            #expect(names.sorted() == ["alice", "bob", "carol"])
            try carol.type("/nick carol2")
            try clients[1].waitFor("nick")
            try carol.type("/quit so long")
            try clients[0].waitFor("leave") { $0["nick"]?.string == "carol2" }
            try carol.finish()
            for client in clients { try client.finish() }
        }

        @Test("a room of one's own is heard only there, and a double slash says a slash")
        func rooms() throws {
            let stage = try Stage()
            let clients = try stage.clients("alice", "bob", "carol")
            for (client, nick) in zip(clients, ["alice", "bob"]) {
                try client.type("/join #den")
                try clients[0].waitFor("join") { $0["room"]?.string == "#den" && $0["nick"]?.string == nick }
            }
            try clients[0].type("/topic what we plan")
            try clients[0].type("//not a command")
            let heard = try clients[1].waitFor("message") { $0["text"]?.string == "/not a command" }
            #expect(heard["room"]?.string == "#den")
            try clients[2].type("/nicknames")
            try clients[0].type("/part")
            try clients[1].waitFor("leave") { $0["room"]?.string == "#den" }
            #expect(clients[2].texts("message").isEmpty)
            for client in clients { try client.finish() }
        }

        @Test("what others say cannot move the reader's cursor or end a line of JSON")
        func sanitised() throws {
            let stage = try Stage()
            let reader = try stage.clients("reader")[0]
            let plain = try ChildProcess(
                Programs.rdtchat, ["--nick", "plain", stage.address], name: "plain",
                directory: stage.directory.path, input: .pipe)
            try reader.waitFor("join") { $0["nick"]?.string == "plain" }
            let stranger = try LoopbackSocket.connected(.tcp, to: .loopback(port: stage.port))
            try stranger.send("NICK stranger\r\nUSER s 0 * :s\r\nJOIN #lobby\r\n")
            _ = try stranger.read(until: " 366 ")
            try stranger.send("PRIVMSG #lobby :red \u{1b}[31m and \u{202e}back \"quoted\\\"\r\n")
            try plain.waitForOutput("and <U+202E>back")
            #expect(!plain.output.unicodeScalars.contains("\u{1b}"))
            #expect(plain.output.contains("^["))
            let event = try reader.waitFor("message")
            #expect(event["text"]?.string == "red \u{1b}[31m and \u{202e}back \"quoted\\\"")
            #expect(!reader.process.output.unicodeScalars.contains("\u{1b}"))
            try reader.finish()
        }
    }
}
