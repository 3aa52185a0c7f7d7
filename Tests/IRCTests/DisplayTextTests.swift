import IRC
import Testing

@Suite("text from others is safe to show")
struct DisplayTextTests {
    @Test(
        "what moves the cursor, colours, turns or hides is shown instead of done",
        arguments: [
            ("\u{1B}[31mred", "^[[31mred"),
            ("a\nb\r\tc", "a^Jb^M^Ic"),
            ("\0\u{1F}\u{7F}", "^@^_^?"),
            ("\u{9B}2J", "^[[2J"),
            ("\u{80}\u{85}\u{9F}", "^[@^[E^[_"),
            ("\u{3}4,1x\u{2}y\u{F}", "^C4,1x^By^O"),
            ("cod\u{202E}exe.", "cod<U+202E>exe."),
            ("\u{2066}a\u{2069}\u{200F}", "<U+2066>a<U+2069><U+200F>"),
            ("a\u{200B}b\u{FEFF}\u{AD}", "a<U+200B>b<U+FEFF><U+00AD>"),
            ("a\u{2028}b\u{2029}", "a<U+2028>b<U+2029>"),
            ("\u{E0041}", "<U+E0041>"),
            ("\u{FFF9}a", "<U+FFF9>a"),
        ])
    func shown(text: String, expected: String) {
        #expect(DisplayText(sanitising: text).text == expected)
    }

    @Test(
        "what people write passes untouched",
        arguments: [
            "plain ASCII ~ {}", "שָׁלוֹם עולם", "مرحبا بالعالم", "日本語 かな", "naïve — “quotes” …", "👍🏽", "👨‍👩‍👧‍👦", "👩🏽‍🚀", "❤️", "🏳️‍🌈",
            "👁️‍🗨️",
            "1️⃣ #️⃣", "🇮🇱🇺🇦", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "می‌خواهم", "क्‍ष", "☺︎", "e\u{301}",
        ])
    func untouched(text: String) {
        #expect(Array(DisplayText(sanitising: text).text.utf8) == Array(text.utf8))
    }

    @Test(
        "what builds an emoji is shown where it builds none",
        arguments: [
            ("\u{200D}", "<U+200D>"),
            ("a\u{200D}b", "a<U+200D>b"),
            ("👨\u{200D}", "👨<U+200D>"),
            ("👨\u{200D}\u{200D}👩", "👨<U+200D><U+200D>👩"),
            ("a\u{FE0F}", "a<U+FE0F>"),
            ("\u{FE0F}", "<U+FE0F>"),
            ("❤\u{FE0F}\u{FE0F}", "❤\u{FE0F}<U+FE0F>"),
            ("1\u{200D}2", "1<U+200D>2"),
            ("🏴\u{E0067}", "🏴<U+E0067>"),
            ("🏴\u{E0067}\u{E0062}\u{E0065}\u{E0020}\u{E007F}", "🏴<U+E0067><U+E0062><U+E0065><U+E0020><U+E007F>"),
            ("x\u{200C}y", "x<U+200C>y"),
        ])
    func alone(text: String, expected: String) {
        #expect(DisplayText(sanitising: text).text == expected)
    }

    @Test("no scalar alone leaves a control or an invisible character behind")
    func everyScalar() {
        for value in UInt32(0)...0xE01EF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let shown = DisplayText(sanitising: "a" + String(scalar) + "b").text.unicodeScalars
            let leftOver = shown.first {
                $0.properties.generalCategory == .control || $0.properties.isDefaultIgnorableCodePoint
            }
            if let leftOver { Issue.record("U+\(String(value, radix: 16)) leaves \(leftOver.value)") }
        }
    }

    @Test("sanitising twice changes nothing more")
    func idempotent() {
        for text in ["\u{1B}[31m\u{202E}", "👨\u{200D}", "\u{9B}"] {
            let once = DisplayText(sanitising: text)
            #expect(DisplayText(sanitising: once.text) == once)
        }
    }
}
