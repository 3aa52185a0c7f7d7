internal import CLibEdit
internal import Glibc

extension KeyFunction {
    /// Stands for a paste that waits; no terminal sends it, and the decoder lets no U+0080 through.
    static let pasteKey: Unicode.Scalar = "\u{80}"
}

/// The keys whose functions are ours, and what they do to the line.
extension LineEditor {
    static func owner(of el: OpaquePointer?) -> LineEditor? {
        unsafe EditEngine.owner(of: el) as? LineEditor
    }

    func connect() {
        unsafe engine.connect(
            owner: self,
            reader: { el, key in
                guard let key = unsafe key, let editor = unsafe LineEditor.owner(of: el) else { return -1 }
                switch editor.nextKey() {
                case .scalar(let scalar):
                    unsafe key.pointee = wchar_t(bitPattern: scalar.value)
                    return 1
                case .end: return 0
                case .none:
                    errno = EINTR
                    return -1
                }
            },
            functions: Self.functions, bindings: Self.bindings)
    }

    private static let functions = [
        unsafe KeyFunction(name: "rdt-complete", help: "Complete the word before the cursor") { el, _ in
            unsafe owner(of: el)?.complete() ?? norm
        },
        unsafe KeyFunction(name: "rdt-search", help: "Search the history") { el, _ in
            unsafe owner(of: el)?.searchHistory() ?? norm
        },
        unsafe KeyFunction(name: "rdt-paste", help: "Insert what was pasted") { el, _ in
            unsafe owner(of: el)?.insertPaste() ?? norm
        },
        unsafe KeyFunction(name: "rdt-clear", help: "Empty the screen") { el, _ in
            unsafe owner(of: el)?.clearScreen()
            return refresh
        },
        unsafe KeyFunction(name: "rdt-left", help: "Go a character left") { el, _ in
            unsafe owner(of: el)?.move(.left) ?? norm
        },
        unsafe KeyFunction(name: "rdt-right", help: "Go a character right") { el, _ in
            unsafe owner(of: el)?.move(.right) ?? norm
        },
        unsafe KeyFunction(name: "rdt-delete-before", help: "Delete the character before the cursor") { el, _ in
            unsafe owner(of: el)?.delete(.left) ?? norm
        },
        unsafe KeyFunction(name: "rdt-delete-after", help: "Delete the character after the cursor") { el, _ in
            unsafe owner(of: el)?.delete(.right) ?? norm
        },
        unsafe KeyFunction(name: "rdt-kill-end", help: "Kill to the end of the line") { el, _ in
            unsafe owner(of: el)?.kill(.toEnd) ?? norm
        },
        unsafe KeyFunction(name: "rdt-kill-line", help: "Kill the line") { el, _ in
            unsafe owner(of: el)?.kill(.line) ?? norm
        },
        unsafe KeyFunction(name: "rdt-kill-word", help: "Kill the word before the cursor") { el, _ in
            unsafe owner(of: el)?.kill(.wordBefore) ?? norm
        },
        unsafe KeyFunction(name: "rdt-kill-next-word", help: "Kill the word after the cursor") { el, _ in
            unsafe owner(of: el)?.kill(.wordAfter) ?? norm
        },
        unsafe KeyFunction(name: "rdt-yank", help: "Insert what was killed last") { el, _ in
            unsafe owner(of: el)?.yank() ?? norm
        },
        unsafe KeyFunction(name: "rdt-end", help: "End the input on an empty line, else delete") { el, _ in
            unsafe owner(of: el)?.endOrDelete() ?? norm
        },
    ]

    private static let bindings = KeyBindings(
        always: [
            ("^I", "rdt-complete"), ("^R", "rdt-search"), ("^L", "rdt-clear"), ("^D", "rdt-end"),
            (String(Character(KeyFunction.pasteKey)), "rdt-paste"),
        ],
        inserting: [("^?", "rdt-delete-before"), ("^H", "rdt-delete-before")],
        sequences: [
            ("[D", "rdt-left"), ("OD", "rdt-left"), ("[C", "rdt-right"), ("OC", "rdt-right"),
            ("[3~", "rdt-delete-after"), ("[H", "ed-move-to-beg"), ("OH", "ed-move-to-beg"),
            ("[1~", "ed-move-to-beg"), ("[F", "ed-move-to-end"), ("OF", "ed-move-to-end"), ("[4~", "ed-move-to-end"),
            ("[A", "ed-prev-history"), ("OA", "ed-prev-history"), ("[B", "ed-next-history"), ("OB", "ed-next-history"),
            ("[1;5D", "ed-prev-word"), ("[1;5C", "em-next-word"),
        ] + unusedSequences.map { ($0, "ed-ignore") },
        emacs: [
            ("^B", "rdt-left"), ("^F", "rdt-right"), ("^K", "rdt-kill-end"), ("^U", "rdt-kill-line"),
            ("^W", "rdt-kill-word"), ("\u{1B}^?", "rdt-kill-word"), ("\u{1B}^H", "rdt-kill-word"),
            ("\u{1B}d", "rdt-kill-next-word"), ("^Y", "rdt-yank"),
        ])

    /// Insert, Page Up, Page Down and F1 to F12 (xterm's and VT220's): without a function their last characters would
    /// land in the line.
    private static let unusedSequences =
        ["[2~", "[5~", "[6~", "OP", "OQ", "OR", "OS"] + [15, 17, 18, 19, 20, 21, 23, 24].map { "[\($0)~" }

    static let norm = UInt8(CC_NORM)
    static let refresh = UInt8(CC_REFRESH)

    // MARK: Characters as a person sees them

    private enum Side { case left, right }

    /// Scalars of the character beside the cursor: libedit alone would take an emoji or an accented letter apart.
    private func length(_ side: Side) -> Int {
        let (before, after) = engine.line
        let character = side == .left ? before.last : after.first
        return character?.unicodeScalars.count ?? 0
    }

    private func move(_ side: Side) -> UInt8 {
        let count = length(side)
        engine.moveCursor(by: side == .left ? -count : count)
        return Self.refresh
    }

    private func delete(_ side: Side) -> UInt8 {
        let count = length(side)
        if side == .right { engine.moveCursor(by: count) }
        engine.deleteBeforeCursor(count)
        return Self.refresh
    }

    private func endOrDelete() -> UInt8 {
        let (before, after) = engine.line
        return before.isEmpty && after.isEmpty ? UInt8(CC_EOF) : delete(.right)
    }

    // MARK: Tab and Ctrl-R

    private func complete() -> UInt8 {
        let (before, after) = engine.line
        switch tab.press(before: before, after: after, completer: completer) {
        case .beep: bell()
        case .list(let candidates): say(columns(candidates, width: width))
        case .replace(let count, let text, let isPartial, let listing):
            say(columns(listing, width: width))
            engine.deleteBeforeCursor(count)
            engine.insert(text)
            if isPartial { bell() }
        }
        return Self.refresh
    }

    /// Reads keys by itself until the search ends; the loop goes on turning below.
    private func searchHistory() -> UInt8 {
        let (before, after) = engine.line
        let original = before + after
        let cursor = before.unicodeScalars.count
        var search = HistorySearch(history.entries)
        defer {
            if !search.pattern.isEmpty { lastPattern = search.pattern }
            searchPrompt = nil
            expectEcho()
        }
        while true {
            searchPrompt = search.prompt
            engine.replaceLine(with: search.match ?? original, cursor: search.match == nil ? cursor : nil)
            expectEcho()
            guard let key = engine.readKey() else { break }
            switch key {
            case "\u{12}": search.goOn(older: true, last: lastPattern)
            case "\u{13}": search.goOn(older: false, last: lastPattern)
            case "\u{8}", "\u{7F}": search.deleteBackwards()
            case "\u{7}":
                engine.replaceLine(with: original, cursor: cursor)
                return Self.refresh
            default:
                if key.value >= 0x20, key != KeyFunction.pasteKey {
                    search.type(key)
                } else {
                    // It ends the search and keeps its meaning: Enter sends, an arrow moves, a paste is inserted.
                    pushedBack = key
                    return Self.refresh
                }
            }
        }
        engine.replaceLine(with: original, cursor: cursor)
        return Self.refresh
    }
}
