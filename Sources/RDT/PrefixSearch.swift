/// What a client has of a file from an earlier time, hashed, so that it can ask the server about it: the beginning, and
/// parts behind gaps.
package struct KeptPrefix: Sendable {
    private let hasher: FileHasher
    package let beyond: [Range<UInt64>]
    /// After the beginning it has seen what is `beyond`, part by part.
    private let all: FileHasher

    /// Everything that `hasher` has seen.
    package init(_ hasher: FileHasher) { self.init(hasher, beyond: [], all: hasher) }

    /// And what lies `beyond`, at most `Limits.keptRanges` parts of `Limits.keptBeyond` bytes together, which `all` has
    /// seen after the beginning.
    package init(_ hasher: FileHasher, beyond: [Range<UInt64>], all: FileHasher) {
        precondition(beyond.count <= Limits.keptRanges && beyond.reduce(0) { $0 + $1.count } <= Limits.keptBeyond)
        precondition(all.size == beyond.reduce(hasher.size) { $0 + UInt64($1.count) }, "not all of it was hashed")
        self.hasher = hasher
        self.beyond = beyond
        self.all = all
    }

    package var bytes: UInt64 { hasher.size }
    /// Where the last of it ends.
    var end: UInt64 { beyond.last?.upperBound ?? bytes }

    /// The hash of all of it, as if it were a file.
    fileprivate var digest: FileDigest? { all.size > 0 ? all.finish() : nil }
    fileprivate var digestOfBeginning: FileDigest? { bytes > 0 ? hasher.finish() : nil }
    fileprivate func digest(ofBlocks count: Int) -> FileDigest { hasher.digest(ofBlocks: count) }
}

/// Finds the longest beginning that both ends have alike, with as few questions as may be (rdt(7), START).
///
/// Mostly all of it is right, and the first START says so. Else what lies behind gaps is given up, and of the beginning
/// whole blocks are searched by halves: 17 questions for 100 GB, of which each takes a round trip, for the server hashes
/// every block once.
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
        start = Packet.Start(offset: FileOffset(bytes), kept: kept?.digest, beyond: kept?.beyond ?? [])
    }

    /// Whether there was something to be kept at all.
    var hasKept: Bool { kept?.digest != nil }

    /// What the server found; true when another START must be said.
    mutating func heard(_ check: Packet.Check) -> Bool {
        guard check.asked == start.covered, start.covered != .zero else { return false }
        switch check.finding {
        case .hashing: return false
        case .same:
            guard start.isQuestion else { return false }
            alike = blocks(of: start.offset)
        case .differs where !start.beyond.isEmpty:
            // Mostly the beginning is right all the same.
            start = Packet.Start(offset: start.offset, kept: kept?.digestOfBeginning)
            return true
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
