import RDT
import Simulation
import Testing
import Timeline

@Suite struct PartRecordTests {
    private static let record = PartRecord(
        name: "photos/שלום \"x\" 🎉.jpg", size: 67_108_864, modified: UnixTime(seconds: -5),
        hash: FileDigest(high: 1, low: 2), bytes: 1_048_576)

    private func further(_ bytes: UInt64, _ beyond: Range<UInt64>...) -> PartRecord {
        var record = Self.record
        for range in [record.bytes..<bytes] + beyond { record.wrote(range) }
        return record
    }

    /// The lines for what is fresh.
    private func step(_ record: PartRecord) -> [UInt8] {
        var record = record
        return record.step()
    }
    private func encoded(_ record: PartRecord) -> [UInt8] {
        var record = record
        return record.encoded()
    }

    @Test("a record reads as it was written, with and without a hash")
    func roundTrip() {
        let plain = PartRecord(name: "a", size: 9, modified: UnixTime(seconds: 5), hash: nil, bytes: 0)
        for record in [Self.record, plain, further(2_000_000, 3_000_000..<3_000_001, 9_000_000..<67_108_864)] {
            #expect(PartRecord(parsing: encoded(record)) == record)
        }
    }

    @Test("every step below a record counts, and each tells only what is new")
    func steps() {
        var record = Self.record
        var bytes = encoded(record)
        for range in [2_000_000..<2_100_000, 1_048_576..<1_100_000, 5_000_000..<5_001_448] as [Range<UInt64>] {
            record.wrote(range)
            #expect(record.freshBytes == UInt64(range.count))
            let step = record.step()
            #expect(String(decoding: step, as: UTF8.self).hasPrefix("wrote \(range.lowerBound)+\(range.count) "))
            bytes += step
        }
        let found = PartRecord(parsing: bytes)
        #expect(found == record && found?.bytes == 1_100_000 && record.freshBytes == 0)
        #expect(found?.beyond(upTo: .max) == [2_000_000..<2_100_000, 5_000_000..<5_001_448])
        #expect(found?.beyond(upTo: 2_050_000) == [2_000_000..<2_050_000])
    }

    @Test("of what lies behind gaps the largest ranges are taken, as many as START has room for, in file order")
    func largest() {
        var record = PartRecord(name: "a", size: 1 << 40, modified: UnixTime(seconds: 5), hash: nil, bytes: 0)
        for index in 1...100 as ClosedRange<UInt64> {
            record.wrote(index * 1_000..<index * 1_000 + (index % 2 == 0 ? 500 : 100))
        }
        let taken = record.beyond(upTo: .max)
        #expect(taken.count == Limits.keptRanges && taken.count { $0.count == 500 } == 50)
        #expect(zip(taken, taken.dropFirst()).allSatisfy { $0.upperBound < $1.lowerBound })
        record.wrote(1 << 30..<1 << 30 + UInt64(Limits.keptBeyond) + 1)
        #expect(record.beyond(upTo: .max).reduce(0) { $0 + $1.count } == Limits.keptBeyond)
    }

    @Test("a record that is cut anywhere tells less or nothing, never something else")
    func cuts() {
        let bytes = encoded(Self.record) + step(further(2_000_000)) + step(further(5_000_000, 7_000_000..<7_000_009))
        for count in 0...bytes.count {
            let found = PartRecord(parsing: Array(bytes[..<count]))
            let whole = count >= bytes.count
            #expect(found == nil || found == Self.record || found == further(2_000_000) || whole, "\(count)")
            #expect((found == nil) == (count < encoded(Self.record).count))
        }
    }

    @Test("one turned bit anywhere makes it tell less or nothing")
    func bits() {
        let bytes = encoded(Self.record) + step(further(2_000_000))
        for bit in 0..<bytes.count * 8 {
            var turned = bytes
            turned[bit / 8] ^= 1 << UInt8(bit % 8)
            let found = PartRecord(parsing: turned)
            #expect(found == nil || found == Self.record, "bit \(bit): \(String(describing: found))")
        }
    }

    @Test("garbage, a foreign text and more than the limit are no record")
    func garbage() {
        var random = SeededGenerator(seed: 3)
        for _ in 0..<2_000 {
            let bytes = (0..<random.below(300)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            #expect(PartRecord(parsing: bytes) == nil)
        }
        #expect(PartRecord(parsing: []) == nil && PartRecord(parsing: Array("rdtchat part 1\n".utf8)) == nil)
        #expect(
            PartRecord(parsing: encoded(Self.record) + [UInt8](repeating: 10, count: PartRecord.mostBytes)) == nil)
    }

    @Test("more bytes than the file has are not believed")
    func tooMany() {
        #expect(PartRecord(parsing: encoded(further(67_108_864))) == further(67_108_864))
        #expect(PartRecord(parsing: encoded(further(67_108_865))) == nil)
        #expect(PartRecord(parsing: encoded(Self.record) + step(further(67_108_865))) == Self.record)
    }
}
