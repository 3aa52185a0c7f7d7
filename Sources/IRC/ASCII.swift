/// Bytes with a meaning in the grammar of RFC 1459, section 2.3.1, and IRCv3 message tags.
enum Byte {
    static let null = UInt8(ascii: "\0")
    static let lineFeed = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")
    static let space = UInt8(ascii: " ")
    static let colon = UInt8(ascii: ":")
    static let semicolon = UInt8(ascii: ";")
    static let equals = UInt8(ascii: "=")
    static let at = UInt8(ascii: "@")
    static let backslash = UInt8(ascii: "\\")
    static let percent = UInt8(ascii: "%")
}

extension UInt8 {
    var isASCIILetter: Bool { (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self) }
    var isASCIIDigit: Bool { (0x30...0x39).contains(self) }
    var asciiLowercased: UInt8 { (0x41...0x5A).contains(self) ? self | 0x20 : self }
    var asciiUppercased: UInt8 { (0x61...0x7A).contains(self) ? self & 0xDF : self }
}

extension String {
    /// The text with A to Z made small and every other byte as it was: CASEMAPPING=ascii.
    package var asciiLowercased: String {
        utf8.contains { (0x41...0x5A).contains($0) }
            ? String(decoding: utf8.map(\.asciiLowercased), as: UTF8.self) : self
    }

    package var asciiUppercased: String {
        utf8.contains { (0x61...0x7A).contains($0) }
            ? String(decoding: utf8.map(\.asciiUppercased), as: UTF8.self) : self
    }

    /// Whether both are the same bytes: `==` on strings is canonical equivalence, by which an é has two forms.
    package func hasSameBytes(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }

    /// The longest beginning of at most `limit` bytes that does not end inside a character's UTF-8 form.
    package func cut(toBytes limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var length = max(0, limit)
        let bytes = Array(utf8)
        while length > 0, bytes[length] & 0xC0 == 0x80 { length -= 1 }
        return String(decoding: bytes[..<length], as: UTF8.self)
    }
}

/// A text that is equal to another only when all bytes are.
///
/// Swift's own `==` on strings is canonical equivalence, by which two different files could have one name.
struct ByteText: Hashable, Comparable, Sendable {
    let text: String

    static func == (left: ByteText, right: ByteText) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }
    static func < (left: ByteText, right: ByteText) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }
    /// Equal bytes are equivalent strings, so the string's own hash serves, and for ASCII it is a fast one.
    func hash(into hasher: inout Hasher) { hasher.combine(text) }
}
