import Posix
import Timeline

/// Writes the bytes of a part: past the page cache as long as they come in order and fast, through it otherwise.
///
/// A large file that comes about as fast as the disk writes is best written at once. One that comes slowly is not: its bytes
/// would wait for a whole block, and who is killed would lose them. Nor is a small one, which somebody is about to read.
struct FastLane: ~Copyable {
    /// Larger files only: who is killed loses what waits here, beside what is unread in the socket, and a kill is to cost 2 MiB.
    private static let least = TestSettings.leastForBlocks ?? 256 << 20
    /// It begins where a block of the file's hash does, so that a block that is read back lies on one side of it.
    private static let step: UInt64 = 1 << 20
    /// For the step before: 16 MB/s. A megabyte, which waits as a rule, is then 64 ms of the download.
    private static let fast = Interval.milliseconds(64)
    /// What went through the page cache is on its way to the disk after so many bytes, and does not wait for the end.
    private static let writeOutStep: UInt64 = 4 << 20
    /// When the disk is to be asked again.
    static let pause = Interval.microseconds(200)

    private var writer: BlockWriter?
    private var isClosed: Bool
    private var last: (step: UInt64, at: Instant)?
    private var landed: [Range<UInt64>] = []
    /// What went through the page cache since the last time.
    private var dirty: UInt64 = 0
    private var writeOut: WriteOut?

    init(size: UInt64) {
        isClosed = size <= FastLane.least
    }

    /// A range that is in the file since the last time; each once.
    mutating func nextLanded() -> Range<UInt64>? {
        landed.isEmpty ? writer?.nextLanded() : landed.removeFirst()
    }
    /// Whether the disk is behind, and no more should be given to it.
    var isFull: Bool { ask { $0.isFull } ?? false }
    var isBusy: Bool { ask { $0.isBusy } ?? false }

    private func ask<Answer>(_ question: (borrowing BlockWriter) -> Answer) -> Answer? {
        switch writer {
        case .some(let writer): question(writer)
        case nil: nil
        }
    }

    /// Writes pieces of `bytes`, which follow each other in the file from `offset` on.
    mutating func write(
        _ bytes: RawSpan, pieces: [Range<Int>], at offset: UInt64, to part: borrowing PartFile, at now: Instant
    ) throws(Errno) {
        try writer?.collect()
        var rest = pieces[...]
        if writer?.next != offset {
            try writer?.end()
            let end = offset + UInt64(pieces.reduce(0) { $0 + $1.count })
            guard let entry = entry(offset..<end, to: part, at: now) else {
                return try writeUsually(bytes, pieces: pieces, offset..<end, to: part)
            }
            let before = FastLane.cut(Int(entry - offset), from: &rest)
            if !before.isEmpty { try writeUsually(bytes, pieces: before, offset..<entry, to: part) }
            try writer?.begin(at: entry)
        }
        for piece in rest { try writer?.append(bytes.extracting(piece)) }
        if writer?.isRefused == true {
            try writer?.finish()
            isClosed = true
        }
    }

    private mutating func writeUsually(
        _ bytes: RawSpan, pieces: [Range<Int>], _ range: Range<UInt64>, to part: borrowing PartFile
    ) throws(Errno) {
        try part.write(bytes, pieces: pieces, at: range.lowerBound)
        landed.append(range)
        dirty += UInt64(range.count)
        guard dirty >= FastLane.writeOutStep, try writeOut?.isDone() ?? true else { return }
        writeOut = try part.writeOut()
        dirty = 0
    }

    /// Looks whether the disk has done something.
    mutating func collect() throws(Errno) { try writer?.collect() }

    /// The last bytes of a stretch have come.
    mutating func end() throws(Errno) { try writer?.end() }

    /// Waits until everything is in the file.
    mutating func finish() throws(Errno) { try writer?.finish() }

    /// Where in `range` bytes may begin to go this way.
    private mutating func entry(
        _ range: Range<UInt64>, to part: borrowing PartFile, at now: Instant
    ) -> UInt64? {
        let step = (range.upperBound - 1) / FastLane.step
        guard !isClosed, step * FastLane.step >= range.lowerBound else { return nil }
        defer { last = (step, now) }
        guard let last, step > last.step, now - last.at <= FastLane.fast * Int64(step - last.step) else { return nil }
        if writer == nil { writer = BlockWriter.of(part) }
        isClosed = writer == nil
        return isClosed ? nil : step * FastLane.step
    }

    /// Takes the first `count` bytes out of `pieces`.
    private static func cut(_ count: Int, from pieces: inout ArraySlice<Range<Int>>) -> [Range<Int>] {
        var before: [Range<Int>] = []
        var left = count
        while left > 0, let first = pieces.popFirst() {
            let border = first.lowerBound + min(left, first.count)
            before.append(first.lowerBound..<border)
            if border < first.upperBound { pieces.insert(border..<first.upperBound, at: pieces.startIndex) }
            left -= border - first.lowerBound
        }
        return before
    }
}
