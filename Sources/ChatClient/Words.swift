/// Words on a command line, and how a name must be written to be one.
///
/// Spaces and tabs part words. A word that begins with `"` or `'` goes to the same mark; within `"` and outside of
/// marks `\` takes the next character as it is. A mark inside a word is a character like any other: `it's.txt` is a name.
enum Words {
    struct Word: Hashable, Sendable {
        var text: String
        /// Any of it was quoted: it is a name then, even when it reads like an option or an operator.
        var isQuoted: Bool
        /// Unicode scalars from the start of the line.
        var start: Int
    }
    struct Scan: Hashable, Sendable {
        var words: [Word] = []
        /// The last word goes on: nothing, not even a space, ended it.
        var isOpen = false
        /// The mark that nothing closed.
        var openMark: Unicode.Scalar?
    }

    static func scan(_ text: String, from origin: Int = 0) -> Scan {
        var scan = Scan()
        var word: (scalars: String.UnicodeScalarView, isQuoted: Bool, start: Int)?
        var isEscaped = false
        for (offset, scalar) in text.unicodeScalars.enumerated() {
            let isSpace = scalar == " " || scalar == "\t"
            if isEscaped {
                word?.scalars.append(scalar)
                isEscaped = false
            } else if scalar == "\\", scan.openMark != "'" {
                word = (word?.scalars ?? .init(), true, word?.start ?? origin + offset)
                isEscaped = true
            } else if let mark = scan.openMark {
                if scalar == mark { scan.openMark = nil } else { word?.scalars.append(scalar) }
            } else if word == nil, scalar == "\"" || scalar == "'" {
                word = (.init(), true, origin + offset)
                scan.openMark = scalar
            } else if isSpace {
                if let ended = word { scan.words.append(Word(ended)) }
                word = nil
            } else if word != nil {
                word?.scalars.append(scalar)
            } else {
                word = (.init([scalar]), false, origin + offset)
            }
        }
        if let last = word { scan.words.append(Word(last)) }
        scan.isOpen = word != nil
        return scan
    }

    /// All words, or nil when a mark was not closed.
    static func split(_ text: String) -> [Word]? {
        let scan = scan(text)
        return scan.openMark == nil ? scan.words : nil
    }

    /// Whether the name is a word as it stands.
    static func isPlain(_ name: String) -> Bool {
        guard let first = name.unicodeScalars.first, first != "-", first != "#" else { return false }
        return !name.unicodeScalars.contains { $0.properties.isWhitespace || "\"'\\>&".unicodeScalars.contains($0) }
    }

    /// The name within marks, as `scan` reads it back.
    static func quoted(_ name: String) -> String {
        var result = String.UnicodeScalarView("\"".unicodeScalars)
        for scalar in name.unicodeScalars {
            if scalar == "\"" || scalar == "\\" { result.append("\\") }
            result.append(scalar)
        }
        result.append("\"")
        return String(result)
    }

    /// `text` without the spaces and tabs at both ends.
    static func trimmed(_ text: some StringProtocol) -> String {
        func isSpace(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || scalar == "\t" }
        let scalars = text.unicodeScalars.drop(while: isSpace)
        guard let last = scalars.lastIndex(where: { !isSpace($0) }) else { return "" }
        return String(String.UnicodeScalarView(scalars[...last]))
    }

    /// The first word as it stands, and what follows it without the spaces between.
    static func first(of text: String) -> (word: String, rest: String) {
        let text = trimmed(text)
        let word = text.unicodeScalars.prefix { $0 != " " && $0 != "\t" }
        return (String(word), trimmed(String(text.unicodeScalars.dropFirst(word.count))))
    }
}

extension Words.Word {
    fileprivate init(_ parts: (scalars: String.UnicodeScalarView, isQuoted: Bool, start: Int)) {
        self.init(text: String(parts.scalars), isQuoted: parts.isQuoted, start: parts.start)
    }
}
