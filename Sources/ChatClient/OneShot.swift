/// The shell's lines that a program runs for its verbs, with every name written so that it is read back as it is.
package enum OneShot {
    /// A pattern stays one; anything else is a name, whatever is in it.
    package static func download(_ names: [String], force: Bool) -> String {
        (["/download"] + (force ? ["--force"] : []) + names.map(word)).joined(separator: " ")
    }

    package static func list(_ glob: String?) -> String {
        glob.map { "/files \(Words.isPlain($0) ? $0 : Words.quoted($0))" } ?? "/files"
    }

    package static func people(in room: String) -> String { "/nicknames \(room)" }

    private static func word(_ name: String) -> String {
        let isPattern = name.utf8.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") }
        guard isPattern else { return Words.quoted(name) }
        // Within marks it would be a name: what needs them is any character of the pattern.
        let scalars = name.unicodeScalars.enumerated().map { index, scalar in
            Words.isPlain(index == 0 ? String(scalar) : "a\(scalar)") ? scalar : "?"
        }
        return String(String.UnicodeScalarView(scalars))
    }
}
