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

    /// The file with that line in it; the other lines stay byte by byte, whatever they are.
    package static func keeping(_ kept: Kept, in bytes: [UInt8]) -> [UInt8] {
        var lines = Self.lines(of: bytes)
        let end = lines.first?.last == UInt8(ascii: "\r") ? [UInt8(ascii: "\r")] : []
        let line = kept.value.map { (Array("\(kept.key) \($0)".utf8) + end)[...] }
        if lines.last?.isEmpty == true { lines.removeLast() }
        let places = lines.indices.filter { key(of: lines[$0], words: 2) == kept.key }
        if let line, let last = places.last { lines[last] = line }
        let gone = line == nil ? places : places.dropLast()
        for place in gone.reversed() { lines.remove(at: place) }
        if let line, places.isEmpty { lines.append(line) }
        let mark = bytes.starts(with: byteOrderMark) ? byteOrderMark : []
        return mark + lines.flatMap { $0 + [UInt8(ascii: "\n")] }
    }

    /// The commands in it, with the numbers of their lines.
    package static func commands(in bytes: [UInt8]) -> [(number: Int, line: String)] {
        lines(of: bytes).enumerated().compactMap { index, line in
            let line = Self.text(line)
            return line.isEmpty || line.utf8.first == UInt8(ascii: "#") ? nil : (index + 1, line)
        }
    }

    /// Editors on Windows begin a text with U+FEFF.
    static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// Lines end in LF, of CR LF the CR stays; a byte order mark before the first is none of it.
    private static func lines(of bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        let text = bytes.starts(with: byteOrderMark) ? bytes.dropFirst(byteOrderMark.count) : bytes[...]
        return text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    }

    private static func text(_ line: ArraySlice<UInt8>) -> String {
        let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
        return Words.trimmed(String(decoding: line, as: UTF8.self))
    }

    private static func key(of line: ArraySlice<UInt8>, words count: Int) -> String {
        text(line).split(whereSeparator: { $0 == " " || $0 == "\t" }).prefix(
            count
        ).joined(separator: " ")
    }
}
