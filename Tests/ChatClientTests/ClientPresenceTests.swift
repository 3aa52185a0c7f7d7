import IRC
import Testing
import Timeline

@testable import ChatClient

@Suite("Mentions, private talk, away, ignored, and what was not delivered")
struct ClientPresenceTests {
    @Test(
        "a mention is the whole nickname, whatever its case and whatever stands beside it",
        arguments: [
            ("dana: hi", true), ("hi DANA!", true), ("(dana)", true), ("danas", false), ("dana2", false),
            ("dana-x", false), ("x_dana", false), ("", false), ("dan a", false), ("שלום dana", true),
        ])
    func mention(text: String, isMention: Bool) throws {
        #expect(Mentions.stand(in: text, nickname: try Nickname("Dana"), words: []) == isMention)
    }

    @Test("own words are marked too, also those that are no nickname")
    func words() {
        #expect(Mentions.stand(in: "the Ärger is over", nickname: nil, words: ["ärger"]))
        #expect(!Mentions.stand(in: "Ärgerlich", nickname: nil, words: ["ärger"]))
        var desk = Desk.entered()
        desk.type("/set mentions pizza שלום")
        desk.server(":ann!a@h PRIVMSG #lobby :Pizza?", ":ann!a@h PRIVMSG #lobby :pizzas")
        #expect(desk.events.suffix(2).map(\.isForUs) == [true, false])
        #expect(desk.screen.suffix(2) == ["<!ann> Pizza?", "<ann> pizzas"])
    }

    @Test("a query turns plain text to one person, follows their nickname, and ends with /query or /join")
    func query() {
        var desk = Desk.entered()
        desk.type("/query ann")
        #expect(desk.client.prompt.text == "@ann> " && desk.client.currentRoom == nil)
        desk.type("psst")
        #expect(desk.sent == ["PRIVMSG ann psst"])
        desk.server(":ann!a@h NICK anna")
        #expect(desk.client.prompt.text == "@anna> ")
        desk.type("/query")
        #expect(desk.client.prompt.text == "#lobby> ")
        desk.type("/query")
        #expect(desk.errors.last?.contains("/query NICK") == true)
        desk.type("/query ann")
        desk.type("/join #lobby")
        #expect(desk.client.prompt.text == "#lobby> ")
    }

    @Test("away shows in the prompt when the server has taken it, until /back")
    func away() {
        var desk = Desk.entered()
        desk.type("/away at lunch", as: CommandID(1))
        #expect(desk.sent == ["AWAY :at lunch"] && desk.finished.isEmpty)
        desk.server(":srv 306 dana :You have been marked as being away")
        #expect(desk.client.prompt.text == "#lobby (away)> " && desk.finished[CommandID(1)] == .succeeded)
        desk.type("/back")
        desk.server(":srv 305 dana :You are no longer marked as being away")
        #expect(desk.client.prompt.text == "#lobby> ")
    }

    @Test("who is ignored is not heard, in rooms or alone, until the time is over or they are forgiven")
    func ignore() {
        var desk = Desk.entered()
        desk.type("/ignore ann 10s")
        desk.type("/ignore Bob")
        desk.server(":ann!a@h NICK anna")
        desk.events = []
        desk.server(":anna!a@h PRIVMSG #lobby :x", ":BOB!b@h PRIVMSG dana :y", ":anna!a@h NOTICE dana :z")
        #expect(desk.events == [])
        desk.type("/ignore")
        #expect(desk.screen == ["anna is ignored for another 10 s", "Bob is ignored"])
        desk.pass(seconds: 10)
        desk.type("/ignore Bob off")
        desk.server(":anna!a@h PRIVMSG #lobby :x", ":BOB!b@h PRIVMSG dana :y")
        #expect(desk.screen.suffix(2) == ["<anna> x", "[BOB → dana] y"])
        desk.type("/ignore Bob off")
        desk.type("/ignore Bob soon")
        #expect(desk.errors == ["Bob is not ignored", "'soon' is no time; write 30s, 10m, 2h, 1d or off"])
    }

    @Test(
        "times are seconds, minutes, hours or days",
        arguments: [("30s", 30.0), ("10m", 600), ("5", 300), ("2h", 7200), ("1d", 86_400), ("365d", 31_536_000)])
    func times(text: String, seconds: Double) { #expect(IgnoreTime(text) == .seconds(seconds)) }

    @Test("no other text is a time", arguments: ["0", "-1m", "366d", "m", "", "1w", "nan", "inf"])
    func noTimes(text: String) { #expect(IgnoreTime(text) == nil) }

    @Test("rooms are listed with people and topic, and Tab knows them from then on")
    func rooms() {
        var desk = Desk.entered()
        desk.type("/rooms", as: CommandID(1))
        desk.server(
            ":srv 321 dana Channel :Users", ":srv 322 dana #lobby 3 :", ":srv 322 dana #films 12 :On Sunday",
            ":srv 323 dana :End of /LIST")
        #expect(desk.screen == ["    3  #lobby", "   12  #films  On Sunday", "2 rooms"])
        #expect(desk.finished[CommandID(1)] == .succeeded)
        #expect(desk.complete("/join #")?.candidates.map(\.inserted) == ["#lobby", "#films"])
    }

    @Test("recall finds what was said, by a piece or a pattern, whatever its case, and nothing else")
    func recall() {
        var desk = Desk.entered()
        desk.server(":ann!a@h PRIVMSG #lobby :the Film", ":ann!a@h JOIN #lobby", ":ann!a@h PRIVMSG dana :tonight")
        desk.events = []
        desk.type("/recall film")
        desk.type("/recall *ann*to?ight")
        #expect(desk.screen == ["<ann> the Film", "[ann → dana] tonight"])
        desk.type("/recall joined")
        #expect(desk.errors == ["nobody has said 'joined' since you came"])
    }

    @Test("in a large room only those who talk are told to come and go")
    func silentPeople() {
        var desk = Desk.entered()
        let crowd = (1...12).map { "p\($0)" }.joined(separator: " ")
        desk.server(":srv 353 dana = #lobby :dana ann \(crowd)", ":srv 366 dana #lobby :End")
        desk.events = []
        desk.server(":p1!p@h PART #lobby", ":new!n@h JOIN #lobby")
        #expect(desk.events == [])
        desk.server(":p2!p@h PRIVMSG #lobby :hi", ":p2!p@h QUIT :bye")
        #expect(desk.screen.last == "p2 left #lobby (bye)")
        desk.type("/set comings on")
        desk.server(":p3!p@h PART #lobby")
        #expect(desk.screen.last == "p3 left #lobby")
    }

    private func rows(_ desk: Desk) -> [String] {
        desk.client.rows(columns: 80, at: desk.now) { $0.count }.map { $0.map(\.text).joined() }
    }

    @Test("what we say waits in sight until it is echoed, and a slow server is told of")
    func pending() {
        var desk = Desk.entered()
        desk.type("one")
        #expect(rows(desk) == ["… one"])
        for text in ["two", "three", "four", "five"] { desk.type(text) }
        #expect(rows(desk) == ["… one", "… two", "… three", "… and 2 more"])
        desk.pass(seconds: 2)
        #expect(rows(desk).last == "the server has not answered for 2 s")
        for text in ["one", "two", "three", "four", "five"] { desk.server(":dana!d@h PRIVMSG #lobby :\(text)") }
        #expect(rows(desk) == [] && !desk.client.hasRows)
    }

    @Test("what comes back late was delivered, is not said again, and answers nothing that was said after it")
    func lateEcho() {
        var desk = Desk.entered()
        desk.type("one")
        desk.pass(seconds: 31)
        desk.type("two", as: CommandID(2))
        #expect(desk.client.undelivered.map(\.text) == ["one"])
        desk.server(":dana!d@h PRIVMSG #lobby :one")
        #expect(desk.client.undelivered.isEmpty && desk.finished.isEmpty)
        desk.server(":dana!d@h PRIVMSG #lobby :two")
        #expect(desk.finished == [CommandID(2): .succeeded])
        desk.type("/resend")
        #expect(desk.errors.last == "everything that you said was delivered")
    }

    @Test("an echo that the server has changed answers the oldest line that waits for one")
    func changedEcho() {
        var desk = Desk.entered()
        desk.type("one", as: CommandID(1))
        desk.server(":dana!d@h PRIVMSG #lobby :1")
        #expect(desk.finished == [CommandID(1): .succeeded])
    }

    @Test("what the server's past has of ours was delivered, whatever the lost connection did not tell")
    func deliveredBeforeTheEnd() {
        var desk = Desk { $0.reconnectsFor = nil }
        desk.enter()
        desk.type("one")
        desk.type("two")
        desk.tell { $0.disconnected(reason: "gone", at: $1) }
        while desk.connects < 2 { desk.pass(seconds: 0.1) }
        desk.tell { $0.connected(at: $1) }
        desk.server(":srv 001 dana :Welcome", ":dana!dan@host JOIN #lobby", ":srv BATCH +1 chathistory #lobby")
        desk.server(
            "@time=2026-01-01T00:00:00.000Z;batch=1 :dana!d@h PRIVMSG #lobby :one", ":srv BATCH -1")
        #expect(desk.client.undelivered.map(\.text) == ["two"])
    }

    @Test("what a lost connection did not deliver is kept, and so is what is said after it")
    func undelivered() {
        var desk = Desk.entered()
        desk.type("one")
        desk.type("/msg ann two")
        desk.tell { $0.disconnected(reason: "gone", at: $1) }
        desk.type("three")
        #expect(desk.client.undelivered.map(\.text) == ["one", "two", "three"])
        #expect(desk.client.undelivered.map(\.target.text) == ["#lobby", "ann", "#lobby"])
    }
}
