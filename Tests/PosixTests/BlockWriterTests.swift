import Posix
import TestSupport
import Testing
import Timeline

@Suite struct BlockWriterTests {
    private static let block = BlockWriter.blockSize

    @Test(
        "a stretch in pieces of any size is in the file to the byte",
        arguments: [1, block - 1, block, block + 1, 9 * block + 17], [777, 8_928, 300_000])
    func stretch(size: Int, piece: Int) throws {
        let place = try TemporaryDirectory()
        let part = try PartFile(path: place.path("file"))
        var random = SeededGenerator(seed: UInt64(size + piece))
        let bytes = random.bytes(size)
        guard var writer = BlockWriter.of(part) else { return }
        try writer.begin(at: UInt64(Self.block))
        var at = 0
        while at < size {
            let end = min(at + piece, size)
            try writer.append(unsafe bytes.span.bytes.extracting(at..<end))
            at = end
            let next = writer.next
            #expect(next == UInt64(Self.block + at))
        }
        try writer.finish()
        let (next, isBusy, landed) = (writer.next, writer.isBusy, Self.landed(&writer))
        #expect(next == nil && !isBusy && landed == [Range(at: Self.block, count: size)])
        #expect(try Array(FileSystem.bytes(part.partPath).dropFirst(Self.block)) == bytes)
    }

    /// What the writer says to be in the file since the last time, as one range where it is one.
    private static func landed(_ writer: inout BlockWriter) -> [Range<UInt64>] {
        var ranges: [Range<UInt64>] = []
        while let range = writer.nextLanded() { ranges.append(range) }
        ranges.sort { $0.lowerBound < $1.lowerBound }
        return ranges.reduce(into: []) { all, range in
            if let last = all.last, last.upperBound == range.lowerBound {
                all[all.count - 1] = last.lowerBound..<range.upperBound
            } else {
                all.append(range)
            }
        }
    }

    @Test("bytes have landed when they are in the file and not before, and a second stretch follows the first")
    func landing() throws {
        let place = try TemporaryDirectory()
        let part = try PartFile(path: place.path("file"))
        guard var writer = BlockWriter.of(part) else { return }
        let bytes = [UInt8](repeating: 7, count: Self.block + 5)
        try writer.begin(at: 0)
        var landed = Self.landed(&writer)
        #expect(landed.isEmpty)
        try writer.append(unsafe bytes.span.bytes)
        while writer.isBusy { try writer.collect(atLeast: 1) }
        landed = Self.landed(&writer)
        #expect(landed == [0..<UInt64(Self.block)])
        try writer.end()
        landed = Self.landed(&writer)
        let next = writer.next
        #expect(landed == [Range(at: Self.block, count: 5)] && next == nil)
        let second = UInt64(4 * Self.block)
        try writer.begin(at: second)
        try writer.append(unsafe bytes.span.bytes)
        try writer.finish()
        let all = try FileSystem.bytes(part.partPath)
        #expect(all.count == 5 * Self.block + 5)
        #expect(all.prefix(Self.block + 5).allSatisfy { $0 == 7 } && all.suffix(Self.block + 5).allSatisfy { $0 == 7 })
    }

    @Test("a disk that is behind is seen, and holds nobody up for good")
    func full() throws {
        let place = try TemporaryDirectory()
        let part = try PartFile(path: place.path("file"))
        guard var writer = BlockWriter.of(part) else { return }
        let bytes = [UInt8](repeating: 1, count: Self.block)
        try writer.begin(at: 0)
        for _ in 0..<3 * BlockWriter.slots { try writer.append(unsafe bytes.span.bytes) }
        try writer.finish()
        let isFull = writer.isFull
        #expect(!isFull)
        #expect(try FileSystem.bytes(part.partPath).count == 3 * BlockWriter.slots * Self.block)
    }
}

extension Range<UInt64> {
    fileprivate init(at start: Int, count: Int) { self = UInt64(start)..<UInt64(start + count) }
}
