import Testing
import Timeline

@testable import RDT

@Suite struct ReadPauseTests {
    /// The pauses after reads of `count` datagrams, `apart` from each other.
    private func pauses(_ count: Int, apart: Interval, roundTrip: Interval?) -> [Interval?] {
        var pause = ReadPause()
        return (0..<3).map { number in
            let now = zero + apart * Int64(number)
            return pause.read(count, roundTrip: roundTrip, at: now).map { $0 - now }
        }
    }

    @Test("a steady stream gathers for an eighth of the round trip, and for at most 1 ms")
    func steady() {
        let spacing = Interval.microseconds(120)
        #expect(pauses(1, apart: spacing, roundTrip: .milliseconds(50)) == [nil, .milliseconds(1), .milliseconds(1)])
        let short = Interval.microseconds(500)
        #expect(pauses(1, apart: spacing, roundTrip: .milliseconds(4)) == [nil, short, short])
    }

    @Test("no pause brings more than 32 datagrams")
    func fast() {
        let pause = Interval.microseconds(320)
        #expect(pauses(10, apart: .microseconds(100), roundTrip: .milliseconds(50)) == [nil, pause, pause])
    }

    @Test("a stream that would not bring two datagrams in the pause is taken as it comes")
    func slow() {
        #expect(pauses(1, apart: .microseconds(501), roundTrip: .milliseconds(50)) == [nil, nil, nil])
        let pause = Interval.milliseconds(1)
        #expect(pauses(1, apart: .microseconds(500), roundTrip: .milliseconds(50)) == [nil, pause, pause])
    }

    @Test("a local network, whose round trip leaves no time, and an unknown one are taken as they come")
    func local() {
        #expect(pauses(4, apart: .microseconds(40), roundTrip: .microseconds(399)) == [nil, nil, nil])
        #expect(pauses(4, apart: .microseconds(40), roundTrip: nil) == [nil, nil, nil])
    }
}
