/// Killing and yanking. libedit's own yank gives back whatever was deleted last: it puts every single Backspace into its
/// buffer, and our completions too.
extension LineEditor {
    enum Kill {
        case toEnd, line, wordBefore, wordAfter
    }

    /// Takes text out of the line for a later yank.
    func kill(_ what: Kill) -> UInt8 {
        let (before, after) = engine.line
        let taken: (before: String, after: String)
        switch what {
        case .toEnd: taken = ("", after)
        case .line: taken = (before, after)
        case .wordBefore: taken = (Self.lastWord(of: before), "")
        case .wordAfter: taken = ("", Self.firstWord(of: after))
        }
        let text = taken.before + taken.after
        guard !text.isEmpty else { return Self.norm }
        killed = text
        engine.moveCursor(by: taken.after.unicodeScalars.count)
        engine.deleteBeforeCursor(text.unicodeScalars.count)
        return Self.refresh
    }

    func yank() -> UInt8 {
        if engine.holds(killed) { engine.insert(killed) } else { bell() }
        return Self.refresh
    }

    /// The last word with the blanks behind it: a word is what stands between blanks.
    private static func lastWord(of text: String) -> String {
        let blanks = text.reversed().prefix { $0.isWhitespace }.count
        let word = text.dropLast(blanks).reversed().prefix { !$0.isWhitespace }.count
        return String(text.suffix(blanks + word))
    }

    /// The next word with the blanks before it.
    private static func firstWord(of text: String) -> String {
        let blanks = text.prefix { $0.isWhitespace }.count
        let word = text.dropFirst(blanks).prefix { !$0.isWhitespace }.count
        return String(text.prefix(blanks + word))
    }
}
