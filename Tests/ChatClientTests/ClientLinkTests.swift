import IRC
import Testing
import Timeline

@testable import ChatClient

@Suite("The connection: how it begins, what keeps it, how it ends")
struct ClientLinkTests {
    @Test("registration, the first room and the files go in one flight, before the server has said a word")
    func oneFlight() {
        var desk = Desk()
        #expect(desk.connects == 1)
        desk.tell { $0.connected(at: $1) }
        #expect(
            desk.sent == [
                "CAP REQ rdtchat/files", "CAP REQ echo-message",
                "CAP REQ :server-time batch draft/chathistory", "NICK dana", "USER dan 0 * dan", "CAP END",
                "JOIN #lobby", "FILES",
            ])
    }

    @Test("the welcome is told, and the prompt has the room as the server writes it")
    func welcome() {
        var desk = Desk()
        desk.tell { $0.connected(at: $1) }
        desk.server(":srv CAP * ACK :rdtchat/files", ":srv CAP * NAK :echo-message")
        desk.sent = []
        desk.server(":srv 001 dana :Welcome")
        #expect(desk.sent == [])
        #expect(desk.screen == ["connected to srv as dana; /help shows what you can do"])
        desk.server(":dana!dan@host JOIN #Lobby")
        #expect(desk.client.prompt.text == "#Lobby> ")
    }

    @Test("a server without capabilities serves for talk, and says so of files")
    func plainServer() {
        var desk = Desk()
        desk.tell { $0.connected(at: $1) }
        desk.server(":srv 421 dana CAP :Unknown command", ":srv 001 dana :Welcome")
        desk.server(":dana!d@h JOIN #lobby", ":srv 366 dana #lobby :End")
        #expect(desk.errors == [])
        desk.type("/files")
        #expect(desk.errors == ["this server shares no files: it does not know rdtchat/files"])
    }

    @Test("without a nickname the person is asked before a connection is made, and Enter takes what is offered")
    func asksNickname() {
        var desk = Desk(nickname: nil)
        #expect(desk.connects == 0)
        #expect(desk.client.prompt == Prompt(text: "nickname [dan]: ", isQuestion: true))
        desk.type("two words")
        #expect(desk.errors.first?.contains("has a space") == true)
        #expect(desk.client.prompt.isQuestion)
        desk.type("")
        #expect(desk.connects == 1)
        desk.tell { $0.connected(at: $1) }
        #expect(desk.sent.contains("NICK dan"))
    }

    @Test("a taken nickname asks a person for another, on the same connection")
    func takenInteractively() {
        var desk = Desk()
        desk.tell { $0.connected(at: $1) }
        desk.server(":srv 433 * dana :Nickname is already in use")
        #expect(desk.errors == ["nickname 'dana' is taken"])
        #expect(desk.client.prompt.isQuestion)
        desk.sent = []
        desk.type("dana2")
        #expect(desk.sent == ["NICK dana2"])
        desk.server(":srv 001 dana2 :Welcome")
        #expect(desk.client.prompt.isQuestion == false)
    }

    @Test("the server that hangs up while the person thinks of a nickname is called again")
    func slowAnswer() {
        var desk = Desk()
        desk.tell { $0.connected(at: $1) }
        desk.server(":srv 433 * dana :Nickname is already in use", "ERROR :Registration timed out")
        desk.tell { $0.disconnected(reason: "closed by the server", at: $1) }
        #expect(desk.status == nil)
        desk.type("dana2")
        #expect(desk.connects == 2)
        desk.sent = []
        desk.tell { $0.connected(at: $1) }
        #expect(desk.sent.contains("NICK dana2"))
    }

    @Test("a taken nickname ends a script with status 3 and names the way out")
    func takenInScript() {
        var desk = Desk(isScript: true)
        desk.tell { $0.connected(at: $1) }
        desk.server(":srv 433 * dana :Nickname is already in use", ":srv 451 * :You have not registered")
        #expect(desk.errors == ["nickname 'dana' is taken; choose another with --nick"])
        #expect(desk.status == .notConnected)
    }

    @Test("a script that asked for no nickname takes one that is free, and gives up after a few")
    func substitute() {
        var desk = Desk(nickname: nil, isScript: true)
        desk.tell { $0.connected(at: $1) }
        #expect(desk.sent.contains("NICK dan"))
        desk.server(":srv 433 * dan :Nickname is already in use", ":srv 451 * :You have not registered")
        let second = desk.sent.last ?? ""
        #expect(second.hasPrefix("NICK dan-") && desk.errors.isEmpty && desk.status == nil)
        desk.sent = []
        desk.server(":srv 001 \(second.dropFirst(5)) :Welcome")
        #expect(desk.sent.contains("JOIN #lobby"))
        var unlucky = Desk(nickname: nil, isScript: true)
        unlucky.tell { $0.connected(at: $1) }
        for _ in 0..<10 where unlucky.status == nil {
            unlucky.server(":srv 433 * \(unlucky.client.nickname?.text ?? "") :Nickname is already in use")
        }
        #expect(unlucky.status == .notConnected && unlucky.errors.count == 1)
    }

    @Test("a server that takes the connection and says nothing is given up after 30 s")
    func deafServer() {
        var desk = Desk(isScript: true)
        desk.tell { $0.connected(at: $1) }
        desk.pass(seconds: 29)
        desk.server(":srv NOTICE * :Looking up your hostname")
        desk.pass(seconds: 29)
        #expect(desk.hangUps.isEmpty)
        desk.pass(seconds: 1)
        #expect(desk.hangUps == ["the server has not answered for 30 s"])
        desk.tell { $0.disconnected(reason: "no answer", at: $1) }
        #expect(desk.status == .notConnected)
        var thinking = Desk()
        thinking.tell { $0.connected(at: $1) }
        thinking.server(":srv 433 * dana :Nickname is already in use")
        thinking.pass(seconds: 100)
        #expect(thinking.hangUps.isEmpty)
    }

    @Test("a server that cannot be reached is status 3 and one clear line")
    func unreachable() {
        var desk = Desk()
        desk.tell { $0.disconnected(reason: "Connection refused", at: $1) }
        #expect(desk.errors == ["cannot join the chat at 127.0.0.1:6667: Connection refused"])
        #expect(desk.status == .notConnected)
    }

    @Test("a lost link ends a script with status 4 and tells the server's last words")
    func lostScript() {
        var desk = Desk.entered(isScript: true)
        desk.script("/whois ann\n")
        desk.server("ERROR :Server is going down")
        desk.tell { $0.disconnected(reason: "closed", at: $1) }
        #expect(desk.errors == ["the connection to 127.0.0.1:6667 was lost: Server is going down"])
        #expect(desk.status == .linkLost)
    }

    @Test("a person stays at the prompt when the link is lost, and every line says why it goes nowhere")
    func lostInteractively() {
        var desk = Desk.entered()
        desk.tell { $0.disconnected(reason: "closed", at: $1) }
        #expect(desk.status == nil)
        #expect(desk.client.prompt.text == "(not connected) ")
        // Talk that cannot come back from the server is shown as typed, like a command.
        #expect(!desk.client.isTalk("hello"))
        desk.type("hello")
        #expect(desk.errors.last == "not connected: closed; /quit and start again to come back")
        desk.type("/quit")
        #expect(desk.status == .linkLost)
    }

    @Test("/quit waits a second at most for the echo of what was said last, and takes no line after it")
    func lastWords() {
        for comes in [true, false] {
            var desk = Desk.entered()
            desk.type("bye")
            desk.type("/quit so long")
            desk.type("too late")
            #expect(desk.status == nil && desk.client.isLeaving && desk.sent == ["PRIVMSG #lobby bye"])
            if comes { desk.server(":dana!d@h PRIVMSG #lobby :bye") } else { desk.pass(seconds: 1) }
            #expect(desk.status == .success && desk.sent.last == "QUIT :so long")
            #expect(desk.screen == [comes ? "<dana> bye" : "1 line was not delivered"])
        }
    }

    @Test("PING is answered, and silence is broken by a PING and then by hanging up")
    func silence() {
        var desk = Desk.entered()
        desk.server("PING :token 1")
        #expect(desk.sent == ["PONG :token 1"])
        desk.sent = []
        desk.pass(seconds: 90)
        #expect(desk.sent == ["PING alive"])
        desk.server(":srv PONG srv alive")
        desk.pass(seconds: 100)
        #expect(desk.hangUps.isEmpty)
        desk.pass(seconds: 60)
        #expect(desk.hangUps.count == 1)
    }

    @Test("Ctrl-C twice within a second leaves when nothing runs, once does not")
    func interrupts() {
        var desk = Desk.entered()
        desk.tell { $0.interrupted(at: $1) }
        desk.pass(seconds: 2)
        desk.tell { $0.interrupted(at: $1) }
        #expect(desk.status == nil)
        desk.pass(seconds: 0.5)
        desk.tell { $0.interrupted(at: $1) }
        #expect(desk.status == .interrupted)
        #expect(desk.sent.last == "QUIT leaving")
    }

    @Test("an input that has ended for good leaves although a download runs")
    func endlessEnd() {
        var desk = Desk.entered(files: ["a.txt"])
        desk.type("/download a.txt")
        desk.grant(7, name: "a.txt")
        for _ in 0..<4 { desk.tell { $0.inputEnded(at: $1) } }
        #expect(desk.status == .success)
    }

    @Test("Ctrl-C cancels what is at work, and neither what is held nor what waits")
    func interruptsWork() {
        var desk = Desk.entered(files: ["a", "b", "c"], size: 8 << 20)
        desk.type("/download a b c")
        desk.grant(1, name: "a", size: 8 << 20)
        desk.grant(2, name: "b", size: 8 << 20)
        desk.tell { $0.interrupted(at: $1) }
        #expect(desk.cancelled == [TransferNumber(2)])
        desk.type("/pause")
        desk.tell { $0.interrupted(at: $1) }
        #expect(desk.cancelled == [2, 1].map(TransferNumber.init) && desk.client.transfers.active.count == 2)
        #expect(desk.screen.last == "Ctrl-C again, or /quit, leaves")
    }

    @Test(
        "where the terminal edits the line, Ctrl-C does nothing once, and twice cancels or leaves; Ctrl-D asks in a line"
    )
    func plainKeys() {
        var desk = Desk(isScript: true) {
            $0.isTyped = true
            $0.keepsGoing = true
            $0.keepsDownloads = false
        }
        desk.enter(files: ["a.txt"])
        desk.script("/download a.txt\n", ends: false)
        desk.grant(7, name: "a.txt")
        desk.tell { $0.interruptedUnseen(at: $1) }
        #expect(desk.status == nil && desk.cancelled.isEmpty && desk.screen.last == "Ctrl-C again cancels a.txt")
        desk.tell { $0.inputEnded(at: $1) }
        #expect(desk.screen.last == "1 download runs: stop it and leave? [y/N]")
        desk.script("what?\n\n", ends: false)
        #expect(desk.status == nil && !desk.sent.contains { $0.hasPrefix("PRIVMSG") })
        for _ in 0..<2 { desk.tell { $0.interruptedUnseen(at: $1) } }
        #expect(desk.cancelled == [TransferNumber(1)] && desk.status == nil)
        desk.pass(seconds: 2)
        desk.tell { $0.interruptedUnseen(at: $1) }
        #expect(desk.status == nil)
        desk.tell { $0.interruptedUnseen(at: $1) }
        #expect(desk.status == .interrupted)
    }

    @Test("a script that quits with a download under way has failed and says which")
    func scriptLeaves() {
        var desk = Desk.entered(isScript: true, files: ["a.txt"])
        desk.script("download a.txt &\n/quit\n")
        desk.grant(7, name: "a.txt")
        desk.pass(seconds: 2)
        #expect(desk.status == .commandFailed)
        #expect(desk.screen.contains { $0.hasPrefix("download 1 cancelled: a.txt") })
    }

    @Test("a shell that keeps no downloads says that leaving stops them, and promises nothing")
    func nothingKept() {
        var desk = Desk { $0.keepsDownloads = false }
        desk.enter(files: ["a.txt"])
        desk.type("/download a.txt")
        desk.grant(7, name: "a.txt")
        desk.tell { $0.inputEnded(at: $1) }
        #expect(desk.client.prompt.text == "1 download runs: stop it and leave? [y/N] ")
        desk.type("y")
        #expect(desk.status == .success && !desk.screen.contains { $0.contains("next time") })
    }

    @Test("Ctrl-D leaves, and asks first when a download runs")
    func endOfInput() {
        var desk = Desk.entered(files: ["a.txt"])
        desk.type("/download a.txt")
        desk.grant(7, name: "a.txt")
        desk.tell { $0.inputEnded(at: $1) }
        #expect(
            desk.client.prompt == Prompt(text: "1 download runs: leave it for the next time? [y/N] ", isQuestion: true))
        desk.type("")
        #expect(desk.status == nil)
        desk.tell { $0.inputEnded(at: $1) }
        desk.tell { $0.inputEnded(at: $1) }
        #expect(desk.status == nil && !desk.client.prompt.isQuestion)
        desk.type("/transfers")
        desk.tell { $0.inputEnded(at: $1) }
        desk.type("n/quit")
        #expect(desk.client.prompt.isQuestion && !desk.sent.contains { $0.hasPrefix("PRIVMSG") })
        desk.type("y")
        #expect(desk.status == .success)
        #expect(desk.cancelled == [TransferNumber(1)])
        #expect(desk.sent.contains("GETSTOP 0000000000000007"))
    }
}
