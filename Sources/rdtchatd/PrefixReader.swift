import Posix
import RDT

/// Hashes beginnings of a file, a slice at a time, so that a client learns whether what it has is right while everybody
/// else is served.
///
/// What has been hashed once is not read again: the client may ask for shorter beginnings when the longest differs.
struct PrefixReader {
    /// Bytes read in one turn: a block of the hash, well below a millisecond from the page cache.
    static let slice = FileHasher.blockSize

    /// The longest beginning that was hashed.
    private var longest = FileHasher()
    private var wanted: UInt64?
    /// On its way to `wanted`, or what was found last.
    private(set) var hasher = FileHasher()

    enum Progress: Equatable {
        case hashed(UInt64)
        case found(FileDigest, bytes: UInt64)
        /// The file is shorter than what was asked for.
        case cut
    }

    mutating func want(_ bytes: UInt64) {
        hasher = longest
        if bytes < longest.size { hasher.cut(toBlocks: Int(bytes / UInt64(FileHasher.blockSize))) }
        wanted = bytes
    }

    /// Reads the next slice; nil when nothing is wanted.
    mutating func step(_ file: borrowing ReadableFile, _ buffer: inout [UInt8]) throws(Errno) -> Progress? {
        guard let wanted else { return nil }
        let count = Int(min(UInt64(Self.slice), wanted - hasher.size))
        if buffer.count < count { buffer = [UInt8](repeating: 0, count: Self.slice) }
        guard try file.read(at: hasher.size, into: &buffer, range: 0..<count) == count else { return .cut }
        hasher.update(unsafe buffer.span.bytes.extracting(0..<count))
        guard hasher.size == wanted else { return .hashed(hasher.size) }
        self.wanted = nil
        if hasher.size > longest.size { longest = hasher }
        return .found(hasher.finish(), bytes: wanted)
    }
}
