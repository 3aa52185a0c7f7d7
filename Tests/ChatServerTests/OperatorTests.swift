import ChatServer
import IRC
import Testing
import Timeline

@Suite("operators of the server")
struct OperatorTests {
    private static var guarded: HubConfiguration {
        var configuration = Stage.calm
        configuration.operators = [
            OperatorAccount(name: "root", passwordHash: "$y$hash", masks: [Mask("*@192.0.2.*")])
        ]
        return configuration
    }

    /// Answers the question for a password, which must be the only one.
    private func verify(_ stage: inout Stage, matches: Bool) throws {
        let asked = stage.takeOthers()
        guard case .verifyPassword(let request, password: "sesame", hash: "$y$hash")? = asked.first, asked.count == 1
        else {
            Issue.record("\(asked)")
            return
        }
        stage.act { $0.passwordVerified(request, matches: matches, at: $1) }
    }

    @Test("OPER asks for the hash to be compared, and the next line waits for the answer")
    func oper() throws {
        var stage = Stage(Self.guarded)
        let dana = stage.join("dana", channels: "#tea")
        stage.say(dana, "OPER root sesame", "PING after")
        #expect(stage.take(dana).isEmpty)
        try verify(&stage, matches: true)
        #expect(
            stage.take(dana) == [
                ":dana!dana@192.0.2.1 MODE dana +o",
                ":rdtchat.local 381 dana :You are now an operator of this server",
                ":rdtchat.local PONG rdtchat.local :after",
            ])
        stage.say(
            dana, "WHOIS dana", "WHO #tea", "LUSERS", "USERHOST dana", "MODE dana -o", "MODE dana +o", "MODE dana")
        let got = stage.take(dana)
        #expect(got.contains(":rdtchat.local 313 dana dana :is an operator of this server"))
        #expect(got.contains { $0.contains(" H*@ ") })
        #expect(got.contains(":rdtchat.local 252 dana 1 :operator(s) online"))
        #expect(got.contains(":rdtchat.local 302 dana :dana*=+dana@192.0.2.1"))
        #expect(got.suffix(2) == [":dana!dana@192.0.2.1 MODE dana -o", ":rdtchat.local 221 dana +"])
    }

    @Test("a wrong password, name or host is 464, too many tries are put off, and without operators it is 491")
    func refused() throws {
        var stage = Stage(Self.guarded)
        let dana = stage.join("dana")
        stage.wait(.seconds(1))
        stage.say(dana, "OPER root sesame")
        try verify(&stage, matches: false)
        for _ in 0..<2 {
            stage.say(dana, "OPER root sesame")
            try verify(&stage, matches: false)
        }
        stage.say(dana, "OPER root sesame", "OPER nobody sesame", "OPER root")
        #expect(try stage.takeCommands(dana) == ["464", "464", "464", "263", "263", "461"])
        stage.wait(.seconds(1))
        let near = stage.join("near", from: "192.0.2.2")
        stage.say(dana, "OPER root sesame")
        try verify(&stage, matches: false)
        #expect(try stage.takeCommands(dana) == ["464"])
        // Who guesses keeps nobody else out.
        stage.say(near, "OPER root sesame")
        try verify(&stage, matches: true)
        #expect(try stage.takeCommands(near) == ["MODE", "381"])
        stage.wait(.milliseconds(999))
        stage.say(dana, "OPER root sesame")
        #expect(try stage.takeCommands(dana) == ["263"])
        stage.wait(.milliseconds(1))
        stage.say(dana, "OPER root sesame")
        try verify(&stage, matches: false)
        #expect(try stage.takeCommands(dana) == ["464"])
        var open = Stage()
        let noa = open.join("noa")
        open.say(noa, "OPER root sesame")
        #expect(try open.takeCommands(noa) == ["491"])
    }

    @Test("a name that is none costs a comparison like any other, so that no answer's time tells names; it never opens")
    func unknownName() throws {
        var stage = Stage(Self.guarded)
        let dana = stage.join("dana")
        let far = stage.join("far", from: "198.51.100.1")
        stage.wait(.seconds(1))
        stage.say(dana, "OPER nobody sesame")
        try verify(&stage, matches: true)
        stage.say(far, "OPER root sesame")
        try verify(&stage, matches: true)
        for client in [dana, far] { #expect(try stage.takeCommands(client) == ["464"]) }
        // It counts against the tries of its address.
        for _ in 0..<2 {
            stage.say(dana, "OPER nobody sesame")
            try verify(&stage, matches: false)
        }
        stage.say(dana, "OPER nobody sesame", "STATS m")
        #expect(try stage.takeCommands(dana) == ["464", "464", "263", "481"])
    }

    @Test("an operator kills, kicks and changes modes where it is no member; others get 481")
    func powers() throws {
        var stage = Stage(Self.guarded)
        let dana = stage.join("dana")
        let noa = stage.join("noa", channels: "#tea")
        let gal = stage.join("gal", channels: "#tea")
        stage.say(dana, "KILL noa :x", "STATS m", "REHASH")
        #expect(try stage.takeCommands(dana) == ["481", "481", "481"])
        stage.say(dana, "OPER root sesame")
        try verify(&stage, matches: true)
        _ = stage.take(dana)
        stage.say(dana, "MODE #tea +m", "KICK #tea gal", "KILL noa :spam", "KILL nobody :x", "REHASH")
        #expect(try stage.takeCommands(dana) == ["MODE", "KICK", "401", "382"])
        #expect(stage.takeOthers() == [.reload])
        #expect(stage.take(gal).last == ":dana!dana@192.0.2.1 KICK #tea gal :dana")
        #expect(
            stage.take(noa).suffix(2) == [
                ":dana!dana@192.0.2.1 KILL noa :spam", "ERROR :Closing link: 192.0.2.1 (Killed by dana: spam)",
            ])
        #expect(stage.closed[noa] == "Killed by dana: spam")
    }

    @Test("STATS tells an operator what hub and loop know, and everybody how long the server is up")
    func stats() throws {
        var stage = Stage(Self.guarded)
        let dana = stage.join("dana")
        stage.wait(.seconds(80))
        stage.say(dana, "PONG x", "OPER root sesame")
        try verify(&stage, matches: true)
        stage.wait(.seconds(10))
        _ = stage.take(dana)
        stage.say(dana, "STATS u", "STATS m")
        guard case .tellStatus(let request)? = stage.takeOthers().first else {
            Issue.record("nobody was asked")
            return
        }
        stage.act { $0.statusTold(request, lines: ["turns=7"], at: $1) }
        let got = stage.take(dana)
        #expect(got.first == ":rdtchat.local 242 dana :Server Up 0 days 0:01:30")
        #expect(got.contains { $0.contains(" 249 dana :users=1 ") })
        #expect(
            got.suffix(2) == [":rdtchat.local 249 dana :turns=7", ":rdtchat.local 219 dana m :End of /STATS report"])
    }

    @Test("new configuration counts from the next line on")
    func configure() throws {
        var stage = Stage()
        let dana = stage.join("dana")
        var new = Stage.calm
        new.motd = ["changed"]
        stage.act { $0.configure(new, at: $1) }
        stage.say(dana, "MOTD")
        #expect(stage.take(dana).contains(":rdtchat.local 372 dana :- changed"))
    }

    @Test("HELP lists and explains the commands that the client may use")
    func help() throws {
        var stage = Stage()
        let dana = stage.join("dana")
        stage.say(dana, "HELP", "HELP kick", "HELP get", "INFO")
        let got = stage.take(dana)
        #expect(got.first?.contains(" 704 dana * ") == true)
        #expect(got.contains(":rdtchat.local 704 dana KICK :KICK <channel> <nicks> [:<reason>]"))
        #expect(got.contains { $0.contains(" 524 dana get ") })
        #expect(!got.contains { $0.contains("GETSTOP") })
        #expect(got.last == ":rdtchat.local 374 dana :End of /INFO list")
    }
}
