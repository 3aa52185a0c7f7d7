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
            let (next, pending) = (writer.next, writer.pending ?? 0)
            #expect(next == UInt64(Self.block + at) && pending <= UInt64(Self.block + at))
        }
        try writer.finish()
        let (next, pending, isBusy) = (writer.next, writer.pending, writer.isBusy)
        #expect(pending == nil && next == nil && !isBusy)
        #expect(try Array(FileSystem.bytes(part.partPath).dropFirst(Self.block)) == bytes)
    }

    @Test("what is not in the file yet is pending, and a second stretch follows the first")
    func pending() throws {
        let place = try TemporaryDirectory()
        let part = try PartFile(path: place.path("file"))
        guard var writer = BlockWriter.of(part) else { return }
        let bytes = [UInt8](repeating: 7, count: Self.block + 5)
        try writer.begin(at: 0)
        var (next, pending) = (writer.next, writer.pending)
        #expect(pending == nil && next == 0)
        try writer.append(unsafe bytes.span.bytes)
        pending = writer.pending
        #expect(pending != nil)
        while writer.isBusy { try writer.collect(atLeast: 1) }
        pending = writer.pending
        #expect(pending == UInt64(Self.block))
        try writer.end()
        (next, pending) = (writer.next, writer.pending)
        #expect(pending == nil && next == nil)
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
