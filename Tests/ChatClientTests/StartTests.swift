import IRC
import Testing

@testable import ChatClient

@Suite("What runs at the start, and what is kept for it")
struct StartTests {
    private func desk(_ text: String, isFirstRun: Bool = false) -> Desk {
        Desk {
            $0.startCommands = RunCommands.commands(in: Array(text.utf8))
            $0.isFirstRun = isFirstRun
        }
    }

    private func keeping(_ kept: RunCommands.Kept, in text: String) -> String {
        String(decoding: RunCommands.keeping(kept, in: Array(text.utf8)), as: UTF8.self)
    }

    @Test("bytes that are no text stay as they are, and a byte order mark hides no command")
    func bytes() {
        let file: [UInt8] = [0xEF, 0xBB, 0xBF] + Array("/set times off\r\n# caf".utf8) + [0xE9, 0x0A]
        #expect(RunCommands.commands(in: file).map(\.line) == ["/set times off"])
        let kept = RunCommands.keeping(.init(key: "/set bell", value: "on"), in: file)
        #expect(
            kept == [0xEF, 0xBB, 0xBF] + Array("/set times off\r\n# caf".utf8) + [0xE9, 0x0A]
                + Array("/set bell on\r\n".utf8))
    }

    @Test("talk in the file is said to nobody and told by its line")
    func talk() {
        var desk = desk("set times off\n/set bell on")
        desk.enter()
        #expect(desk.sent.isEmpty && desk.client.settings.rings)
        #expect(
            self.desk("set times off").errors == ["line 1 of the rc file is no command; commands there begin with /"])
    }

    @Test("what goes wrong with a command later names its line too, and what is typed then does not")
    func laterMistake() {
        var desk = desk("\n/reply you\n/set bell on")
        desk.enter()
        #expect(desk.errors.isEmpty)
        desk.type("/nosuch")
        #expect(desk.errors.count == 1 && desk.errors[0].hasPrefix("there is no command /nosuch"))
    }

    @Test("a directory for downloads is looked at when it is set, by the command line too, but not for a script")
    func directory() {
        var desk = Desk { $0.settings.outputDirectory = "/nowhere" }
        #expect(desk.looks == ["/nowhere"])
        desk.enter()
        desk.type("/set output-dir ~/in")
        desk.type("/set output-dir default")
        #expect(desk.looks == ["/nowhere", "~/in"])
        var script = Desk(isScript: true) { $0.settings.outputDirectory = "/nowhere" }
        script.enter()
        script.script("/set output-dir ~/in\n")
        #expect(script.looks.isEmpty)
    }

    @Test("a kept line takes the place of the one before it, and the person's own lines stay")
    func keeping() {
        let text = "# mine\n/set bell off\n\n/join #films\n  /set   bell  on\n/set times off"
        let windows = RunCommands.commands(in: Array("# mine\r\n/join #films\r\n\r\n/set times off\r\n".utf8))
        #expect(windows.map(\.line) == ["/join #films", "/set times off"] && windows.map(\.number) == [2, 4])
        let bell = RunCommands.Kept(key: "/set bell", value: "on")
        #expect(keeping(bell, in: text) == "# mine\n\n/join #films\n/set bell on\n/set times off\n")
        let none = RunCommands.Kept(key: "/set bell", value: nil)
        #expect(keeping(none, in: text) == "# mine\n\n/join #films\n/set times off\n")
        #expect(keeping(none, in: "") == "")
        #expect(keeping(bell, in: "x") == "x\n/set bell on\n")
    }

    @Test(
        "settings hold from the start, other commands run when the server is there, and a mistake is told by its line")
    func start() {
        var desk = desk("# comment\n/set times off\n/join #films\n/set nosuch x\n/alias hi /me waves\n")
        #expect(!desk.client.settings.showsTimes)
        #expect(desk.errors.count == 1 && desk.errors[0].hasPrefix("line 4 of the rc file: there is no setting"))
        desk.tell { $0.connected(at: $1) }
        desk.server(":srv CAP * ACK :rdtchat/files", ":srv 001 dana :Welcome", ":dana!d@h JOIN #lobby")
        #expect(!desk.sent.contains("JOIN #films"))
        desk.server(":srv 353 dana = #lobby :dana", ":srv 366 dana #lobby :End", ":srv FILEEND 0")
        #expect(desk.sent.contains("JOIN #films"))
    }

    @Test("what the command line says is louder than the rc file")
    func options() {
        let desk = Desk {
            $0.settings.recovery = .gbn
            $0.startCommands = RunCommands.commands(in: Array("/set recovery sr\n/set bell on".utf8))
        }
        #expect(desk.client.settings.recovery == .gbn && desk.client.settings.rings)
    }

    @Test("a changed setting is kept, and taken back by default; a script keeps nothing")
    func kept() {
        var desk = Desk.entered()
        desk.type("/set bell on")
        desk.type("/set output-dir \"my files\"")
        desk.type("/set bell default")
        #expect(
            desk.kept == [
                .init(key: "/set bell", value: "on"), .init(key: "/set output-dir", value: "\"my files\""),
                .init(key: "/set bell", value: nil),
            ])
        desk.events = []
        desk.type("/set")
        #expect(desk.screen.first?.hasPrefix("output-dir = my files") == true && desk.events.count == 2)
        var script = Desk.entered(isScript: true)
        script.type("/set bell on")
        #expect(script.kept == [])
    }

    @Test("an alias stands for its text, with what follows at its end or in its place, and may lead to another")
    func alias() {
        var desk = Desk.entered()
        desk.type("/alias shout /me shouts: $*!")
        desk.type("/alias s /shout")
        desk.type("/s help me")
        #expect(desk.sent == ["PRIVMSG #lobby :\u{1}ACTION shouts: help me!\u{1}"])
        desk.type("/alias loop /loop2")
        desk.type("/alias loop2 /loop")
        desk.type("/loop")
        #expect(desk.errors.last?.hasPrefix("there is no command /loop") == true)
        desk.type("/alias msg /me")
        #expect(desk.errors.last == "/msg is a command; an alias needs a name of its own")
        #expect(desk.complete("/sh")?.candidates.map(\.inserted) == ["/shout"])
        desk.type("/alias s off")
        #expect(desk.kept.last == .init(key: "/alias s", value: nil))
        desk.type("/alias s off")
        #expect(desk.errors.last == "there is no alias /s")
    }

    @Test("an alias is shown by its name alone, and a command in it needs no slash")
    func aliasShown() {
        var desk = Desk.entered()
        desk.type("/alias wave me waves at $*")
        desk.type("/alias wave")
        #expect(desk.screen == ["/wave is /me waves at $*", "/wave is /me waves at $*"])
        desk.type("/wave Bob")
        #expect(desk.sent == ["PRIVMSG #lobby :\u{1}ACTION waves at Bob\u{1}"])
        desk.type("/alias gm good morning")
        desk.type("/gm all")
        #expect(desk.sent.last == "PRIVMSG #lobby :good morning all")
        desk.type("/alias no")
        #expect(desk.errors == ["there is no alias /no; /alias no /COMMAND makes one"])
    }

    @Test("who comes for the first time is told what to do, once")
    func firstRun() {
        var desk = desk("", isFirstRun: true)
        desk.tell { $0.connected(at: $1) }
        desk.server(":srv 001 dana :Welcome")
        #expect(desk.screen.contains { $0.contains("Tab completes") } && desk.screen.contains { $0.contains("/files") })
    }
}
