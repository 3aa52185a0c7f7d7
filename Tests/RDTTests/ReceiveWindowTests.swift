import Testing
import Timeline

@testable import RDT

@Suite struct ReceiveWindowTests {
    private let most: UInt32 = 4 << 20

    /// After `megabytes` a second for half a second, a datagram each 0.1 ms.
    private func advice(_ trip: Interval?, megabytes: Int) -> UInt32 {
        var window = ReceiveWindow()
        window.measured(trip)
        for tick in 0..<5_000 { window.arrived(megabytes * 100, at: zero + .microseconds(Int64(tick) * 100)) }
        return window.advice(most: most)
    }

    @Test("on a short path a client allows what the path brings in two round trips and 1 ms, and 1 MiB at least")
    func follows() {
        #expect(advice(.milliseconds(2), megabytes: 10) == 1 << 20)
        #expect((1_490_000...1_510_000).contains(advice(.milliseconds(2), megabytes: 300)))
        #expect(advice(.microseconds(100), megabytes: 4_000) == most)
    }

    @Test("and on a path of more than 10 ms, or of which nothing is known, all that its socket takes")
    func longPath() {
        #expect(advice(.milliseconds(10), megabytes: 1) == 1 << 20)
        #expect(advice(.milliseconds(10) + .nanoseconds(1), megabytes: 1) == most)
        #expect(advice(nil, megabytes: 1) == most)
    }

    @Test("what was allowed stays allowed when the path brings less, and a late read does not double it")
    func stays() {
        var window = ReceiveWindow()
        window.measured(.milliseconds(2))
        var now = zero
        func bring(_ bytes: Int, after pause: Interval) {
            now = now + pause
            window.arrived(bytes, at: now)
        }
        for _ in 0..<100 { bring(300_000, after: .milliseconds(1)) }
        let allowed = window.advice(most: most)
        for _ in 0..<100 { bring(1_000, after: .milliseconds(1)) }
        #expect(window.advice(most: most) == allowed)
        bring(1 << 20, after: .milliseconds(40))
        for _ in 0..<100 { bring(1_000, after: .milliseconds(1)) }
        #expect(window.advice(most: most) == allowed)
    }

    @Test("a socket that takes less than 1 MiB is not said to take more")
    func smallSocket() {
        var window = ReceiveWindow()
        window.measured(.milliseconds(2))
        #expect(window.advice(most: 200_000) == 200_000)
    }
}
