/// The file's hash from bytes that arrive in any order (rdt(7), HASH).
///
/// Blocks whose bytes come in order are hashed while they are at hand, so a clean transfer's file is never read again. A
/// block with a gap in it is complete one day, and then has to be read back: `nextToRead` says which. 20 bytes of memory
/// a block of 1 MiB.
package struct ScatteredHasher: Sendable {
    private let size: UInt64
    /// Blocks that have been begun, and what is known of each.
    private var blocks: [Block] = []
    private var digests: [FileDigest] = []
    private var hashed = 0
    /// Complete blocks that have to be read back.
    private var unread: [Int] = []
    /// The block that is hashed as it comes, and its bytes so far.
    private var current = 0
    private var running = RunningHash()

    private enum Block: Sendable {
        /// So many of its bytes are written.
        case written(UInt32)
        case hashed
    }

    package init(size: UInt64) {
        self.size = size
    }

    /// For a file whose first bytes were there already, and went through `kept`.
    package init(size: UInt64, after kept: FileHasher) {
        precondition(kept.size <= size, "more than the file")
        self.size = size
        digests = kept.blocks
        blocks = digests.map { _ in .hashed }
        hashed = blocks.count
        current = hashed
        running = kept.running
        if running.count > 0 { append(.written(UInt32(running.count))) }
        if current < count, UInt64(running.count) == bytes(ofBlock: current) { close(current) }
    }

    /// `bytes`, which had not been there, are now in the file at `offset`.
    package mutating func wrote(_ bytes: borrowing RawSpan, at offset: UInt64) {
        precondition(offset + UInt64(bytes.byteCount) <= size, "past the end of the file")
        var at = 0
        while at < bytes.byteCount {
            let place = offset + UInt64(at)
            let block = Int(place / Self.blockSize)
            let length = min(bytes.byteCount - at, Int(Self.blockSize - place % Self.blockSize))
            take(bytes.extracting(at..<at + length), block: block, from: Int(place % Self.blockSize))
            at += length
        }
    }

    private mutating func take(_ bytes: borrowing RawSpan, block: Int, from start: Int) {
        while blocks.count <= block { append(.written(0)) }
        guard case .written(let before) = blocks[block] else { return }
        let now = before + UInt32(bytes.byteCount)
        precondition(UInt64(now) <= self.bytes(ofBlock: block), "bytes that had been there")
        blocks[block] = .written(now)
        if start == 0, block != current, before == 0 {
            current = block
            running.restart()
        }
        if block == current, start == running.count { running.update(bytes) }
        guard UInt64(now) == self.bytes(ofBlock: block) else { return }
        if block == current, running.count == Int(now) { close(block) } else { unread.append(block) }
    }

    private mutating func close(_ block: Int) {
        note(running.digest, of: block)
        running.restart()
        current = block + 1
    }

    private mutating func note(_ digest: FileDigest, of block: Int) {
        digests[block] = digest
        blocks[block] = .hashed
        hashed += 1
    }

    private mutating func append(_ block: Block) {
        blocks.append(block)
        if digests.count < blocks.count { digests.append(FileDigest(high: 0, low: 0)) }
    }

    /// `range` is there as well, from an earlier time, and was not seen here.
    package mutating func has(_ range: Range<UInt64>) {
        precondition(range.upperBound <= size, "past the end of the file")
        var at = range.lowerBound
        while at < range.upperBound {
            let block = Int(at / Self.blockSize)
            let end = min(range.upperBound, UInt64(block + 1) * Self.blockSize)
            while blocks.count <= block { append(.written(0)) }
            if case .written(let before) = blocks[block] {
                blocks[block] = .written(before + UInt32(end - at))
                if UInt64(before) + (end - at) == bytes(ofBlock: block) { unread.append(block) }
            }
            at = end
        }
    }

    /// All of the file is there, whoever wrote it: what was not seen here has to be read back.
    package mutating func isFilled() {
        while blocks.count < count { append(.written(0)) }
        unread = blocks.indices.reversed().filter { if case .written = blocks[$0] { true } else { false } }
    }

    /// A part of the file that is complete and has to be read back, at most a block; nil when there is none.
    package var nextToRead: Range<UInt64>? {
        guard let block = unread.last else { return nil }
        let start = UInt64(block) * Self.blockSize
        return start..<start + bytes(ofBlock: block)
    }

    /// All the bytes of `nextToRead`.
    package mutating func read(_ bytes: borrowing RawSpan) {
        guard let block = unread.popLast() else { preconditionFailure("nothing was to be read") }
        precondition(UInt64(bytes.byteCount) == self.bytes(ofBlock: block), "not the block that was to be read")
        note(RunningHash.of(bytes), of: block)
    }

    /// The hash of the whole file; nil as long as not all is hashed.
    package var digest: FileDigest? {
        hashed == count ? FileDigest(ofBlocks: digests, size: size) : nil
    }

    private static var blockSize: UInt64 { UInt64(FileHasher.blockSize) }
    private var count: Int { Int((size + Self.blockSize - 1) / Self.blockSize) }
    private func bytes(ofBlock block: Int) -> UInt64 { min(Self.blockSize, size - UInt64(block) * Self.blockSize) }
}
