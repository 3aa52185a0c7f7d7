internal import CLibEdit

/// The locale that libedit and `wcwidth` work in; only its LC_CTYPE is ever set.
enum CharacterLocale {
    /// Takes the user's locale, or C.UTF-8 (Debian's libc-bin, always there) when that one is missing or not UTF-8:
    /// otherwise libedit drops every non-ASCII key. Must have run before `el_init_fd`, which builds its key map then.
    static func prepare() { _ = prepared }

    private static let prepared: Bool = {
        if unsafe setlocale(LC_CTYPE, "") != nil, let codeset = unsafe nl_langinfo(Int32(CODESET)),
            unsafe String(cString: codeset) == "UTF-8"
        {
            return true
        }
        return unsafe setlocale(LC_CTYPE, "C.UTF-8") != nil
    }()
}

/// The cells that a terminal gives to `text`, summed over its scalars as the C library counts them.
///
/// Terminals differ on emoji sequences: most give two cells to a family of four, the C library counts eight. The
/// count is never below what they give, so a row that fits by this count fits.
package func displayWidth(of text: String) -> Int {
    var cells = 0
    for character in text { cells += displayWidth(of: character) }
    return cells
}

package func displayWidth(of character: Character) -> Int {
    CharacterLocale.prepare()
    var cells = 0
    var asksForEmoji = false
    for scalar in character.unicodeScalars {
        cells += width(of: scalar)
        if scalar == "\u{FE0F}" { asksForEmoji = true }
    }
    // A sign that U+FE0F turns into a picture takes two cells in kitty, VTE and new tmux, and one in others.
    return asksForEmoji ? max(cells, 2) : cells
}

/// The cells that a terminal gives to `character` at least: joined pictures and skin colours may add none.
func leastDisplayWidth(of character: Character) -> Int {
    let scalars = character.unicodeScalars
    guard let first = scalars.first else { return 0 }
    let isJoined = scalars.contains { $0 == "\u{200D}" || $0.properties.isEmojiModifier }
    return isJoined ? width(of: first) : scalars.reduce(0) { $0 + width(of: $1) }
}

/// Cells of one scalar; a control character is shown as `^X` and takes two.
private func width(of scalar: Unicode.Scalar) -> Int {
    if scalar.value < 0x7F { return scalar.value < 0x20 ? 2 : 1 }
    if scalar.value < 0xA0 { return scalar.value == 0x7F ? 2 : 4 }
    return max(0, Int(wcwidth(wchar_t(bitPattern: scalar.value))))
}

/// The longest beginning of `text` that fits into `cells`, never cut inside a character.
package func prefix(of text: String, cells: Int) -> Substring {
    var left = cells
    var end = text.startIndex
    for index in text.indices {
        left -= displayWidth(of: text[index])
        if left < 0 { break }
        end = text.index(after: index)
    }
    return text[..<end]
}

extension String {
    /// Scalar by scalar: `==` also takes an accented letter for the letter and its accent, which are two things to edit.
    func isSame(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}

extension StyledText {
    package var displayWidth: Int { spans.reduce(0) { $0 + Terminal.displayWidth(of: $1.text) } }

    /// The beginning that fits into `cells`, with "…" in the last cell when something was cut off.
    package func truncated(to cells: Int) -> StyledText {
        guard displayWidth > cells else { return self }
        var left = max(0, cells - 1)
        var result = StyledText()
        for span in spans {
            let part = prefix(of: span.text, cells: left)
            result.append(String(part), span.style)
            left -= Terminal.displayWidth(of: String(part))
            if part.endIndex != span.text.endIndex { break }
        }
        if cells > 0 { result.append("…", result.spans.last?.style ?? .plain) }
        return result
    }
}
