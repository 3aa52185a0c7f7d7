import RDT
import TestSupport
import Testing
import Timeline

@testable import rdtchatd

@Suite("hashing the beginnings of files")
struct PrefixesTests {
    /// How long slices were being read in a second of turns, each of which looks whether one is due.
    private func hashing(besideOthers: Bool) -> Interval {
        var prefixes = Prefixes()
        prefixes.add(TransferID(rawValue: 1))
        var random = SeededGenerator(seed: 3)
        let start = Instant(nanoseconds: 1_000)
        var (now, busy) = (start, Interval.zero)
        while now < start + .seconds(1) {
            let took = Interval.microseconds(Int64.random(in: 50...3_000, using: &random))
            guard prefixes.isDue(at: now) else {
                now += .microseconds(10)
                continue
            }
            prefixes.sliceRead(from: now, to: now + took, besideOthers: besideOthers)
            now += took
            busy += took
        }
        return busy
    }

    @Test("beside the transfers of others hashing takes half of the time, and all of it alone")
    func share() {
        #expect((.milliseconds(480)...(.milliseconds(505))).contains(hashing(besideOthers: true)))
        #expect(hashing(besideOthers: false) >= .seconds(1))
    }

    @Test("nothing is due when nobody waits, and whoever asks twice stands once in the row")
    func row() {
        var prefixes = Prefixes()
        #expect(!prefixes.isDue(at: Instant(nanoseconds: 5)))
        for raw: UInt64 in [7, 8, 7] { prefixes.add(TransferID(rawValue: raw)) }
        #expect(prefixes.ids == [TransferID(rawValue: 7), TransferID(rawValue: 8)])
        #expect(prefixes.isDue(at: Instant(nanoseconds: 5)))
    }
}
