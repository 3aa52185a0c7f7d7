import RDT
import Simulation
import Testing
import Timeline

@Suite struct PartRecordTests {
    private static let record = PartRecord(
        name: "photos/שלום \"x\" 🎉.jpg", size: 67_108_864, modified: UnixTime(seconds: -5),
        hash: FileDigest(high: 1, low: 2), bytes: 1_048_576)

    private func further(_ bytes: UInt64) -> PartRecord {
        var record = Self.record
        record.bytes = bytes
        return record
    }

    @Test("a record reads as it was written, with and without a hash")
    func roundTrip() {
        var plain = Self.record
        plain.hash = nil
        plain.bytes = 0
        for record in [Self.record, plain] { #expect(PartRecord(parsing: record.encoded) == record) }
    }

    @Test("the furthest of the steps below a record counts")
    func steps() {
        let bytes = Self.record.encoded + further(2_000_000).step + further(5_000_000).step
        #expect(PartRecord(parsing: bytes) == further(5_000_000))
    }

    @Test("a record that is cut anywhere tells less or nothing, never something else")
    func cuts() {
        let bytes = Self.record.encoded + further(2_000_000).step + further(5_000_000).step
        for count in 0...bytes.count {
            let found = PartRecord(parsing: Array(bytes[..<count]))
            let whole = count >= bytes.count
            #expect(found == nil || found == Self.record || found == further(2_000_000) || whole, "\(count)")
            #expect((found == nil) == (count < Self.record.encoded.count))
        }
    }

    @Test("one turned bit anywhere makes it tell less or nothing")
    func bits() {
        let bytes = Self.record.encoded + further(2_000_000).step
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
        #expect(PartRecord(parsing: []) == nil && PartRecord(parsing: Array("rdtchat part 2\n".utf8)) == nil)
        #expect(
            PartRecord(parsing: Self.record.encoded + [UInt8](repeating: 10, count: PartRecord.mostBytes)) == nil)
    }

    @Test("more bytes than the file has are not believed")
    func tooMany() {
        #expect(PartRecord(parsing: further(67_108_864).encoded) == further(67_108_864))
        #expect(PartRecord(parsing: further(67_108_865).encoded) == nil)
        #expect(PartRecord(parsing: Self.record.encoded + further(67_108_865).step) == Self.record)
    }
}
