/// The beginning of a file that a client has from an earlier time, hashed, so that it can ask the server about it.
package struct KeptPrefix: Sendable {
    private let hasher: FileHasher

    /// Everything that `hasher` has seen.
    package init(_ hasher: FileHasher) { self.hasher = hasher }

    package var bytes: UInt64 { hasher.size }

    /// The hash of all of it.
    fileprivate var digest: FileDigest { hasher.finish() }
    fileprivate func digest(ofBlocks count: Int) -> FileDigest { hasher.digest(ofBlocks: count) }
}

/// Finds the longest beginning that both ends have alike, with as few questions as may be (rdt(7), START).
///
/// Mostly all of it is right, and the first START says so. Else whole blocks are searched by halves: 17 questions for
/// 100 GB, of which each takes a round trip, for the server hashes every block once.
struct PrefixSearch: Sendable {
    private let kept: KeptPrefix?
    /// So many blocks both ends have alike.
    private var alike = 0
    /// The beginning of so many blocks differs, or is more than is kept.
    private var different: Int
    /// What to say to the server.
    private(set) var start: Packet.Start

    init(_ kept: KeptPrefix?) {
        self.kept = kept
        let bytes = kept?.bytes ?? 0
        different = Int((bytes + UInt64(FileHasher.blockSize) - 1) / UInt64(FileHasher.blockSize))
        start = Packet.Start(offset: FileOffset(bytes), kept: bytes > 0 ? kept?.digest : nil)
    }

    /// Whether there was something to be kept at all.
    var hasKept: Bool { kept.map { $0.bytes > 0 } ?? false }

    /// What the server found; true when another START must be said.
    mutating func heard(_ check: Packet.Check) -> Bool {
        guard check.asked == start.offset, start.offset != .zero else { return false }
        switch check.finding {
        case .hashing: return false
        case .same:
            guard start.isQuestion else { return false }
            alike = blocks(of: start.offset)
        case .differs:
            different = blocks(of: start.offset)
            // The server's file is another than a moment ago.
            if different <= alike { alike = 0 }
        }
        ask()
        return true
    }

    private mutating func ask() {
        let isFound = different - alike <= 1
        let count = isFound ? alike : (alike + different) / 2
        guard count > 0, let kept else {
            start = Packet.Start(offset: .zero, kept: nil)
            return
        }
        start = Packet.Start(
            offset: FileOffset(UInt64(count) * UInt64(FileHasher.blockSize)), kept: kept.digest(ofBlocks: count),
            isQuestion: !isFound)
    }

    private func blocks(of offset: FileOffset) -> Int {
        Int((offset.rawValue + UInt64(FileHasher.blockSize) - 1) / UInt64(FileHasher.blockSize))
    }
}
