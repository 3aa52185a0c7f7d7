import IRC
import Testing
import Timeline

/// Names with everything in them that a person may type.
let legalFileNames = [
    "a", "two words.txt", "it's \"quoted\" [1].pdf", "sub/dir/file", "back\\slash", "-rf", "#1", ":colon", "100%",
    "שלום עולם.txt", "דנה's notes", "👨‍👩‍👧 family ❤️.jpg", "1️⃣.txt", "🏴󠁧󠁢󠁳󠁣󠁴󠁿.svg", "می‌خواهم.txt", "a..b", "~", " ",
    String(repeating: "x", count: 255),
]

@Suite("names of shared files")
struct FileNameTests {
    @Test("what a person may call a file is a name, and reads the same on every screen", arguments: legalFileNames)
    func legal(text: String) throws {
        let name = try FileName(text)
        #expect(name.text == text)
        #expect(DisplayText(sanitising: text).text == text)
        #expect(name.parts.joined(separator: "/") == text)
    }

    @Test(
        "what could leave the directory or deceive a reader is none",
        arguments: [
            ("", FileNameError.Reason.empty),
            ("/etc/passwd", .absolute),
            ("..", .hiddenPart),
            ("../x", .hiddenPart),
            ("a/../../x", .hiddenPart),
            ("a/./b", .hiddenPart),
            (".hidden", .hiddenPart),
            ("a/.git/config", .hiddenPart),
            ("a//b", .emptyPart),
            ("a/", .emptyPart),
            ("a\nb", .badCharacter("\n")),
            ("a\0b", .badCharacter("\0")),
            ("a\u{1B}[2J", .badCharacter("\u{1B}")),
            ("a\u{9B}2J", .badCharacter("\u{9B}")),
            ("gpj\u{202E}.exe", .badCharacter("\u{202E}")),
            ("a\u{200B}b", .badCharacter("\u{200B}")),
            ("a\u{200D}b", .badCharacter("\u{200D}")),
            ("a\u{FE0F}", .badCharacter("\u{FE0F}")),
            ("\u{FEFF}a", .badCharacter("\u{FEFF}")),
            (String(repeating: "x", count: 256), .partTooLong),
            (String(repeating: "x", count: 170) + "/" + String(repeating: "y", count: 170), .tooLong),
        ])
    func illegal(text: String, reason: FileNameError.Reason) {
        #expect(throws: FileNameError(text: text, reason: reason)) { try FileName(text) }
    }

    @Test("340 bytes are a name")
    func longest() throws {
        let text = String(repeating: "x", count: 170) + "/" + String(repeating: "y", count: 169)
        #expect(try FileName(text).text.utf8.count == 340)
    }

    @Test("two files whose names are canonically equivalent are two files, in the order of their bytes")
    func bytes() throws {
        let (composed, decomposed) = (try FileName("caf\u{E9}"), try FileName("cafe\u{301}"))
        #expect(composed != decomposed)
        #expect(Set([composed, decomposed]).count == 2)
        #expect(decomposed < composed)
    }

    @Test(
        "a name on the disk that no reader could see is told in characters that one can",
        arguments: [
            ("plain <3.txt", "plain <3.txt"),
            ("evil\u{1B}[31m.txt", "evil<U+001B>[31m.txt"),
            ("two\nlines", "two<U+000A>lines"),
            ("gpj\u{202E}.exe", "gpj<U+202E>.exe"),
            ("a\u{E0001}", "a<U+E0001>"),
            ("<U+202E>", "<U+003C>U+202E>"),
            ("<U+0000> <U+12> <U+D800>", "<U+0000> <U+12> <U+D800>"),
            ("👨‍👩‍👧 family", "👨‍👩‍👧 family"),
        ])
    func stored(disk: String, told: String) throws {
        let name = try FileName(stored: disk)
        #expect(name.text == told)
        #expect(Array(name.stored.utf8) == Array(disk.utf8))
    }

    @Test("every name on the disk is told so that it can be shown, and found again by what was told", arguments: 0..<20)
    func storedRoundTrip(seed: UInt64) throws {
        let pieces = [
            "a", "<", "<U+", "001B", ">", "<U+202E>", "<U+003C>", "\u{1B}", "\n", "\u{202E}", "\u{200D}", "\u{FE0F}",
            "👩", "❤", "🏴", "\u{E0067}", "\u{E0062}", "\u{E0065}", "\u{E007F}", "ی", "\u{200C}", "ש", "e\u{301}", "0",
            "/b",
        ]
        var random = SeededGenerator(seed: seed)
        var told: [FileName: String] = [:]
        for _ in 0..<500 {
            let count = Int.random(in: 1...8, using: &random)
            let disk = (0..<count).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
            guard let name = try? FileName(stored: disk) else { continue }
            #expect(Array(name.stored.utf8) == Array(disk.utf8), "\(disk.debugDescription)")
            #expect(DisplayText(sanitising: name.text).text == name.text)
            let other = told.updateValue(disk, forKey: name)
            #expect(other.map { Array($0.utf8) == Array(disk.utf8) } ?? true)
        }
        #expect(told.count > 300)
    }

    @Test("no name leads to a path that its own text would not be allowed to be")
    func storedStaysInside() throws {
        for text in ["<U+002E><U+002E>/x", "a<U+002F>b", "<U+002E>hidden", "x<U+0000>y", "<U+0041>"] {
            #expect(try FileName(text).stored == text)
        }
    }

    @Test("the last part is what a download is called")
    func lastPart() throws {
        #expect(try FileName("a/b c/ד.txt").lastPart == "ד.txt")
        #expect(try FileName("a").lastPart == "a")
    }
}
