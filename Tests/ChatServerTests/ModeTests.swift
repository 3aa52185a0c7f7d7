import ChatServer
import IRC
import Testing
import Timeline

@Suite("channel modes and operators")
struct ModeTests {
    @Test("who makes a channel is its operator, who comes later is not, and in #lobby nobody is")
    func founder() {
        var stage = Stage()
        let dana = stage.join("dana", channels: "#tea,#lobby")
        let noa = stage.join("noa", capabilities: "multi-prefix")
        stage.say(noa, "JOIN #tea,#lobby", "MODE #tea +m")
        let got = stage.take(noa)
        #expect(got.contains(":rdtchat.local 353 noa = #tea :@dana noa"))
        #expect(got.contains(":rdtchat.local 353 noa = #lobby :dana noa"))
        #expect(got.last == ":rdtchat.local 482 noa #tea :You are not a channel operator")
        stage.say(dana, "MODE #tea +v dana", "NAMES #tea")
        _ = stage.take(noa)
        stage.say(noa, "NAMES #tea", "WHOIS dana")
        #expect(stage.take(noa).contains(":rdtchat.local 353 noa = #tea :@+dana noa"))
        #expect(stage.take(dana).contains(":rdtchat.local 353 dana = #tea :@dana noa"))
    }

    @Test("one line changes several modes, is told once, and takes at most four parameters")
    func several() {
        var stage = Stage()
        let dana = stage.join("dana", channels: "#tea")
        let noa = stage.join("noa", channels: "#tea")
        stage.say(dana, "MODE #tea +mk-n+ov-t sesame noa NOA", "MODE #tea")
        #expect(stage.take(noa) == [":dana!dana@192.0.2.1 MODE #tea +mk-n+ov sesame noa noa"])
        #expect(stage.take(dana).suffix(2).first == ":rdtchat.local 324 dana #tea +mk sesame")
        stage.say(dana, "MODE #tea +bbbbb a b c d e", "MODE #tea b")
        #expect(stage.take(noa) == [":dana!dana@192.0.2.1 MODE #tea +bbbb a!*@* b!*@* c!*@* d!*@*"])
        #expect(stage.take(dana).dropFirst().first == ":rdtchat.local 367 dana #tea a!*@* dana 1795350000")
    }

    @Test("a ban, +i, a key and a limit keep out, an invitation opens the first two, and who is out may not talk")
    func closed() throws {
        var stage = Stage()
        let dana = stage.join("dana", channels: "#tea")
        let noa = stage.join("noa")
        stage.say(dana, "MODE #tea +bikl *!noa@* sesame 1")
        stage.say(noa, "JOIN #tea")
        stage.say(dana, "MODE #tea -b *!NOA@*")
        stage.say(noa, "JOIN #tea")
        stage.say(dana, "INVITE noa #tea")
        stage.say(noa, "JOIN #tea", "JOIN #tea sesame", "PRIVMSG #tea :hi")
        #expect(try stage.takeCommands(noa) == ["474", "473", "INVITE", "475", "471", "404"])
        stage.say(dana, "MODE #tea +l 2", "MODE #tea +b noa")
        stage.say(noa, "JOIN #tea sesame", "PRIVMSG #tea :hi")
        #expect(stage.take(noa).last == ":rdtchat.local 404 noa #tea :You are banned from this channel")
        stage.say(dana, "MODE #tea +v noa")
        _ = stage.take(dana)
        stage.say(noa, "PRIVMSG #tea :hi")
        #expect(stage.take(dana) == [":noa!noa@192.0.2.1 PRIVMSG #tea :hi"])
        stage.say(noa, "PART #tea", "JOIN #tea sesame")
        #expect(try stage.takeCommands(noa).suffix(1) == ["474"])
    }

    @Test("a banned member keeps its nickname and the topic as it is, until it has a voice")
    func bannedMember() throws {
        var stage = Stage()
        let dana = stage.join("dana", channels: "#tea")
        let noa = stage.join("noa", channels: "#tea")
        stage.say(dana, "MODE #tea +b noa")
        _ = stage.take(noa)
        stage.say(noa, "NICK gal", "TOPIC #tea :mine", "PRIVMSG #tea :hi")
        #expect(
            stage.take(noa) == [
                ":rdtchat.local 435 noa gal #tea :You are banned from this channel, and keep your nickname in it",
                ":rdtchat.local 404 noa #tea :You are banned from this channel",
                ":rdtchat.local 404 noa #tea :You are banned from this channel",
            ])
        stage.say(dana, "MODE #tea +v noa")
        _ = stage.take(noa)
        stage.say(noa, "TOPIC #tea :mine", "NICK gal")
        #expect(try stage.takeCommands(noa) == ["TOPIC", "NICK"])
    }

    @Test("an invitation to a channel that has gone does not open its successor")
    func successor() throws {
        var stage = Stage()
        let dana = stage.join("dana", channels: "#tea")
        let noa = stage.join("noa")
        stage.say(dana, "INVITE noa #tea", "PART #tea", "JOIN #tea", "MODE #tea +i")
        stage.say(noa, "JOIN #tea")
        #expect(try stage.takeCommands(noa) == ["INVITE", "473"])
    }

    @Test("a moderated channel hears operators and voices, and +t keeps its topic")
    func moderated() throws {
        var stage = Stage()
        let dana = stage.join("dana", channels: "#tea")
        let noa = stage.join("noa", channels: "#tea")
        stage.say(dana, "MODE #tea +mt")
        _ = stage.take(noa)
        stage.say(noa, "PRIVMSG #tea :hi", "TOPIC #tea :mine", "NOTICE #tea :hi")
        #expect(try stage.takeCommands(noa) == ["404", "482"])
        stage.say(dana, "PRIVMSG #tea :order", "MODE #tea +v noa")
        stage.say(noa, "PRIVMSG #tea :thanks")
        #expect(stage.take(dana).last == ":noa!noa@192.0.2.1 PRIVMSG #tea :thanks")
    }

    @Test("without +n strangers are heard, and a secret channel is there for its members only")
    func openAndSecret() throws {
        var stage = Stage()
        let dana = stage.join("dana", channels: "#tea")
        let noa = stage.join("noa")
        stage.say(dana, "MODE #tea -n+s")
        _ = stage.take(dana)
        stage.say(noa, "PRIVMSG #tea :hi", "LIST", "NAMES #tea", "WHO #tea", "WHOIS dana", "TOPIC #tea")
        #expect(stage.take(dana) == [":noa!noa@192.0.2.1 PRIVMSG #tea :hi"])
        #expect(
            try stage.takeCommands(noa) == ["321", "323", "366", "315", "311", "312", "317", "318", "442"])
        stage.say(noa, "MODE #tea", "MODE #tea b", "MODE #tea +b rude")
        #expect(try stage.takeCommands(noa) == ["442", "442", "442"])
        stage.say(dana, "NAMES #tea", "MODE #tea")
        #expect(stage.take(dana).first == ":rdtchat.local 353 dana @ #tea :@dana")
    }

    @Test("wrong parameters of modes are told, each by its numeric")
    func faults() throws {
        var stage = Stage()
        let dana = stage.join("dana", channels: "#tea")
        stage.say(
            dana, "MODE #tea +o", "MODE #tea +o nobody", "MODE #tea +k a,b", "MODE #tea +k", "MODE #tea +l x",
            "MODE #tea +l 0", "MODE #tea +l", "MODE #tea -k", "MODE #tea -l", "MODE #tea +n")
        #expect(try stage.takeCommands(dana) == ["461", "401", "525", "461", "696", "696", "461"])
        for number in 0..<50 { stage.say(dana, "MODE #tea +b x\(number)") }
        _ = stage.take(dana)
        stage.say(dana, "MODE #tea +b x49", "MODE #tea +b x50")
        #expect(try stage.takeCommands(dana) == ["478"])
    }

    @Test("an operator kicks, the others see it, and the kicked is out")
    func kick() throws {
        var stage = Stage()
        let dana = stage.join("dana", channels: "#tea")
        let noa = stage.join("noa", channels: "#tea")
        let gal = stage.join("gal")
        stage.say(noa, "KICK #tea dana")
        stage.say(gal, "KICK #tea dana", "KICK #none dana", "KICK #tea")
        #expect(try stage.takeCommands(noa) == ["482"])
        #expect(try stage.takeCommands(gal) == ["442", "403", "461"])
        stage.say(dana, "KICK #tea noa,gal,nobody :enough")
        #expect(stage.take(noa) == [":dana!dana@192.0.2.1 KICK #tea noa :enough"])
        #expect(try stage.takeCommands(dana) == ["JOIN", "KICK", "441", "401"].filter { $0 != "JOIN" })
        stage.say(noa, "PRIVMSG #tea :hi")
        #expect(try stage.takeCommands(noa) == ["404"])
    }

    @Test("a line tells what it changed in the end, and asks once for each parameter that is missing")
    func longLine() throws {
        var stage = Stage()
        let dana = stage.join("dana", channels: "#tea")
        let noa = stage.join("noa", channels: "#tea")
        stage.say(dana, "MODE #tea " + String(repeating: "+i-i", count: 100) + "+m-n+n-t+s-s", "MODE #tea +s-s")
        #expect(stage.take(noa) == [":dana!dana@192.0.2.1 MODE #tea +m"])
        stage.say(dana, "MODE #tea -m+m-m+is")
        #expect(stage.take(noa) == [":dana!dana@192.0.2.1 MODE #tea -m+is"])
        _ = stage.take(dana)
        let letters = String(repeating: "ovkl", count: 100) + "-" + String(repeating: "ov", count: 30)
        stage.say(dana, "MODE #tea +" + letters)
        #expect(try stage.takeCommands(dana) == ["461", "461", "461", "461"])
    }

    @Test("a ban ends at a space, by which name it can be taken off again, and one of nothing else is none")
    func banWithSpace() throws {
        var stage = Stage()
        let dana = stage.join("dana", channels: "#tea")
        stage.say(dana, "MODE #tea +b :a b", "MODE #tea +b : c", "MODE #tea +b :", "MODE #tea -b a!*@*", "MODE #tea b")
        #expect(
            stage.take(dana) == [
                ":dana!dana@192.0.2.1 MODE #tea +b a!*@*", ":dana!dana@192.0.2.1 MODE #tea -b a!*@*",
                ":rdtchat.local 368 dana #tea :End of channel ban list",
            ])
    }

    @Test("of more targets than a line may have the first that is left out is named")
    func tooManyTargets() throws {
        var stage = Stage()
        let dana = stage.join("dana", channels: "#tea")
        for line in ["KICK #tea a,b,c,d,e,f", "WHOIS a,b,c,d,e,f", "WHOWAS a,b,c,d,e,f"] {
            stage.say(dana, line)
            let last = stage.take(dana).last
            #expect(last == ":rdtchat.local 407 dana e :At most 4 targets a line; the others were left out", "\(line)")
        }
    }

    @Test("INVITE answers 341, tells of an absence, and refuses who is there already")
    func invite() throws {
        var stage = Stage()
        let dana = stage.join("dana", channels: "#tea")
        let noa = stage.join("noa")
        stage.say(noa, "AWAY :out", "INVITE dana #tea", "INVITE nobody #tea", "INVITE dana #none")
        #expect(try stage.takeCommands(noa) == ["306", "442", "401", "403"])
        stage.say(dana, "INVITE noa #tea", "INVITE dana #tea")
        #expect(
            stage.take(dana) == [
                ":rdtchat.local 341 dana noa #tea", ":rdtchat.local 301 dana noa :out",
                ":rdtchat.local 443 dana dana #tea :is already on that channel",
            ])
        #expect(stage.take(noa) == [":dana!dana@192.0.2.1 INVITE noa #tea"])
    }

    @Test("#lobby outlives its last member with its topic, other channels do not")
    func standing() throws {
        var stage = Stage()
        let dana = stage.join("dana", channels: "#lobby,#tea")
        stage.say(dana, "TOPIC #lobby :welcome", "JOIN 0", "JOIN #lobby,#tea")
        let got = stage.take(dana)
        #expect(got.contains(":rdtchat.local 332 dana #lobby :welcome"))
        #expect(stage.hub.channelCount == 2)
    }
}
