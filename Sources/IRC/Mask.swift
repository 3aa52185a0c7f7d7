/// A pattern in which `*` stands for any text and `?` for one character; nothing else is special.
package struct Mask: Hashable, Sendable {
    package let text: String
    private let pattern: [Unicode.Scalar]
    private let foldsCase: Bool

    /// `foldsCase` takes A to Z for a to z, as nicknames and channels have it; file names are compared exactly.
    package init(_ text: String, foldsCase: Bool = true) {
        self.text = text
        self.foldsCase = foldsCase
        pattern = Self.scalars(of: text, foldsCase: foldsCase)
    }

    /// Whether another mask is written in the same way.
    package func isSame(as text: String) -> Bool { pattern == Self.scalars(of: text, foldsCase: foldsCase) }

    /// Takes at most as many steps as the product of both lengths: only the last `*` is ever tried again.
    package func matches(_ text: String) -> Bool {
        let subject = Self.scalars(of: text, foldsCase: foldsCase)
        var position = 0
        var index = 0
        var star: (index: Int, position: Int)?
        while position < subject.count {
            if index < pattern.count, pattern[index] == "*" {
                star = (index, position)
                index += 1
            } else if index < pattern.count, pattern[index] == "?" || pattern[index] == subject[position] {
                index += 1
                position += 1
            } else if let last = star {
                star = (last.index, last.position + 1)
                index = last.index + 1
                position = last.position + 1
            } else {
                return false
            }
        }
        return pattern[index...].allSatisfy { $0 == "*" }
    }

    private static func scalars(of text: String, foldsCase: Bool) -> [Unicode.Scalar] {
        Array((foldsCase ? text.asciiLowercased : text).unicodeScalars)
    }
}
