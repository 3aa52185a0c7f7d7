/// Breaks a line at its blanks into rows that a terminal shows without breaking them again.
///
/// Left to itself a terminal breaks in the middle of words. A word that no row could hold, such as a long address, is left
/// to it all the same: so it is still copied as one.
package enum WordWrap {
    private struct Piece {
        /// The blanks before the word, or those that the line ends with.
        var gap = 0
        var word: [Span] = []
        var gapRole = Span.Role.plain
    }

    /// The columns where there is no terminal: nothing is broken.
    package static let endless = Int.max

    /// Rows of at most `columns` − 1 cells, for a full row leaves the cursor in doubt; from the second on they begin
    /// with `hang` blanks.
    package static func rows(of line: [Span], hang: Int, columns: Int, width: (String) -> Int) -> [[Span]] {
        if columns == endless { return [line] }
        let limit = max(1, columns - 1)
        if line.reduce(0, { $0 + width($1.text) }) <= limit { return [line] }
        var rows: [[Span]] = []
        var row: [Span] = []
        var used = 0
        var isFresh = true
        for piece in pieces(of: line) {
            let cells = piece.word.reduce(0) { $0 + width($1.text) }
            if !isFresh, used + piece.gap + cells > limit, hang + cells <= limit {
                rows.append(row)
                row = hang > 0 ? [Span(String(repeating: " ", count: hang))] : []
                used = hang
            } else if piece.gap > 0 {
                append(Span(String(repeating: " ", count: piece.gap), piece.gapRole), to: &row)
                used += piece.gap
            }
            for span in piece.word { append(span, to: &row) }
            used += cells
            // The terminal has broken a word that is longer than a row.
            if used > limit { used %= columns }
            isFresh = isFresh && piece.word.isEmpty
        }
        rows.append(row)
        return rows
    }

    private static func pieces(of line: [Span]) -> [Piece] {
        var pieces: [Piece] = []
        var piece = Piece()
        for span in line {
            for character in span.text {
                if character != " " {
                    append(Span(String(character), span.role), to: &piece.word)
                    continue
                }
                if !piece.word.isEmpty {
                    pieces.append(piece)
                    piece = Piece(gapRole: span.role)
                }
                piece.gap += 1
            }
        }
        return pieces + [piece]
    }

    private static func append(_ span: Span, to row: inout [Span]) {
        guard let last = row.last, last.role == span.role else { return row.append(span) }
        row[row.count - 1].text += span.text
    }
}
