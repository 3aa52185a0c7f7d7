/// Which characters a server allows in nicknames.
package enum NicknameRule: Hashable, Sendable {
    /// RFC 2812's.
    case ascii
    /// Beside those, letters of one other script, with digits, `-` and `_`.
    case unicode
}

/// A nickname that the rules allow; `Dana` and `dana` are one (CASEMAPPING=ascii).
package struct Nickname: Hashable, Sendable {
    package enum Fault: Hashable, Sendable {
        case empty
        case badStart(Unicode.Scalar)
        case badCharacter(Unicode.Scalar)
        case tooLong
        /// Letters of two scripts, which can look like letters of one.
        case mixedScripts
        /// Every letter has the shape of a Latin one.
        case lookAlike
    }

    package let text: String
    private let folded: ByteText

    /// A letter or one of ``[]\`_^{|}`` first, then also digits and `-`, at most 30 bytes (RFC 2812, section 2.3.1).
    package init(_ text: String, by rule: NicknameRule = .ascii) throws(NicknameError) {
        guard let first = text.unicodeScalars.first else { throw NicknameError(text: text, reason: .empty) }
        if rule == .unicode, text.utf8.contains(where: { $0 >= 0x80 }) {
            if let fault = Self.fault(ofUnicode: text) { throw NicknameError(text: text, reason: fault) }
            guard text.utf8.count <= WireLimits.nickname else { throw NicknameError(text: text, reason: .tooLong) }
            self.text = text
            folded = ByteText(text: Self.folded(text))
            return
        }
        guard Self.mayStart(first) else { throw NicknameError(text: text, reason: .badStart(first)) }
        if let bad = text.unicodeScalars.first(where: { !Self.mayContinue($0) }) {
            throw NicknameError(text: text, reason: .badCharacter(bad))
        }
        guard text.utf8.count <= WireLimits.nickname else { throw NicknameError(text: text, reason: .tooLong) }
        self.text = text
        folded = ByteText(text: text.asciiLowercased)
    }

    package static func == (left: Nickname, right: Nickname) -> Bool { left.folded == right.folded }
    package func hash(into hasher: inout Hasher) { hasher.combine(folded) }

    private static func mayStart(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "A"..."Z", "a"..."z", "[", "]", "\\", "`", "_", "^", "{", "|", "}": true
        default: false
        }
    }

    private static func mayContinue(_ scalar: Unicode.Scalar) -> Bool {
        mayStart(scalar) || ("0"..."9").contains(scalar) || scalar == "-"
    }
}
