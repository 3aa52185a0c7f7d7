import ChatClient
import IRC
import Posix
import RDT
import Timeline

/// Writes down how much of a part is there, so that the next download of it knows.
///
/// Bytes are handed to the system before they are written down, so that a program that is killed never claims too much.
struct PartKeeper {
    /// A step further is written down when so many more bytes are there, and so much later than the last: what a kill costs
    /// at most, beside what is on its way, and a short write each millisecond.
    static let step: UInt64 = 64 << 10
    private static let stepPause = Interval.milliseconds(1)
    /// The record is put in place anew at most once in so long, and meanwhile grows.
    private static let pause = Interval.seconds(1)
    /// Steps below the record before it is put in place anew.
    private static let mostSteps = 100

    private var record: PartRecord
    private var writtenAt: Instant?
    private var steppedAt: Instant?
    private var steps = 0

    init(_ entry: FileEntry) {
        record = PartRecord(
            name: entry.name.text, size: entry.size, modified: entry.modified,
            hash: entry.hash.flatMap { FileDigest($0) }, bytes: 0)
    }

    /// The first `bytes` are written. A record that cannot be written is no reason to end: the part is as good without.
    mutating func reached(_ bytes: UInt64, in part: inout PartFile, isLast: Bool = false, at now: Instant) {
        let isFurther = bytes >= record.bytes + PartKeeper.step
        let isLater = steppedAt.map { now - $0 >= PartKeeper.stepPause } ?? true
        guard isFurther && isLater || isLast && bytes > record.bytes else { return }
        steppedAt = now
        record.bytes = bytes
        let isDue = steps >= PartKeeper.mostSteps && writtenAt.map { now - $0 >= PartKeeper.pause } ?? true
        if writtenAt == nil || isDue { return begin(bytes, in: &part, at: now) }
        steps += 1
        try? part.appendRecord(record.step)
    }

    /// The first `bytes` are there and right, and no more than these.
    mutating func begin(_ bytes: UInt64, in part: inout PartFile, at now: Instant) {
        record.bytes = bytes
        writtenAt = now
        steps = 0
        try? part.writeRecord(record.encoded)
    }
}

/// What an earlier download left of a file: how much of it is worth asking the server about, and what speaks against it.
struct Remains {
    /// So many of the first bytes.
    let bytes: UInt64
    /// Why less may be kept than was there; empty when nothing is known.
    let doubt: String

    /// Nothing.
    init() {
        (bytes, doubt) = (0, "")
    }

    init(of part: borrowing PartFile, for entry: FileEntry) {
        guard part.found > 0 else {
            (bytes, doubt) = (0, "")
            return
        }
        let most = min(part.found, entry.size)
        guard let record = part.readRecord(limit: PartRecord.mostBytes).flatMap({ PartRecord(parsing: $0) }) else {
            (bytes, doubt) = (min(most, part.firstHole), "")
            return
        }
        bytes = min(record.bytes, most)
        let isSame =
            record.size == entry.size && record.modified == entry.modified
            && (record.hash == nil || entry.hash == nil || record.hash?.description == entry.hash)
        doubt = isSame ? "" : "the server's file is another one now"
    }
}
