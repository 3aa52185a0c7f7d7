import IRC
import Testing
import Timeline

@Suite("times on the wire")
struct ServerTimeTests {
    @Test(
        "a time reads as the calendar has it",
        arguments: [
            (0, 0, "1970-01-01T00:00:00.000Z"),
            (951_782_400, 7, "2000-02-29T00:00:00.007Z"),
            (1_709_251_199, 999, "2024-02-29T23:59:59.999Z"),
            (4_107_542_400, 50, "2100-03-01T00:00:00.050Z"),
            (-1, 0, "1969-12-31T23:59:59.000Z"),
        ] as [(Int64, Int, String)])
    func text(seconds: Int64, milliseconds: Int, expected: String) {
        #expect(ServerTime.text(of: UnixTime(seconds: seconds), milliseconds: milliseconds) == expected)
        #expect(ServerTime.time(of: expected) == UnixTime(seconds: seconds))
    }

    @Test("every day of four centuries reads back")
    func roundTrip() {
        for day in stride(from: Int64(-50_000), through: 100_000, by: 1) {
            let time = UnixTime(seconds: day * 86_400 + 12_345)
            #expect(ServerTime.time(of: ServerTime.text(of: time, milliseconds: 0)) == time)
        }
    }

    @Test("a time with another number of digits behind the point compares as the same time")
    func normalized() {
        for (text, expected) in [("", "000"), (".5", "500"), (".123", "123"), (".123456", "123"), (".05", "050")] {
            let stem = "2026-11-22T12:20:00"
            #expect(ServerTime.normalized(stem + text + "Z") == stem + "." + expected + "Z")
        }
        #expect(ServerTime.normalized("now") == nil)
    }

    @Test("what is no time is none")
    func refused() {
        for text in [
            "", "2026", "2026-13-01T00:00:00.000Z", "2026-01-01T24:00:00.000Z", "2026-01-01 00:00:00.000Z",
            "2026/01-01T00:00:00.000Z", "2026-01-01T00.00:00.000Z", "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00,1Z",
            "2026-01-01T00:00:00.1xZ",
        ] {
            #expect(ServerTime.time(of: text) == nil)
        }
    }
}
