import IRC
import Testing
import Timeline

@testable import ChatClient

@Suite("Words, quoting and names")
struct WordsTests {
    @Test("words part at spaces, marks and backslashes keep them together")
    func words() {
        #expect(
            Words.split(##"a  b\ c "d e" 'f"g' it's "h\"i" \"j"##)?.map(\.text) == [
                "a", "b c", "d e", "f\"g", "it's", "h\"i", "\"j",
            ])
        #expect(Words.split(#""open"#) == nil)
        #expect(Words.split("")?.isEmpty == true)
    }

    /// Any legal name, alone on the shelf or among others, is downloaded by what Tab writes for it.
    @Test("what Tab writes for a name is read back as that name, for 5,000 seeded names", arguments: 0..<50)
    func roundTrip(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var names: [FileName] = []
        while names.count < 100 { if let name = random.fileName() { names.append(name) } }
        var files = FileCatalogue()
        for name in names {
            files.listed(FileEntry(name: name, size: 1, modified: UnixTime(seconds: 0)))
        }
        files.listEnded()
        for name in names {
            for text in [Words.quoted(name.text)] + (Words.isPlain(name.text) ? [name.text] : []) {
                let request = try DownloadReader(files: files).read(text)
                #expect(request == DownloadRequest(names: [name]), "seed \(seed): \(text)")
                let copied = try DownloadReader(files: files).read("\(text) > \(Words.quoted("a b")) &")
                #expect(copied.names == [name] && copied.local == "a b" && copied.isBackground, "seed \(seed): \(text)")
            }
        }
    }

    @Test("from any beginning of a name Tab offers the name, in a form that is read back", arguments: 0..<20)
    func completes(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed &+ 1_000)
        var desk = Desk()
        var names: Set<FileName> = []
        while names.count < 40 { if let name = random.fileName() { names.insert(name) } }
        desk.enter(files: names.map(\.text))
        for name in names {
            let scalars = Array(name.text.unicodeScalars)
            let beginning = String(
                String.UnicodeScalarView(scalars.prefix(Int.random(in: 0...scalars.count, using: &random))))
            var typed = "/download " + Words.quoted(beginning)
            typed.unicodeScalars.removeLast()
            let found = try #require(desk.complete(typed), "seed \(seed): \(typed)")
            #expect(found.candidates.count < 41)
            let candidate = try #require(found.candidates.first { Array($0.shown.utf8) == Array(name.text.utf8) })
            let line =
                String(String.UnicodeScalarView(typed.unicodeScalars.prefix(found.replaceFrom))) + candidate.inserted
            guard case .run(.download(let request), _) = desk.client.reader.meaning(of: line) else {
                Issue.record("seed \(seed): \(line)")
                continue
            }
            #expect(request.names == [name], "seed \(seed): \(line)")
        }
    }

    @Test("a name with spaces needs no quotes when it is on the server")
    func unquoted() throws {
        var files = FileCatalogue()
        for text in ["a b.txt", "x", "y", "file#1.txt", "it's here"] {
            files.listed(FileEntry(name: try FileName(text), size: 1, modified: UnixTime(seconds: 0)))
        }
        files.listEnded()
        let reader = DownloadReader(files: files)
        #expect(try reader.read("a b.txt").names == [try FileName("a b.txt")])
        #expect(
            try reader.read("--force a b.txt > c &")
                == DownloadRequest(names: [FileName("a b.txt")], local: "c", isBackground: true, force: true))
        #expect(try reader.read("x y").names.count == 2)
        #expect(try reader.read("file#1.txt").names == [try FileName("file#1.txt")])
        #expect(try reader.read("it's here").names == [try FileName("it's here")])
        #expect(try reader.read("x y > dir/").local == "dir/")
    }

    @Test(
        "what is wrong with a download is told with what would be right",
        arguments: [
            ("", "/download NAME"), ("x >", "/download NAME"), ("x y > z", "> z/"), ("-x", "quote a name"),
            ("\"x", "not closed"),
            ("x > a > b", "once"), ("../x", "dot"),
        ])
    func wrong(line: String, hint: String) {
        let error = #expect(throws: CommandError.self) { try DownloadReader(files: FileCatalogue()).read(line) }
        #expect(error?.text.contains(hint) == true, "\(error?.text ?? "")")
    }
}
