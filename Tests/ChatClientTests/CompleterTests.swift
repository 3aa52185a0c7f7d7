import IRC
import Testing

@testable import ChatClient

@Suite("Tab")
struct CompleterTests {
    private func inserted(_ desk: Desk, _ text: String) -> [String] {
        desk.client.complete(text)?.candidates.map(\.inserted) ?? []
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
        let first = desk.client.complete("b")
        #expect(first?.candidates.map(\.inserted) == ["Bob"] && first?.suffix == ": " && first?.style == .cycle)
        let later = desk.client.complete("hello B")
        #expect(later?.replaceFrom == 6 && later?.suffix == " ")
        #expect(inserted(desk, "A") == [])
        #expect(desk.client.complete("שלום b")?.replaceFrom == 5)
    }

    @Test("commands, and after them what they take")
    func arguments() {
        var desk = Desk.entered(files: ["notes.txt", "nine.txt"])
        #expect(inserted(desk, "/d") == ["/download"])
        #expect(inserted(desk, "/w") == ["/whois", "/wait", "/wait-for"])
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
        #expect(inserted(desk, "/nicknames ") == [])
        #expect(inserted(desk, "/download nine.txt > n") == [])
    }

    @Test("a name that was begun without quotes is completed across its spaces, and all are quoted when one must be")
    func spaces() {
        let desk = Desk.entered(files: ["lab one.txt", "lab two.txt", "labour"])
        let found = desk.client.complete("/download lab t")
        #expect(found?.replaceFrom == 10 && found?.candidates.map(\.inserted) == ["\"lab two.txt\""])
        #expect(inserted(desk, "/download lab") == ["\"lab one.txt\"", "\"lab two.txt\"", "\"labour\""])
        #expect(inserted(desk, "/download x lab") == ["\"lab one.txt\"", "\"lab two.txt\"", "\"labour\""])
    }

    @Test("files tell their size and whether they are here already")
    func notes() {
        let desk = Desk.entered(files: ["dir/a", "b"])
        let notes = desk.client.complete("/download ", localNames: ["a"])?.candidates.map(\.note)
        #expect(notes == ["1000 B", "1000 B, have it"])
    }
}
