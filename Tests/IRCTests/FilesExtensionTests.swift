import IRC
import Testing
import Timeline

@Suite("files over IRC")
struct FilesExtensionTests {
    private let hash = "0123456789abcdef0123456789abcdef"

    private func entry(_ name: String, hash: String? = nil) throws -> FileEntry {
        FileEntry(name: try FileName(name), size: FileEntry.largest, modified: UnixTime(seconds: -1), hash: hash)
    }

    /// What arrives when this is sent.
    private func sent(_ message: Message) throws -> Message {
        try Message(parsing: message.encodedWithinLimit().dropLast(2))
    }

    @Test("every message reads back as it was, whatever the file is called", arguments: legalFileNames)
    func roundTrip(name: String) throws {
        let line = FilesExtension.FileLine(entry: try entry(name, hash: hash))
        #expect(try FilesExtension.FileLine(sent(line.message)) == line)
        let get = FilesExtension.GetRequest(offset: 17, mode: "auto", name: try FileName(name))
        #expect(try FilesExtension.GetRequest(sent(get.message)) == get)
        let ticket = FilesExtension.Ticket(ticket: 0xAB, port: 65_535, entry: try entry(name))
        #expect(try FilesExtension.Ticket(sent(ticket.message)) == ticket)
        let failure = FilesExtension.Failure(command: "GET", code: .noSuchFile, context: name, text: "no such file")
        let received = try #require(FilesExtension.Failure(sent(failure.message)))
        #expect(received == failure)
        #expect(received.concerns(name))
        #expect(!received.concerns(name + "x"))
    }

    @Test("the wire has the form that is written down")
    func form() throws {
        func text(_ message: Message) -> String { String(decoding: message.encoded().dropLast(2), as: UTF8.self) }
        #expect(text(FilesExtension.FilesRequest().message) == "FILES")
        #expect(text(FilesExtension.FilesRequest(mask: "*.txt").message) == "FILES :*.txt")
        let file = FileEntry(name: try FileName("a b"), size: 5, modified: UnixTime(seconds: 7))
        #expect(text(FilesExtension.FileLine(entry: file).message) == "FILE 5 7 * :a b")
        #expect(text(FilesExtension.FilesEnd(count: 1).message) == "FILEEND :1")
        let get = FilesExtension.GetRequest(offset: 0, mode: "gbn", name: try FileName("a b"))
        #expect(text(get.message) == "GET 0 gbn :a b")
        let ticket = FilesExtension.Ticket(ticket: 255, port: 6667, entry: file)
        #expect(text(ticket.message) == "TICKET 00000000000000ff 6667 5 7 * :a b")
        #expect(text(FilesExtension.GetStop(ticket: 255).message) == "GETSTOP 00000000000000ff")
        let failure = FilesExtension.Failure(command: "GET", code: .badName, context: ":a b%", text: "is none")
        #expect(text(failure.message) == "FAIL GET BAD_NAME %3Aa%20b%25 :is none")
    }

    @Test("the longest legal name fits the line with everything before it at its longest")
    func longest() throws {
        let name = String(repeating: "x", count: 170) + "/" + String(repeating: "y", count: 169)
        let ticket = FilesExtension.Ticket(ticket: .max, port: .max, entry: try entry(name, hash: hash))
        var message = ticket.message
        message.source = Message.Source(name: String(repeating: "s", count: ServerName.longest))
        #expect(try FilesExtension.Ticket(sent(message)) == ticket)
    }

    @Test("a failure about a long name is recognised although its context is cut")
    func cutContext() throws {
        let name = String(repeating: " ", count: 250)
        let failure = FilesExtension.Failure(command: "GET", code: .noSuchFile, context: name, text: "no such file")
        var message = failure.message
        message.source = Message.Source(name: String(repeating: "s", count: ServerName.longest))
        let received = try #require(FilesExtension.Failure(sent(message)))
        #expect(received.concerns(name))
        #expect(received.text == "no such file")
    }

    @Test(
        "what is malformed is refused with its reason",
        arguments: [
            ("FILES", .wrongCommand),
            ("GET", .missingParameters),
            ("GET 0 auto", .missingParameters),
            ("GET -1 auto :a", .badNumber("-1")),
            ("GET +1 auto :a", .badNumber("+1")),
            ("GET 18446744073709551616 auto :a", .badNumber("18446744073709551616")),
            ("GET 0 fast :a", .badMode("fast")),
            ("GET 0 gbn :../a", .badName(FileNameError(text: "../a", reason: .hiddenPart))),
        ] as [(String, FilesExtension.ParseError)])
    func refused(line: String, error: FilesExtension.ParseError) {
        #expect(throws: error) { try FilesExtension.GetRequest(parsed(line)) }
    }

    @Test("a ticket is 16 small hexadecimal digits, and its port a number from 1 to 65535")
    func tickets() {
        for line in [
            "TICKET 00ff 6667 1 1 * :a", "TICKET 00000000000000FF 6667 1 1 * :a", "TICKET 00000000000000ff 0 1 1 * :a",
            "TICKET 00000000000000ff 65536 1 1 * :a", "TICKET 00000000000000ff 1 1 1 abc :a",
            "TICKET 00000000000000ff 1 1 x * :a",
        ] {
            #expect(throws: FilesExtension.ParseError.self, "\(line)") { try FilesExtension.Ticket(parsed(line)) }
        }
    }
}
