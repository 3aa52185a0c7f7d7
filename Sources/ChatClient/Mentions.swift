import IRC

/// Whether a text names somebody: as a whole word, for `dan` is no part of `dandelion`.
enum Mentions {
    /// `words` are the person's own, any case; a nickname is compared as nicknames are.
    static func stand(in text: String, nickname: Nickname?, words: [String]) -> Bool {
        if let nickname, contains(text, nickname.text.lowercased(), isLetter: isNicknameScalar) { return true }
        return words.contains { contains(text, $0.lowercased(), isLetter: isWordScalar) }
    }

    /// Whether `word` stands between signs that are no letters of its kind.
    private static func contains(_ text: String, _ word: String, isLetter: (Unicode.Scalar) -> Bool) -> Bool {
        let scalars = Array(text.lowercased().unicodeScalars)
        let wanted = Array(word.unicodeScalars)
        guard !wanted.isEmpty, wanted.count <= scalars.count else { return false }
        return (0...(scalars.count - wanted.count)).contains { start in
            let end = start + wanted.count
            return scalars[start] == wanted[0] && scalars[start..<end].elementsEqual(wanted)
                && (start == 0 || !isLetter(scalars[start - 1])) && (end == scalars.count || !isLetter(scalars[end]))
        }
    }

    private static func isNicknameScalar(_ scalar: Unicode.Scalar) -> Bool {
        (try? Nickname("a\(scalar)", by: .unicode)) != nil
    }

    private static func isWordScalar(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic || scalar.properties.numericType != nil || scalar == "_"
    }
}
