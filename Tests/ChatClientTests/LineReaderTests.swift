import IRC
import Testing

@testable import ChatClient

@Suite("What a line means")
struct LineReaderTests {
    private func meaning(_ line: String, isScript: Bool = false) throws -> LineReader.Meaning {
        LineReader(isScript: isScript, people: [try Nickname("ann")], files: FileCatalogue()).meaning(of: line)
    }

    @Test("every command is found by its name and by each beginning that no other has")
    func prefixes() {
        for entry in CommandTable.entries {
            let name = entry.name.rawValue
            #expect(CommandTable.find(name) == .found(entry))
            for length in 1..<name.count {
                let word = String(name.prefix(length))
                let others = CommandTable.entries.filter { $0.name.rawValue.hasPrefix(word) }
                let exact = others.first { $0.name.rawValue == word }
                #expect(
                    CommandTable.find(word) == (exact ?? (others.count == 1 ? entry : nil)).map { .found($0) }
                        ?? .ambiguous(others))
            }
        }
        #expect(Set(CommandTable.entries.map(\.name)) == Set(CommandTable.Name.allCases))
    }

    @Test("an ambiguous beginning names the commands that it may be")
    func ambiguous() throws {
        #expect(try meaning("/m x") == .wrong(command: "m", text: "/m may be /msg, /me; write more of it"))
    }

    @Test(
        "the original's words work bare when the whole line fits, and are talk when not",
        arguments: [
            ("nicknames", true), ("nicknames please", false), ("files", true), ("files are nice", false),
            ("download a.txt", true),
            ("download \"a b\"", true), ("download the file please", false), ("to ann hi", true), ("to ann", false),
            ("to zoe hi", false), ("quit", false), ("help", false), ("wait-for x", false), ("  files  ", true),
            ("files odd/*", true), ("files *.txt", true), ("files odd", false), ("files a* b*", false),
            ("files where?", true),
        ])
    func bare(line: String, isCommand: Bool) throws {
        if case .say = try meaning(line) { #expect(!isCommand) } else { #expect(isCommand) }
    }

    @Test(
        "in a script a download is never talk, and wait-for and sleep work bare",
        arguments: [
            "download a b c", "wait-for x 3", "wait-for a b", "sleep 0.5",
        ])
    func bareInScript(line: String) throws {
        if case .run = try meaning(line, isScript: true) {} else { Issue.record("\(line) was not run") }
    }

    @Test("in a script a sleep that is no number of seconds is wrong, and more words are talk")
    func sleepInScript() throws {
        if case .wrong(_, let text) = try meaning("sleep 5s", isScript: true) {
            #expect(text.contains("/sleep SECONDS"))
        } else {
            Issue.record("sleep 5s was not refused")
        }
        if case .say = try meaning("sleep well, everybody", isScript: true) {} else { Issue.record("it was not said") }
    }

    @Test(
        "each wrong line says how it is right",
        arguments: [
            ("/nick", "/nick NEW"), ("/nick 1a", "a letter"), ("/msg", "/msg NICK TEXT"),
            ("/msg ann", "/msg NICK TEXT"),
            ("/join #a,b", "a room is #"), ("/cancel x", "/transfers"), ("/wait 0", "/transfers"),
            ("/transfers 1", "/transfers"), ("/help nonsense", "/help lists"), ("/set colour", "the settings are"),
            ("/sleep -1", "0 to 86400"), ("/sleep", "SECONDS"), ("/wait-for", "PATTERN"), ("/", "/help lists"),
            ("/kick bob", "IRC client"), ("/clear", "Ctrl-L"), ("/put x", "none go there"), ("/server x", "/connect"),
            ("/wait-for x nan", ""), ("/zzzzzz", "// says"),
        ])
    func wrong(line: String, hint: String) throws {
        guard case .wrong(_, let text) = try meaning(line) else {
            #expect(hint.isEmpty)
            return
        }
        #expect(text.contains(hint), "\(text)")
    }

    @Test("a room's # need not be typed, and /help of a beginning shows all that it may be")
    func abbreviated() throws {
        #expect(try meaning("/join films") == .run(.join(try ChannelName("#films")), word: "join"))
        #expect(try meaning("/join #films") == .run(.join(try ChannelName("#films")), word: "join"))
        guard case .run(.help(let entries), _) = try meaning("/help re") else {
            Issue.record("no help")
            return
        }
        #expect(entries.map(\.name) == [.reply, .recall, .resend, .resume])
    }

    @Test("what was typed is repeated by its beginning only")
    func longMistake() throws {
        for word in ["/set ", "/wait ", "/nick ", "/join ", "/", "/help "] {
            if case .wrong(_, let text) = try meaning(word + long + ",") {
                #expect(text.count < 300, "\(word)")
            } else {
                Issue.record("\(word) was not wrong")
            }
        }
    }

    private var long: String { String(repeating: "x", count: 3_000) }

    @Test("help has every command, in rows of at most 120 columns")
    func help() {
        let rows = CommandTable.help
        for entry in CommandTable.entries { #expect(rows.contains { $0.contains(entry.usage.drop { $0 == "/" }) }) }
        #expect(rows.allSatisfy { $0.count <= 120 })
    }

    @Test("the nearest word is at most two letters away")
    func nearness() {
        #expect(Nearness.nearest(to: "fiels", of: ["files", "help"]) == "files")
        #expect(Nearness.nearest(to: "x", of: ["files"]) == nil)
        #expect(Nearness.nearest(to: "", of: ["files"]) == nil)
    }
}
