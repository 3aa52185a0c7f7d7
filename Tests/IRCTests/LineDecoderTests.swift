import IRC
import Testing

@Suite("bytes become lines")
struct LineDecoderTests {
    private func lines(_ decoder: inout LineDecoder) -> [String] {
        var lines: [String] = []
        while let line = decoder.next() {
            switch line {
            case .line(let bytes): lines.append(String(decoding: bytes, as: UTF8.self))
            case .tooLong: lines.append("<too long>")
            }
        }
        return lines
    }

    private func lines(_ text: String, _ decoder: LineDecoder = LineDecoder()) -> [String] {
        var decoder = decoder
        decoder.feed(Array(text.utf8)[...])
        return lines(&decoder)
    }

    @Test("CR LF and a bare LF end a line, and empty lines are passed over")
    func ends() {
        #expect(lines("a\r\nb\nc\r\n\r\n\n\rd\ne") == ["a", "b", "c", "\rd"])
    }

    @Test("it does not matter where the stream is cut")
    func pieces() {
        let text = "NICK dana\r\nUSER d 0 * :Dana\n\nשלום\r\n" + String(repeating: "x", count: 600) + "\nend\n"
        let whole = lines(text)
        for size in 1...40 {
            var decoder = LineDecoder()
            var cut: [String] = []
            let bytes = Array(text.utf8)
            for start in stride(from: 0, to: bytes.count, by: size) {
                decoder.feed(bytes[start..<min(start + size, bytes.count)])
                cut += lines(&decoder)
            }
            #expect(cut == whole, "pieces of \(size)")
        }
    }

    @Test("510 bytes and the end fit, and one byte more is too long, with either end")
    func limit() {
        let longest = String(repeating: "x", count: 510)
        for end in ["\r\n", "\n"] {
            #expect(lines(longest + end + "a\n") == [longest, "a"])
            #expect(lines(longest + "x" + end + "a\n") == ["<too long>", "a"])
        }
    }

    @Test("tags have a limit of their own: 4096 bytes with the @ and the space")
    func tagLimit() {
        let text = String(repeating: "x", count: 510)
        let tags = "@" + String(repeating: "t", count: 4094)
        #expect(lines("\(tags) \(text)\r\n") == ["\(tags) \(text)"])
        #expect(lines("\(tags)t \(text)\r\n") == ["<too long>"])
        #expect(lines("\(tags) \(text)x\r\n") == ["<too long>"])
    }

    @Test("a mebibyte without an end is told once, counted, and never kept")
    func endless() {
        var decoder = LineDecoder()
        let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 4096)
        for turn in 0..<256 {
            decoder.feed(piece[...])
            #expect(lines(&decoder) == (turn == 0 ? ["<too long>"] : []))
            #expect(decoder.pending == 0)
        }
        #expect(decoder.discarded == 1 << 20)
        decoder.feed(Array("tail\nnext\n".utf8)[...])
        #expect(lines(&decoder) == ["next"])
        #expect(decoder.discarded == 0)
    }
}
