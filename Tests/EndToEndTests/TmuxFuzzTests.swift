import Posix
import TestSupport
import Testing
import Timeline

@testable import Terminal

extension EndToEnd {
    @Suite("seeded keys in a real terminal") struct TmuxFuzzTests {
        /// 2, or as many as `RDTCHAT_TMUX_SEEDS` says, which take some seconds each, from `RDTCHAT_TMUX_FROM` on.
        private static var seeds: Range<UInt64> {
            let from = UInt64(Environment.value("RDTCHAT_TMUX_FROM") ?? "") ?? 0
            return from..<from + (UInt64(Environment.value("RDTCHAT_TMUX_SEEDS") ?? "") ?? 2)
        }

        @Test(
            "keys, pastes, talk, a download and resizes leave rdtchat's line and cursor as the model has them",
            arguments: seeds)
        func keys(seed: UInt64) throws {
            let stage = try Stage(["film.mkv": seededBytes(3 << 20)])
            let relay = try stage.relay(seed: seed, .init(holdAfter: 1 << 20))
            let bob = try stage.clients("bob")[0]
            var fuzz = try TmuxFuzz(seed: seed, stage: stage, bob: bob, address: relay.address)
            for step in 0..<40 {
                let what = try fuzz.step()
                try fuzz.check("seed \(seed), step \(step), \(what)")
            }
            try fuzz.end()
            try bob.finish()
        }
    }
}

/// rdtchat in tmux, a person at it by a seed, and what its line must then be.
private struct TmuxFuzz {
    private static let signs = [
        "a", "b", "X", " ", "é", "e\u{301}", "日", "本", "ש", "לום", "😀", "a\u{300}\u{323}", "ﬁ",
    ]

    private let tmux: Tmux
    private let bob: Client
    private var random: SeededGenerator
    private var size: (width: Int, height: Int)
    private var (before, after, killed) = ("", "", "")
    private var said = 0

    init(seed: UInt64, stage: Stage, bob: Client, address: String) throws {
        random = SeededGenerator(seed: seed)
        self.bob = bob
        size = (Int.random(in: 20...200, using: &random), Int.random(in: 12...40, using: &random))
        let home = stage.directory.path("typist")
        try FileSystem.makeDirectory(home)
        tmux = try Tmux(
            directory: home, columns: size.width, rows: size.height,
            command: "'\(Programs.rdtchat)' --nick typist \(address)")
        try tmux.waitForScreen("#lobby>")
        // A row of progress that stands above the prompt all the time.
        try tmux.type("/download film.mkv")
        try tmux.press("Enter")
        try tmux.waitForScreen("the row is there") { $0.contains { $0.hasPrefix("film.mkv ") } }
    }

    private mutating func text(_ counts: ClosedRange<Int>) -> String {
        let count = Int.random(in: counts, using: &random)
        return (0..<count).map { _ in Self.signs.randomElement(using: &random) ?? "" }.joined()
    }

    /// One thing happens; the answer names it.
    mutating func step() throws -> String {
        switch Int.random(in: 0..<17, using: &random) {
        case 0..<4: return try type(text(1...5))
        case 4: return try type(text(20...60))
        case 5, 6:
            try tmux.press("Left")
            if let last = before.popLast() { after = String(last) + after }
        case 7:
            try tmux.press("Right")
            if !after.isEmpty { before.append(after.removeFirst()) }
        case 8:
            try tmux.press("BSpace")
            _ = before.popLast()
        case 9:
            try tmux.press("DC")
            if !after.isEmpty { after.removeFirst() }
        case 10:
            try tmux.press("C-a")
            (before, after) = ("", before + after)
        case 11:
            try tmux.press("C-k")
            if !after.isEmpty { (killed, after) = (after, "") }
        case 12:
            try tmux.press("C-y")
            before += killed
        case 13: return try paste()
        case 14, 15:
            said += 1
            try bob.type("m\(said). \(text(0...60))")
            // Its first row may have scrolled away at once, above a tall line in a low window.
            let sign = "m\(said)."
            try eventually("\(sign) is said", state: report) {
                try tmux.everything().contains { $0.contains(sign) }
            }
            return "a message"
        default:
            let old = size
            size = (Int.random(in: 20...200, using: &random), Int.random(in: 12...40, using: &random))
            try tmux.resize(columns: size.width, rows: size.height)
            return "\(old) to \(size)"
        }
        return "a key"
    }

    private mutating func type(_ text: String) throws -> String {
        try tmux.type(text)
        before += text
        return "text \(text)"
    }

    private mutating func paste() throws -> String {
        let lines = (0..<Int.random(in: 1...4, using: &random)).map { _ in "x" + text(0...20) + "y" }
        try tmux.paste(lines.joined(separator: "\n"))
        guard lines.count > 1 else {
            before += lines[0]
            return "a paste"
        }
        try tmux.waitForScreen("└ ")
        if Bool.random(using: &random) {
            try tmux.type("j")
            before += lines.joined(separator: " ")
        } else {
            try tmux.type("c")
        }
        return "a paste of lines"
    }

    /// Compares the prompt's rows and the cursor with the model, as soon as the terminal has come to rest.
    func check(_ what: String) throws {
        let line = before + after
        var layout = Layout(
            Block(prompt: "#lobby> ", line: line, cursor: before.unicodeScalars.count), width: size.width,
            isColoured: false)
        layout.keep(height: size.height)
        let expected = layout.rows.map { $0.text.withoutEnd }
        let column = layout.beforeCursor.reduce(0) { $0 + leastDisplayWidth(of: $1) }
        try eventually("\(what): \(expected), cursor in \(layout.cursorRow), \(column)", seconds: 20, state: report) {
            let cursor = try tmux.cursor()
            let screen = try tmux.screen()
            let first = cursor.row - layout.cursorRow
            guard first >= 0, first + expected.count <= screen.count, cursor.column == column else { return false }
            let region = screen[first..<first + expected.count]
            let below = screen[(first + expected.count)...]
            return zip(region, expected).allSatisfy { $0.utf8.elementsEqual($1.utf8) } && below.allSatisfy(\.isEmpty)
                && (first == 0 || screen[first - 1].hasPrefix("film.mkv "))
                && screen.count { $0.hasPrefix("film.mkv ") } < 2
        }
    }

    private func report() -> String { tmux.report + "\n--- cursor: \(String(describing: try? tmux.cursor()))" }

    /// Empties the line and leaves.
    mutating func end() throws {
        try tmux.press("C-u")
        (before, after) = ("", "")
        try check("the end")
        try tmux.press("C-c")
        try tmux.waitForScreen("the download is cancelled") { !$0.contains { $0.hasPrefix("film.mkv ") } }
        try tmux.press("C-d")
        try eventually("the shell ends with 0", state: report) { try tmux.exitCode() == 0 }
    }
}

extension String {
    fileprivate var withoutEnd: String { String(reversed().drop { $0 == " " }.reversed()) }
}
