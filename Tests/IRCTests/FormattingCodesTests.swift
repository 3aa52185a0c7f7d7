import IRC
import Testing

@Suite("marks of bold and colour are no text")
struct FormattingCodesTests {
    @Test(
        "they are left out with the numbers that belong to them, and nothing else is",
        arguments: [
            ("\u{2}bold\u{2} and \u{1D}italic\u{F}", "bold and italic"),
            ("\u{3}04red\u{3} text", "red text"),
            ("\u{3}4,12red on blue", "red on blue"),
            ("\u{3}123 is 3", "3 is 3"),
            ("\u{3}4, a comma of the text", ", a comma of the text"),
            ("\u{3}, no number", ", no number"),
            ("\u{4}FF8000,00ff00orange", "orange"),
            ("\u{4}FF80 is no colour", "FF80 is no colour"),
            ("\u{1F}\u{1E}\u{16}\u{11}", ""),
            ("\u{3}", ""),
            ("a\u{1B}[1m\u{7}", "a\u{1B}[1m\u{7}"),
            ("שלום, e\u{301} \u{2}日本\u{2}", "שלום, e\u{301} 日本"),
        ])
    func removed(text: String, expected: String) {
        #expect(FormattingCodes.removed(from: text).utf8.elementsEqual(expected.utf8))
    }
}
