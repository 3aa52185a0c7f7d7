/// Text from others, safe to put on a terminal: one line, nothing in it that moves the cursor, changes colours, turns
/// the direction of writing or cannot be seen.
///
/// C0 characters and DEL read `^X`, C1 characters as the escape that they are short for (U+009B as `^[[`), and
/// invisible ones by number, as `<U+202E>`. Everything else, Hebrew and emoji included, is left as it is.
package struct DisplayText: Hashable, Sendable {
    package let text: String

    package init(sanitising text: String) {
        guard !HiddenScalars.isPlainASCII(text) else {
            self.text = text
            return
        }
        let scalars = Array(text.unicodeScalars)
        var result = String.UnicodeScalarView()
        for index in scalars.indices {
            if HiddenScalars.isHidden(at: index, of: scalars) {
                result.append(contentsOf: Self.visible(scalars[index]).unicodeScalars)
            } else {
                result.append(scalars[index])
            }
        }
        self.text = String(result)
    }

    /// Characters of a person's own words that a message about them repeats: enough to know them again, and few enough
    /// to leave the message on the screen.
    private static let mostRepeated = 80

    /// The beginning of what a person typed, for a message that says what was wrong with it.
    package static func repeated(_ text: String) -> String {
        let shown = DisplayText(sanitising: String(text.prefix(mostRepeated + 1))).text
        return shown.count > mostRepeated ? shown.prefix(mostRepeated) + "…" : shown
    }

    private static func visible(_ scalar: Unicode.Scalar) -> String {
        guard HiddenScalars.isControl(scalar) else { return numbered(scalar) }
        let code = UInt8(truncatingIfNeeded: scalar.value)
        let letter = String(Unicode.Scalar(code < 0x80 ? code ^ 0x40 : code - 0x40))
        return code < 0x80 ? "^" + letter : "^[" + letter
    }

    static func numbered(_ scalar: Unicode.Scalar) -> String { "<U+\(hexadecimal(scalar.value))>" }

    private static func hexadecimal(_ value: UInt32) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
