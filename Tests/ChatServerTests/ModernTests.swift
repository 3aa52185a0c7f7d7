import ChatServer
import IRC
import Testing
import Timeline

@Suite("what IRCv3 adds")
struct ModernTests {
    @Test("client tags and a msgid reach clients that know tags, and TAGMSG reaches nobody else")
    func tags() {
        var stage = Stage()
        let dana = stage.join("dana", channels: "#tea", capabilities: "message-tags echo-message")
        let noa = stage.join("noa", channels: "#tea", capabilities: "message-tags")
        let gal = stage.join("gal", channels: "#tea")
        _ = stage.take(dana)
        stage.say(dana, "@+typing=active;drop=me TAGMSG #tea", "@+re=1;x=y PRIVMSG #tea :hi", "TAGMSG #tea")
        let got = stage.take(noa)
        #expect(got.count == 2)
        #expect(got[0].hasPrefix("@+typing=active;msgid="))
        #expect(got[0].hasSuffix(" :dana!dana@192.0.2.1 TAGMSG #tea"))
        #expect(got[1].hasPrefix("@+re=1;msgid="))
        #expect(stage.take(gal) == [":dana!dana@192.0.2.1 PRIVMSG #tea :hi"])
        #expect(stage.take(dana) == got)
    }

    @Test("a tag whose key is none by the grammar is not passed on, and TAGMSG to nobody is an error")
    func tagKeys() {
        var stage = Stage()
        let dana = stage.join("dana", channels: "#tea", capabilities: "message-tags")
        let noa = stage.join("noa", channels: "#tea", capabilities: "message-tags")
        _ = stage.take(dana)
        stage.say(dana, "@+\u{1B}[31m=1;+;+a_b=2;+é=3;+ex.org/a-1=4 PRIVMSG #tea :hi", "@+é TAGMSG #tea")
        let got = stage.take(noa)
        #expect(got.count == 1 && got[0].hasPrefix("@+ex.org/a-1=4;msgid="))
        stage.say(dana, "@+a TAGMSG nobody", "@+a TAGMSG #none", "NOTICE nobody :x")
        #expect(
            stage.take(dana) == [
                ":rdtchat.local 401 dana nobody :No such nickname", ":rdtchat.local 403 dana #none :No such channel",
            ])
        stage.say(noa, "AWAY :out", "WHO 0")
        #expect(stage.take(noa).last == ":rdtchat.local 315 noa 0 :End of /WHO list")
        stage.say(dana, "@+a TAGMSG noa")
        #expect(stage.take(dana).isEmpty)
    }

    @Test("a label comes back with one answer, an ACK, or a batch, also when the answer comes later")
    func labels() throws {
        var stage = Stage()
        let dana = stage.join(
            "dana", channels: "#tea", capabilities: "labeled-response batch message-tags rdtchat/files")
        stage.say(dana, "@label=a PING x", "@label=b PONG x", "@label=c MODE #tea", "@label=d FILES", "PING last")
        #expect(
            stage.take(dana) == [
                "@label=a :rdtchat.local PONG rdtchat.local :x", "@label=b :rdtchat.local ACK",
                "@label=c :rdtchat.local BATCH +1 labeled-response",
                "@batch=1 :rdtchat.local 324 dana #tea +n", "@batch=1 :rdtchat.local 329 dana #tea 1795350000",
                ":rdtchat.local BATCH -1",
            ])
        guard case .listShelf(let request, mask: _)? = stage.takeOthers().first else {
            Issue.record("nobody looked at the shelf")
            return
        }
        stage.act { $0.shelfListed(request, entries: [], at: $1) }
        #expect(
            stage.take(dana) == [
                "@label=d :rdtchat.local FILEEND :0", ":rdtchat.local PONG rdtchat.local :last",
            ])
    }

    @Test("SETNAME changes the real name and tells clients that know it")
    func setName() {
        var stage = Stage()
        let dana = stage.join("dana", channels: "#tea", capabilities: "setname")
        let noa = stage.join("noa", channels: "#tea", capabilities: "setname")
        let gal = stage.join("gal", channels: "#tea")
        _ = stage.take(dana)
        _ = stage.take(noa)
        stage.say(dana, "SETNAME :Dana B.", "SETNAME :" + String(repeating: "x", count: 151), "WHOIS dana")
        #expect(stage.take(noa) == [":dana!dana@192.0.2.1 SETNAME :Dana B."])
        #expect(stage.take(gal).isEmpty)
        let got = stage.take(dana)
        #expect(got[1] == ":rdtchat.local FAIL SETNAME INVALID_REALNAME :A real name has at most 150 bytes")
        #expect(got[2].hasSuffix(":Dana B."))
    }

    @Test("MONITOR tells who comes, goes and is called anew, and forgets with its owner")
    func monitor() {
        var stage = Stage()
        let dana = stage.join("dana")
        stage.say(dana, "MONITOR + noa,dana", "MONITOR L")
        #expect(
            stage.take(dana) == [
                ":rdtchat.local 730 dana :dana!dana@192.0.2.1", ":rdtchat.local 731 dana :noa",
                ":rdtchat.local 732 dana :dana,noa", ":rdtchat.local 733 dana :End of MONITOR list",
            ])
        let noa = stage.connect()
        stage.say(noa, "NICK Noa", "USER noa 0 * :N", "NICK gal", "NICK noa", "QUIT")
        #expect(
            stage.take(dana) == [
                ":rdtchat.local 730 dana :Noa!noa@192.0.2.1", ":rdtchat.local 731 dana :Noa",
                ":rdtchat.local 730 dana :noa!noa@192.0.2.1", ":rdtchat.local 731 dana :noa",
            ])
        stage.say(dana, "MONITOR - dana", "MONITOR S", "MONITOR C", "MONITOR S", "MONITOR X")
        #expect(
            stage.take(dana) == [
                ":rdtchat.local 731 dana :noa",
                ":rdtchat.local 461 dana MONITOR :One of + - C L S comes first",
            ])
        for number in 0..<101 { stage.say(dana, "MONITOR + n\(number)") }
        #expect(stage.take(dana).last == ":rdtchat.local 734 dana 100 n100 :The monitor list is full")
        // All that found no place are named, in lines that fit.
        stage.say(dana, "MONITOR + n5,x,-bad," + (1...39).map { "much-more\($0)" }.joined(separator: ","))
        let refused = stage.take(dana)
        #expect(refused.count == 2 && refused.allSatisfy { $0.utf8.count <= 510 })
        let named = refused.flatMap { $0.split(separator: " ")[4].split(separator: ",") }
        #expect(named == ["x"] + (1...39).map { "much-more\($0)" })
        stage.leave(dana)
    }

    @Test("WHOX answers the fields that were asked for, in its own order, with the token")
    func whox() {
        var stage = Stage()
        let dana = stage.join("dana", channels: "#tea")
        stage.say(dana, "WHO #tea %nuhtf,42", "WHO dana %cr")
        #expect(
            stage.take(dana) == [
                ":rdtchat.local 354 dana 42 dana 192.0.2.1 dana H@", ":rdtchat.local 315 dana #tea :End of /WHO list",
                ":rdtchat.local 354 dana #tea :Real dana", ":rdtchat.local 315 dana dana :End of /WHO list",
            ])
    }

    @Test("LIST takes conditions: members, age, topic's age and names that shall not fit")
    func elist() throws {
        var stage = Stage()
        let dana = stage.join("dana", channels: "#tea,#coffee")
        _ = stage.join("noa", channels: "#tea")
        stage.wait(.seconds(60))
        stage.say(dana, "TOPIC #coffee :black")
        stage.wait(.seconds(60))
        stage.say(dana, "JOIN #new", "PONG x")
        _ = stage.take(dana)
        func names(_ condition: String) throws -> [String] {
            stage.say(dana, "LIST \(condition)")
            return try stage.take(dana).map { try Message(parsing: Array($0.utf8)) }
                .filter { $0.command == "322" }.map { $0.parameters[1] }
        }
        #expect(try names(">1") == ["#tea"])
        #expect(try names("<2") == ["#coffee", "#new"])
        #expect(try names("C>1") == ["#coffee", "#tea"])
        #expect(try names("C<1") == ["#new"])
        #expect(try names("T>0") == ["#coffee"])
        #expect(try names("T<1") == [])
        #expect(try names("!#t*") == ["#coffee", "#new"])
        #expect(try names("#t*,#n*,<2") == ["#new"])
    }

    @Test("WHOWAS remembers who left and who was called otherwise, the newest first")
    func whowas() throws {
        var stage = Stage()
        let dana = stage.join("dana")
        let noa = stage.join("noa")
        stage.say(noa, "NICK gal", "NICK noa", "QUIT")
        stage.say(dana, "WHOWAS NOA", "WHOWAS noa 1", "WHOWAS gal")
        #expect(
            try stage.takeCommands(dana)
                == ["314", "312", "314", "312", "369", "314", "312", "369", "314", "312", "369"])
    }
}

@Suite("lines of the past")
struct HistoryTests {
    private func talk(_ stage: inout Stage, _ client: Stage.Client, _ count: Int) {
        for number in 1...count {
            stage.wait(.milliseconds(1))
            stage.say(client, "PRIVMSG #tea :\(number)")
        }
    }

    private func texts(_ lines: [String]) throws -> [String] {
        try lines.map { try Message(parsing: Array($0.utf8)) }.filter { $0.command == "PRIVMSG" }
            .map { $0.parameters[1] }
    }

    @Test("who joins gets the last lines with their times; a bot, and who asks by itself or knows no times, gets none")
    func join() throws {
        var stage = Stage()
        let dana = stage.join("dana", channels: "#tea")
        talk(&stage, dana, 60)
        func heard(_ nick: String, _ capabilities: String, bot: Bool = false) throws -> [String] {
            let client = stage.join(nick, capabilities: capabilities)
            if bot { stage.say(client, "MODE \(nick) +B") }
            stage.say(client, "JOIN #tea")
            return stage.take(client)
        }
        let got = try heard("noa", "server-time")
        #expect(try texts(got) == (11...60).map(String.init))
        #expect(
            got.first { $0.hasSuffix(":11") } == "@time=2026-11-22T12:20:00.011Z :dana!dana@192.0.2.1 PRIVMSG #tea :11")
        #expect(try texts(heard("bot", "server-time", bot: true)).isEmpty)
        #expect(try texts(heard("old", "echo-message")).isEmpty)
        #expect(try texts(heard("asker", "server-time draft/chathistory")).isEmpty)
        let batched = try heard("gal", "server-time batch message-tags")
        #expect(
            batched.contains { $0.contains(" BATCH +1 chathistory :#tea") || $0.hasSuffix("BATCH +1 chathistory #tea") }
        )
        #expect(batched.filter { $0.hasPrefix("@batch=1;time=") }.count == 50)
    }

    @Test("CHATHISTORY gives what was said before, after, around and between times and messages")
    func commands() throws {
        var stage = Stage()
        let dana = stage.join("dana", channels: "#tea", capabilities: "draft/chathistory message-tags server-time")
        talk(&stage, dana, 20)
        _ = stage.take(dana)
        stage.say(dana, "CHATHISTORY LATEST #tea * 3")
        let last = stage.take(dana)
        #expect(try texts(last) == ["18", "19", "20"])
        let id = try #require(try Message(parsing: Array(last[0].utf8)).tag("msgid"))
        func ask(_ text: String) throws -> [String] {
            stage.say(dana, "CHATHISTORY \(text)")
            return try texts(stage.take(dana))
        }
        func time(_ number: Int) -> String { "timestamp=2026-11-22T12:20:00.0\(number < 10 ? "0" : "")\(number)Z" }
        #expect(try ask("BEFORE #tea msgid=\(id) 2") == ["16", "17"])
        #expect(try ask("AFTER #tea msgid=\(id) 9") == ["19", "20"])
        #expect(try ask("LATEST #tea msgid=\(id) 9") == ["19", "20"])
        #expect(try ask("AROUND #tea msgid=\(id) 4") == ["16", "17", "18", "19"])
        #expect(try ask("BEFORE #tea \(time(3)) 9") == ["1", "2"])
        #expect(try ask("BETWEEN #tea \(time(3)) \(time(7)) 9") == ["4", "5", "6"])
        #expect(try ask("BETWEEN #tea \(time(7)) \(time(3)) 2") == ["5", "6"])
        #expect(try ask("BEFORE #tea msgid=gone 9") == [])
        #expect(try ask("BEFORE #tea timestamp=2026-11-22T12:20:00Z 9") == [])
        #expect(try ask("AFTER #tea timestamp=2026-11-22T12:20:00.01Z 2") == ["11", "12"])
        #expect(try ask("BEFORE #tea timestamp=2026-11-22T12:20:01Z 2") == ["19", "20"])
        stage.say(
            dana, "CHATHISTORY BEFORE #tea x 9", "CHATHISTORY LATEST #none * 9", "CHATHISTORY WHAT #tea * 9",
            "CHATHISTORY TARGETS \(time(1)) \(time(30)) 5")
        let got = stage.take(dana)
        #expect(
            got.prefix(3).map { $0.split(separator: " ")[3] } == ["INVALID_PARAMS", "INVALID_TARGET", "INVALID_PARAMS"])
        #expect(got.last == ":rdtchat.local CHATHISTORY TARGETS #tea :2026-11-22T12:20:00.020Z")
    }

    @Test("the lines of all channels together stay within their bound, and go with their channel")
    func bounded() {
        var configuration = Stage.calm
        configuration.history = 80
        configuration.historyLines = 100
        var stage = Stage(configuration)
        let dana = stage.join("dana", channels: "#tea,#b")
        for number in 0..<200 {
            stage.say(dana, "PRIVMSG #\(number % 2 == 0 ? "tea" : "b") :\(number)")
        }
        #expect(stage.hub.statusLines.contains { $0.contains("history=100") })
        stage.say(dana, "JOIN 0")
        #expect(stage.hub.statusLines.contains { $0.contains("history=0") })
    }
}

@Suite("the pseudo-user files")
struct LibrarianTests {
    @Test("a person without our client asks `files` for a list and learns how to fetch")
    func list() throws {
        var stage = Stage()
        let dana = stage.join("dana")
        stage.say(dana, "NICK Files", "PRIVMSG FILES :list *.txt", "NOTICE files :list")
        #expect(stage.take(dana) == [":rdtchat.local 433 dana Files :Nickname is already in use"])
        guard case .listShelf(let request, mask: "*.txt")? = stage.takeOthers().first else {
            Issue.record("nobody looked at the shelf")
            return
        }
        let entries = try (1...150).map { number in
            FileEntry(name: try FileName("\(number).txt"), size: 7, modified: UnixTime(seconds: 1))
        }
        stage.act { $0.shelfListed(request, entries: entries, at: $1) }
        let got = stage.take(dana)
        #expect(got.first == ":files!files@rdtchat.local NOTICE dana :1.txt (7 bytes)")
        #expect(got.count == 101)
        #expect(got.last?.contains("150 files, of which 50 are not shown") == true)
        stage.say(dana, "PRIVMSG files :hello")
        #expect(stage.take(dana).count == 2)
    }

    @Test("capable clients are told when the shelf changes, others are not")
    func changed() {
        var stage = Stage()
        let dana = stage.join("dana", capabilities: "rdtchat/files")
        let noa = stage.join("noa")
        stage.act { $0.shelfChanged(at: $1) }
        #expect(stage.take(dana) == [":rdtchat.local FILESCHANGED"])
        #expect(stage.take(noa).isEmpty)
    }
}
