import IRC
import Testing
import Timeline

@testable import ChatClient

@Suite("Progress")
struct ProgressTests {
    private let facts = ProgressText.Facts(
        name: "holiday pictures.tar", percent: 43, bytes: 12_897_485, rate: 4_299_161, remaining: 42)

    private func row(_ columns: Int, _ facts: ProgressText.Facts? = nil) -> String {
        ProgressText.row(facts ?? self.facts, columns: columns) { $0.count }.map(\.text).joined()
    }

    @Test("all fields where there is room; then the name is squeezed; then bytes, time, rate and percent go")
    func order() {
        #expect(row(80) == "holiday pictures.tar  43%  12.3 MiB  4.1 MiB/s  00:42")
        #expect(row(50) == "holiday …res.tar  43%  12.3 MiB  4.1 MiB/s  00:42")
        #expect(row(40) == "holiday …res.tar  43%  4.1 MiB/s  00:42")
        #expect(row(30) == "holida…es.tar  43%  4.1 MiB/s")
        #expect(row(16) == "holid….tar  43%")
        #expect(row(12) == "holid…s.tar")
    }

    @Test("the fields of several downloads stand below each other, where that has room")
    func several() {
        let short = ProgressText.Facts(name: "a", percent: 7, bytes: 900, rate: 12_000_000, remaining: 3_700)
        func rows(_ columns: Int) -> [String] {
            ProgressText.rows([facts, short], columns: columns) { $0.count }.map { $0.map(\.text).joined() }
        }
        #expect(
            rows(80) == [
                "holiday pictures.tar  43%  12.3 MiB   4.1 MiB/s    00:42",
                "a                      7%     900 B  11.4 MiB/s  1:01:40",
            ])
        // Where that is too wide all rows are squeezed alike, and give up the same fields.
        #expect(
            rows(50) == [
                "holida…es.tar  43%  12.3 MiB   4.1 MiB/s    00:42",
                "a               7%     900 B  11.4 MiB/s  1:01:40",
            ])
        #expect(rows(30) == ["holida…s.tar  43%   4.1 MiB/s", "a              7%  11.4 MiB/s"])
    }

    @Test("no row is wider than the terminal less one, at any width from 0 to 200", arguments: 0...200)
    func fits(columns: Int) {
        func wide(_ text: String) -> Int { text.reduce(0) { $0 + ($1 == " " ? 1 : 2) } }
        for stalled in [nil, 12] {
            var facts = facts
            facts.stalled = stalled
            // Every character here takes two columns, the hardest case.
            let spans = ProgressText.row(facts, columns: columns) { $0.count * 2 }
            #expect(spans.map(\.text).joined().count * 2 <= max(0, columns - 1))
            let rows = ProgressText.rows([facts, self.facts], columns: columns, width: wide)
            #expect(rows.allSatisfy { wide($0.map(\.text).joined()) <= max(0, columns - 1) })
        }
    }

    @Test("a stalled transfer counts its seconds, and one that is checked says so")
    func states() {
        var stalled = facts
        stalled.stalled = 12
        #expect(row(80, stalled) == "holiday pictures.tar  43%  12.3 MiB  stalled 12 s")
        var checking = facts
        checking.isVerifying = true
        #expect(row(80, checking).hasSuffix("checking"))
    }

    @Test("the rate is that of the last 15 s, the time left that of the last 120 s")
    func windows() {
        var meter = RateMeter(at: Instant(nanoseconds: 0))
        var now = Instant(nanoseconds: 0)
        var total: UInt64 = 0
        for second in 1...200 {
            now = Instant(nanoseconds: 0) + .seconds(second)
            total += second <= 180 ? 1_000 : 2_000
            meter.add(total: total, at: now)
        }
        let short = meter.rate(over: RateMeter.rateWindow, at: now) ?? 0
        let long = meter.rate(over: RateMeter.remainingWindow, at: now) ?? 0
        #expect(abs(short - 2_000) < 1)
        #expect(abs(long - (100_000 + 40_000) / 120) < 20)
        #expect(meter.rate(over: RateMeter.rateWindow, at: now + .seconds(60)) == 0)
    }

    @Test("a row is drawn for what runs, and shows the stall")
    func rows() {
        var desk = Desk.entered(files: ["a", "b", "c"])
        desk.type("/download a b c")
        desk.grant(1, name: "a", size: 1 << 20)
        desk.pass(seconds: 1)
        desk.tell { $0.transferProgressed(TransferNumber(1), bytes: 1 << 19, at: $1) }
        let rows = desk.client.progressRows(columns: 80, at: desk.now) { $0.count }.map { $0.map(\.text).joined() }
        #expect(rows == ["a  50%  512.0 KiB  512.0 KiB/s  00:01"])
        desk.pass(seconds: 12)
        let later = desk.client.progressRows(columns: 80, at: desk.now) { $0.count }.map { $0.map(\.text).joined() }
        #expect(later == ["a  50%  512.0 KiB  stalled 12 s"])
    }

    @Test("amounts are read at a glance")
    func amounts() {
        #expect(
            [0, 1023, 1024, 1_048_524, 1_048_576, .max].map(Amount.bytes) == [
                "0 B", "1023 B", "1.0 KiB", "1023.9 KiB", "1.0 MiB", "16.0 EiB",
            ])
        #expect([0, 59.2, 3_723, .infinity].map(Amount.clock) == ["00:00", "01:00", "1:02:03", "--:--"])
        #expect(Amount.percent(999, of: 1000) == 99 && Amount.percent(0, of: 0) == 100)
    }

    @Test("text is parted at spaces, never inside a character, and nothing is lost", arguments: 0..<50)
    func pieces(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let text = (0..<120).map { _ in ["a", " ", "é", "👩‍👩‍👧", "日", "שלום "].randomElement(using: &random) ?? "a" }
            .joined()
        let limit = Int.random(in: 30...200, using: &random)
        let pieces = TextPieces.split(text, bytes: limit)
        #expect(pieces.allSatisfy { $0.utf8.count <= limit })
        let kept = pieces.joined().filter { $0 != " " }
        #expect(kept == text.filter { $0 != " " })
        #expect(
            TextPieces.split(String(repeating: "\u{301}", count: 100), bytes: 10).allSatisfy { $0.utf8.count <= 10 })
    }
}
