import IRC
import Testing
import Timeline

@testable import ChatClient

@Suite("Talk and rooms")
struct ClientTalkTests {
    @Test("a line is said in the room and shown when the server sends it back")
    func echo() {
        var desk = Desk.entered()
        desk.type("hello there", as: CommandID(1))
        #expect(desk.sent == ["PRIVMSG #lobby :hello there"])
        #expect(desk.events.isEmpty && desk.finished.isEmpty)
        desk.server(":dana!dan@host PRIVMSG #lobby :hello there")
        #expect(desk.screen == ["<dana> hello there"])
        #expect(desk.finished == [CommandID(1): .succeeded])
    }

    @Test("marks of bold and colour are left out of what people read, and kept for programs")
    func formatting() {
        var desk = Desk.entered()
        desk.server(
            ":ann!a@h PRIVMSG #lobby :\u{2}dana\u{2}: \u{3}04red\u{3}", ":ann!a@h TOPIC #lobby :\u{1F}films\u{F}")
        #expect(desk.screen[0].hasSuffix("<!ann> dana: red") || desk.screen[0] == "<ann> dana: red")
        #expect(desk.screen[1] == "topic of #lobby: films (by ann)")
        #expect(EventJSON.line(for: desk.events[0]).contains("04red"))
    }

    @Test("without echo-message a PING tells that the line was delivered")
    func barrier() {
        var desk = Desk()
        desk.enter(capabilities: [])
        desk.type("hi", as: CommandID(1))
        #expect(desk.sent == ["PRIVMSG #lobby hi", "PING done-1"])
        #expect(desk.screen == ["<dana> hi"])
        desk.server(":srv PONG srv done-1")
        #expect(desk.finished == [CommandID(1): .succeeded])
    }

    @Test("a private message to somebody who is not there is an error and ends the command")
    func unknownPerson() {
        var desk = Desk.entered()
        desk.type("/msg zoe hi", as: CommandID(1))
        desk.server(":srv 401 dana zoe :No such nick/channel")
        #expect(desk.errors == ["nobody here is called 'zoe'; /nicknames shows who is here"])
        #expect(desk.finished == [CommandID(1): .failed(.commandFailed)])
    }

    @Test("a long text to somebody who is not there is refused in one line")
    func longToNobody() {
        var desk = Desk.entered()
        desk.type("/msg zoe " + String(repeating: "word ", count: 400))
        let pieces = desk.sent.count { $0.hasPrefix("PRIVMSG zoe") }
        #expect(pieces > 3)
        for _ in 0..<pieces { desk.server(":srv 401 dana zoe :No such nick/channel") }
        #expect(desk.errors.count == 1)
        desk.type("/whois zoe")
        desk.server(":srv 401 dana zoe :No such nick/channel")
        #expect(desk.errors.count == 2)
    }

    @Test("/reply answers whoever wrote last, and says so when nobody did")
    func reply() {
        var desk = Desk.entered()
        desk.type("/reply x")
        #expect(desk.errors.count == 1)
        desk.server(":ann!a@h PRIVMSG dana :psst")
        desk.type("/rep yes")
        #expect(desk.sent == ["PRIVMSG ann yes"])
        #expect(desk.screen.contains("[ann → dana] psst"))
    }

    @Test("/me is an action both ways")
    func action() {
        var desk = Desk.entered()
        desk.type("/me waves")
        #expect(desk.sent == ["PRIVMSG #lobby :\u{1}ACTION waves\u{1}"])
        desk.server(":ann!a@h PRIVMSG #lobby :\u{1}ACTION nods\u{1}")
        #expect(desk.screen == ["* ann nods"])
    }

    @Test("an unknown command is an error with a suggestion and never said")
    func unknownCommand() {
        var desk = Desk.entered()
        desk.type("/dwonload x")
        #expect(desk.sent.isEmpty)
        #expect(desk.errors == ["there is no command /dwonload; did you mean /download?"])
    }

    @Test("text longer than a line goes in pieces that lose nothing, and is done when all came back")
    func longText() {
        var desk = Desk.entered()
        let text = (1...200).map { "word\($0)" }.joined(separator: " ")
        desk.type(text, as: CommandID(1))
        let head = "PRIVMSG #lobby :"
        #expect(desk.sent.count > 1)
        #expect(desk.sent.allSatisfy { $0.utf8.count + 2 <= 512 - 90 })
        #expect(desk.sent.map { String($0.dropFirst(head.count)) }.joined(separator: " ") == text)
        for line in desk.sent { desk.server(":dana!dan@host \(line)") }
        #expect(desk.finished == [CommandID(1): .succeeded])
    }

    @Test("rooms: join makes a room current, part goes back, and others' comings are told")
    func rooms() {
        var desk = Desk.entered()
        desk.type("/join #help")
        desk.server(":dana!dan@host JOIN #help", ":srv 353 dana = #help :dana", ":srv 366 dana #help :End")
        #expect(desk.client.prompt.text == "#help> ")
        desk.server(":ann!a@h JOIN #help", ":ann!a@h NICK ann2", ":ann2!a@h QUIT :gone home")
        #expect(
            desk.screen.suffix(4) == [
                "ann joined #help", "ann is now ann2", "ann2 left #lobby (gone home)", "ann2 left #help (gone home)",
            ])
        desk.type("/part")
        desk.server(":dana!dan@host PART #help")
        #expect(desk.client.prompt.text == "#lobby> ")
        desk.server(":op!o@h KICK #lobby dana :enough")
        #expect(desk.client.prompt.text == "> ")
        desk.type("hello")
        #expect(desk.errors == ["you are in no room; /join #lobby goes into one"])
    }

    @Test("names are folded: DANA is us, and BOB is Bob")
    func folding() {
        var desk = Desk.entered()
        desk.type("to BOB hi")
        #expect(desk.sent == ["PRIVMSG BOB hi"])
        desk.server(":DANA!dan@host NICK other")
        desk.type("x")
        desk.server(":other!dan@host PRIVMSG #LOBBY :x")
        #expect(desk.screen.last == "<other> x")
    }

    @Test("'to be or not to be' is talk, 'to ann hi' is private")
    func bareTo() {
        var desk = Desk.entered()
        desk.type("to be or not to be")
        desk.type("to ann hi")
        desk.type("//etc/passwd")
        #expect(desk.sent == ["PRIVMSG #lobby :to be or not to be", "PRIVMSG ann hi", "PRIVMSG #lobby /etc/passwd"])
    }

    @Test("nicknames, whois and topic are answered in one event each")
    func questions() {
        var desk = Desk.entered()
        desk.type("nicknames", as: CommandID(1))
        desk.server(":srv 353 dana = #lobby :dana @ann Bob", ":srv 366 dana #lobby :End")
        desk.type("/whois ann", as: CommandID(2))
        desk.server(
            ":srv 311 dana ann a host * :Ann Example", ":srv 319 dana ann :@#lobby #help",
            ":srv 317 dana ann 65 0 :idle",
            ":srv 318 dana ann :End")
        desk.type("/topic", as: CommandID(3))
        desk.server(":srv 331 dana #lobby :No topic is set")
        desk.type("/topic Lab", as: CommandID(4))
        desk.server(":dana!dan@host TOPIC #lobby :Lab")
        #expect(
            desk.screen == [
                "3 in #lobby: ann, Bob, dana", "ann is a@host (Ann Example)", "  in #lobby, #help",
                "  silent for 01:05",
                "no topic in #lobby", "topic of #lobby: Lab (by dana)",
            ])
        #expect(desk.finished.count == 4 && desk.finished.values.allSatisfy { $0 == .succeeded })
    }

    @Test("a request without an answer fails after 30 s, and the next has its full time")
    func noAnswer() {
        var desk = Desk.entered()
        desk.type("/whois ann", as: CommandID(1))
        desk.pass(seconds: 20)
        desk.type("/whois bob", as: CommandID(2))
        desk.pass(seconds: 15)
        #expect(desk.finished == [CommandID(1): .failed(.commandFailed)])
        #expect(desk.errors == ["the server has not answered for 30 s"])
        desk.server(":srv 318 dana bob :End")
        #expect(desk.finished[CommandID(2)] == .succeeded)
    }

    @Test("text of others reaches the screen only through the sanitiser")
    func sanitised() {
        var desk = Desk.entered()
        desk.server(":ann!a@h PRIVMSG #lobby :a\u{1B}[31mb\u{202E}c")
        #expect(desk.screen == ["<ann> a^[[31mb<U+202E>c"])
    }

    @Test("/set shows, changes and refuses")
    func settings() {
        var desk = Desk.entered()
        desk.type("/set times off", as: CommandID(1))
        #expect(desk.client.settings.showsTimes == false)
        desk.type("/set times maybe", as: CommandID(2))
        desk.type("/set tmies", as: CommandID(3))
        desk.type("/set history 101", as: CommandID(4))
        #expect(
            desk.errors == [
                "'maybe' is no value of times; it takes on, off",
                "there is no setting 'tmies'; did you mean times?",
                "'101' is no value of history; it takes a number from 0 to 100",
            ])
        desk.events = []
        desk.type("/set")
        #expect(desk.events.count == 2)
        desk.type("/set all")
        #expect(desk.events.count == 2 + SettingName.allCases.count)
    }
}
