import ChatServer
import IRC
import Testing
import Timeline

@Suite("the server guards itself")
struct GuardTests {
    private static var strict: HubConfiguration {
        var configuration = Stage.calm
        configuration.floodControl = true
        return configuration
    }

    @Test("what is no command, no UTF-8, too long or has a NUL gets one answer, and the next line is served")
    func garbage() {
        var stage = Stage()
        let dana = stage.join("dana")
        stage.feed(dana, Array("PRIVMSG dana :".utf8) + [0xFF, 0xFE, 10])
        stage.feed(dana, Array("PRIVMSG dana :a\0b\r\n".utf8))
        stage.say(
            dana, String(repeating: "x", count: 511), "   ", ":dana", "", "@a=b", "GIBBERISH שלום", "PING x", "PING")
        #expect(
            stage.take(dana) == [
                ":rdtchat.local FAIL * INVALID_UTF8 :Message rejected, its bytes are not valid UTF-8",
                ":rdtchat.local 400 dana * :Message rejected, it has a NUL or a stray CR",
                ":rdtchat.local 417 dana :Input line was too long",
                ":rdtchat.local 421 dana GIBBERISH :Unknown command",
                ":rdtchat.local PONG rdtchat.local :x", ":rdtchat.local 409 dana :No origin specified",
            ])
        #expect(stage.closed.isEmpty)
    }

    @Test("a line of 16 KiB without an end is too much, and one just below is only too long")
    func endless() {
        var stage = Stage()
        let dana = stage.join("dana")
        for _ in 0..<4 { stage.feed(dana, [UInt8](repeating: 120, count: 4_096)) }
        stage.feed(dana, [10])
        #expect(stage.closed.isEmpty)
        for _ in 0..<4 { stage.feed(dana, [UInt8](repeating: 120, count: 4_096)) }
        #expect(stage.closed.isEmpty)
        stage.feed(dana, [120])
        #expect(stage.closed[dana] == "a line of more than 16384 bytes")
    }

    @Test("a client that does not register is closed after 30 s or 64 lines")
    func registration() {
        var stage = Stage()
        let slow = stage.connect()
        stage.say(slow, "NICK slow")
        stage.wait(.milliseconds(29_999))
        #expect(stage.closed.isEmpty)
        stage.wait(.milliseconds(1))
        #expect(stage.closed[slow] == "not registered within 30 s")
        let noisy = stage.connect()
        for _ in 0..<64 { stage.say(noisy, "PING x") }
        #expect(stage.closed[noisy] == nil)
        stage.say(noisy, "PING x")
        #expect(stage.closed[noisy] == "64 lines without NICK and USER")
        #expect(stage.take(noisy).last == "ERROR :Closing link: 192.0.2.1 (64 lines without NICK and USER)")
    }

    @Test("a thousand connections that say nothing, or a byte a second, are all closed after 30 s, and a user stays")
    func halfOpen() {
        var stage = Stage()
        let dana = stage.join("dana")
        let silent = (0..<1_000).map { stage.connect(from: "198.51.\($0 / 250).\($0 % 250)") }
        let slow = (0..<20).map { stage.connect(from: "203.0.113.\($0)") }
        for byte in "NICK slow loris".utf8.prefix(29) {
            for client in slow { stage.feed(client, [byte]) }
            stage.wait(.seconds(1))
        }
        stage.wait(.milliseconds(14_999))
        #expect(stage.closed.isEmpty)
        stage.wait(.milliseconds(1))
        #expect(stage.closed.count == 1_020)
        #expect((silent + slow).allSatisfy { stage.closed[$0] == "not registered within 30 s" })
        stage.say(dana, "PING x")
        #expect(stage.take(dana).count == 1)
    }

    @Test("a user who sends bytes and never the end of a line is closed when they are 16 KiB, however slowly they come")
    func loris() {
        var stage = Stage()
        let dana = stage.join("dana")
        var fed = 0
        while stage.closed[dana] == nil, fed < 40_000 {
            stage.feed(dana, [UInt8](repeating: 120, count: 100))
            fed += 100
            stage.wait(.seconds(60))
        }
        #expect(stage.closed[dana] == "a line of more than 16384 bytes")
        #expect(fed <= HubLimits.readBuffer + 1_000)
    }

    @Test("silence for 90 s is asked PING, and 60 s more end the connection; anything heard begins anew")
    func ping() {
        var stage = Stage()
        let dana = stage.join("dana", channels: "#tea")
        let noa = stage.join("noa", channels: "#tea")
        stage.wait(.milliseconds(89_999))
        #expect(stage.take(dana).isEmpty)
        stage.say(noa, "PONG x")
        stage.wait(.milliseconds(1))
        #expect(stage.take(dana) == ["PING :rdtchat.local"])
        stage.wait(.milliseconds(59_999))
        stage.say(dana, "PONG rdtchat.local")
        stage.wait(.seconds(89))
        #expect(stage.closed[dana] == nil)
        stage.wait(.seconds(62))
        #expect(stage.closed[dana] == "ping timeout: 150 s")
    }

    @Test("the burst is 10 lines, then 2 a second pass; reading pauses meanwhile and no text is lost")
    func flood() {
        var stage = Stage(Self.strict)
        let noa = stage.join("noa", channels: "#tea")
        stage.wait(.seconds(60))
        let dana = stage.join("dana", channels: "#tea")
        stage.wait(.seconds(60))
        _ = stage.take(noa)
        stage.feed(dana, Array((0..<20).map { "PRIVMSG #tea :\($0)\r\n" }.joined().utf8))
        #expect(stage.take(noa).count == 10)
        #expect(stage.paused == [dana])
        stage.wait(.milliseconds(499))
        #expect(stage.take(noa).isEmpty)
        stage.wait(.milliseconds(1))
        #expect(stage.take(noa) == [":dana!dana@192.0.2.1 PRIVMSG #tea :10"])
        stage.wait(.milliseconds(4_500))
        #expect(stage.take(noa).last == ":dana!dana@192.0.2.1 PRIVMSG #tea :19")
        #expect(stage.paused.isEmpty == false)
        stage.wait(.milliseconds(500))
        #expect(stage.paused.isEmpty)
    }

    @Test("what reaches nobody else costs a fiftieth: 450 questions at once are answered without a pause")
    func questions() {
        var stage = Stage(Self.strict)
        let dana = stage.join("dana")
        stage.wait(.seconds(60))
        _ = stage.take(dana)
        stage.feed(dana, Array(String(repeating: "PING x\r\n", count: 450).utf8))
        #expect(stage.take(dana).count == 450)
        #expect(stage.paused.isEmpty)
        stage.feed(dana, Array(String(repeating: "PING x\r\n", count: 2).utf8))
        #expect(stage.take(dana).count == 1)
        #expect(stage.paused == [dana])
        stage.wait(.milliseconds(10))
        #expect(stage.take(dana).count == 1)
    }

    @Test("an address has 10 connections, and the place of one that goes is free")
    func addresses() {
        var configuration = Stage.calm
        configuration.connectionsPerAddress = HubLimits.connectionsPerAddress
        var stage = Stage(configuration)
        let first = stage.connect(from: "192.0.2.9")
        for _ in 1..<10 { #expect(stage.closed[stage.connect(from: "192.0.2.9")] == nil) }
        let eleventh = stage.connect(from: "192.0.2.9")
        #expect(stage.closed[eleventh] == "more than 10 connections from 192.0.2.9")
        stage.leave(eleventh)
        #expect(stage.closed[stage.connect(from: "192.0.2.10")] == nil)
        stage.leave(first)
        #expect(stage.closed[stage.connect(from: "192.0.2.9")] == nil)
    }

    @Test("the connections of one IPv6 network of 64 bits are counted together")
    func networks() {
        var configuration = Stage.calm
        configuration.connectionsPerAddress = 3
        var stage = Stage(configuration)
        for host in 1...3 {
            #expect(stage.closed[stage.connect(from: "2001:db8::\(host)", group: "2001:db8::/64")] == nil)
        }
        let fourth = stage.connect(from: "2001:db8::4", group: "2001:db8::/64")
        #expect(stage.closed[fourth] == "more than 3 connections from 2001:db8::/64")
        #expect(stage.closed[stage.connect(from: "2001:db8:0:1::1", group: "2001:db8:0:1::/64")] == nil)
    }

    @Test("who reads nothing is closed before 96 KiB wait, its peers are told, and the others lose nothing")
    func unread() {
        var stage = Stage()
        let dana = stage.join("dana", channels: "#tea")
        let noa = stage.join("noa", channels: "#tea")
        let deaf = stage.join("deaf", channels: "#tea")
        stage.blocked.insert(deaf)
        let text = String(repeating: "x", count: 400)
        var lines = 0
        while stage.closed[deaf] == nil, lines < 1_000 {
            stage.say(dana, "PRIVMSG #tea :\(text)")
            lines += 1
        }
        #expect(stage.closed[deaf] == "send queue full")
        #expect((stage.unread[deaf] ?? 0) <= HubLimits.sendQueue + 512)
        #expect((stage.unread[deaf] ?? 0) > HubLimits.sendQueue - 512)
        #expect(stage.take(noa).count == lines + 1)
        #expect(stage.take(dana) == [":deaf!deaf@192.0.2.1 QUIT :send queue full"])
    }

    @Test("a long answer waits for its reader, what was asked after it waits behind it, and nothing is lost")
    func longAnswer() {
        var stage = Stage()
        let dana = stage.join("dana")
        for number in 0..<500 {
            _ = stage.join("\(String(repeating: "n", count: 20))\(number)", from: "192.0.2.\(number % 9)")
        }
        stage.blocked.insert(dana)
        stage.say(dana, "WHO *")
        stage.say(dana, "PING barrier")
        #expect(stage.paused == [dana])
        let early = stage.take(dana)
        #expect(early.count < 450)
        stage.unblock(dana)
        let all = early + stage.take(dana)
        #expect(all.count == 503)
        #expect(all[501] == ":rdtchat.local 315 dana * :End of /WHO list")
        #expect(all[502] == ":rdtchat.local PONG rdtchat.local :barrier")
        #expect(stage.paused.isEmpty)
    }

    @Test("every client is told when the server goes")
    func shutDown() {
        var stage = Stage()
        let dana = stage.join("dana", channels: "#tea")
        let greeter = stage.connect()
        stage.act { $0.shutDown(reason: "server is going down", at: $1) }
        for client in [dana, greeter] {
            #expect(stage.take(client) == ["ERROR :Closing link: 192.0.2.1 (server is going down)"])
            #expect(stage.closed[client] == "server is going down")
        }
        #expect(stage.hub.nextDeadline == nil)
        stage.leave(dana)
    }
}
