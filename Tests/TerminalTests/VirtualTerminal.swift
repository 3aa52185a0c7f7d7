import Terminal

/// A small model of a terminal: it obeys the sequences that the editor writes and remembers what scrolled away.
///
/// Widths are the C library's, scalar by scalar. With `joinsEmoji` what follows a zero width joiner takes no cells of
/// its own, as in tmux: there the editor's count of cells and the terminal's differ.
struct VirtualTerminal {
    enum Cell: Equatable {
        case empty
        case text(String)
        /// The second cell of a wide character.
        case rest
    }
    struct Row: Equatable {
        var cells: [Cell]
        /// The terminal broke the text here by itself.
        var isWrapped = false
    }

    private(set) var width: Int
    private(set) var height: Int
    let reflows: Bool
    let joinsEmoji: Bool
    /// The scrollback and the screen; the screen is the last `height` rows.
    private(set) var rows: [Row]
    private(set) var row = 0
    private(set) var column = 0
    private var wrapIsPending = false
    private var saved = (row: 0, column: 0)
    private var latest: (row: Int, column: Int)?
    private var followsJoiner = false
    private var sequence = ""
    private var incomplete: [UInt8] = []
    private(set) var bells = 0
    private(set) var marksPastes = false

    init(width: Int, height: Int, reflows: Bool = true, joinsEmoji: Bool = false) {
        self.width = width
        self.height = height
        self.reflows = reflows
        self.joinsEmoji = joinsEmoji
        rows = Array(repeating: Row(cells: Array(repeating: .empty, count: width)), count: height)
    }

    private var top: Int { rows.count - height }

    // MARK: What is seen

    func text(_ row: Row, before column: Int = .max) -> String {
        row.cells.prefix(column).reduce(into: "") { text, cell in
            switch cell {
            case .empty, .rest: break
            case .text(let piece): text += piece
            }
        }
    }

    /// The rows of the screen as text.
    var screen: [String] { rows[top...].map { text($0) } }
    /// The row of the cursor, counted from the oldest row of the scrollback.
    var absoluteRow: Int { top + row }

    /// All lines down to the absolute row `end`, with what the terminal broke put together again.
    func lines(before end: Int) -> [String] {
        var lines: [String] = []
        var isOpen = false
        for row in rows[..<end] {
            if isOpen { lines[lines.count - 1] += text(row) } else { lines.append(text(row)) }
            isOpen = row.isWrapped
        }
        return lines
    }

    // MARK: Bytes

    mutating func write(_ bytes: [UInt8]) {
        // A character may be split between two reads.
        let all = incomplete + bytes
        let start = all.lastIndex { $0 & 0xC0 != 0x80 } ?? 0
        let length = all.isEmpty ? 0 : all[start] >= 0xF0 ? 4 : all[start] >= 0xE0 ? 3 : all[start] >= 0xC0 ? 2 : 1
        let end = all.count - start < length ? start : all.count
        incomplete = Array(all[end...])
        for scalar in String(decoding: all[..<end], as: UTF8.self).unicodeScalars { take(scalar) }
    }

    private mutating func take(_ scalar: Unicode.Scalar) {
        if !sequence.isEmpty {
            sequence.unicodeScalars.append(scalar)
            let isComplete = sequence.hasPrefix("\u{1B}[") ? sequence.count > 2 && scalar.value >= 0x40 : scalar != "["
            if isComplete {
                obey(sequence)
                sequence = ""
            }
            return
        }
        switch scalar {
        case "\u{1B}": sequence = "\u{1B}"
        case "\r": go(to: row, 0)
        case "\n": lineFeed()
        case "\u{7}": bells += 1
        default: put(scalar)
        }
    }

    private mutating func obey(_ sequence: String) {
        let number = Int(sequence.dropFirst(2).dropLast()) ?? 0
        switch (sequence.first, sequence.last) {
        case (_, "7"): saved = (row, column)
        case (_, "8"): go(to: saved.row, saved.column)
        case (_, "A"): go(to: max(0, row - max(1, number)), column)
        case (_, "B"): go(to: min(height - 1, row + max(1, number)), column)
        case (_, "H"): go(to: 0, 0)
        case (_, "K"): clear(top + row, from: column)
        case (_, "J"):
            clear(top + row, from: column)
            for below in (top + row + 1)..<max(rows.count, top + row + 1) { clear(below, from: 0) }
        case (_, "m"): break
        case (_, "h"): marksPastes = true
        case (_, "l"): marksPastes = false
        default: preconditionFailure("the model does not know \(sequence.debugDescription)")
        }
    }

    private mutating func go(to row: Int, _ column: Int) {
        self.row = row
        self.column = column
        wrapIsPending = false
        latest = nil
    }

    private mutating func clear(_ row: Int, from column: Int) {
        for index in column..<width { rows[row].cells[index] = .empty }
        rows[row].isWrapped = false
    }

    private mutating func lineFeed() {
        if row == height - 1 { rows.append(Row(cells: Array(repeating: .empty, count: width))) } else { row += 1 }
        wrapIsPending = false
        latest = nil
    }

    private mutating func put(_ scalar: Unicode.Scalar) {
        let cells = scalar == "\u{FE0F}" ? 0 : displayWidth(of: Character(scalar))
        let joins = cells == 0 || (joinsEmoji && followsJoiner)
        followsJoiner = scalar == "\u{200D}"
        if joins, let latest, case .text(let text) = rows[latest.row].cells[latest.column] {
            rows[latest.row].cells[latest.column] = .text(text + String(scalar))
            return
        }
        if wrapIsPending || column + cells > width {
            rows[top + row].isWrapped = true
            lineFeed()
            column = 0
        }
        // Half of a wide character that is written over vanishes as a whole.
        if rows[top + row].cells[column] == .rest, column > 0 { rows[top + row].cells[column - 1] = .empty }
        rows[top + row].cells[column] = .text(String(scalar))
        for extra in 1..<max(1, cells) { rows[top + row].cells[column + extra] = .rest }
        let next = column + max(1, cells)
        if next < width, rows[top + row].cells[next] == .rest { rows[top + row].cells[next] = .empty }
        latest = (top + row, column)
        column = min(next, width - 1)
        wrapIsPending = next >= width
    }

    // MARK: Size

    mutating func resize(width newWidth: Int, height newHeight: Int) {
        if reflows { reflow(to: newWidth) } else { cut(to: newWidth) }
        width = newWidth
        let cursor = absoluteRow
        // What is below the cursor and blank gives way first.
        height = rows.count - top
        while rows.count > cursor + 1, rows.last?.cells.allSatisfy({ $0 == .empty }) == true { rows.removeLast() }
        while rows.count < newHeight { rows.append(Row(cells: Array(repeating: .empty, count: width))) }
        height = newHeight
        while cursor < top { rows.removeLast() }
        row = cursor - top
        wrapIsPending = false
        latest = nil
    }

    private mutating func cut(to newWidth: Int) {
        for index in rows.indices {
            var cells = Array(rows[index].cells.prefix(newWidth))
            cells += Array(repeating: .empty, count: newWidth - cells.count)
            rows[index].cells = cells
        }
        column = min(column, newWidth - 1)
    }

    private func used(_ row: Row) -> Int { (row.cells.lastIndex { $0 != .empty } ?? -1) + 1 }

    private mutating func reflow(to newWidth: Int) {
        var result: [Row] = []
        var newCursor = (row: 0, column: 0)
        let screenRows = height
        var index = 0
        while index < rows.count {
            var cells: [Cell] = []
            var cursorOffset: Int?
            while true {
                if index == rows.count - screenRows + row { cursorOffset = cells.count + column }
                let isWrapped = rows[index].isWrapped
                cells += rows[index].cells[..<used(rows[index])]
                index += 1
                if !isWrapped || index == rows.count { break }
            }
            let first = result.count
            repeat {
                var count = min(newWidth, cells.count)
                if count < cells.count, cells[count] == .rest { count -= 1 }
                let piece = Array(cells[..<count])
                cells.removeFirst(count)
                let blank = Array(repeating: Cell.empty, count: newWidth - count)
                result.append(Row(cells: piece + blank, isWrapped: !cells.isEmpty))
            } while !cells.isEmpty
            if let cursorOffset {
                // The cell of the cursor goes where its text goes; behind the text it stays in the last row, as in tmux.
                var rest = cursorOffset
                newCursor = (first, 0)
                while newCursor.row < result.count - 1, rest >= used(result[newCursor.row]) {
                    rest -= used(result[newCursor.row])
                    newCursor.row += 1
                }
                newCursor.column = min(rest, newWidth - 1)
            }
        }
        rows = result
        row = newCursor.row - (rows.count - height)
        column = newCursor.column
    }
}
