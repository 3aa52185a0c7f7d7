/// The live region at the bottom of the terminal: knows what it has drawn there, and makes the bytes that turn it into
/// what is to be there now, with lines said above it.
///
/// It reads nothing back from the terminal and touches only the rows that the old region can occupy: nothing that was
/// said is ever erased, and the scrollback is left alone.
struct Screen {
    struct Size: Equatable {
        var width: Int
        var height: Int
    }

    private(set) var size: Size
    private let isColoured: Bool
    /// Whether the terminal breaks long rows anew when it gets narrower, as all do but the real xterm and the console.
    private let reflows: Bool
    /// What the last drawing has left, with the cursor's place; nil when the region is not on the screen.
    private var drawn: Layout?
    /// The size has changed since: the rows are there, but no longer where they were.
    private var isDisplaced = false

    init(size: Size, isColoured: Bool, reflows: Bool) {
        self.size = size
        self.isColoured = isColoured
        self.reflows = reflows
    }

    mutating func resize(to size: Size) {
        guard size != self.size else { return }
        self.size = size
        isDisplaced = true
    }

    /// Bytes that show `said` above the region and `block` in it; none when nothing has changed.
    mutating func update(said: [StyledText], block: Block) -> [UInt8] {
        var layout = Layout(block, width: size.width, isColoured: isColoured)
        layout.keep(height: size.height)
        if said.isEmpty, !isDisplaced, drawn == layout { return [] }
        var output = ""
        if said.isEmpty, !isDisplaced, let drawn {
            output += Screen.goToFirstRow(drawn.cursorRow)
            output += Screen.rewrite(drawn.rows, to: layout)
        } else {
            output += eraseSequence()
            for line in said { output += rendered(line) + "\r\n" }
            output += Screen.rewrite([], to: layout)
        }
        drawn = layout
        isDisplaced = false
        return Array(output.utf8)
    }

    /// Bytes that take the region off the screen and leave the cursor where it began.
    mutating func erase() -> [UInt8] {
        let sequence = eraseSequence()
        drawn = nil
        isDisplaced = false
        return Array(sequence.utf8)
    }

    /// Somebody else has written since: where the region was is not known any more.
    mutating func forget() { drawn = nil }

    /// Bytes that empty the screen, for Ctrl-L; the region is gone with the rest.
    mutating func clear() -> [UInt8] {
        let sequence = eraseSequence() + "\u{1B}[H\u{1B}[J"
        drawn = nil
        isDisplaced = false
        return Array(sequence.utf8)
    }

    // MARK: Sequences

    private static func goToFirstRow(_ rowsAbove: Int) -> String {
        (rowsAbove > 0 ? "\u{1B}[\(rowsAbove)A" : "") + "\r"
    }

    /// The first row and everything below is cleared in two steps: a plain `CSI J` in the upper left corner makes tmux
    /// copy the whole screen into its scrollback.
    private func eraseSequence() -> String {
        guard let drawn else { return "\r" }
        return Screen.goToFirstRow(rowsAboveCursor(in: drawn)) + "\u{1B}[K\u{1B}7\u{1B}[B\u{1B}[J\u{1B}8"
    }

    /// Rows of the screen between the region's first and the cursor, after the terminal may have broken them anew.
    private func rowsAboveCursor(in layout: Layout) -> Int {
        isDisplaced && reflows ? layout.rowsAboveCursor(brokenAt: max(1, size.width)) : layout.cursorRow
    }

    /// Writes the rows that differ, from the first row's beginning, and leaves the cursor at its place.
    private static func rewrite(_ old: [Layout.Row], to layout: Layout) -> String {
        var output = ""
        var isAtCursor = false
        for (index, row) in layout.rows.enumerated() {
            if index > 0 { output += "\r\n" }
            isAtCursor = false
            guard index >= old.count || old[index] != row else { continue }
            output += row.text
            isAtCursor = index == layout.cursorRow && layout.beforeCursor.isSame(as: row.text)
            output += "\u{1B}[K"
        }
        if old.count > layout.rows.count {
            output += "\r\n\u{1B}[J\u{1B}[A"
            isAtCursor = false
        }
        if isAtCursor { return output }
        let below = layout.rows.count - 1 - layout.cursorRow
        if below > 0 { output += "\u{1B}[\(below)A" }
        return output + "\r" + layout.beforeCursor
    }

    /// A line that scrolls away with the rest: the terminal wraps it, so that it can be copied as one.
    private func rendered(_ line: StyledText) -> String {
        var output = ""
        for span in line.spans {
            let sequence = isColoured ? span.style.sequence : ""
            output += sequence
            for character in span.text {
                if character == "\n" || character == "\r\n" {
                    output += "\r\n"
                } else if let replacement = visible(character) {
                    output += replacement
                } else {
                    output.append(character)
                }
            }
            if !sequence.isEmpty { output += Style.reset }
        }
        return output
    }
}
