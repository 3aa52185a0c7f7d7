import Posix
import TestSupport
import Testing
import Timeline

@testable import Terminal

/// Seeded people who type, talk and drag the window's corner, and a model of what must then be on the screen.
struct ScreenFuzz {
    private static let signs = [
        "a", "b", "x", " ", "e\u{301}", "日", "本", "ש", "ל", "ם", "😀", "👩‍👩‍👧", "🇩🇪", "a\u{300}\u{323}", "ﬁ",
    ]

    var random: SeededGenerator
    var terminal: VirtualTerminal
    var screen: Screen
    var block = Block()
    var said: [String] = []
    var hasResized = false

    init(seed: UInt64, width: Int, height: Int, reflows: Bool, joinsEmoji: Bool) {
        random = SeededGenerator(seed: seed)
        terminal = VirtualTerminal(width: width, height: height, reflows: reflows, joinsEmoji: joinsEmoji)
        screen = Screen(size: .init(width: width, height: height), isColoured: true, reflows: reflows)
        block.prompt = StyledText("#lobby> ", .colour(.brightBlue))
    }

    mutating func text(_ counts: ClosedRange<Int>) -> String {
        let count = Int.random(in: counts, using: &random)
        return (0..<count).map { _ in Self.signs.randomElement(using: &random) ?? "" }.joined()
    }

    /// One thing happens, and one drawing follows.
    mutating func step(resizing: Bool, heights: ClosedRange<Int>) {
        var lines: [String] = []
        switch Int.random(in: 0..<(resizing ? 12 : 11), using: &random) {
        case 0...4: insert(text(1...3))
        case 5: insert(text(20...60))
        case 6: deleteBeforeCursor()
        case 7: moveCursor()
        case 8: lines = (0..<Int.random(in: 1...3, using: &random)).map { _ in text(0...120) }
        case 9:
            let count = Int.random(in: 0...3, using: &random)
            block.progress = (0..<count).map { StyledText("\($0) " + text(0...60), .dim) }
        case 10: if Int.random(in: 0..<4, using: &random) == 0 { submit() } else { insert("\n") }
        default: resize(heights)
        }
        said += lines
        terminal.write(screen.update(said: lines.map { StyledText($0, .bold) }, block: block))
    }

    private mutating func insert(_ text: String) {
        var scalars = Array(block.line.unicodeScalars)
        scalars.insert(contentsOf: text.unicodeScalars, at: block.cursor)
        block.line = String(String.UnicodeScalarView(scalars))
        block.cursor += text.unicodeScalars.count
    }

    private mutating func deleteBeforeCursor() {
        guard let last = before.last else { return }
        var scalars = Array(block.line.unicodeScalars)
        let count = last.unicodeScalars.count
        scalars.removeSubrange(block.cursor - count..<block.cursor)
        block.line = String(String.UnicodeScalarView(scalars))
        block.cursor -= count
    }

    private mutating func moveCursor() {
        let boundaries = block.line.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.unicodeScalars.count) }
        block.cursor = boundaries.randomElement(using: &random) ?? 0
    }

    private mutating func submit() {
        block.line = ""
        block.cursor = 0
    }

    private mutating func resize(_ heights: ClosedRange<Int>) {
        let width = Int.random(in: 20...200, using: &random)
        let height = Int.random(in: heights, using: &random)
        terminal.resize(width: width, height: height)
        screen.resize(to: .init(width: width, height: height))
        hasResized = true
    }

    /// The line up to the cursor; between the scalars of one character the cursor stands before it.
    private var before: String {
        var offset = 0
        var text = ""
        for character in block.line {
            offset += character.unicodeScalars.count
            if offset > block.cursor { break }
            text.append(character)
        }
        return text
    }

    /// The region's rows on the terminal say what was typed, and the cursor is behind what it is behind.
    func checkRegion() -> String? {
        let layout = Layout(block, width: terminal.width, isColoured: false)
        let typed = block.prompt.text + block.line.filter { $0 != "\n" }
        guard layout.rows.count <= terminal.height else { return checkCursorRow() }
        let first = terminal.absoluteRow - layout.cursorRow
        guard first >= 0, first + layout.rows.count <= terminal.rows.count else { return "the region is not there" }
        let progressCount = block.progress.count
        for (index, row) in block.progress.enumerated() {
            let shown = terminal.text(terminal.rows[first + index])
            if shown != row.truncated(to: terminal.width - 1).text { return "progress row: \(shown)" }
        }
        let rows = terminal.rows[(first + progressCount)..<(first + layout.rows.count)]
        let shown = rows.map { terminal.text($0) }.joined()
        if !same(shown, typed) { return "typed:\n\(typed)\nshown:\n\(shown)" }
        if rows.contains(where: \.isWrapped) { return "the terminal had to wrap a row" }
        let below = terminal.rows[(first + layout.rows.count)...]
        if below.contains(where: { !terminal.text($0).isEmpty }) { return "something is left below" }
        let above = rows.prefix(terminal.absoluteRow - first - progressCount).map { terminal.text($0) }.joined()
        let beforeCursor = above + terminal.text(terminal.rows[terminal.absoluteRow], before: terminal.column)
        let expected = block.prompt.text + before.filter { $0 != "\n" }
        return same(beforeCursor, expected) ? nil : "before the cursor:\n\(expected)\nshown:\n\(beforeCursor)"
    }

    /// When the region is taller than the screen, the cursor's row at least is right.
    private func checkCursorRow() -> String? {
        let layout = Layout(block, width: terminal.width, isColoured: false)
        let shown = terminal.text(terminal.rows[terminal.absoluteRow])
        if !same(shown, layout.rows[layout.cursorRow].text) { return "cursor's row: \(shown)" }
        let head = terminal.text(terminal.rows[terminal.absoluteRow], before: terminal.column)
        return same(head, layout.beforeCursor) ? nil : "before the cursor: \(head)"
    }

    /// Everything said is there, in order, once.
    func checkConversation() -> String? {
        let layout = Layout(block, width: terminal.width, isColoured: false)
        let first = terminal.absoluteRow - min(layout.cursorRow, terminal.row)
        let lines = terminal.lines(before: max(0, first))
        return lines.elementsEqual(said, by: same) ? nil : "said:\n\(said.suffix(4))\nshown:\n\(lines.suffix(4))"
    }

    /// Nothing said was lost, though a stale region may lie in the scrollback.
    func checkNothingLost() -> String? {
        // By scalars: a stale row that the terminal takes for the beginning of a line must not join its first character.
        var rest = Array(terminal.lines(before: terminal.rows.count).joined().unicodeScalars)[...]
        for line in said where !line.isEmpty {
            guard let range = rest.firstRange(of: Array(line.unicodeScalars)) else { return "lost: \(line)" }
            rest = rest[range.upperBound...]
        }
        return nil
    }

    private func same(_ left: String, _ right: String) -> Bool {
        left.unicodeScalars.elementsEqual(right.unicodeScalars)
    }
}

struct ScreenFuzzTests {
    /// 30, or as many as `RDTCHAT_SCREEN_SEEDS` says.
    private static let seeds = 0..<(Environment.value("RDTCHAT_SCREEN_SEEDS").flatMap { UInt64($0) } ?? 30)
    private static let steps = 100

    @Test(
        "typing, talk and progress leave the half-typed line, the cursor and every line said intact", arguments: seeds)
    func everythingIsInPlace(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let width = Int.random(in: 20...200, using: &generator)
        let height = Int.random(in: 3...40, using: &generator)
        var fuzz = ScreenFuzz(
            seed: seed, width: width, height: height, reflows: true, joinsEmoji: seed.isMultiple(of: 2))
        for step in 0..<Self.steps {
            fuzz.step(resizing: false, heights: 3...40)
            // The whole conversation is long to compare, and a line that was lost does not come back.
            let isLookedAt = step % 20 == 19
            let trouble = fuzz.checkRegion() ?? (isLookedAt ? fuzz.checkConversation() : nil)
            if let trouble {
                Issue.record("seed \(seed), step \(step), \(width)x\(height): \(trouble)")
                return
            }
        }
    }

    @Test("a window dragged to any size from 20 to 200 columns leaves them intact too", arguments: seeds)
    func resizing(seed: UInt64) {
        var fuzz = ScreenFuzz(
            seed: seed, width: 80, height: 24, reflows: !seed.isMultiple(of: 3), joinsEmoji: seed.isMultiple(of: 2))
        for step in 0..<Self.steps {
            fuzz.step(resizing: true, heights: 3...40)
            let isLast = step == Self.steps - 1
            let lost = isLast && fuzz.terminal.reflows ? fuzz.checkNothingLost() : nil
            if let trouble = fuzz.checkRegion() ?? lost {
                let size = "\(fuzz.terminal.width)x\(fuzz.terminal.height)"
                Issue.record("seed \(seed), step \(step), \(size): \(trouble)")
                return
            }
        }
    }
}
