import IRC
import Testing

@testable import ChatClient

@Suite("What a person is told")
struct ClientAdviceTests {
    @Test("downloads that wait are told of behind those that they wait for, whatever the server answers")
    func order() {
        var desk = Desk.entered(files: ["a", "b", "c", "d"], size: 2 << 20)
        desk.type("/download a b c d")
        #expect(desk.screen.isEmpty)
        desk.grant(1, name: "a", size: 2 << 20)
        #expect(desk.screen == ["download 1: a"])
        desk.grant(2, name: "b", size: 2 << 20)
        #expect(
            desk.screen == [
                "download 1: a", "download 2: b", "download 3: c, which waits for its turn",
                "download 4: d, which waits for its turn",
            ])
    }

    @Test("two files of one command that would have one name here are refused together, before any has begun")
    func collision() {
        var desk = Desk.entered(files: ["a/readme", "b/readme"])
        desk.type("/download a/readme b/readme")
        #expect(desk.errors == ["a/readme and b/readme would both be 'readme' here; fetch one with > OTHER"])
        #expect(desk.sent.isEmpty && desk.client.rows(columns: 80, at: desk.now) { $0.count }.isEmpty)
        var verb = Desk(isScript: true) { $0.isVerb = true }
        verb.enter(files: ["a/readme", "b/readme"])
        verb.type("/download a/readme b/readme")
        #expect(verb.errors == ["a/readme and b/readme would both be 'readme' here; get one of them with --output-dir"])
    }

    @Test("who leaves is told of the downloads that go on the next time")
    func leaving() {
        var desk = Desk.entered(files: ["a", "b"])
        desk.type("/download a b")
        desk.type("/quit")
        #expect(desk.screen == ["2 downloads are left for the next time"])
        var idle = Desk.entered()
        idle.type("/quit")
        #expect(idle.screen.isEmpty)
    }

    @Test("a verb's advice is that of the command line, for patterns and directories too")
    func verbs() {
        var desk = Desk(isScript: true) { $0.isVerb = true }
        desk.enter(files: ["photos/a.jpg"])
        for line in [OneShot.list("nothere"), OneShot.download(["nodir/"], force: false)] { desk.type(line) }
        desk.list(["photos/a.jpg"])
        #expect(
            desk.errors == [
                "no file on the server is in 'nodir/'; rdtchat ls shows what there is",
                "no file on the server fits 'nothere'; rdtchat ls shows what there is",
            ])
        desk.type(OneShot.download(["photos"], force: false))
        desk.server(":srv FAIL GET NO_SUCH_FILE photos :no such file")
        #expect(desk.errors.last == "photos: it is a directory; write photos/ to fetch it")
    }

    @Test("a verb's names and patterns are read back as they are, with marks and blanks in them")
    func words() throws {
        #expect(OneShot.list("\"q\" x") == "/files \"\\\"q\\\" x\"")
        #expect(OneShot.download(["lab *.txt", "-*", "it's"], force: false) == "/download lab?*.txt ?* \"it's\"")
    }

    @Test("words of other clients and shells are told of ours, also where they were said aloud, once")
    func elsewhere() {
        var desk = Desk.entered(files: ["a.txt"])
        for line in ["/names", "/exit", "/ls x", "/lastlog x"] { desk.type(line) }
        #expect(
            desk.errors == [
                "there is no command /names; did you mean /nicknames?",
                "there is no command /exit; did you mean /quit?",
                "there is no command /ls; did you mean /files?", "there is no command /lastlog; did you mean /recall?",
            ])
        desk.events = []
        for line in ["ls", "ls", "get a.txt", "get well", "ls is a command", "back", "help"] { desk.type(line) }
        #expect(
            desk.screen == [
                "that is said to the others; the command is /files [GLOB]",
                "that is said to the others; the command is /download NAME… [> LOCAL] [&] [--force]",
                "that is said to the others; the command is /help [COMMAND]",
            ])
        #expect(desk.sent.contains("PRIVMSG #lobby ls"))
        for name in CommandTable.elsewhere.values { #expect(CommandTable.entry(name) != nil) }
    }

    @Test("where lines are typed without an editor the nickname is asked for in a line, and Enter takes the offer")
    func question() {
        func desk() -> Desk {
            Desk(nickname: nil, isScript: true) {
                $0.isTyped = true
                $0.keepsGoing = true
            }
        }
        var asked = desk()
        #expect(asked.screen == ["which nickname? Enter alone takes dan"] && asked.connects == 0)
        asked.script("no good\n", ends: false)
        #expect(asked.errors.count == 1 && asked.screen.last == "which nickname? Enter alone takes dan")
        asked.script("\n", ends: false)
        asked.tell { $0.connected(at: $1) }
        #expect(asked.connects == 1 && asked.sent.contains("NICK dan"))
        asked.server(":srv 433 * dan :taken")
        #expect(asked.screen.last == "which nickname? Enter alone takes dan")
        asked.script("dana\n", ends: false)
        #expect(asked.sent.contains("NICK dana"))
        var left = desk()
        left.script("")
        #expect(left.status == .success && left.connects == 0)
    }

    @Test("a script that cannot be read to its end has failed, whatever its beginning did")
    func unreadable() {
        var desk = Desk.entered(isScript: true)
        desk.script("print one\n", ends: false)
        desk.tell { $0.scriptFailed("read the script: Is a directory", at: $1) }
        #expect(desk.errors == ["read the script: Is a directory"] && desk.status == .commandFailed)
    }

    @Test("a byte order mark before a script's first command belongs to no line")
    func mark() {
        var desk = Desk.entered(isScript: true)
        desk.script("\u{FEFF}print one\n\u{FEFF}x\n", ends: false)
        #expect(desk.screen == ["one"] && desk.sent == ["PRIVMSG #lobby \u{FEFF}x"])
    }

    @Test("a command for scripts without its argument is an error there, and talk at the prompt")
    func emptyArguments() {
        for word in ["download", "print", "assert", "wait-for", "sleep"] {
            var script = Desk.entered(isScript: true)
            script.script(word + " \n")
            #expect(
                script.errors.count == 1 && script.sent == ["QUIT leaving"] && script.status == .commandFailed,
                "\(word)")
            var desk = Desk.entered()
            desk.type(word)
            #expect(desk.sent == ["PRIVMSG #lobby \(word)"])
        }
    }

    @Test("people with other letters are known as everybody is, and so are we by such a nickname")
    func otherLetters() {
        var desk = Desk.entered()
        desk.server(":жук!j@h JOIN #lobby", ":жук!j@h PRIVMSG #lobby :привет")
        #expect(desk.screen == ["жук joined #lobby", "<жук> привет"])
        #expect(desk.complete("жу")?.candidates.count == 1)
        desk.type("/ignore жук")
        desk.server(":жук!j@h PRIVMSG #lobby :noch einmal")
        #expect(desk.screen.count == 3)
        desk.type("/nick мышь")
        desk.server(":dana!dan@host NICK мышь")
        desk.type("hello")
        desk.server(":мышь!dan@host PRIVMSG #lobby :hello")
        #expect(desk.screen.suffix(2) == ["dana is now мышь", "<мышь> hello"])
        #expect(desk.client.rows(columns: 80, at: desk.now) { $0.count }.isEmpty)
    }

    @Test("sizes and figures that no server has are refused or cut, and no sum of them ends the client")
    func greatNumbers() {
        var desk = Desk.entered(files: ["d/a"])
        desk.server(":srv FILE \(UInt64.max) 1700000000 * :d/a", ":srv FILE \(UInt64.max) 1700000000 * :d/b")
        desk.server(":srv FILEEND 2")
        #expect(desk.complete("/download d/")?.candidates.isEmpty != false)
        desk.list(["d/a", "d/b"], size: 1 << 46)
        #expect(desk.complete("/download d")?.candidates.count == 1)
        desk.type("/download d/")
        desk.grant(1, name: "d/a", size: 1 << 46)
        desk.type("/why")
        let great = UInt64.max
        desk.server(":srv FIGURES 0000000000000001 :state=sending packets=5 start=\(great) rate=\(great) loss=\(great)")
        desk.server(":srv WINDOWS 0000000000000001 100 :1 2")
        #expect(desk.events.contains { if case .why = $0 { true } else { false } })
    }
}
