/// Names as they stand on the server's disk: a disk takes any character, a line of IRC and a screen do not.
///
/// What a reader could not see is written `<U+001B>`, as `DisplayText` shows it, so every client can list, type and
/// store it. Where a name on the disk reads like that itself, its `<` is written `<U+003C>`: no two names become one.
extension FileName {
    package init(stored: String) throws(FileNameError) { try self.init(Self.escaped(stored)) }

    /// The name on the disk. What no name on a disk is written as stands for itself.
    package var stored: String {
        let stored = Self.unescaped(text)
        return ByteText(text: Self.escaped(stored)) == ByteText(text: text) ? stored : text
    }

    private static func escaped(_ stored: String) -> String {
        guard !HiddenScalars.isPlainASCII(stored) || stored.utf8.contains(UInt8(ascii: "<")) else { return stored }
        let scalars = Array(stored.unicodeScalars)
        var result = String.UnicodeScalarView()
        for index in scalars.indices {
            if HiddenScalars.isHidden(at: index, of: scalars) || escape(at: index, of: scalars) != nil {
                result.append(contentsOf: DisplayText.numbered(scalars[index]).unicodeScalars)
            } else {
                result.append(scalars[index])
            }
        }
        return String(result)
    }

    private static func unescaped(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "<")) else { return text }
        let scalars = Array(text.unicodeScalars)
        var result = String.UnicodeScalarView()
        var index = 0
        while index < scalars.count {
            let escape = escape(at: index, of: scalars)
            result.append(escape?.scalar ?? scalars[index])
            index += escape?.length ?? 1
        }
        return String(result)
    }

    /// The character that `<U+XXXX>` stands for, with 4 to 6 capital hexadecimal digits. A NUL is none: it would end the
    /// name for the system.
    private static func escape(at index: Int, of scalars: [Unicode.Scalar]) -> (scalar: Unicode.Scalar, length: Int)? {
        guard scalars[index] == "<", scalars[index...].starts(with: "<U+".unicodeScalars) else { return nil }
        let digits = scalars[(index + 3)...].prefix { ("0"..."9").contains($0) || ("A"..."F").contains($0) }
        guard (4...6).contains(digits.count), digits.endIndex < scalars.count, scalars[digits.endIndex] == ">",
            let value = UInt32(String(String.UnicodeScalarView(digits)), radix: 16), value > 0,
            let scalar = Unicode.Scalar(value)
        else { return nil }
        return (scalar, digits.count + 4)
    }
}
