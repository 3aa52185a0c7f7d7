/// The file of commands that run when the shell starts, `~/.config/rdtchat/rc`, as text.
///
/// The person writes it and the shell keeps settings in it: a line of the shell's takes the place of the one that said
/// the same before, and everything else, comments and order, stays as it is.
package enum RunCommands {
    /// A line that the shell keeps.
    package struct Kept: Hashable, Sendable {
        /// The words before what changes: `/set bell`, `/alias dl`.
        package var key: String
        /// What stands after them; nil takes the line out.
        package var value: String?
    }

    /// The text with that line in it.
    package static func keeping(_ kept: Kept, in text: String) -> String {
        let line = kept.value.map { "\(kept.key) \($0)" }
        var lines = Self.lines(of: text)
        if lines.last == "" { lines.removeLast() }
        let places = lines.indices.filter { key(of: lines[$0], words: 2) == kept.key }
        if let line, let last = places.last { lines[last] = line }
        let gone = line == nil ? places : places.dropLast()
        for place in gone.reversed() { lines.remove(at: place) }
        if let line, places.isEmpty { lines.append(line) }
        return lines.map { $0 + "\n" }.joined()
    }

    /// The commands in it, with the numbers of their lines.
    package static func commands(in text: String) -> [(number: Int, line: String)] {
        lines(of: text).enumerated().compactMap { index, line in
            let line = Words.trimmed(line)
            return line.isEmpty || line.utf8.first == UInt8(ascii: "#") ? nil : (index + 1, line)
        }
    }

    /// Lines end in LF or CR LF, which in a string is one character.
    private static func lines(of text: String) -> [String] {
        text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }.map(String.init)
    }

    private static func key(of line: String, words count: Int) -> String {
        Words.trimmed(line).split(whereSeparator: { $0 == " " || $0 == "\t" }).prefix(count).joined(separator: " ")
    }
}
