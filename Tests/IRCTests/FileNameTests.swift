import IRC
import Testing

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

    @Test("the last part is what a download is called")
    func lastPart() throws {
        #expect(try FileName("a/b c/ד.txt").lastPart == "ד.txt")
        #expect(try FileName("a").lastPart == "a")
    }
}
