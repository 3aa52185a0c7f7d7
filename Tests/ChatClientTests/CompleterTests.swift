import IRC
import Testing
import Timeline

@testable import ChatClient

@Suite("Tab")
struct CompleterTests {
    @Test("a change of the shelf has it listed anew, so that Tab is never stale, but only when it was listed before")
    func shelfChanged() {
        var desk = Desk.entered(files: ["old"])
        desk.sent = []
        desk.tell { $0.receive(Array(":srv FILESCHANGED\r\n".utf8)[...], at: $1, wall: UnixTime(seconds: 0)) }
        #expect(desk.sent == ["FILES"])
        var new = Desk()
        new.sent = []
        new.tell { $0.receive(Array(":srv FILESCHANGED\r\n".utf8)[...], at: $1, wall: UnixTime(seconds: 0)) }
        #expect(new.sent.isEmpty)
    }

    private func inserted(_ desk: Desk, _ text: String) -> [String] {
        desk.complete(text)?.candidates.map(\.inserted) ?? []
    }

    @Test("a dash is the beginning of the option and of names that begin with one, in quotes")
    func dashes() {
        var desk = Desk.entered(files: ["-dash", "--force", "a"])
        #expect(inserted(desk, "/download -") == ["--force", "\"--force\"", "\"-dash\""])
        desk = Desk.entered(files: ["a"])
        #expect(inserted(desk, "/download --f") == ["--force"])
    }

    @Test("nicks: who addressed me first, then the last speakers, then the rest; never myself")
    func order() {
        var desk = Desk.entered()
        desk.server(":srv 353 dana = #lobby :dana ann Bob carl dora", ":srv 366 dana #lobby :End")
        #expect(inserted(desk, "") == ["ann", "Bob", "carl", "dora"])
        desk.server(
            ":carl!c@h PRIVMSG #lobby :hello", ":dora!d@h PRIVMSG #lobby :hi Dana, look", ":ann!a@h PRIVMSG #lobby :x")
        #expect(inserted(desk, "") == ["dora", "ann", "carl", "Bob"])
        desk.type("Bob: yes")
        #expect(inserted(desk, "hello ") == ["Bob", "dora", "ann", "carl"])
    }

    @Test("small letters fit both cases, a capital only itself; ': ' stands at the line's start only")
    func smartCase() {
        let desk = Desk.entered()
        let first = desk.complete("b")
        #expect(first?.candidates.map(\.inserted) == ["Bob"] && first?.suffix == ": " && first?.style == .cycle)
        let later = desk.complete("hello B")
        #expect(later?.replaceFrom == 6 && later?.suffix == " ")
        #expect(inserted(desk, "A") == [])
        #expect(desk.complete("שלום b")?.replaceFrom == 5)
    }

    @Test("commands, and after them what they take")
    func arguments() {
        var desk = Desk.entered(files: ["notes.txt", "nine.txt"])
        #expect(inserted(desk, "/d") == ["/download"])
        #expect(inserted(desk, "/w") == ["/whois", "/why", "/wait", "/wait-for"])
        #expect(inserted(desk, "/help tr") == ["transfers"])
        #expect(inserted(desk, "/msg a") == ["ann"])
        #expect(inserted(desk, "to B") == ["Bob"])
        #expect(inserted(desk, "/part #l") == ["#lobby"])
        #expect(inserted(desk, "/set re") == ["recovery"])
        #expect(inserted(desk, "/set recovery ") == ["auto", "gbn", "sr"])
        #expect(inserted(desk, "/dow n") == ["nine.txt", "notes.txt"])
        #expect(inserted(desk, "download no") == ["notes.txt"])
        desk.type("/download nine.txt")
        #expect(inserted(desk, "/cancel ") == ["1"])
        #expect(inserted(desk, "/transfers ") == [])
        #expect(inserted(desk, "/download nine.txt > n") == [])
    }

    @Test("a name that was begun without quotes is completed across its spaces, and all are quoted when one must be")
    func spaces() {
        let desk = Desk.entered(files: ["lab one.txt", "lab two.txt", "labour"])
        let found = desk.complete("/download lab t")
        #expect(found?.replaceFrom == 10 && found?.candidates.map(\.inserted) == ["\"lab two.txt\""])
        #expect(inserted(desk, "/download lab") == ["\"lab one.txt\"", "\"lab two.txt\"", "\"labour\""])
        #expect(inserted(desk, "/download x lab") == ["\"lab one.txt\"", "\"lab two.txt\"", "\"labour\""])
    }

    @Test("files tell their size, and whether they are here already or in part")
    func notes() {
        let desk = Desk.entered(files: ["dir/a", "b", "c"])
        let local = LocalPlace(size: { ["a": 1000, "c.part": 430][$0] }, names: { _ in [] })
        let notes = desk.complete("/download ", local: local)?.candidates.map(\.note)
        #expect(notes == ["1000 B", "1000 B, partial 43 %", "1000 B, have it"])
    }

    @Test("small letters find a file with capitals when nothing else fits")
    func fileCase() {
        let desk = Desk.entered(files: ["README.md", "Report", "report"])
        #expect(inserted(desk, "/download rea") == ["README.md"])
        #expect(inserted(desk, "/download rep") == ["report"])
        #expect(inserted(desk, "/download REP") == [])
    }

    @Test("behind > are the person's own files, quoted where they must be, and a directory is open for more")
    func localPaths() {
        let desk = Desk.entered(files: ["x"])
        let local = LocalPlace(size: { _ in nil }) { directory in
            switch directory {
            case "":
                [
                    .init("my docs", isDirectory: true), .init("notes", isDirectory: false),
                    .init(".x", isDirectory: true),
                ]
            case "my docs/": [.init("a", isDirectory: false), .init("b b", isDirectory: false)]
            default: []
            }
        }
        func inserted(_ text: String) -> [String] {
            desk.complete(text, local: local)?.candidates.map(\.inserted) ?? []
        }
        #expect(inserted("/download x > n") == ["notes"])
        #expect(inserted("/download x >n") == ["notes"])
        #expect(desk.complete("/download x >n", local: local)?.replaceFrom == 13)
        #expect(inserted("/download x > m") == ["\"my docs/"])
        #expect(desk.complete("/download x > m", local: local)?.suffix == "")
        #expect(inserted("/download x > \"my docs/b") == ["\"my docs/b b\""])
        #expect(inserted("/download x > ") == ["\"my docs/", "\"notes\""])
        #expect(inserted("/set output-dir m") == ["\"my docs/"])
        #expect(inserted("/download --f") == ["--force"])
    }

    @Test("/nick offers one's own name, /topic the topic as it is, /cancel the downloads with their names")
    func ownThings() {
        var desk = Desk.entered(files: ["nine.txt"])
        #expect(inserted(desk, "/nick ") == ["dana"])
        #expect(inserted(desk, "/nick a") == [])
        desk.server(":srv 332 dana #lobby :Lab notes")
        #expect(inserted(desk, "/topic ") == ["Lab notes"])
        desk.type("/download nine.txt")
        #expect(desk.complete("/cancel ")?.candidates.map(\.note) == ["nine.txt"])
        #expect(desk.complete("/resume ")?.candidates.map(\.note) == ["nine.txt"])
        desk.type("/cancel 1")
        #expect(desk.complete("/cancel ") == nil)
        #expect(desk.complete("/resume ")?.candidates.map(\.inserted) == ["1"])
    }

    @Test("nicks tell how long ago they said something")
    func silence() {
        var desk = Desk.entered()
        desk.server(":ann!a@h PRIVMSG #lobby :x")
        desk.pass(seconds: 80)
        #expect(desk.complete("")?.candidates.map(\.note) == ["said something 1 min ago", ""])
    }
}
