import IRC
import Testing

func parsed(_ line: String) throws -> Message { try Message(parsing: Array(line.utf8)) }

@Suite("lines become messages")
struct MessageParsingTests {
    @Test(
        "words are parameters, and a colon makes all that follows the last one",
        arguments: [
            ("LUSERS", []),
            ("JOIN #tea", ["#tea"]),
            ("JOIN :#tea", ["#tea"]),
            ("MODE #tea +v dana", ["#tea", "+v", "dana"]),
            ("MODE #tea +vv dana :noam", ["#tea", "+vv", "dana", "noam"]),
            ("PRIVMSG #tea :two  words ", ["#tea", "two  words "]),
            ("PRIVMSG #tea ::-)", ["#tea", ":-)"]),
            ("PRIVMSG #tea :why :why", ["#tea", "why :why"]),
            ("TOPIC #tea :", ["#tea", ""]),
            ("TOPIC #tea :   ", ["#tea", "   "]),
            ("JOIN  #tea   key", ["#tea", "key"]),
            ("MODE #tea +n  ", ["#tea", "+n"]),
            ("AWAY ", []),
            ("PRIVMSG a:b c:d", ["a:b", "c:d"]),
            ("PRIVMSG dana :שלום 👋🏽", ["dana", "שלום 👋🏽"]),
        ])
    func parameters(line: String, expected: [String]) throws {
        let message = try parsed(line)
        #expect(message.parameters == expected)
        #expect(message.source == nil)
        #expect(message.tags.isEmpty)
    }

    @Test("of two thousand tags the last of each key counts, in the place of the first")
    func manyTags() throws {
        let keys = (0..<1_000).map { "k\($0)" }
        let tags = (keys.map { $0 + "=1" } + keys.reversed().map { $0 + "=2" }).joined(separator: ";")
        let message = try parsed("@\(tags) PING")
        #expect(message.tags.map(\.key) == keys)
        #expect(message.tags.allSatisfy { $0.value == "2" })
    }

    @Test("a command counts the same in small and capital letters, and a numeric stays")
    func command() throws {
        #expect(try parsed("privMsg x").command == "PRIVMSG")
        #expect(try parsed(":irc.example.org 433  * dana :taken").command == "433")
        #expect(try parsed(":irc.example.org 433  * dana :taken").parameters == ["*", "dana", "taken"])
    }

    @Test(
        "a source is a name, and may have a user and a host",
        arguments: [
            ("dana", "dana", nil, nil),
            ("irc.example.org", "irc.example.org", nil, nil),
            ("dana!~d@localhost", "dana", "~d", "localhost"),
            ("dana!d@192.0.2.7", "dana", "d", "192.0.2.7"),
            ("dana@192.0.2.7", "dana", nil, "192.0.2.7"),
            ("dana!d", "dana", "d", nil),
            ("dana!@host", "dana", "", "host"),
            ("dana!d@", "dana", "d", ""),
            ("!d@host", "", "d", "host"),
            ("da\tna!d@ho\u{3}4st", "da\tna", "d", "ho\u{3}4st"),
        ] as [(String, String, String?, String?)])
    func source(text: String, name: String, user: String?, host: String?) throws {
        let source = try #require(try parsed(":\(text) QUIT :bye").source)
        #expect(source == Message.Source(name: name, user: user, host: host))
        #expect(source.text == text)
    }

    @Test(
        "tags have values or none, and their escapes are undone",
        arguments: [
            (#"@a=1"#, [("a", "1")]),
            (#"@a=1;b;c= "#, [("a", "1"), ("b", ""), ("c", "")]),
            (#"@example.org/a=1;+b=2"#, [("example.org/a", "1"), ("+b", "2")]),
            (#"@a=x\sy\:z\\\r\n"#, [("a", "x y;z\\\r\n")]),
            (#"@a=\\s"#, [("a", #"\s"#)]),
            (#"@a=b\c"#, [("a", "bc")]),
            (#"@a=b\"#, [("a", "b")]),
            (#"@a=1;b=2;a=3"#, [("a", "3"), ("b", "2")]),
            (#"@a=1;vendor/a=2"#, [("a", "1"), ("vendor/a", "2")]),
            (#"@a=b=c"#, [("a", "b=c")]),
            (#"@;;a=1;=2"#, [("a", "1")]),
        ])
    func tags(text: String, expected: [(String, String)]) throws {
        let message = try parsed("\(text) :dana TAGMSG #tea")
        #expect(message.tags == expected.map { Message.Tag(key: $0.0, value: $0.1) })
        #expect(message.source?.name == "dana")
        #expect(message.command == "TAGMSG")
        #expect(message.parameters == ["#tea"])
    }

    @Test("a line without a command, with bytes that no line has, or that is not UTF-8 is refused as that")
    func refused() {
        for line in ["", "   ", ":dana", ":dana ", "@a=b", "@a=b :dana "] {
            #expect(throws: MessageError.noCommand) { try parsed(line) }
        }
        for line in ["PRIVMSG a :x\0y", "PRIVMSG a :x\ry", "PRIVMSG a :x\ny"] {
            #expect(throws: MessageError.forbiddenByte) { try parsed(line) }
        }
        for bytes: [UInt8] in [[0xFF], [0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80]] {
            #expect(throws: MessageError.invalidUTF8) { try Message(parsing: Array("PRIVMSG a :".utf8) + bytes) }
        }
    }
}
