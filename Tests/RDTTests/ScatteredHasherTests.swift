import Simulation
import Testing
import Timeline

@testable import RDT

@Suite struct ScatteredHasherTests {
    private static let block = FileHasher.blockSize
    private static let bytes: [UInt8] = {
        var random = SeededGenerator(seed: 7)
        return (0..<3 * block + 12_345).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    }()

    private func inOrder(_ bytes: ArraySlice<UInt8>) -> FileHasher {
        var hasher = FileHasher()
        let copy = Array(bytes)
        hasher.update(unsafe copy.span.bytes)
        return hasher
    }

    /// Reads back what is wanted and says how much that was.
    private func readBack(_ hasher: inout ScatteredHasher, _ bytes: [UInt8]) -> Int {
        var count = 0
        while let range = hasher.nextToRead {
            count += range.count
            hasher.read(unsafe bytes.span.bytes.extracting(Int(range.lowerBound)..<Int(range.upperBound)))
        }
        return count
    }

    @Test("bytes in order give the file's hash, and nothing has to be read back", arguments: [1, 1_176, 1 << 20])
    func ordered(step: Int) {
        // A byte a step would take long for all of them.
        let bytes = step == 1 ? Array(Self.bytes[..<5_000]) : Self.bytes
        var hasher = ScatteredHasher(size: UInt64(bytes.count))
        for start in stride(from: 0, to: bytes.count, by: step) {
            #expect(hasher.digest == nil)
            hasher.wrote(
                unsafe bytes.span.bytes.extracting(start..<min(start + step, bytes.count)), at: UInt64(start))
        }
        #expect(hasher.nextToRead == nil)
        #expect(hasher.digest == inOrder(bytes[...]).finish())
    }

    @Test("a late segment costs the reading of its block and of no other")
    func late() {
        let bytes = Self.bytes
        var hasher = ScatteredHasher(size: UInt64(bytes.count))
        let hole = Self.block + 1_176..<Self.block + 2_352
        for part in [0..<hole.lowerBound, hole.upperBound..<bytes.count, hole] {
            #expect(hasher.nextToRead == nil)
            hasher.wrote(unsafe bytes.span.bytes.extracting(part), at: UInt64(part.lowerBound))
        }
        #expect(hasher.digest == nil)
        #expect(readBack(&hasher, bytes) == Self.block)
        #expect(hasher.digest == inOrder(bytes[...]).finish())
    }

    @Test("any order gives the file's hash", arguments: 0..<20)
    func shuffled(seed: UInt64) {
        let bytes = Self.bytes
        var random = SeededGenerator(seed: seed)
        var parts: [Range<Int>] = []
        var start = 0
        while start < bytes.count {
            let end = min(bytes.count, start + 1 + Int(random.next() % 400_000))
            parts.append(start..<end)
            start = end
        }
        for index in parts.indices where random.next() % 2 == 0 {
            parts.swapAt(index, min(index + Int(random.next() % 4), parts.count - 1))
        }
        var hasher = ScatteredHasher(size: UInt64(bytes.count))
        for part in parts {
            hasher.wrote(unsafe bytes.span.bytes.extracting(part), at: UInt64(part.lowerBound))
            if random.next() % 3 == 0 { _ = readBack(&hasher, bytes) }
        }
        _ = readBack(&hasher, bytes)
        #expect(hasher.digest == inOrder(bytes[...]).finish(), "seed \(seed)")
    }

    @Test(
        "what was there already is not hashed again, wherever it ends",
        arguments: [0, 1, 5_000, block - 1, block, block + 1, 3 * block, 3 * block + 12_344, 3 * block + 12_345])
    func kept(count: Int) {
        let bytes = Self.bytes
        let kept = inOrder(bytes[..<count])
        var hasher = ScatteredHasher(size: UInt64(bytes.count), after: kept)
        hasher.wrote(unsafe bytes.span.bytes.extracting(count..<bytes.count), at: UInt64(count))
        #expect(hasher.nextToRead == nil)
        #expect(hasher.digest == inOrder(bytes[...]).finish())
        // The one that it came from knows nothing of it.
        #expect(kept.finish() == inOrder(bytes[..<count]).finish())
    }

    @Test("parts behind gaps that were there already are read back once all around them is there")
    func scattered() {
        let bytes = Self.bytes
        let parts = [
            10_000..<20_000, Self.block - 5..<Self.block + 5, 2 * Self.block..<3 * Self.block,
            3 * Self.block + 7..<bytes.count,
        ]
        for beginning in [0, 5_000] {
            var hasher = ScatteredHasher(size: UInt64(bytes.count), after: inOrder(bytes[..<beginning]))
            for part in parts { hasher.has(UInt64(part.lowerBound)..<UInt64(part.upperBound)) }
            var at = beginning
            for part in parts + [bytes.count..<bytes.count] {
                #expect(hasher.digest == nil)
                hasher.wrote(unsafe bytes.span.bytes.extracting(at..<part.lowerBound), at: UInt64(at))
                at = part.upperBound
            }
            #expect(readBack(&hasher, bytes) <= bytes.count)
            #expect(hasher.digest == inOrder(bytes[...]).finish())
        }
    }

    @Test("what was never seen is read back at the end")
    func unseen() {
        let bytes = Self.bytes
        var hasher = ScatteredHasher(size: UInt64(bytes.count))
        let seen = Self.block..<3 * Self.block
        hasher.wrote(unsafe bytes.span.bytes.extracting(seen), at: UInt64(seen.lowerBound))
        hasher.isFilled()
        #expect(readBack(&hasher, bytes) == bytes.count - seen.count)
        #expect(hasher.digest == inOrder(bytes[...]).finish())
    }

    @Test("an empty file has a hash at once")
    func empty() {
        #expect(ScatteredHasher(size: 0).digest == FileHasher().finish())
    }
}
