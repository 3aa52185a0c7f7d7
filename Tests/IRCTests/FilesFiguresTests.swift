import IRC
import Testing

@Suite("figures of a transfer on the wire")
struct FilesFiguresTests {
    /// As much as can be said, with the largest numbers.
    private var most: FilesExtension.Figures {
        var figures = FilesExtension.Figures(ticket: .max)
        for figure in FilesExtension.Figure.allCases { figures.numbers[figure] = .max }
        for word in FilesExtension.FigureWord.allCases { figures.words[word] = "least-trip" }
        figures.windows = Array(repeating: 64 << 20, count: 40)
        figures.millisecondsOfWindow = .max
        return figures
    }

    @Test("the longest answer arrives whole, in lines that fit")
    func longest() throws {
        var read = FilesExtension.Figures(ticket: .max)
        for (index, message) in most.messages.enumerated() {
            var message = message
            message.source = Message.Source(name: String(repeating: "s", count: 63))
            let line = message.encodedWithinLimit()
            #expect(line.count <= 512)
            let parsed = try Message(parsing: Array(line.dropLast(2)))
            #expect(parsed.parameters == message.parameters)
            #expect(try read.take(parsed) == (index == most.messages.count - 1))
        }
        #expect(read == most)
    }

    @Test("a key that is not known is passed over, a value that is none is refused")
    func values() throws {
        var figures = FilesExtension.Figures(ticket: 1)
        let id = FilesExtension.text(ofTicket: 1)
        func line(_ text: String) -> Message { Message(command: "FIGURES", parameters: [id, text]) }
        #expect(try !figures.take(line("new=x lost=3 phase=cruise")))
        #expect(figures.numbers == [.lost: 3] && figures.words == [.phase: "cruise"])
        for text in [
            "lost=-1", "lost=", "lost", "phase=", "phase=a\u{202E}", "phase=" + String(repeating: "a", count: 25),
        ] {
            #expect(throws: FilesExtension.ParseError.self, "\(text)") { _ = try figures.take(line(text)) }
        }
        let other = Message(command: "FIGURES", parameters: [FilesExtension.text(ofTicket: 2), "lost=1"])
        #expect(throws: FilesExtension.ParseError.self) { _ = try figures.take(other) }
    }

    @Test("the request reads as it was written")
    func request() throws {
        let request = FilesExtension.WhyRequest(ticket: 0xAB)
        #expect(request.message.parameters == ["00000000000000ab"])
        #expect(try FilesExtension.WhyRequest(request.message) == request)
    }
}
