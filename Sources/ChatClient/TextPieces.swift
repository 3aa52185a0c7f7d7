/// Long text in pieces that fit a line of the protocol, so that nothing of it is cut off on its way.
enum TextPieces {
    /// Pieces of at most so many bytes, parted at a space where one is in the last half, never inside a character
    /// that a reader sees as one, except when that alone is longer than a piece.
    static func split(_ text: String, bytes limit: Int) -> [String] {
        let limit = max(4, limit)
        var pieces: [String] = []
        var rest = text[...]
        while rest.utf8.count > limit {
            let end = end(of: rest, limit)
            pieces.append(String(rest[..<end]))
            rest = rest[end...]
            if rest.utf8.first == UInt8(ascii: " ") { rest = Substring(rest.utf8.dropFirst()) }
        }
        if !rest.isEmpty || pieces.isEmpty { pieces.append(String(rest)) }
        return pieces
    }

    private static func end(of text: Substring, _ limit: Int) -> String.Index {
        var (index, count) = (text.startIndex, 0)
        var space: String.Index?
        while index < text.endIndex {
            let next = text.index(after: index)
            let length = text[index..<next].utf8.count
            if count + length > limit { break }
            if text[index] == " ", count > limit / 2 { space = index }
            (index, count) = (next, count + length)
        }
        if let space { return space }
        return index > text.startIndex ? index : scalarEnd(of: text, limit)
    }

    private static func scalarEnd(of text: Substring, _ limit: Int) -> String.Index {
        var (index, count) = (text.startIndex, 0)
        for scalar in text.unicodeScalars {
            count += String(scalar).utf8.count
            if count > limit { break }
            index = text.unicodeScalars.index(after: index)
        }
        return index
    }
}
