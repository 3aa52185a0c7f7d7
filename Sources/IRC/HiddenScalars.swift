/// Finds the characters that a reader cannot see or that turn the text around them: controls, bidi marks, zero-width
/// and other invisible characters (Unicode's Default_Ignorable_Code_Point, line and paragraph separators).
///
/// Three kinds are left alone where they do their work: the joiner and the variation selectors inside an emoji, the
/// tags of a flag such as Scotland's, and the joiners that Persian and the scripts of India are written with.
/// Anywhere else the same characters only hide something.
enum HiddenScalars {
    static func first(in text: String) -> Unicode.Scalar? {
        if isPlainASCII(text) { return nil }
        let scalars = Array(text.unicodeScalars)
        return scalars.indices.first { isHidden(at: $0, of: scalars) }.map { scalars[$0] }
    }

    static func isPlainASCII(_ text: String) -> Bool { text.utf8.allSatisfy { (0x20...0x7E).contains($0) } }

    static func isHidden(at index: Int, of scalars: [Unicode.Scalar]) -> Bool {
        let scalar = scalars[index]
        if isControl(scalar) { return true }
        guard isInvisible(scalar) else { return false }
        switch scalar.value {
        case zeroWidthNonJoiner: return !shapesLetters(at: index, of: scalars)
        case zeroWidthJoiner: return !joinsEmoji(at: index, of: scalars) && !shapesLetters(at: index, of: scalars)
        case textSelector, emojiSelector: return index == 0 || !scalars[index - 1].properties.isEmoji
        case tagCharacters: return !isInFlag(index, of: scalars)
        default: return true
        }
    }

    static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
    }

    private static let zeroWidthNonJoiner: UInt32 = 0x200C
    private static let zeroWidthJoiner: UInt32 = 0x200D
    private static let textSelector: UInt32 = 0xFE0E
    private static let emojiSelector: UInt32 = 0xFE0F
    private static let tagCharacters: ClosedRange<UInt32> = 0xE0020...0xE007F
    private static let tagEnd: UInt32 = 0xE007F
    private static let blackFlag: UInt32 = 0x1F3F4
    /// A subdivision's code (ISO 3166-2) in tags: 3 to 6 letters and digits (Unicode TS 51, annex C).
    private static let flagTagCount = 3...6

    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x2028, 0x2029, 0xFFF9...0xFFFB: true
        default: scalar.value > 0x7F && scalar.properties.isDefaultIgnorableCodePoint
        }
    }

    /// A joiner between two pictures, the first of which may carry a selector or a skin tone.
    private static func joinsEmoji(at index: Int, of scalars: [Unicode.Scalar]) -> Bool {
        guard index > 0, index + 1 < scalars.count, isPicture(scalars[index + 1]) else { return false }
        let before = scalars[index - 1]
        if before.value == emojiSelector { return index > 1 && isPicture(scalars[index - 2]) }
        return isPicture(before) || before.properties.isEmojiModifier
    }

    private static func isPicture(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value > 0x7F && scalar.properties.isEmoji && !scalar.properties.isEmojiModifier
    }

    /// After a virama, or between letters of the Arabic script (RFC 5892, appendix A.1 and A.2).
    private static func shapesLetters(at index: Int, of scalars: [Unicode.Scalar]) -> Bool {
        guard index > 0 else { return false }
        let before = scalars[index - 1]
        if before.properties.canonicalCombiningClass == .virama { return true }
        return index + 1 < scalars.count && isArabicLetter(before) && isArabicLetter(scalars[index + 1])
    }

    private static func isArabicLetter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0620...0x06D3, 0x06EE...0x06FF, 0x0750...0x077F, 0x08A0...0x08C9: scalar.properties.isAlphabetic
        default: false
        }
    }

    private static func isInFlag(_ index: Int, of scalars: [Unicode.Scalar]) -> Bool {
        var first = index
        while first > 0, index - first <= flagTagCount.upperBound, tagCharacters.contains(scalars[first - 1].value) {
            first -= 1
        }
        guard first > 0, scalars[first - 1].value == blackFlag else { return false }
        let code = scalars[first...].prefix { isFlagTag($0) }
        return flagTagCount.contains(code.count) && index <= code.endIndex && code.endIndex < scalars.count
            && scalars[code.endIndex].value == tagEnd
    }

    private static func isFlagTag(_ scalar: Unicode.Scalar) -> Bool {
        (0xE0030...0xE0039).contains(scalar.value) || (0xE0061...0xE007A).contains(scalar.value)
    }
}
