import ChatServer
import IRC
import Testing
import Timeline

@Suite("a configuration that changes while people are here")
struct ReloadTests {
    @Test("a shorter history forgets at once what is beyond it, and none forgets all")
    func history() throws {
        var stage = Stage()
        let dana = stage.join("dana", channels: "#tea", capabilities: "draft/chathistory")
        for number in 1...9 { stage.say(dana, "PRIVMSG #tea :\(number)") }
        func configure(history: Int) {
            var configuration = Stage.calm
            configuration.history = history
            stage.act { $0.configure(configuration, at: $1) }
        }
        func texts() throws -> [String] {
            stage.say(dana, "CHATHISTORY LATEST #tea * 9")
            return try stage.take(dana).compactMap { try Message(parsing: Array($0.utf8)).parameters.last }
        }
        configure(history: 3)
        configure(history: 9)
        #expect(try texts() == ["7", "8", "9"])
        configure(history: 0)
        let noa = stage.join("noa", capabilities: "server-time")
        stage.say(noa, "JOIN #tea")
        #expect(!stage.take(noa).contains { $0.contains("PRIVMSG") })
        configure(history: 9)
        _ = stage.take(dana)
        #expect(try texts().isEmpty)
    }

    @Test("who came with a nickname in another script is found when no more of them may come")
    func nicknames() throws {
        var configuration = Stage.calm
        configuration.nicknameRule = .unicode
        var stage = Stage(configuration)
        let noa = stage.join("נועה", channels: "#tea")
        let dana = stage.join("dana", channels: "#tea")
        stage.act { $0.configure(Stage.calm, at: $1) }
        _ = stage.take(noa)
        stage.say(dana, "WHOIS נועה", "PRIVMSG נועה :hi", "NICK דנה", "MONITOR + נועה")
        let commands = try stage.takeCommands(dana).filter { $0 != "312" && $0 != "319" }
        #expect(commands == ["311", "317", "318", "432", "730"])
        #expect(stage.take(noa) == [":dana!dana@192.0.2.1 PRIVMSG נועה :hi"])
        stage.say(noa, "KICK #tea dana", "NICK noa")
        stage.say(dana, "WHOWAS נועה")
        #expect(try stage.takeCommands(dana).suffix(3) == ["314", "312", "369"])
    }

    @Test("every operator of the server is told what came of a reload, and nobody else is")
    func report() throws {
        var configuration = Stage.calm
        configuration.operators = [OperatorAccount(name: "root", passwordHash: "$y$hash", masks: [Mask("*@*")])]
        var stage = Stage(configuration)
        let dana = stage.join("dana")
        let noa = stage.join("noa")
        stage.say(dana, "OPER root sesame")
        guard case .verifyPassword(let request, password: _, hash: _)? = stage.takeOthers().first else {
            Issue.record("no question")
            return
        }
        stage.act { $0.passwordVerified(request, matches: true, at: $1) }
        stage.say(dana, "REHASH")
        #expect(stage.take(dana).last == ":rdtchat.local 382 dana configuration :Rehashing")
        stage.act { $0.configurationRead("REHASH: nothing changed: line 3 \u{1B}x", at: $1) }
        #expect(stage.take(dana) == [":rdtchat.local NOTICE dana :REHASH: nothing changed: line 3 ^[x"])
        #expect(stage.take(noa).isEmpty)
    }
}

@Suite("addresses of IPv6 in masks")
struct AddressMaskTests {
    @Test("an operator's mask and a ban fit ::1 written as it is and as 0::1")
    func loopback() throws {
        for mask in ["*@::1", "*@0::1", "*@*::1"] {
            var configuration = Stage.calm
            configuration.operators = [OperatorAccount(name: "root", passwordHash: "$y$hash", masks: [Mask(mask)])]
            var stage = Stage(configuration)
            let dana = stage.join("dana", channels: "#tea", from: "::1")
            stage.say(dana, "OPER root sesame")
            #expect(stage.takeOthers().count == 1, "\(mask)")
            let noa = stage.join("noa", from: "192.0.2.1")
            let gal = stage.join("gal", channels: "#cup", from: "::1")
            stage.say(noa, "JOIN #milk", "MODE #milk +b *!\(mask)")
            stage.say(gal, "JOIN #milk")
            #expect(try stage.takeCommands(gal) == ["474"], "\(mask)")
        }
    }
}
