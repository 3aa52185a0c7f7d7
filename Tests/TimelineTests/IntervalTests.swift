import Testing
import Timeline

@Suite struct IntervalTests {
    @Test("seconds as a fraction are rounded to the nanosecond and clamped, never a trap")
    func seconds() {
        #expect(Interval.seconds(0.000_000_001_4) == .nanoseconds(1))
        #expect(Interval.seconds(1.5) == .milliseconds(1_500))
        #expect(Interval.seconds(1e300).nanoseconds > 9_000_000_000_000_000_000)
        #expect(Interval.seconds(-1e300).nanoseconds < -9_000_000_000_000_000_000)
    }

    @Test("the distance of two instants added to the first gives the second")
    func distance() {
        let first = Instant(nanoseconds: 5)
        let second = first + .microseconds(3)
        #expect(second - first == .nanoseconds(3_000))
        #expect(first + (second - first) == second)
        #expect(second - .microseconds(3) == first)
    }
}
