import ChatServer
import IRC
import Testing
import Timeline

@Suite("registration")
struct RegistrationTests {
    @Test("NICK and USER, in either order, bring the welcome and the message of the day")
    func welcome() throws {
        for lines in [["NICK Dana", "USER d 0 * :D"], ["USER d 0 * :D", "NICK Dana"]] {
            var stage = Stage()
            let dana = stage.connect()
            stage.say(dana, lines: lines)
            let got = stage.take(dana)
            #expect(got.first == ":rdtchat.local 001 Dana :Welcome to Test Net, Dana!d@192.0.2.1")
            #expect(
                try got.map { try Message(parsing: Array($0.utf8)).command } == [
                    "001", "002", "003", "004", "005", "005", "251", "255", "265", "266", "375", "372", "372",
                    "376",
                ])
            #expect(got.contains(":rdtchat.local 004 Dana rdtchat.local rdtchatd-1 Bio biklmnostv"))
            #expect(got.contains(":rdtchat.local 372 Dana :- world"))
        }
    }

    @Test("005 has at most 13 tokens a line and names the network without a space")
    func isupport() throws {
        var stage = Stage()
        let dana = stage.connect()
        stage.say(dana, "NICK dana", "USER d 0 * :D")
        let lines = stage.take(dana).filter { $0.contains(" 005 ") }
        let parameters = try lines.map { try Message(parsing: Array($0.utf8)).parameters }
        #expect(parameters.allSatisfy { $0.count <= 15 && $0.last == "are supported by this server" })
        let tokens = parameters.flatMap { $0.dropFirst().dropLast() }
        for token in [#"NETWORK=Test\x20Net"#, "CASEMAPPING=ascii", "NICKLEN=30", "UTF8ONLY", "CHANTYPES=#"] {
            #expect(tokens.contains(token), "\(token)")
        }
    }

    @Test("without a message of the day the answer is 422")
    func noMotd() {
        var configuration = Stage.calm
        configuration.motd = []
        var stage = Stage(configuration)
        let dana = stage.connect()
        stage.say(dana, "NICK dana", "USER d 0 * :D")
        #expect(stage.take(dana).last == ":rdtchat.local 422 dana :MOTD File is missing")
    }

    @Test("irssi's early JOIN is answered 451, whatever its parameters, and so is every command of users")
    func early() throws {
        var stage = Stage()
        let client = stage.connect()
        stage.say(client, "CAP LS 302", "JOIN :", "JOIN", "PRIVMSG #a :b", "FILES")
        #expect(
            try stage.takeCommands(client)
                == ["CAP"] + numerics(.notRegistered, .notRegistered, .notRegistered, .notRegistered))
        stage.say(client, "PING :x", "WHAT")
        #expect(
            stage.take(client) == [
                ":rdtchat.local PONG rdtchat.local :x", ":rdtchat.local 421 * WHAT :Unknown command",
            ])
    }

    @Test("CAP LS and REQ suspend registration until CAP END")
    func negotiation() throws {
        var stage = Stage()
        let client = stage.connect()
        stage.say(client, "CAP LS 302", "NICK dana", "USER d 0 * :D")
        #expect(
            stage.take(client) == [
                ":rdtchat.local CAP * LS :away-notify batch cap-notify draft/chathistory echo-message labeled-response "
                    + "message-tags multi-prefix rdtchat/files server-time setname userhost-in-names"
            ])
        stage.say(client, "NICK noa", "CAP REQ :server-time echo-message", "CAP LIST", "CAP REQ :-echo-message")
        stage.say(client, "CAP REQ :server-time unknown", "CAP LIST", "CAP WHAT", "CAP")
        #expect(
            stage.take(client) == [
                ":rdtchat.local CAP noa ACK :server-time echo-message",
                ":rdtchat.local CAP noa LIST :cap-notify echo-message server-time",
                ":rdtchat.local CAP noa ACK :-echo-message",
                ":rdtchat.local CAP noa NAK :server-time unknown",
                ":rdtchat.local CAP noa LIST :cap-notify server-time",
                ":rdtchat.local 410 noa WHAT :Invalid CAP command",
                ":rdtchat.local 461 noa CAP :Not enough parameters",
            ])
        stage.say(client, "CAP END")
        #expect(try stage.takeCommands(client).first == Numeric.welcome.rawValue)
        stage.say(client, "CAP END", "CAP LS", "PING x")
        #expect(try stage.takeCommands(client) == ["CAP", "PONG"])
    }

    @Test("who said CAP LS 302 keeps cap-notify, and a long list is answered in whole words")
    func capLists() throws {
        var stage = Stage()
        let client = stage.connect()
        stage.say(client, "CAP REQ :cap-notify", "CAP REQ :-cap-notify", "CAP LS 302", "CAP REQ :-cap-notify")
        stage.say(client, "NICK dana", "USER d 0 * :D")
        let removals = stage.take(client).filter { !$0.contains(" LS ") }
        let server = ":rdtchat.local CAP * "
        #expect(
            removals == [server + "ACK :cap-notify", server + "ACK :-cap-notify", server + "NAK :-cap-notify"])
        let words = [String](repeating: "server-time", count: 41)
        stage.say(client, "CAP REQ :\(words.joined(separator: " "))")
        let got = stage.take(client)
        #expect(got.count == 2)
        var told = 0
        for line in got {
            #expect(line.utf8.count <= 510)
            let message = try Message(parsing: Array(line.utf8))
            #expect(message.parameters[1] == "ACK")
            let list = message.parameters[2].split(separator: " ")
            #expect(list.allSatisfy { $0 == "server-time" })
            told += list.count
        }
        #expect(told == 41)
        stage.say(client, "CAP REQ :\(words.joined(separator: " ")) x")
        #expect(stage.take(client).first?.hasSuffix(" server-time") == true)
    }

    @Test("a nickname that is taken or illegal is refused, and the one before it stays")
    func nicknames() throws {
        var stage = Stage()
        let dana = stage.join("Dana")
        let other = stage.connect()
        stage.say(
            other, "NICK dANA", "NICK", "NICK :", "NICK 1x", "NICK :a b", "NICK noa", "NICK DANA", "USER n 0 * :N")
        let got = stage.take(other)
        #expect(got[0] == ":rdtchat.local 433 * dANA :Nickname is already in use")
        #expect(got[1] == ":rdtchat.local 431 * :No nickname given")
        #expect(got[2] == got[1])
        #expect(got[3].hasPrefix(":rdtchat.local 432 * 1x :nickname '1x' begins with a digit; a nickname is"))
        #expect(got[4].hasPrefix(":rdtchat.local 432 * a_b :nickname 'a b' has a space;"))
        #expect(got[5] == ":rdtchat.local 433 noa DANA :Nickname is already in use")
        #expect(got[6].hasPrefix(":rdtchat.local 001 noa "))
        #expect(stage.take(dana).isEmpty)
    }

    @Test("a nickname is free again when its owner changes it, leaves, or never finished registering")
    func freed() throws {
        var stage = Stage()
        let first = stage.connect()
        stage.say(first, "NICK dana", "NICK noa")
        let second = stage.join("dana")
        stage.say(second, "NICK dana2")
        let third = stage.join("dana")
        stage.say(third, "QUIT")
        stage.leave(first)
        #expect(stage.hub.userCount == 1)
        let fourth = stage.join("Noa")
        stage.say(fourth, "PING x")
        #expect(try stage.takeCommands(fourth) == ["PONG"])
    }

    @Test("USER needs four parameters that are not empty, and its name loses what a prefix cannot hold")
    func user() {
        var stage = Stage()
        let client = stage.connect()
        stage.say(client, "NICK dana", "USER d", "USER d 0 *", "USER d 0 * :")
        #expect(stage.take(client) == Array(repeating: ":rdtchat.local 461 dana USER :Not enough parameters", count: 3))
        stage.say(client, "USER d!a@n:a-12345678901234567890 0 * :D")
        #expect(stage.take(client)[0].hasSuffix("dana!dana-12345678901@192.0.2.1"))
        stage.say(client, "USER d 0 * :D", "PASS x")
        #expect(stage.take(client) == Array(repeating: ":rdtchat.local 462 dana :You may not reregister", count: 2))
    }

    @Test("a server with a password lets in only who knows it")
    func password() {
        var configuration = Stage.calm
        configuration.password = "secret"
        var stage = Stage(configuration)
        let wrong = stage.connect()
        stage.say(wrong, "PASS public", "NICK dana", "USER d 0 * :D")
        #expect(
            stage.take(wrong) == [
                ":rdtchat.local 464 dana :Password incorrect", "ERROR :Closing link: 192.0.2.1 (wrong password)",
            ])
        #expect(stage.closed[wrong] == "wrong password")
        let right = stage.connect()
        stage.say(right, "PASS secret", "NICK dana", "USER d 0 * :D")
        #expect(stage.take(right)[0].contains(" 001 dana "))
    }

    @Test("an IPv6 host that begins with a colon is written so that it can stand in any reply")
    func ipv6() {
        var stage = Stage()
        let dana = stage.join("dana", from: "::1")
        stage.say(dana, "WHOIS dana")
        #expect(stage.take(dana)[0] == ":rdtchat.local 311 dana dana dana 0::1 * :Real dana")
    }
}
