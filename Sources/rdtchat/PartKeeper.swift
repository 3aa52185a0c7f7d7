import ChatClient
import IRC
import Posix
import RDT
import Timeline

/// Writes down which ranges of a part are there, so that the next download of it knows.
///
/// Bytes are handed to the system before they are written down, so that a program that is killed never claims too much.
struct PartKeeper {
    /// A step further is written down when so many more bytes are there, and so much later than the last: what a kill costs
    /// at most, beside what is on its way, and a short write each millisecond. One turn of the loop may bring megabytes at
    /// one instant, and the next come late: so much is written down however soon.
    static let step: UInt64 = 64 << 10
    private static let mostFresh: UInt64 = 512 << 10
    private static let stepPause = Interval.milliseconds(1)
    /// The record is put in place anew at most once in so long, and meanwhile grows.
    private static let pause = Interval.seconds(1)
    /// Steps below the record before it is put in place anew, and bytes of them that it does not outgrow.
    private static let mostSteps = 100
    private static let mostStepBytes = PartRecord.mostBytes / 2

    private var record: PartRecord
    private var writtenAt: Instant?
    private var steppedAt: Instant?
    private var steps = (count: 0, bytes: 0)

    init(_ entry: FileEntry) {
        record = PartRecord(
            name: entry.name.text, size: entry.size, modified: entry.modified,
            hash: entry.hash.flatMap { FileDigest($0) }, bytes: 0)
    }

    /// No byte is there.
    var isEmpty: Bool { record.isEmpty }

    mutating func wrote(_ range: Range<UInt64>) { record.wrote(range) }

    /// Writes down what is there when it is time. A record that cannot be written is no reason to end: the part is as good
    /// without.
    mutating func keep(in part: inout PartFile, isLast: Bool = false, at now: Instant) {
        let isFurther = record.freshBytes >= PartKeeper.step
        let isLater = steppedAt.map { now - $0 >= PartKeeper.stepPause } ?? true
        let isMuch = record.freshBytes >= PartKeeper.mostFresh
        guard isFurther && isLater || isMuch || isLast && record.freshBytes > 0 else { return }
        steppedAt = now
        let isLong = steps.count >= PartKeeper.mostSteps || steps.bytes > PartKeeper.mostStepBytes
        guard let writtenAt, !isLong || now - writtenAt < PartKeeper.pause else { return write(in: &part, at: now) }
        guard steps.bytes <= PartKeeper.mostStepBytes || isLast else { return }
        let step = record.step()
        steps = (steps.count + 1, steps.bytes + step.count)
        try? part.appendRecord(step)
    }

    /// The first `bytes` are there and right, and what lies `beyond`, and no more than these.
    mutating func begin(_ bytes: UInt64, beyond: [Range<UInt64>], in part: inout PartFile, at now: Instant) {
        record.restart(bytes, beyond: beyond)
        write(in: &part, at: now)
    }

    private mutating func write(in part: inout PartFile, at now: Instant) {
        writtenAt = now
        steps = (0, 0)
        try? part.writeRecord(record.encoded())
    }
}

/// What an earlier download left of a file: how much of it is worth asking the server about, and what speaks against it.
struct Remains {
    /// So many of the first bytes.
    let bytes: UInt64
    /// What lies behind the first gap.
    let beyond: [Range<UInt64>]
    /// Why less may be kept than was there; empty when nothing is known.
    let doubt: String

    /// All of it, in file order.
    var parts: [Range<UInt64>] { (bytes > 0 ? [0..<bytes] : []) + beyond }

    init(_ bytes: UInt64 = 0, beyond: [Range<UInt64>] = [], doubt: String = "") {
        self.bytes = bytes
        self.beyond = beyond
        self.doubt = doubt
    }

    init(of part: borrowing PartFile, for entry: FileEntry) {
        guard part.found > 0 else {
            self.init()
            return
        }
        let most = min(part.found, entry.size)
        guard let record = part.readRecord(limit: PartRecord.mostBytes).flatMap({ PartRecord(parsing: $0) }) else {
            self.init(min(most, part.firstHole))
            return
        }
        let isSame =
            record.size == entry.size && record.modified == entry.modified
            && (record.hash == nil || entry.hash == nil || record.hash?.description == entry.hash)
        self.init(
            min(record.bytes, most), beyond: record.beyond(upTo: most),
            doubt: isSame ? "" : "the server's file is another one now")
    }
}
