/// Parts of the file that do not leave, for the client has them: behind gaps in what an earlier download brought.
///
/// Ascending, not empty, apart from each other and from where the sending begins. Whoever sends in file order stops before
/// one and goes on behind it; of none of them is anything ever on its way.
package struct Omissions: Sendable {
    private let ranges: [Range<UInt64>]

    package init(_ ranges: [Range<UInt64>] = []) { self.ranges = ranges }

    /// How far one may send from `offset` on, `size` at most.
    func end(from offset: FileOffset, size: FileOffset) -> FileOffset {
        guard let next = ranges.first(where: { $0.lowerBound > offset.rawValue }) else { return size }
        return FileOffset(next.lowerBound)
    }

    /// Where it goes on for who has come to `offset`.
    func passed(_ offset: FileOffset) -> FileOffset { range(at: offset).map { FileOffset($0.upperBound) } ?? offset }

    /// The one that begins there.
    func range(at offset: FileOffset) -> Range<UInt64>? { ranges.first { $0.lowerBound == offset.rawValue } }

    /// Bytes of them that lie before `end` and not before `start`.
    func bytes(from start: FileOffset, to end: FileOffset) -> Int {
        guard !ranges.isEmpty, start < end else { return 0 }
        return ranges(before: end).reduce(0) { $0 + $1.clamped(to: start.rawValue..<end.rawValue).count }
    }

    /// Those that begin before `end`.
    func ranges(before end: FileOffset) -> ArraySlice<Range<UInt64>> {
        ranges.prefix { $0.lowerBound < end.rawValue }
    }
}
