/// A paste of several lines, and the box that asks what is to become of it: it never sends itself.
struct PasteBox {
    private(set) var text: String
    /// Whoever wanted to edit it is told that it cannot be.
    var isTooLong = false

    /// Lines of the paste that the box shows.
    static let mostLines = 3

    init(_ text: String) { self.text = text }

    /// A paste that comes while the box is open belongs to it.
    mutating func add(_ more: String) { text += "\n" + more }

    private var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }

    /// One line, with a blank for each line's end and the blanks around it.
    var joined: String {
        lines.map { String($0.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()) }.filter { !$0.isEmpty }
            .joined(separator: " ")
    }

    /// While it is not whole.
    static func arriving(bytes: Int, width: Int) -> StyledText {
        let texts = [
            "a paste arrives, \(bytes) bytes so far; Ctrl-C drops it", "a paste arrives; Ctrl-C drops it",
            "pasting: ^C ends",
        ]
        return StyledText(texts.longest(within: width), .dim)
    }

    /// The question, shorter where the terminal is narrow.
    private static let questions = [
        "└ (s)end them, (e)dit, (j)oin into one line, (c)ancel?", "└ (s)end, (e)dit, (j)oin, (c)ancel?",
        "└ s, e, j or c?",
    ]

    func rows(width: Int) -> [StyledText] {
        let lines = lines
        // A command in the middle of pasted text is most often none that was meant.
        let commands = lines.count { $0.hasPrefix("/") && !$0.hasPrefix("//") }
        let note = commands == 0 ? "" : commands == 1 ? ", 1 of them a command" : ", \(commands) of them commands"
        let shown = lines.prefix(Self.mostLines).map { StyledText("│ ", .dim) + StyledText(String($0)) }
        let more =
            lines.count > Self.mostLines ? [StyledText("│ … and \(lines.count - Self.mostLines) more", .dim)] : []
        let pasted = lines.count == 1 ? "a long line" : "\(lines.count) lines"
        return [StyledText("┌ \(pasted) pasted\(note)", .bold)] + shown + more
            + (isTooLong ? [StyledText("│ too long to be edited or joined", .bold)] : [])
            + [StyledText(Self.questions.longest(within: width), .bold)]
    }
}

extension LineEditor {
    /// Puts the waiting paste into the line; of several lines the person decides first.
    func insertPaste() -> UInt8 {
        guard let text = pendingPaste else { return Self.norm }
        pendingPaste = nil
        // After ^V the key went into the line as a character.
        if engine.line.before.unicodeScalars.last == KeyFunction.pasteKey { engine.deleteBeforeCursor(1) }
        if text.contains("\n") || !engine.holds(text) { ask(about: PasteBox(text)) } else { engine.insert(text) }
        return Self.refresh
    }

    /// False, with a beep, for more than can be edited.
    private func insert(_ text: String) -> Bool {
        let holds = engine.holds(text)
        if holds { engine.insert(text) } else { bell() }
        return holds
    }

    /// Reads keys by itself until one is an answer; the loop goes on turning below.
    private func ask(about box: PasteBox) {
        var box = box
        defer {
            pasteRows = []
            expectEcho()
        }
        while true {
            pasteRows = box.rows(width: width)
            expectEcho()
            // Without a key reading has ended: what was pasted is dropped with the line, or by the end.
            guard let key = engine.readKey() else { return }
            switch key {
            case "s", "S":
                let (before, after) = engine.line
                return enter(before + box.text + after)
            case "e", "E":
                if insert(box.text) { return }
                box.isTooLong = true
            case "j", "J":
                if insert(box.joined) { return }
                box.isTooLong = true
            case "c", "C", "\u{7}": return
            case KeyFunction.pasteKey:
                if let more = pendingPaste { box.add(more) }
                pendingPaste = nil
            default: bell()
            }
        }
    }
}

extension [String] {
    /// The first text that a row of the terminal has room for, of texts that get shorter; else the last.
    func longest(within width: Int) -> String { first { displayWidth(of: $0) < width } ?? last ?? "" }
}
