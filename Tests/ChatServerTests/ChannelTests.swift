import ChatServer
import IRC
import Testing
import Timeline

@Suite("channels")
struct ChannelTests {
    @Test("the own JOIN comes before topic and names, and the others see it too")
    func join() {
        var stage = Stage()
        let dana = stage.join("Dana", channels: "#Tea")
        stage.say(dana, "TOPIC #tea :green")
        let noa = stage.join("noa")
        stage.say(noa, "JOIN #TEA")
        #expect(
            stage.take(noa) == [
                ":noa!noa@192.0.2.1 JOIN #Tea",
                ":rdtchat.local 332 noa #Tea :green",
                ":rdtchat.local 333 noa #Tea Dana!dana@192.0.2.1 1795350000",
                ":rdtchat.local 353 noa = #Tea :@Dana noa",
                ":rdtchat.local 366 noa #Tea :End of /NAMES list",
            ])
        #expect(stage.take(dana) == [":noa!noa@192.0.2.1 JOIN #Tea"])
        stage.say(noa, "JOIN #tea")
        #expect(stage.take(noa).isEmpty)
    }

    @Test("several channels are joined and left at once, and JOIN 0 leaves all")
    func several() throws {
        var stage = Stage()
        let dana = stage.join("dana")
        stage.say(dana, "JOIN #a,#b,c,,#d")
        #expect(
            try stage.takeCommands(dana) == ["JOIN", "353", "366", "JOIN", "353", "366", "403", "JOIN", "353", "366"])
        stage.say(dana, "PART #A,#x :bye now", "PART #a", "JOIN 0")
        #expect(
            stage.take(dana) == [
                ":dana!dana@192.0.2.1 PART #a :bye now", ":rdtchat.local 403 dana #x :No such channel",
                ":rdtchat.local 403 dana #a :No such channel", ":dana!dana@192.0.2.1 PART #b",
                ":dana!dana@192.0.2.1 PART #d",
            ])
        #expect(stage.hub.channelCount == 0)
    }

    @Test("ten channels are allowed, and the eleventh is refused")
    func limit() {
        var stage = Stage()
        let dana = stage.join("dana", channels: "#1,#2,#3,#4,#5,#6,#7,#8,#9,#10")
        stage.say(dana, "JOIN #11")
        #expect(stage.take(dana) == [":rdtchat.local 405 dana #11 :You are in 10 channels already"])
        #expect(stage.hub.channelCount == 10)
    }

    @Test("who is not in a channel can neither leave it nor set its topic, but can ask for it")
    func outsider() {
        var stage = Stage()
        _ = stage.join("dana", channels: "#tea")
        let noa = stage.join("noa")
        stage.say(noa, "PART #tea", "TOPIC #tea :mine", "TOPIC #tea", "TOPIC #none", "TOPIC", "JOIN :")
        #expect(
            stage.take(noa) == [
                ":rdtchat.local 442 noa #tea :You are not on that channel",
                ":rdtchat.local 442 noa #tea :You are not on that channel",
                ":rdtchat.local 331 noa #tea :No topic is set",
                ":rdtchat.local 403 noa #none :No such channel",
                ":rdtchat.local 461 noa TOPIC :Not enough parameters",
                ":rdtchat.local 461 noa JOIN :Not enough parameters",
            ])
    }

    @Test("a topic is told to all, cut to 390 bytes on a character's border, and taken away by an empty one")
    func topic() {
        var stage = Stage()
        let dana = stage.join("dana", channels: "#tea")
        let noa = stage.join("noa", channels: "#tea")
        stage.say(noa, "TOPIC #tea :\(String(repeating: "x", count: 389))ש")
        #expect(stage.take(dana) == [":noa!noa@192.0.2.1 TOPIC #tea :" + String(repeating: "x", count: 389)])
        stage.say(noa, "TOPIC #tea :" + String(repeating: "x", count: 390))
        #expect(stage.take(dana) == [":noa!noa@192.0.2.1 TOPIC #tea :" + String(repeating: "x", count: 390)])
        stage.say(noa, "TOPIC #tea :", "TOPIC #tea")
        #expect(stage.take(noa).last == ":rdtchat.local 331 noa #tea :No topic is set")
    }

    @Test("QUIT and NICK reach everybody once, however many channels are shared")
    func once() {
        var stage = Stage()
        let dana = stage.join("dana", channels: "#a,#b,#c")
        let noa = stage.join("noa", channels: "#c,#b,#a")
        let stranger = stage.join("stranger", channels: "#other")
        stage.say(dana, "NICK Dina", "NICK Dina", "NICK dina")
        let changes = [":dana!dana@192.0.2.1 NICK :Dina", ":Dina!dana@192.0.2.1 NICK :dina"]
        #expect(stage.take(noa) == changes)
        #expect(stage.take(dana) == changes)
        stage.say(dana, "QUIT :so long")
        #expect(stage.take(noa) == [":dina!dana@192.0.2.1 QUIT :Quit: so long"])
        #expect(stage.take(dana) == ["ERROR :Closing link: 192.0.2.1 (Quit: so long)"])
        #expect(stage.closed[dana] == "Quit: so long")
        stage.leave(noa)
        #expect(stage.take(stranger).isEmpty)
    }

    @Test("NAMES lists a channel in lines that fit, with hosts for whom asked for them")
    func names() throws {
        var stage = Stage()
        let long = String(repeating: "x", count: 26)
        var last: Stage.Client?
        for number in 0..<100 { last = stage.join("\(long)\(number)", channels: "#tea") }
        let asker = stage.join("asker", capabilities: "userhost-in-names")
        stage.say(asker, "NAMES #tea", "NAMES #none", "NAMES")
        let got = stage.take(asker)
        #expect(got.allSatisfy { $0.utf8.count <= 510 })
        let names = try got.filter { $0.contains(" 353 ") }
            .flatMap { try Message(parsing: Array($0.utf8)).parameters[3].split(separator: " ") }
        #expect(names.count == 100)
        #expect(names[7] == "\(long)7!\(long.prefix(16))@192.0.2.1")
        #expect(
            got.suffix(2) == [
                ":rdtchat.local 366 asker #none :End of /NAMES list", ":rdtchat.local 366 asker * :End of /NAMES list",
            ])
        stage.say(try #require(last), "NAMES #tea")
        #expect(stage.take(try #require(last)).allSatisfy { $0.utf8.count <= 510 })
    }

    @Test("LIST tells channels with their members and topics, all or those that match")
    func list() {
        var stage = Stage()
        let dana = stage.join("dana", channels: "#tea,#coffee")
        stage.say(dana, "TOPIC #tea :green")
        _ = stage.take(dana)
        stage.say(dana, "LIST", "LIST #T*")
        #expect(
            stage.take(dana) == [
                ":rdtchat.local 321 dana Channel :Users  Name", ":rdtchat.local 322 dana #coffee 1 :",
                ":rdtchat.local 322 dana #tea 1 :green", ":rdtchat.local 323 dana :End of /LIST",
                ":rdtchat.local 321 dana Channel :Users  Name", ":rdtchat.local 322 dana #tea 1 :green",
                ":rdtchat.local 323 dana :End of /LIST",
            ])
    }

    @Test("MODE answers what clients ask: a channel's modes and ban list, the own modes")
    func modes() {
        var stage = Stage()
        let dana = stage.join("dana", channels: "#tea")
        _ = stage.join("noa")
        stage.say(dana, "MODE #tea", "MODE #tea b", "MODE #tea +b", "MODE #tea +X", "MODE #tea +o noa", "MODE #none")
        #expect(
            stage.take(dana) == [
                ":rdtchat.local 324 dana #tea +n", ":rdtchat.local 329 dana #tea 1795350000",
                ":rdtchat.local 368 dana #tea :End of channel ban list",
                ":rdtchat.local 368 dana #tea :End of channel ban list",
                ":rdtchat.local 472 dana X :is no mode that #tea can have",
                ":rdtchat.local 441 dana noa #tea :is not on that channel",
                ":rdtchat.local 403 dana #none :No such channel",
            ])
        stage.say(
            dana, "MODE DANA", "MODE dana +i", "MODE dana +i", "MODE dana", "MODE dana -i+x", "MODE noa", "MODE x")
        #expect(
            stage.take(dana) == [
                ":rdtchat.local 221 dana +", ":dana!dana@192.0.2.1 MODE dana +i", ":rdtchat.local 221 dana +i",
                ":rdtchat.local 501 dana :Unknown MODE flag", ":dana!dana@192.0.2.1 MODE dana -i",
                ":rdtchat.local 502 dana :You cannot see or change the modes of others",
                ":rdtchat.local 401 dana x :No such nickname",
            ])
    }

    @Test("names and keys that only look alike are two: each channel is talked to, and a key in other bytes opens none")
    func lookAlikes() throws {
        var stage = Stage()
        let (one, two) = ("#caf\u{E9}", "#cafe\u{301}")
        let dana = stage.join("dana", channels: "\(one),\(two)")
        let noa = stage.join("noa", channels: "\(one),\(two)")
        stage.say(dana, "PRIVMSG \(one),\(two) :hello", "NAMES \(one),\(two)", "MODE \(one) +k caf\u{E9}")
        #expect(try stage.takeCommands(noa) == ["PRIVMSG", "PRIVMSG", "MODE"])
        #expect(try stage.takeCommands(dana) == ["353", "366", "353", "366", "MODE"])
        let gal = stage.join("gal")
        stage.say(gal, "JOIN \(one) cafe\u{301}", "JOIN \(one) caf\u{E9}")
        #expect(try stage.takeCommands(gal) == ["475", "JOIN", "353", "366"])
    }
}
