import IRC
import Testing
import Timeline

@testable import ChatClient

@Suite("The first flight: what goes with the registration")
struct ArrivalTests {
    private static let welcome = [
        ":srv CAP * ACK :rdtchat/files", ":srv CAP * ACK :echo-message", ":srv 001 dana :Welcome",
    ]
    private static let room = [":dana!dan@host JOIN #lobby", ":srv 366 dana #lobby :End of names"]

    private static func script(_ text: String) -> Desk {
        var desk = Desk(isScript: true)
        desk.script(text)
        desk.tell { $0.connected(at: $1) }
        return desk
    }

    @Test(
        "a script's download goes with the registration, without a list",
        arguments: [
            ("download a.txt", ["GET 0 auto a.txt"]), ("/d a.txt > b c.txt", []),
            ("download 'a b' \"c d\" > out/", ["GET 0 auto :a b", "GET 0 auto :c d"]),
            ("-download a.txt --force &\n# two\n/download b.txt", ["GET 0 auto a.txt", "GET 0 auto b.txt"]),
            ("/set output-dir /tmp\n/download a.txt", ["GET 0 auto a.txt"]),
        ])
    func oneFlight(text: String, gets: [String]) {
        let desk = Self.script(text)
        #expect(desk.sent.filter { $0.hasPrefix("GET") } == gets)
        #expect(desk.sent.contains("JOIN #lobby"))
        #expect(desk.sent.contains("FILES") == gets.isEmpty)
    }

    @Test(
        "what may be one name with spaces waits for the list, which goes with the registration",
        arguments: [
            "download a b.txt", "/download it's a.txt > c", "download \"open", "download -x", "-download a b c &",
        ])
    func list(text: String) {
        var desk = Self.script(text)
        #expect(desk.sent.suffix(2) == ["JOIN #lobby", "FILES"])
        for line in Self.welcome + Self.room { desk.server(line) }
        #expect(desk.sent.last == "FILES" && desk.sent.count { $0 == "FILES" } == 1)
        desk.list(["a b.txt"])
        #expect(desk.sent.last != "FILES")
    }

    @Test("a later line that needs the list asks for it then")
    func laterList() {
        var desk = Self.script("download a\ndownload b c")
        for line in Self.welcome + Self.room { desk.server(line) }
        desk.grant(1, name: "a")
        #expect(desk.sent.contains("FILES") == false)
        desk.tell { $0.transferFinished(TransferNumber(1), Desk.report("a"), at: $1) }
        #expect(desk.sent.last == "FILES")
        desk.list(["b c"])
        #expect(desk.sent.last == "GET 0 auto :b c")
    }

    @Test("a server that gives no list is not asked for ever")
    func noList() {
        var desk = Self.script("download b c")
        for line in Self.welcome + Self.room { desk.server(line) }
        desk.server(":srv FAIL FILES UNREADABLE * :no")
        #expect(desk.sent.suffix(2) == ["GET 0 auto b", "GET 0 auto c"])
    }

    @Test("talk, /files and /quit wait until we are in the room", arguments: ["hello", "/files", "/quit", "sleep 1"])
    func waits(text: String) {
        var desk = Self.script(text)
        #expect(desk.sent.last == "JOIN #lobby" && desk.status == nil)
        for line in Self.welcome { desk.server(line) }
        #expect(desk.sent.last == "JOIN #lobby" && desk.status == nil)
        for line in Self.room { desk.server(line) }
        #expect(desk.sent.last != "JOIN #lobby" || desk.client.nextDeadline != nil)
    }

    @Test("what a server refused because it had not registered us is asked for again, once")
    func refusedEarly() {
        var desk = Self.script("download a.txt")
        desk.server("PING :cookie")
        #expect(desk.sent.last == "PONG cookie")
        desk.sent = []
        desk.server(":srv 451 * :You have not registered", ":srv 451 * :You have not registered")
        #expect(desk.sent == [] && desk.errors == [])
        for line in Self.welcome { desk.server(line) }
        #expect(desk.sent == ["JOIN #lobby", "GET 0 auto a.txt"])
        for line in Self.room { desk.server(line) }
        desk.grant(1, name: "a.txt")
        #expect(desk.starts.count == 1 && desk.sent.count == 2)
    }

    @Test("a person who had to choose another nickname is in the room all the same")
    func secondNickname() {
        var desk = Desk()
        desk.tell { $0.connected(at: $1) }
        desk.server(
            ":srv 433 * dana :Nickname is already in use", ":srv 451 * :You have not registered",
            ":srv 451 * :You have not registered")
        desk.pass(seconds: 60)
        #expect(desk.errors == ["nickname 'dana' is taken"])
        desk.type("dora")
        desk.sent = []
        desk.server(":srv CAP * ACK :rdtchat/files", ":srv 001 dora :Welcome")
        #expect(desk.sent == ["JOIN #lobby", "FILES"])
    }

    @Test("a download is announced when its ticket is there, and not when we are never registered")
    func announced() {
        var desk = Self.script("download a.txt")
        #expect(desk.screen == [])
        for line in Self.welcome { desk.server(line) }
        #expect(desk.screen == ["connected to srv as dana; /help shows what you can do"])
        desk.grant(1, name: "a.txt")
        #expect(desk.screen.last == "download 1: a.txt")
        desk = Self.script("download a.txt")
        desk.server(":srv 433 * dana :Nickname is already in use")
        #expect(desk.screen.count == 1 && desk.status == .notConnected)
    }

    @Test("a server without files says so once, whatever it answers to GET")
    func withoutFiles() {
        var desk = Self.script("download a.txt b.txt")
        desk = Self.script("download a.txt")
        desk.server(
            ":srv CAP * NAK :rdtchat/files", ":srv 001 dana :Welcome", ":dana!d@h JOIN #lobby",
            ":srv 366 dana #lobby :End", ":srv 421 dana GET :Unknown command")
        #expect(desk.errors == ["a.txt: this server shares no files: it does not know rdtchat/files"])
        #expect(desk.status == .commandFailed)
    }

    @Test("the name nearest to one that is not there is found by a list asked for only then")
    func nearest() {
        var desk = Self.script("download numbesr.txt")
        for line in Self.welcome + Self.room { desk.server(line) }
        desk.server(":srv FAIL GET NO_SUCH_FILE numbesr.txt :no such file")
        #expect(desk.sent.last == "FILES" && desk.errors == [])
        desk.list(["numbers.txt"])
        #expect(desk.errors == ["numbesr.txt: the server has no such file; did you mean numbers.txt?"])
        #expect(desk.status == .commandFailed)
    }
}
