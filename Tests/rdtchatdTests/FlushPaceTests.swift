import Testing
import Timeline

@testable import rdtchatd

@Suite("when lines gather")
struct FlushPaceTests {
    private let start = Instant(nanoseconds: 1_000_000_000)

    private func pause(after took: Interval, bytes: Int, connections: Int) -> Interval {
        var pace = FlushPace()
        let end = start + took
        pace.flushed(bytes, to: connections, from: start, to: end)
        return max(.zero, pace.pausesUntil - end)
    }

    @Test("a flush to many connections is followed by a pause as long, 5 ms at most")
    func pauses() {
        #expect(pause(after: .milliseconds(2), bytes: 30_000, connections: 1_000) == .milliseconds(2))
        #expect(pause(after: .milliseconds(50), bytes: 30_000, connections: 1_000) == .milliseconds(5))
    }

    @Test("a short flush, or one that writes a KiB to each, is followed by none")
    func none() {
        #expect(pause(after: .microseconds(299), bytes: 1_000, connections: 100) == .zero)
        #expect(pause(after: .microseconds(300), bytes: 1_000, connections: 100) == .microseconds(300))
        #expect(pause(after: .milliseconds(2), bytes: 1_024_000, connections: 1_000) == .zero)
        #expect(pause(after: .milliseconds(2), bytes: 1_023_999, connections: 1_000) == .milliseconds(2))
    }
}
