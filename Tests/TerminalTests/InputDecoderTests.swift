import Testing
import Timeline

@testable import Terminal

struct InputDecoderTests {
    private let start = Instant(nanoseconds: 0)

    private func decode(_ bytes: [UInt8]) -> [InputDecoder.Input] {
        var decoder = InputDecoder()
        decoder.feed(bytes[...], at: start)
        var inputs: [InputDecoder.Input] = []
        while let input = decoder.next(at: start) { inputs.append(input) }
        return inputs
    }

    @Test("characters of every length come out, however the bytes were split")
    func splitCharacters() {
        let text = "aé本😀"
        var decoder = InputDecoder()
        var scalars = ""
        for byte in text.utf8 {
            decoder.feed([byte], at: start)
            while case .character(let scalar) = decoder.next(at: start) { scalars.unicodeScalars.append(scalar) }
        }
        #expect(scalars == text)
    }

    @Test(
        "malformed bytes and C1 controls are dropped and what follows is kept",
        arguments: [
            [0xFF], [0xC3], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xE2, 0x82], [0xF5, 0x80], [0xC2, 0x85], [0x80],
        ])
    func malformed(bytes: [UInt8]) {
        #expect(decode(bytes + [0x41]) == [.character("A")])
    }

    @Test("a paste comes out as one text, its keys untouched, its line ends made one, its last one dropped")
    func paste() {
        let bytes = Array("\u{1B}[200~one\r\ntwo\tx\u{3}\n\rthree\r\u{1B}[201~!".utf8)
        #expect(decode(bytes) == [.paste("one\ntwo    x\nthree"), .character("!")])
    }

    @Test("a paste is whole wherever its marks and its text are split")
    func splitPaste() {
        let bytes = Array("x\u{1B}[200~שלום\u{1B}[20\u{1B}[201~y".utf8)
        for cut in 1..<bytes.count {
            var decoder = InputDecoder()
            var inputs: [InputDecoder.Input] = []
            for part in [bytes[..<cut], bytes[cut...]] {
                decoder.feed(part, at: start)
                while let input = decoder.next(at: start) { inputs.append(input) }
            }
            #expect(inputs == [.character("x"), .paste("שלום[20"), .character("y")], "cut at \(cut)")
        }
    }

    @Test("a lone ESC is a key once it has waited for the rest of a mark")
    func loneEscape() throws {
        var decoder = InputDecoder()
        decoder.feed([0x1B], at: start)
        #expect(decoder.next(at: start) == nil)
        let deadline = try #require(decoder.deadline)
        #expect(deadline == start + InputDecoder.escapePatience)
        #expect(decoder.next(at: deadline) == .character("\u{1B}"))
        #expect(decoder.deadline == nil)
    }

    @Test("an arrow key waits for nothing")
    func arrow() {
        #expect(decode(Array("\u{1B}[D".utf8)) == [.character("\u{1B}"), .character("["), .character("D")])
    }

    @Test("a paste whose end mark is lost ends by itself, and what is typed then is typed")
    func lostEndMark() throws {
        var decoder = InputDecoder()
        decoder.feed(Array("\u{1B}[200~lost".utf8)[...], at: start)
        #expect(decoder.next(at: start) == nil)
        let deadline = try #require(decoder.deadline)
        #expect(deadline == start + InputDecoder.pastePatience)
        #expect(decoder.next(at: deadline) == .paste("lost"))
        decoder.feed([0x41], at: deadline)
        #expect(decoder.next(at: deadline) == .character("A"))
    }
}
