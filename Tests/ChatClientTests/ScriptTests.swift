import IRC
import Testing
import Timeline

@testable import ChatClient

@Suite("Scripts")
struct ScriptTests {
    @Test("one command at a time: the next is sent when the reply to the one before is there")
    func oneAtATime() {
        var desk = Desk(isScript: true)
        desk.script("hello\n/files\n")
        #expect(desk.sent.isEmpty)
        desk.enter()
        desk.sent = []
        desk = Desk.entered(isScript: true)
        desk.script("hello\n/files\n")
        #expect(desk.sent == ["PRIVMSG #lobby hello"])
        desk.server(":dana!dan@host PRIVMSG #lobby :hello")
        #expect(desk.sent == ["PRIVMSG #lobby hello", "FILES"])
        desk.list([])
        #expect(desk.status == .success)
        #expect(desk.sent.last == "QUIT leaving")
    }

    @Test("it waits until we are in the room and know the files")
    func waitsForStart() {
        var desk = Desk(isScript: true)
        desk.script("download a b.txt\n")
        desk.tell { $0.connected(at: $1) }
        desk.server(":srv CAP * ACK :rdtchat/files", ":srv 001 dana :Welcome")
        #expect(desk.sent.contains { $0.hasPrefix("GET") } == false)
        desk.server(":dana!d@h JOIN #lobby", ":srv 366 dana #lobby :End")
        desk.list(["a b.txt"])
        #expect(desk.sent.last == "GET 0 auto :a b.txt")
    }

    @Test("a download is waited for, and its failure ends the script with status 1")
    func downloadFails() {
        var desk = Desk.entered(isScript: true)
        desk.script("download missing.txt\n/topic never\n")
        desk.server(":srv FAIL GET NO_SUCH_FILE missing.txt :no such file")
        #expect(desk.status == .commandFailed)
        #expect(desk.sent.contains { $0.hasPrefix("TOPIC") } == false)
    }

    @Test("who types without an editor talks on beside a download, and has what was set kept")
    func typed() {
        var desk = Desk(isScript: true) { $0.isTyped = true }
        desk.enter(files: ["a"])
        desk.script("/download a\nhello\n/set bell on\n", ends: false)
        desk.grant(1, name: "a")
        #expect(desk.sent.contains("PRIVMSG #lobby hello"))
        desk.server(":dana!d@h PRIVMSG #lobby :hello")
        #expect(desk.kept == [.init(key: "/set bell", value: "on")])
        desk.script("/cancel 1\n")
        #expect(desk.cancelled == [TransferNumber(1)] && desk.status != nil)
    }

    @Test("a verb's advice is of the command line")
    func verbAdvice() {
        var desk = Desk(isScript: true) { $0.isVerb = true }
        desk.enter(files: ["a"])
        desk.script("/download zzzzzzzz\n")
        desk.server(":srv FAIL GET NO_SUCH_FILE zzzzzzzz :no such file")
        #expect(desk.errors == ["zzzzzzzz: the server has no such file; rdtchat ls shows what there is"])
    }

    @Test("a reader who has seen enough is no failure, unless files are still to come")
    func readerLeft() {
        var done = Desk.entered(isScript: true, files: ["a"])
        done.script("/files\n", ends: false)
        done.tell { client, _ in client.readerLeft() }
        #expect(done.status == .success && done.errors.isEmpty)
        for text in ["/download a\n", "hello\ndownload a\n"] {
            var early = Desk.entered(isScript: true, files: ["a"])
            early.script(text)
            early.tell { client, _ in client.readerLeft() }
            #expect(early.status == .commandFailed)
            #expect(early.errors == ["standard output was closed before all files had arrived"])
        }
    }

    @Test("a file that fails its check is status 5")
    func checkFails() {
        var desk = Desk.entered(isScript: true, files: ["a"])
        desk.script("/download a\n")
        desk.grant(1, name: "a")
        desk.tell { $0.transferFailed(TransferNumber(1), TransferFailure(.checkFailed, "differs"), at: $1) }
        #expect(desk.status == .checkFailed)
    }

    @Test("a server that stops is status 4, whether download or chat learns of it first", arguments: [true, false])
    func serverStops(downloadFirst: Bool) {
        var desk = Desk.entered(isScript: true, files: ["a"])
        desk.script("/download a\nhello\n")
        desk.grant(1, name: "a")
        if downloadFirst {
            desk.tell { $0.transferFailed(TransferNumber(1), TransferFailure(.serverLeft, "stopping"), at: $1) }
        }
        desk.tell { $0.disconnected(reason: "closed", at: $1) }
        #expect(desk.status == .linkLost)
    }

    @Test("& goes on at once, and the end of input waits for it, failure included")
    func background() {
        var desk = Desk.entered(isScript: true, files: ["a"])
        desk.script("/download a &\n/set recovery gbn\n")
        #expect(desk.client.settings.recovery == .gbn)
        #expect(desk.status == nil)
        desk.grant(1, name: "a")
        desk.tell { $0.transferFailed(TransferNumber(1), TransferFailure(.failed, "silent"), at: $1) }
        #expect(desk.status == .commandFailed)
    }

    @Test("a background failure before /wait is told by /wait")
    func lateWait() {
        var desk = Desk.entered(isScript: true, files: ["a"])
        desk.script("/download a &\nsleep 5\n/wait\n")
        desk.server(":srv FAIL GET UNREADABLE a :no permission")
        #expect(desk.status == nil)
        desk.pass(seconds: 5)
        #expect(desk.status == .commandFailed)
    }

    @Test("a leading - ignores one failure, --keep-going goes on and still tells of it")
    func ignoring() {
        var desk = Desk.entered(isScript: true)
        desk.script("-/cancel 1\n# a comment\n\n- /nonsense\n-minus\n", ends: false)
        #expect(desk.sent == ["PRIVMSG #lobby -minus"])
        desk.server(":dana!dan@host PRIVMSG #lobby :-minus")
        desk.script("")
        #expect(desk.status == .success)

        var going = Desk(isScript: true) { $0.keepsGoing = true }
        going.enter()
        going.script("/cancel 1\n/nonsense\n/set\n")
        #expect(going.errors.count == 2)
        #expect(going.status == .commandFailed)
    }

    @Test("a line of 100,000 bytes is one command, in whatever pieces it comes")
    func longLine() {
        var desk = Desk.entered(isScript: true)
        let pattern = String(repeating: "x", count: 100_000)
        for piece in ["wait-for ", pattern, " 1", "\n"] { desk.script(piece, ends: false) }
        desk.script("")
        desk.pass(seconds: 2)
        #expect(desk.errors.count == 1 && desk.errors[0].contains(pattern))
        #expect(desk.status == .commandFailed)
    }

    @Test("a line that is no UTF-8 fails and is never said")
    func invalidText() {
        var desk = Desk.entered(isScript: true)
        desk.tell { $0.feedScript([0x68, 0xFF, 0x0A], at: $1) }
        #expect(desk.errors == ["line 1 of the script is not UTF-8"])
        #expect(desk.status == .commandFailed)
    }

    @Test("wait-for hears what came since the last command began, and what comes")
    func waitFor() {
        var desk = Desk.entered(isScript: true)
        desk.script("/msg ann ping\nwait-for pong\nwait-for 'Bob joined' 5\nwait-for \"* waves *\"\n")
        desk.server(":ann!a@h PRIVMSG dana :pong", ":Bob!b@h JOIN #lobby", ":dana!dan@host PRIVMSG ann :ping")
        #expect(desk.status == nil)
        desk.server(":ann!a@h PRIVMSG #lobby :she waves back")
        #expect(desk.status == .success)
    }

    @Test("wait-for gives up after its seconds, and does not hear ourselves")
    func waitForFails() {
        var desk = Desk.entered(isScript: true)
        desk.script("hello\nwait-for hello 3\n")
        desk.server(":dana!dan@host PRIVMSG #lobby :hello")
        desk.pass(seconds: 2.9)
        #expect(desk.status == nil)
        desk.pass(seconds: 0.2)
        #expect(desk.errors == ["nothing with 'hello' came within 3.0 s"])
        #expect(desk.status == .commandFailed)
    }

    @Test("sleep and wait-for are for scripts; at the prompt the bare words are talk")
    func onlyScripts() {
        var desk = Desk.entered()
        desk.type("/sleep 1")
        desk.type("sleep 1")
        #expect(desk.errors == ["sleep is for scripts"])
        #expect(desk.sent == ["PRIVMSG #lobby :sleep 1"])
    }

    @Test("/quit in a script stops it with the status so far")
    func quit() {
        var desk = Desk.entered(isScript: true)
        desk.script("/quit bye all\n/files\n")
        #expect(desk.sent == ["QUIT :bye all"])
        #expect(desk.status == .success)
    }

    @Test("100,000 commands are read a few hundred at a time")
    func constantMemory() {
        var desk = Desk.entered(isScript: true)
        desk.script("/whois ann\n", ends: false)
        var fed = 0
        while desk.client.scriptWantsMore, fed < 100_000 {
            desk.script("/set\n", ends: false)
            fed += 1
        }
        #expect(fed < 1_000)
    }

    @Test("print prints, and assert looks at what the last command told, its answer too")
    func assertions() {
        var desk = Desk.entered(isScript: true, files: ["a.txt"])
        desk.script(
            "/files\nprint all there\nassert a.txt\nassert \"1 file\"\nassert ! b.txt\nassert *1000*a.txt\n",
            ends: false
        )
        desk.list(["a.txt"])
        #expect(desk.errors == [] && desk.events.contains(.printed("all there")))
        desk.script("/files\nassert b.txt\n", ends: false)
        desk.list(["a.txt"])
        #expect(desk.errors == ["nothing told has 'b.txt'"] && desk.status == .commandFailed)
    }

    @Test("an assert that something was not told fails when it was")
    func negative() {
        var desk = Desk.entered(isScript: true, files: ["a.txt"])
        desk.script("/files\nassert ! a.txt\n")
        desk.list(["a.txt"])
        #expect(desk.errors == ["'a.txt' was told"] && desk.status == .commandFailed)
    }
}
