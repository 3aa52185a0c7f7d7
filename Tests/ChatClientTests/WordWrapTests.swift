import IRC
import Testing
import Timeline

@testable import ChatClient

@Suite("Words at the terminal's edge")
struct WordWrapTests {
    private func rows(_ text: String, hang: Int = 0, columns: Int) -> [String] {
        WordWrap.rows(of: [Span(text)], hang: hang, columns: columns) { $0.count }.map { $0.map(\.text).joined() }
    }

    private func words(_ text: String) -> [Substring] { text.split(separator: " ") }

    @Test("a line that fits stays as it is, and one that does not is broken between words, with its hanging indent")
    func breaking() {
        #expect(rows("one  two ", columns: 10) == ["one  two "])
        #expect(rows("one two three four", columns: 10) == ["one two", "three", "four"])
        #expect(rows("12:00 one two three", hang: 6, columns: 16) == ["12:00 one two", "      three"])
    }

    @Test("a word that no row holds is left whole for the terminal, which copies it as one")
    func longWords() {
        #expect(
            rows("see http://example.org/a/long/one now", columns: 12) == ["see http://example.org/a/long/one", "now"])
        #expect(rows("abcdefghijklmno", columns: 8) == ["abcdefghijklmno"])
        #expect(rows("a 日本語日本語日本語 b", columns: 8).joined(separator: " ") == "a 日本語日本語日本語 b")
    }

    @Test("roles stay with their words, also where a word has several")
    func roles() {
        let line = [Span("<"), Span("ann", .nick), Span("> hello there")]
        let rows = WordWrap.rows(of: line, hang: 2, columns: 10) { $0.count }
        #expect(rows[0] == [Span("<"), Span("ann", .nick), Span(">")])
        #expect(rows[1] == [Span("  hello")])
    }

    @Test(
        "no row is too wide and no word is lost or broken, whatever the text and the width",
        arguments: 0..<300 as Range<UInt64>)
    func anyText(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let signs = ["a", "bc", " ", "  ", "é", "שלום", "x,", "longer"]
        let text = (0..<Int.random(in: 0...60, using: &random)).map { _ in signs.randomElement(using: &random) ?? "" }
            .joined()
        let columns = Int.random(in: 2...40, using: &random)
        let hang = Int.random(in: 0...columns / 2, using: &random)
        let rows = rows(text, hang: hang, columns: columns)
        #expect(rows.flatMap(words) == words(text), "seed \(seed)")
        for row in rows where row.count >= columns {
            // Only what could not be broken at all is left to the terminal.
            #expect(words(row).contains { $0.count > columns - 1 - hang }, "seed \(seed), \(row)")
        }
    }

    // MARK: Fixed texts

    /// What the program itself says, as rows of a terminal with a clock before each line.
    private static func fixedTexts() -> [ClientEvent] {
        let table = CommandTable.entries.map { ClientEvent.help(CommandTable.help(for: $0)) }
        let settings = SettingName.allCases.map {
            ClientEvent.setting(name: $0.rawValue, value: Settings()[$0], summary: $0.summary)
        }
        return [.help(CommandTable.help)] + table + settings
    }

    @Test("help and settings are whole at 40 and 80 columns", arguments: [40, 80])
    func fixed(columns: Int) {
        let page = Transcript.Page(columns: columns) { $0.count }
        for event in Self.fixedTexts() {
            let whole = EventText.lines(for: event, time: "12:00", room: nil).map { $0.map(\.text).joined() }
            let rows = Transcript.rows(for: event, time: "12:00", room: nil, on: page).map { $0.map(\.text).joined() }
            #expect(rows.allSatisfy { $0.count < columns }, "\(rows)")
            #expect(rows.flatMap(words) == whole.flatMap(words))
        }
    }

    @Test("in a table what does not fit goes on below its own column")
    func tables() {
        let page = Transcript.Page(columns: 60) { $0.count }
        guard let ignore = CommandTable.entry(.ignore) else { return }
        let rows = Transcript.rows(for: .help(CommandTable.help), time: nil, room: nil, on: page)
            .map { $0.map(\.text).joined() }
        let first = rows.firstIndex { $0.contains(ignore.usage) } ?? 0
        #expect(rows[first].hasSuffix("hear nothing from somebody, for"))
        #expect(rows[first + 1] == String(repeating: " ", count: 26) + "30s, 10m, 2h, 1d, or until off")
        let narrow = Transcript.rows(
            for: .help(CommandTable.help), time: nil, room: nil, on: Transcript.Page(columns: 40) { $0.count })
        let texts = narrow.map { $0.map(\.text).joined() }
        let wait = texts.firstIndex { $0.contains("/wait [N]") } ?? 0
        #expect(texts[wait...].prefix(2) == ["  /wait [N]", "    wait for a download, or for all"])
    }
}

@Suite("The conversation as it is read")
struct TranscriptTests {
    private var transcript = Transcript { time in
        let (day, rest) = (time.seconds / 86_400, time.seconds % 86_400 / 60)
        func two(_ number: Int64) -> String { (number < 10 ? "0" : "") + String(number) }
        return Transcript.Moment(day: "2026-02-\(two(day + 1))", clock: "\(two(rest / 60)):\(two(rest % 60))")
    }
    private let page = Transcript.Page(columns: 80) { $0.count }

    private mutating func rows(_ event: ClientEvent, at seconds: Int64, times: Bool = true) -> [[Span]] {
        transcript.rows(
            for: event, at: UnixTime(seconds: seconds), room: "#lobby", showsTimes: times, on: page)
    }

    private mutating func text(_ event: ClientEvent, at seconds: Int64, times: Bool = true) -> [String] {
        rows(event, at: seconds, times: times).map { $0.map(\.text).joined() }
    }

    @Test("a line tells the new day before the first line of it, once, with times on or off")
    mutating func days() {
        #expect(text(.info("a"), at: 86_399) == ["23:59 a"])
        #expect(text(.info("b"), at: 86_400) == ["— 2026-02-02 —", "00:00 b"])
        #expect(text(.info("c"), at: 86_460) == ["00:01 c"])
        #expect(text(.info("d"), at: 3 * 86_400, times: false) == ["— 2026-02-04 —", "d"])
    }

    @Test("what was said before has its own time, with the day where that was another, and is dim but for who meant us")
    mutating func past() throws {
        let said = Speech(from: ForeignText("ann"), text: ForeignText("hi"), mentionsUs: true)
        func recalled(_ seconds: Int64) -> ClientEvent {
            .recalled(UnixTime(seconds: seconds), .message(room: ForeignText("#lobby"), said))
        }
        #expect(text(recalled(86_400 + 60), at: 2 * 86_400 - 1) == ["00:01 <!ann> hi"])
        let rows = rows(recalled(3_600), at: 2 * 86_400 - 1)
        #expect(rows.first?.first == Span("2026-02-01 01:00 ", .past))
        #expect(Set(rows.flatMap { $0 }.map(\.role)) == [.past, .mention])
    }

    @Test("help has no times, and its rows begin at the terminal's edge")
    mutating func help() { #expect(text(.help(["Talk"]), at: 0) == ["Talk"]) }
}
