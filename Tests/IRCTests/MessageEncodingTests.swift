import IRC
import TestSupport
import Testing
import Timeline

@Suite("messages become lines")
struct MessageEncodingTests {
    private func text(_ message: Message) -> String { String(decoding: message.encoded(), as: UTF8.self) }

    @Test("text is the trailing parameter, and modes and channels are words")
    func forms() {
        let dana = Message.Source(name: "dana", user: "d", host: "host")
        #expect(text(Message(command: "LUSERS")) == "LUSERS\r\n")
        #expect(text(Message(source: dana, command: "NICK", parameters: ["noa"])) == ":dana!d@host NICK :noa\r\n")
        #expect(text(Message(source: dana, command: "JOIN", parameters: ["#tea"])) == ":dana!d@host JOIN #tea\r\n")
        #expect(text(Message(command: "PART", parameters: ["#tea"])) == "PART #tea\r\n")
        #expect(text(Message(command: "PART", parameters: ["#tea", "bye"])) == "PART #tea :bye\r\n")
        #expect(text(Message(command: "MODE", parameters: ["#tea", "+n"])) == "MODE #tea +n\r\n")
        #expect(text(Message(command: "PRIVMSG", parameters: ["#tea", "hi"])) == "PRIVMSG #tea :hi\r\n")
        #expect(text(Message(command: "TOPIC", parameters: ["#tea", ""])) == "TOPIC #tea :\r\n")
        #expect(text(Message(command: "JOIN", parameters: [":x"])) == "JOIN ::x\r\n")
    }

    @Test("tags are escaped, and an empty value needs no equals sign")
    func tags() {
        let message = Message(
            tags: [.init(key: "a", value: "x y;z\\\r\n\0"), .init(key: "b")], command: "TAGMSG", parameters: ["#t"])
        #expect(text(message) == #"@a=x\sy\:z\\\r\n;b TAGMSG #t"# + "\r\n")
    }

    @Test("whatever is inside, it is one line, and parameters keep their places")
    func oneLine() throws {
        let evil = "a\r\nQUIT :x\0"
        let message = Message(
            tags: [.init(key: evil, value: evil)], source: .init(name: evil, user: evil, host: evil), command: evil,
            parameters: [evil, "", ":b", "c d", evil])
        let bytes = message.encoded()
        #expect(bytes.filter { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") || $0 == 0 }.count == 2)
        let again = try Message(parsing: bytes.dropLast(2))
        #expect(again.parameters.count == 5)
        #expect(again.parameters[1...3] == ["*", "_b", "c_d"])
        #expect(again.parameters[4] == "a  QUIT :x ")
    }

    @Test("what is encoded reads back as it was, for ten thousand seeded messages")
    func roundTrip() throws {
        var random = SeededGenerator(seed: 1)
        let pieces = ["a", " ", ":", "#", "é", "ש", "👨‍👩‍👧", ";", "\\", "=", "@", "!", "\t", "\u{1}"]
        func word(_ bad: Set<String>) -> String {
            let text = (0..<Int.random(in: 1...6, using: &random)).map { _ in
                pieces[Int.random(in: pieces.indices, using: &random)]
            }
            return "x" + text.filter { !bad.contains($0) }.joined()
        }
        for _ in 0..<10_000 {
            let source = Message.Source(
                name: word([" ", "!", "@"]), user: word([" ", "!", "@"]), host: word([" ", "@"]))
            let tags = (0..<Int.random(in: 0...3, using: &random)).map {
                Message.Tag(key: "\($0)", value: word([]) + (Bool.random(using: &random) ? "\r\n" : ""))
            }
            let middles = (0..<Int.random(in: 0...3, using: &random)).map { _ in word([" "]) }
            let message = Message(
                tags: tags, source: Bool.random(using: &random) ? source : nil, command: "PRIVMSG",
                parameters: middles + [String(word([]).dropFirst())])
            #expect(try Message(parsing: message.encoded().dropLast(2)) == message)
        }
    }

    @Test("a line within the limit stays whole, and one byte more is cut on a character's border")
    func limit() {
        func line(_ text: String) -> [UInt8] {
            Message(command: "PRIVMSG", parameters: ["#tea", text]).encodedWithinLimit()
        }
        let room = 512 - "PRIVMSG #tea :\r\n".utf8.count
        let whole = String(repeating: "x", count: room)
        #expect(line(whole).count == 512)
        #expect(line(whole + "y") == line(whole))
        // The last character has 2 bytes, of which one would fit.
        let hebrew = String(repeating: "x", count: room - 1) + "ש"
        #expect(line(hebrew).count == 511)
        #expect(String(validating: line(hebrew), as: UTF8.self) != nil)
        // Tags do not count.
        let tagged = Message(
            tags: [.init(key: "time", value: "2026")], command: "PRIVMSG", parameters: ["#tea", whole + "y"])
        #expect(tagged.encodedWithinLimit() == Array("@time=2026 ".utf8) + line(whole))
    }
}
