/// What the live region shows: rows of progress, and below them the prompt with the line being typed.
struct Block: Equatable {
    var progress: [StyledText] = []
    var prompt = StyledText()
    var line = ""
    /// Unicode scalars of `line` before the cursor.
    var cursor = 0
}

/// A block broken into rows for one width.
///
/// A row takes at most one cell less than the terminal has, and rows are joined by explicit newlines: so there is never
/// a pending wrap at the right margin, and no row depends on whether the terminal remembers where it wrapped.
struct Layout: Equatable {
    struct Row: Equatable {
        /// What is written, with its style sequences.
        var text = ""
        /// Cells it takes, at most.
        var cells = 0
        /// Cells that each of its characters takes, at least.
        var leastWidths: [Int] = []

        /// Canonically equivalent rows differ: one is on the screen, and the other is what was typed.
        static func == (left: Row, right: Row) -> Bool {
            left.text.isSame(as: right.text) && left.cells == right.cells && left.leastWidths == right.leastWidths
        }
    }

    private(set) var rows: [Row]
    private(set) var cursorRow: Int
    /// Characters of the cursor's row before the cursor.
    private(set) var cursorCharacters: Int
    /// The cursor's row as written up to the cursor. Printing it again puts the cursor where the terminal itself finds
    /// the place, so a disagreement about a character's width cannot misplace it.
    private(set) var beforeCursor: String

    init(_ block: Block, width: Int, isColoured: Bool) {
        // Below three cells nothing can be shown that is right; the terminal may then wrap as it likes.
        let limit = max(2, width - 1)
        rows = block.progress.map { row in
            var builder = RowBuilder(limit: limit, isColoured: isColoured)
            let cut = row.truncated(to: limit)
            for span in cut.spans { builder.append(span.text.filter { $0 != "\n" }, span.style) }
            return builder.finish()[0]
        }
        var builder = RowBuilder(limit: limit, isColoured: isColoured)
        for span in block.prompt.spans { builder.append(span.text, span.style) }
        builder.endStyle()
        var offset = 0
        var cursor: RowBuilder.Place?
        for character in block.line {
            let length = character.unicodeScalars.count
            if cursor == nil, block.cursor < offset + length {
                builder.makeRoom(for: character)
                cursor = builder.place
            }
            builder.append(character, .plain)
            offset += length
        }
        let place = cursor ?? builder.place
        cursorRow = rows.count + place.row
        cursorCharacters = place.characters
        beforeCursor = place.text
        rows += builder.finish()
    }

    static func == (left: Layout, right: Layout) -> Bool {
        left.rows == right.rows && left.cursorRow == right.cursorRow
            && left.cursorCharacters == right.cursorCharacters && left.beforeCursor.isSame(as: right.beforeCursor)
    }

    /// Keeps the rows around the cursor when there are more than the screen has: the end of the block when the cursor
    /// is there, so that rows of progress go first.
    mutating func keep(height: Int) {
        guard rows.count > height, height > 0 else { return }
        let start = min(rows.count - height, cursorRow)
        rows = Array(rows[start..<start + height])
        cursorRow -= start
    }

    /// Rows of the screen from the region's first to the cursor's, when a terminal `width` cells wide has broken the rows
    /// anew. Where terminals differ it is the smaller number: a row too few leaves a stale row on the screen, a row too
    /// many would erase what somebody said.
    func rowsAboveCursor(brokenAt width: Int) -> Int {
        let above = rows[..<cursorRow].reduce(0) { $0 + Self.place(of: $1.leastWidths.count, in: $1, width: width) + 1 }
        return above + Self.place(of: cursorCharacters, in: rows[cursorRow], width: width)
    }

    /// The row, from 0, where the character at `index` comes to lie; after the last character that one's.
    private static func place(of index: Int, in row: Row, width: Int) -> Int {
        var line = 0
        var column = 0
        for cells in row.leastWidths.prefix(index + 1) {
            if column + cells > width {
                line += 1
                column = 0
            }
            column += cells
        }
        return line
    }
}

/// Fills rows with characters and says where the next one goes.
struct RowBuilder {
    struct Place {
        var row: Int
        var characters: Int
        var text: String
    }

    private let limit: Int
    private let isColoured: Bool
    private var rows: [Layout.Row] = []
    private var row = Layout.Row()
    private var style = Style.plain

    init(limit: Int, isColoured: Bool) {
        self.limit = limit
        self.isColoured = isColoured
    }

    var place: Place { Place(row: rows.count, characters: row.leastWidths.count, text: row.text + closing) }
    private var closing: String { style == .plain ? "" : Style.reset }

    mutating func append(_ text: String, _ style: Style) {
        for character in text { append(character, style) }
    }

    mutating func append(_ character: Character, _ style: Style) {
        if character == "\n" || character == "\r\n" { return endRow() }
        let cells = displayWidth(of: character)
        if cells > limit {
            // A heap of joined signs wider than the row: the terminal will not show it as one either.
            for scalar in character.unicodeScalars.map(Character.init) { put(scalar, displayWidth(of: scalar), style) }
        } else {
            put(character, cells, style)
        }
    }

    /// Ends the row when `character` does not fit any more: a cursor before it belongs to the next row.
    mutating func makeRoom(for character: Character) {
        if character != "\n", character != "\r\n", row.cells + displayWidth(of: character) > limit { endRow() }
    }

    mutating func endStyle() { turn(to: .plain) }

    func finish() -> [Layout.Row] {
        var last = row
        last.text += closing
        return rows + [last]
    }

    private mutating func put(_ character: Character, _ cells: Int, _ style: Style) {
        if row.cells + cells > limit { endRow() }
        if let replacement = visible(character) {
            turn(to: Style.reversed)
            row.text += replacement
        } else {
            turn(to: style)
            row.text.append(character)
        }
        row.cells += cells
        row.leastWidths.append(min(cells, leastDisplayWidth(of: character)))
    }

    private mutating func turn(to next: Style) {
        guard isColoured, next != style else { return }
        row.text += closing + next.sequence
        style = next
    }

    private mutating func endRow() {
        let continued = style
        turn(to: .plain)
        rows.append(row)
        row = Layout.Row()
        turn(to: continued)
    }
}

/// What stands for a control character, which a terminal would obey instead of showing; nil for any other character.
func visible(_ character: Character) -> String? {
    guard let scalar = character.unicodeScalars.first, character.unicodeScalars.count == 1 else { return nil }
    switch scalar.value {
    case 0..<0x20: return "^" + String(UnicodeScalar(UInt8(scalar.value) + 0x40))
    case 0x7F: return "^?"
    case 0x80..<0xA0: return "<" + String(scalar.value, radix: 16, uppercase: true) + ">"
    default: return nil
    }
}
