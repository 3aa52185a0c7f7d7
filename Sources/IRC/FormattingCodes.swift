/// The marks for bold, colours and the like that some IRC clients put into what they send: they are no part of the text.
///
/// A mark is one control character; a colour's is followed by its number, one or two digits, and perhaps a comma and the
/// ground's, and a true colour's by six hexadecimal digits each (modern.ircdocs.horse/formatting).
package enum FormattingCodes {
    private static let bold: UInt32 = 0x02
    private static let colour: UInt32 = 0x03
    private static let trueColour: UInt32 = 0x04
    private static let reset: UInt32 = 0x0F
    private static let monospace: UInt32 = 0x11
    private static let reversed: UInt32 = 0x16
    private static let italic: UInt32 = 0x1D
    private static let struck: UInt32 = 0x1E
    private static let underlined: UInt32 = 0x1F

    /// `text` without them.
    package static func removed(from text: String) -> String {
        if text.utf8.allSatisfy({ $0 >= 0x20 }) { return text }
        var rest = text.unicodeScalars[...]
        var result = String.UnicodeScalarView()
        while let scalar = rest.popFirst() {
            switch scalar.value {
            case bold, reset, monospace, reversed, italic, struck, underlined: break
            case colour: dropNumbers(of: 1...2, isDigit, from: &rest)
            case trueColour: dropNumbers(of: 6...6, isHexadecimal, from: &rest)
            default: result.append(scalar)
            }
        }
        return String(result)
    }

    /// A number, and one more behind a comma; a comma without one is the text's own.
    private static func dropNumbers(
        of lengths: ClosedRange<Int>, _ fits: (Unicode.Scalar) -> Bool, from rest: inout Substring.UnicodeScalarView
    ) {
        let first = rest.prefix(lengths.upperBound).prefix(while: fits).count
        guard lengths.contains(first) else { return }
        rest = rest.dropFirst(first)
        guard rest.first == "," else { return }
        let second = rest.dropFirst().prefix(lengths.upperBound).prefix(while: fits).count
        if lengths.contains(second) { rest = rest.dropFirst(1 + second) }
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

    private static func isHexadecimal(_ scalar: Unicode.Scalar) -> Bool {
        isDigit(scalar) || ("a"..."f").contains(scalar) || ("A"..."F").contains(scalar)
    }
}
