/// A pattern in which `*` stands for any text and `?` for one character; nothing else is special.
package struct Mask: Hashable, Sendable {
    package let text: String
    /// UTF-8, made small where case does not count.
    private let pattern: [UInt8]
    private let foldsCase: Bool

    /// `foldsCase` takes A to Z for a to z, as nicknames and channels have it; file names are compared exactly.
    package init(_ text: String, foldsCase: Bool = true) {
        self.text = text
        self.foldsCase = foldsCase
        pattern = Self.bytes(of: text, foldsCase: foldsCase)
    }

    /// Whether another mask is written in the same way.
    package func isSame(as text: String) -> Bool { pattern == Self.bytes(of: text, foldsCase: foldsCase) }

    /// Takes at most as many steps as the product of both lengths: only the last `*` is ever tried again.
    ///
    /// Of bytes, because a shelf's list is compared whole: as scalars a name of 200 bytes took 12 µs, so takes 0.4.
    package func matches(_ text: String) -> Bool {
        let subject = Self.bytes(of: text, foldsCase: foldsCase)
        var position = 0
        var index = 0
        var star: (index: Int, position: Int)?
        while position < subject.count {
            if index < pattern.count, pattern[index] == UInt8(ascii: "*") {
                star = (index, position)
                index += 1
            } else if index < pattern.count, pattern[index] == UInt8(ascii: "?") {
                index += 1
                position = Self.end(ofCharacterAt: position, in: subject)
            } else if index < pattern.count, pattern[index] == subject[position] {
                index += 1
                position += 1
            } else if let last = star {
                star = (last.index, Self.end(ofCharacterAt: last.position, in: subject))
                index = last.index + 1
                position = star?.position ?? position
            } else {
                return false
            }
        }
        return pattern[index...].allSatisfy { $0 == UInt8(ascii: "*") }
    }

    /// The index after a character in UTF-8, whose bytes but the first have the form 10xxxxxx.
    private static func end(ofCharacterAt start: Int, in bytes: [UInt8]) -> Int {
        var end = start + 1
        while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end += 1 }
        return end
    }

    private static func bytes(of text: String, foldsCase: Bool) -> [UInt8] {
        foldsCase ? text.utf8.map(\.asciiLowercased) : Array(text.utf8)
    }
}
