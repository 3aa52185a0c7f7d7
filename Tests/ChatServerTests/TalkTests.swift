import ChatServer
import IRC
import Testing
import Timeline

@Suite("talk")
struct TalkTests {
    @Test("a message to a channel reaches all but its sender, and one to a nickname only that person")
    func delivery() {
        var stage = Stage()
        let dana = stage.join("dana", channels: "#Tea")
        let noa = stage.join("Noa", channels: "#tea")
        let gal = stage.join("gal", channels: "#tea")
        stage.say(dana, "PRIVMSG #tea :שלום 👋🏽")
        #expect(stage.take(noa) == [":dana!dana@192.0.2.1 PRIVMSG #Tea :שלום 👋🏽"])
        #expect(stage.take(gal) == [":dana!dana@192.0.2.1 PRIVMSG #Tea :שלום 👋🏽"])
        #expect(stage.take(dana).isEmpty)
        stage.say(dana, "PRIVMSG nOA secret", "NOTICE noa :psst")
        #expect(
            stage.take(noa) == [":dana!dana@192.0.2.1 PRIVMSG Noa :secret", ":dana!dana@192.0.2.1 NOTICE Noa :psst"])
        #expect(stage.take(gal).isEmpty)
        #expect(stage.take(dana).isEmpty)
    }

    @Test("all receivers of a line share its bytes")
    func shared() {
        var hub = Hub(Stage.calm, at: Instant(nanoseconds: 0), wall: Stage.wall)
        let text = String(repeating: "x", count: 100)
        for number in 1...3 {
            let id = ConnectionID(rawValue: UInt64(number))
            hub.connected(id, address: "192.0.2.1", at: Instant(nanoseconds: 0))
            let lines =
                "NICK n\(number)\r\nUSER n 0 * :N\r\nJOIN #a\r\n" + (number == 3 ? "PRIVMSG #a :\(text)\r\n" : "")
            hub.receive(Array(lines.utf8)[...], from: id, at: Instant(nanoseconds: 0))
        }
        var receivers: [[ConnectionID]] = []
        while let effect = hub.nextEffect() {
            if case .relay(let bytes, let clients) = effect, bytes.count > 100, bytes.suffix(3) == [120, 13, 10] {
                receivers.append(clients)
            }
        }
        #expect(receivers == [[ConnectionID(rawValue: 1), ConnectionID(rawValue: 2)]])
    }

    @Test("what cannot be delivered is an error for PRIVMSG, never a broadcast, and silence for NOTICE")
    func errors() {
        var stage = Stage()
        let dana = stage.join("dana", channels: "#tea")
        let noa = stage.join("noa", channels: "#other")
        for command in ["PRIVMSG", "NOTICE"] {
            stage.say(
                dana, command, "\(command) noa", "\(command) noa :", "\(command) nobody :x", "\(command) #none :x",
                "\(command) #other :x", "\(command) #a:b :x", "\(command) a,b,c,d,e :x")
            let got = stage.take(dana)
            guard command == "PRIVMSG" else {
                #expect(got.isEmpty)
                continue
            }
            #expect(
                got.prefix(7) == [
                    ":rdtchat.local 411 dana :No recipient given (PRIVMSG)",
                    ":rdtchat.local 412 dana :No text to send", ":rdtchat.local 412 dana :No text to send",
                    ":rdtchat.local 401 dana nobody :No such nickname",
                    ":rdtchat.local 403 dana #none :No such channel",
                    ":rdtchat.local 404 dana #other :You are not on that channel",
                    ":rdtchat.local 403 dana #a:b :No such channel",
                ])
            #expect(got.last == ":rdtchat.local 407 dana e :At most 4 targets; the others got nothing")
        }
        #expect(stage.take(noa).isEmpty)
    }

    @Test("one target named twice gets one message, and four get theirs")
    func targets() {
        var stage = Stage()
        let dana = stage.join("dana")
        let noa = stage.join("noa")
        let gal = stage.join("gal")
        stage.say(dana, "PRIVMSG noa,NOA,gal,noa :x")
        #expect(stage.take(noa).count == 1)
        #expect(stage.take(gal).count == 1)
    }

    @Test("a relayed line is at most 510 bytes with the prefix that it gets, cut on a character's border")
    func cut() {
        var stage = Stage()
        let dana = stage.join("dana", channels: "#tea")
        let noa = stage.join("noa", channels: "#tea")
        let prefix = ":dana!dana@192.0.2.1 PRIVMSG #tea :"
        let room = 510 - prefix.utf8.count
        let whole = String(repeating: "x", count: room)
        stage.say(dana, "PRIVMSG #tea :\(whole)", "PRIVMSG #tea :\(whole.dropLast())ש")
        #expect(stage.take(noa) == [prefix + whole, prefix + whole.dropLast()])
    }

    @Test("server-time dates relayed lines, and echo-message returns what was said as the others have it")
    func capabilities() {
        var stage = Stage()
        let dana = stage.join("dana", channels: "#tea", capabilities: "echo-message server-time")
        let noa = stage.join("noa", channels: "#tea", capabilities: "server-time")
        let gal = stage.join("gal", channels: "#tea")
        stage.wait(.milliseconds(61_250))
        stage.say(dana, "PRIVMSG #tea :hi", "PRIVMSG noa :psst", "PING x")
        let line = ":dana!dana@192.0.2.1 PRIVMSG #tea :hi"
        let time = "@time=2026-11-22T12:21:01.250Z "
        let secret = time + ":dana!dana@192.0.2.1 PRIVMSG noa :psst"
        #expect(stage.take(gal) == [line])
        #expect(stage.take(noa) == [time + line, secret])
        #expect(stage.take(dana) == [time + line, secret, ":rdtchat.local PONG rdtchat.local :x"])
    }

    @Test("who is away says so to whoever writes, in WHOIS and to clients with away-notify")
    func away() {
        var stage = Stage()
        let dana = stage.join("dana", channels: "#tea")
        let noa = stage.join("noa", channels: "#tea", capabilities: "away-notify")
        stage.say(dana, "AWAY :tea", "AWAY :tea")
        #expect(
            stage.take(dana)
                == Array(repeating: ":rdtchat.local 306 dana :You have been marked as being away", count: 2))
        stage.say(noa, "PRIVMSG dana :there?", "NOTICE dana :there?")
        #expect(stage.take(noa) == [":dana!dana@192.0.2.1 AWAY :tea", ":rdtchat.local 301 noa dana :tea"])
        _ = stage.take(dana)
        stage.say(dana, "AWAY")
        #expect(stage.take(dana) == [":rdtchat.local 305 dana :You are no longer marked as being away"])
        stage.say(dana, "AWAY :" + String(repeating: "x", count: 201))
        #expect(
            stage.take(noa) == [
                ":dana!dana@192.0.2.1 AWAY", ":dana!dana@192.0.2.1 AWAY :" + String(repeating: "x", count: 200),
            ])
    }

    @Test("WHO, WHOIS, ISON and USERHOST tell who is there")
    func queries() {
        var stage = Stage()
        let dana = stage.join("dana", channels: "#tea")
        let noa = stage.join("Noa", channels: "#tea,#b")
        stage.say(noa, "AWAY :out", "MODE Noa +i")
        _ = stage.take(noa)
        stage.wait(.seconds(7))
        stage.say(dana, "WHO #TEA", "WHO noa", "WHO nobody", "WHO #none")
        #expect(
            stage.take(dana) == [
                ":rdtchat.local 352 dana #tea dana 192.0.2.1 rdtchat.local dana H@ :0 Real dana",
                ":rdtchat.local 352 dana #tea noa 192.0.2.1 rdtchat.local Noa G :0 Real Noa",
                ":rdtchat.local 315 dana #TEA :End of /WHO list",
                ":rdtchat.local 352 dana #tea noa 192.0.2.1 rdtchat.local Noa G :0 Real Noa",
                ":rdtchat.local 315 dana noa :End of /WHO list", ":rdtchat.local 315 dana nobody :End of /WHO list",
                ":rdtchat.local 315 dana #none :End of /WHO list",
            ])
        stage.say(dana, "WHOIS noa", "WHOIS rdtchat.local nobody", "WHOIS")
        #expect(
            stage.take(dana) == [
                ":rdtchat.local 311 dana Noa noa 192.0.2.1 * :Real Noa",
                ":rdtchat.local 312 dana Noa rdtchat.local :Test Net",
                ":rdtchat.local 319 dana Noa :#tea @#b",
                ":rdtchat.local 317 dana Noa 7 1795350000 :seconds idle, signon time",
                ":rdtchat.local 301 dana Noa :out",
                ":rdtchat.local 318 dana Noa :End of /WHOIS list", ":rdtchat.local 401 dana nobody :No such nickname",
                ":rdtchat.local 318 dana nobody :End of /WHOIS list", ":rdtchat.local 431 dana :No nickname given",
            ])
        stage.say(dana, "WHOWAS nobody 1", "WHOWAS")
        #expect(
            stage.take(dana) == [
                ":rdtchat.local 406 dana nobody :There was no such nickname",
                ":rdtchat.local 369 dana nobody :End of WHOWAS", ":rdtchat.local 431 dana :No nickname given",
            ])
        stage.say(dana, "ISON noa nobody :DANA x", "USERHOST noa dana nobody")
        #expect(
            stage.take(dana) == [
                ":rdtchat.local 303 dana :Noa dana",
                ":rdtchat.local 302 dana :Noa=-noa@192.0.2.1 dana=+dana@192.0.2.1",
            ])
    }

    @Test("an invisible user is found by a mask only from within its channels")
    func invisible() throws {
        var stage = Stage()
        let noa = stage.join("noa", channels: "#tea")
        stage.say(noa, "MODE noa +i")
        let dana = stage.join("dana", channels: "#tea")
        let stranger = stage.join("stranger")
        stage.say(dana, "WHO n*")
        #expect(try stage.takeCommands(dana) == numerics(.whoReply, .endOfWho))
        stage.say(stranger, "WHO n*", "WHO #tea", "WHO")
        #expect(
            try stage.takeCommands(stranger)
                == numerics(.endOfWho, .whoReply, .endOfWho, .whoReply, .whoReply, .endOfWho))
    }

    @Test("VERSION, TIME, MOTD and LUSERS answer")
    func server() throws {
        var stage = Stage()
        let dana = stage.join("dana", channels: "#tea")
        _ = stage.connect()
        stage.say(dana, "VERSION", "TIME", "MOTD", "LUSERS")
        #expect(
            try stage.takeCommands(dana) == [
                "351", "005", "005", "391", "375", "372", "372", "376", "251", "253", "254", "255", "265", "266",
            ])
    }

    @Test("a clock that is set is told from then on, and the past stays in the order in which it was said")
    func clock() throws {
        var stage = Stage()
        let dana = stage.join("dana", channels: "#tea", capabilities: "server-time")
        let noa = stage.join("noa", channels: "#tea", capabilities: "server-time echo-message")
        func times() -> [String] {
            stage.say(noa, "PRIVMSG #tea :x")
            return stage.take(dana).map { String($0.prefix(30)) }
        }
        #expect(times() == ["@time=2026-11-22T12:20:00.000Z"])
        stage.act { $0.clockRead(UnixTime(seconds: Stage.wall.seconds - 3_600), milliseconds: 250, at: $1) }
        stage.wait(.milliseconds(500))
        #expect(times() == ["@time=2026-11-22T11:20:00.750Z"])
        stage.act { $0.clockRead(UnixTime(seconds: Stage.wall.seconds + 3_600), milliseconds: 999, at: $1) }
        #expect(times() == ["@time=2026-11-22T13:20:00.999Z"])
        let gal = stage.join("gal", capabilities: "server-time")
        stage.say(gal, "JOIN #tea")
        let past = stage.take(gal).filter { $0.contains("PRIVMSG") }.map { String($0.prefix(30)) }
        #expect(past.count == 3 && past == past.sorted(), "\(past)")
    }
}
