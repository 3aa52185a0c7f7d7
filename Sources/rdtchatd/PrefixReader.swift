import Posix
import RDT

/// Hashes what a client says it has of a file, the beginning and then what lies behind gaps, a slice at a time, so that the
/// client learns whether it is right while everybody else is served.
///
/// What has been hashed once of the beginning is not read again: the client may ask for shorter ones when the longest
/// differs.
struct PrefixReader {
    /// Bytes read in one turn: a block of the hash, well below a millisecond from the page cache.
    static let slice = FileHasher.blockSize

    private struct Wish {
        var bytes: UInt64
        var beyond: [Range<UInt64>]
        var total: UInt64 { beyond.reduce(bytes) { $0 + UInt64($1.count) } }

        /// Where the byte lies that follows the first `done` of them, and how many follow it there.
        func place(after done: UInt64) -> (offset: UInt64, count: UInt64) {
            if done < bytes { return (done, bytes - done) }
            var left = done - bytes
            for range in beyond {
                let count = UInt64(range.count)
                if left < count { return (range.lowerBound + left, count - left) }
                left -= count
            }
            return (0, 0)
        }
    }

    /// The longest beginning that was hashed.
    private var longest = FileHasher()
    private var wanted: Wish?
    private var hasher = FileHasher()
    /// The beginning that was hashed last.
    private(set) var beginning = FileHasher()

    enum Progress: Equatable {
        case hashed(UInt64)
        case found(FileDigest, bytes: UInt64)
        /// The file is shorter than what was asked for.
        case cut
    }

    mutating func want(_ bytes: UInt64, beyond: [Range<UInt64>] = []) {
        hasher = longest
        if bytes < longest.size { hasher.cut(toBlocks: Int(bytes / UInt64(FileHasher.blockSize))) }
        wanted = Wish(bytes: bytes, beyond: beyond)
        noteBeginning()
    }

    /// Reads the next slice; nil when nothing is wanted.
    mutating func step(_ file: borrowing ReadableFile, _ buffer: inout [UInt8]) throws(Errno) -> Progress? {
        guard let wanted else { return nil }
        let place = wanted.place(after: hasher.size)
        let count = Int(min(UInt64(Self.slice), place.count))
        if buffer.count < count { buffer = [UInt8](repeating: 0, count: Self.slice) }
        guard try file.read(at: place.offset, into: &buffer, range: 0..<count) == count else { return .cut }
        hasher.update(unsafe buffer.span.bytes.extracting(0..<count))
        noteBeginning()
        guard hasher.size == wanted.total else { return .hashed(hasher.size) }
        self.wanted = nil
        return .found(hasher.finish(), bytes: wanted.total)
    }

    private mutating func noteBeginning() {
        guard hasher.size == wanted?.bytes else { return }
        beginning = hasher
        if hasher.size > longest.size { longest = hasher }
    }
}
