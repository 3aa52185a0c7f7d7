/// A transfer drawn with characters, at most so many columns wide.
package struct TextDrawing {
    /// What a stretch of characters is, for those who give it a colour.
    package enum Part: Hashable, Sendable {
        case plain, surface, line, mark, dim
    }
    package struct Piece: Hashable, Sendable {
        package var text: String
        package var part: Part
    }

    package let rows: [[Piece]]

    /// Columns for the numbers of an axis, and the least for the drawing itself.
    private static let margin = 9
    package static let leastColumns = 40
    private static let height = 7
    private static let blocks: [Character] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

    package init(_ transfer: TracedTransfer, columns: Int) {
        let width = max(Self.leastColumns, columns) - Self.margin
        var rows: [[Piece]] = [[Piece(text: "\(transfer.id)  \(transfer.summary)", part: .plain)]]
        for panel in Panel.all(of: transfer, parts: max(8, width / 2)) {
            rows.append([])
            rows += Self.rows(of: panel, seconds: transfer.seconds, width: width)
        }
        rows += Self.marks(of: transfer, width: width)
        rows += Self.axis(seconds: transfer.seconds, width: width)
        self.rows = rows
    }

    // MARK: A panel

    private static func rows(of panel: Panel, seconds: Double, width: Int) -> [[Piece]] {
        var legend = [Piece(text: "\(panel.title), \(panel.scale.name)", part: .plain)]
        if !panel.surface.points.isEmpty {
            legend += [Piece(text: "   █", part: .surface), Piece(text: " \(panel.surface.name)", part: .plain)]
        }
        if !panel.line.points.isEmpty {
            legend += [Piece(text: "   ─", part: .line), Piece(text: " \(panel.line.name)", part: .plain)]
        }
        let surface = columns(of: panel.surface, seconds: seconds, width: width)
        let line = columns(of: panel.line, seconds: seconds, width: width)
        let labels = labels(of: panel.scale)
        var rows = [legend]
        for row in (0..<height).reversed() {
            var pieces = [
                Piece(text: pad(labels[row] ?? "", to: margin - 2) + (labels[row] == nil ? " │" : " ┤"), part: .dim)
            ]
            for column in 0..<width {
                let cell = cell(row, surface[column], line[column], panel.scale)
                if pieces[pieces.count - 1].part == cell.part {
                    pieces[pieces.count - 1].text.append(cell.character)
                } else {
                    pieces.append(Piece(text: String(cell.character), part: cell.part))
                }
            }
            rows.append(trimmed(pieces))
        }
        return rows
    }

    /// Numbers at the rows in which they lie, the row of 0 being the lowest.
    private static func labels(of scale: Scale) -> [Int: String] {
        var labels: [Int: String] = [:]
        for tick in scale.ticks {
            let row = Int((scale.share(tick) * Double(height)).rounded()) - (tick > 0 ? 1 : 0)
            labels[min(max(row, 0), height - 1)] = scale.label(tick)
        }
        return labels
    }

    private static func cell(
        _ row: Int, _ surface: Double?, _ line: Double?, _ scale: Scale
    ) -> (character: Character, part: Part) {
        if let line {
            let at = min(height - 1, Int(scale.share(line) * Double(height)))
            if at == row { return ("─", .line) }
        }
        guard let surface else { return (" ", .plain) }
        let eighths = Int((scale.share(surface) * Double(height * 8)).rounded()) - row * 8
        let character = blocks[min(max(eighths, 0), 8)]
        // What is there at all is seen.
        if row == 0, eighths <= 0, surface > 0 { return (blocks[1], .surface) }
        return (character, character == " " ? .plain : .surface)
    }

    /// The greatest value of each column; a column without a point has the one before, and none before the first.
    private static func columns(of series: Panel.Series, seconds: Double, width: Int) -> [Double?] {
        var columns = [Double?](repeating: nil, count: width)
        for point in series.points {
            let column = column(of: point.at, seconds: seconds, width: width)
            columns[column] = max(columns[column] ?? 0, point.value)
        }
        var last: Double?
        for column in 0..<width {
            if columns[column] == nil { columns[column] = last } else { last = columns[column] }
        }
        return columns
    }

    private static func column(of time: Double, seconds: Double, width: Int) -> Int {
        seconds > 0 ? min(width - 1, max(0, Int(time / seconds * Double(width)))) : 0
    }

    // MARK: Below the panels

    private static func marks(of transfer: TracedTransfer, width: Int) -> [[Piece]] {
        var rows: [[Piece]] = transfer.phases.isEmpty ? [] : [phases(of: transfer, width: width)]
        for (mark, name, character) in [
            (TracedTransfer.Mark.loss, "lost", Character("×")), (.goBack, "go-back", "◂"), (.timeout, "timeout", "!"),
        ] {
            let times = transfer.marks.filter { $0.mark == mark }.map(\.at)
            guard !times.isEmpty else { continue }
            var cells = [Character](repeating: " ", count: width)
            for time in times { cells[column(of: time, seconds: transfer.seconds, width: width)] = character }
            rows.append(
                trimmed([
                    Piece(text: pad(name, to: margin - 1) + " ", part: .plain), Piece(text: String(cells), part: .mark),
                ]))
        }
        return rows.isEmpty ? [] : [[]] + rows
    }

    /// Each phase from where it begins, by its name as far as that has room.
    private static func phases(of transfer: TracedTransfer, width: Int) -> [Piece] {
        var cells = [Character](repeating: " ", count: width)
        let columns = transfer.phases.map { column(of: $0.at, seconds: transfer.seconds, width: width) }
        for (index, phase) in transfer.phases.enumerated() {
            let end = index + 1 < columns.count ? columns[index + 1] : width
            guard end > columns[index] else { continue }
            for (column, character) in zip(columns[index]..<end, "|" + phase.name) { cells[column] = character }
        }
        return trimmed([
            Piece(text: pad("phase", to: margin - 1) + " ", part: .plain), Piece(text: String(cells), part: .dim),
        ])
    }

    private static func axis(seconds: Double, width: Int) -> [[Piece]] {
        let scale = Scale(.seconds, to: seconds, ticks: max(2, width / 16))
        var line = Array(repeating: Character("─"), count: width)
        var numbers = Array(repeating: Character(" "), count: width + margin)
        var free = 0
        for tick in scale.ticks where tick <= seconds {
            let at = column(of: tick, seconds: seconds, width: width)
            line[at] = "┴"
            let label = scale.label(tick) + (tick == 0 ? " \(scale.name)" : "")
            let first = at + margin
            guard first >= free, first + label.count <= numbers.count else { continue }
            for (offset, character) in label.enumerated() { numbers[first + offset] = character }
            free = first + label.count + 1
        }
        return [
            [Piece(text: String(repeating: " ", count: margin - 1) + "└" + String(line), part: .dim)],
            trimmed([Piece(text: String(numbers), part: .dim)]),
        ]
    }

    private static func pad(_ text: String, to width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }

    private static func trimmed(_ pieces: [Piece]) -> [Piece] {
        var pieces = pieces
        while var last = pieces.popLast() {
            while last.text.last == " " { last.text.removeLast() }
            if !last.text.isEmpty {
                pieces.append(last)
                break
            }
        }
        return pieces
    }
}
