import Testing

@testable import Terminal

struct LayoutTests {
    private func layout(_ line: String, cursor: Int? = nil, width: Int) -> Layout {
        let block = Block(prompt: "> ", line: line, cursor: cursor ?? line.unicodeScalars.count)
        return Layout(block, width: width, isColoured: false)
    }

    @Test("a row has at most one cell less than the terminal, and a wide character is never cut")
    func rowsFit() {
        let rows = layout("abc日本語x", width: 10).rows
        #expect(rows.map(\.text) == ["> abc日本", "語x"])
        #expect(rows.map(\.cells) == [9, 3])
    }

    @Test("the cursor behind a full row stays in it, before the next row's first character it is there")
    func cursorAtTheEdge() {
        let atEnd = layout("1234567", width: 10)
        #expect(atEnd.cursorRow == 0)
        #expect(atEnd.beforeCursor == "> 1234567")
        let before = layout("12345678", cursor: 7, width: 10)
        #expect(before.cursorRow == 1)
        #expect(before.beforeCursor == "")
    }

    @Test("an accented letter and the letter with its accent are not the same row")
    func equivalence() {
        #expect(layout("caf\u{E9}", width: 20) != layout("cafe\u{301}", width: 20))
        #expect(layout("caf\u{E9}", width: 20) == layout("caf\u{E9}", width: 20))
    }

    @Test("a newline in the line begins a row and controls are shown, not sent")
    func newlinesAndControls() {
        let rows = layout("a\nb\u{1B}\u{7}\u{85}", width: 40).rows
        #expect(rows.map(\.text) == ["> a", "b^[^G<85>"])
    }

    @Test("colours end at a row's end and begin again in the next")
    func coloursByRow() {
        let block = Block(prompt: StyledText("#a-long-name> ", .bold), line: "", cursor: 0)
        let rows = Layout(block, width: 10, isColoured: true).rows
        #expect(rows.map(\.text) == ["\u{1B}[1m#a-long-n\u{1B}[0m", "\u{1B}[1mame> \u{1B}[0m"])
    }

    @Test("of a block taller than the screen the rows around the cursor are kept, progress goes first")
    func tallBlock() {
        var block = Block(progress: ["p1", "p2"], prompt: "> ", line: "a\nb\nc\nd", cursor: 7)
        var atEnd = Layout(block, width: 20, isColoured: false)
        atEnd.keep(height: 3)
        #expect(atEnd.rows.map(\.text) == ["b", "c", "d"])
        #expect(atEnd.cursorRow == 2)
        block.cursor = 0
        var atBeginning = Layout(block, width: 20, isColoured: false)
        atBeginning.keep(height: 3)
        #expect(atBeginning.rows.map(\.text) == ["> a", "b", "c"])
        #expect(atBeginning.cursorRow == 0)
    }

    @Test("rows are cut at the end, by cells")
    func cutting() {
        #expect(StyledText("日本語").truncated(to: 5).text == "日本…")
        #expect(StyledText("abc").truncated(to: 3).text == "abc")
    }

    @Test("widths are those of the C library, summed over a character's scalars")
    func widths() {
        #expect(displayWidth(of: "abc") == 3)
        #expect(displayWidth(of: "日本") == 4)
        #expect(displayWidth(of: "e\u{301}") == 1)
        #expect(displayWidth(of: "שלום") == 4)
        #expect(displayWidth(of: "😀") == 2)
        #expect(leastDisplayWidth(of: "👩‍👩‍👧") == 2)
        #expect(displayWidth(of: "\u{1B}") == 2)
    }

    @Test("a drawing writes nothing when nothing has changed, and only the rows that have")
    func onlyWhatChanged() {
        var screen = Screen(size: .init(width: 40, height: 10), isColoured: false, reflows: true)
        var block = Block(progress: ["progress"], prompt: "> ", line: "a", cursor: 1)
        _ = screen.update(said: [], block: block)
        #expect(screen.update(said: [], block: block) == [])
        block.line = "ab"
        block.cursor = 2
        #expect(String(decoding: screen.update(said: [], block: block), as: UTF8.self) == "\u{1B}[1A\r\r\n> ab\u{1B}[K")
    }
}
