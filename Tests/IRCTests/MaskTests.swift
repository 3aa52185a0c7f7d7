import IRC
import Testing

@Suite("masks")
struct MaskTests {
    @Test(
        "a star is any text, a question mark one character, and nothing else is special",
        arguments: [
            ("*", ["", "a", "שלום"], []),
            ("*@192.0.2.7", ["dana!d@192.0.2.7"], ["dana!d@192.0.2.70", "dana!d@192.0.2"]),
            ("da*@*", ["dana!d@host", "da!x@y"], ["adana!d@host", "dana!d"]),
            ("dana!*@*", ["dana!~d@host"], ["danab!d@host"]),
            ("dana!?d@*", ["dana!~d@host"], ["dana!d@host", "dana!~~d@host"]),
            ("x?*", ["xy", "xyz"], ["x"]),
            ("[ab]*", ["[ab]c"], ["a", "b", "[ac]"]),
            ("a*b*c", ["abc", "a--b--b--c"], ["acb", "ab"]),
            ("?.txt", ["ש.txt", "👍.txt"], [".txt", "ab.txt"]),
            ("*??", ["שב", "aש👍"], ["ש", "👍", ""]),
            ("a*?ש*", ["aשש", "a👍ש"], ["aש", "aב"]),
            ("caf\u{E9}", ["caf\u{E9}"], ["cafe\u{301}"]),
            ("", [""], ["a"]),
        ])
    func matching(mask: String, matches: [String], fails: [String]) {
        for text in matches { #expect(Mask(mask).matches(text), "\(text)") }
        for text in fails { #expect(!Mask(mask).matches(text), "\(text)") }
    }

    @Test("case counts only where it is asked for")
    func folding() {
        #expect(Mask("DA*").matches("dana"))
        #expect(!Mask("*.PDF", foldsCase: false).matches("a.pdf"))
        #expect(Mask("*.pdf", foldsCase: false).matches("sub/a.pdf"))
    }

    @Test("many stars against a text that does not match take no more than the product of both lengths")
    func hostile() {
        #expect(!Mask(String(repeating: "*a", count: 100) + "b").matches(String(repeating: "a", count: 400)))
    }
}
