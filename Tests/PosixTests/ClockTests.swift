import Posix
import Testing
import Timeline

@Suite struct ClockTests {
    @Test("a time stamp is ISO 8601 in UTC to the millisecond")
    func iso() {
        #expect(WallTime(time: UnixTime(seconds: 0), milliseconds: 7).isoText == "1970-01-01T00:00:00.007Z")
        #expect(WallTime(time: UnixTime(seconds: 951_782_399), milliseconds: 999).isoText == "2000-02-28T23:59:59.999Z")
    }

    @Test("a local clock text has two digits each")
    func local() {
        let text = UnixTime(seconds: 1_000_000_000).localClockText
        #expect(text.utf8.count == 5)
        #expect(text.split(separator: ":").allSatisfy { Int($0) != nil })
        #expect(UnixTime(seconds: 1_000_000_000).localDateText.hasPrefix("2001-09-"))
    }

    @Test("a time no calendar holds is still a text")
    func farAway() {
        #expect(WallTime(time: UnixTime(seconds: .max), milliseconds: 0).isoText == "1970-01-01T00:00:00.000Z")
    }
}
