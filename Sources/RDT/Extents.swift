/// A set of numbers kept as ranges: packet numbers that arrived, bytes that were written.
///
/// Ranges are ascending, not empty, and at least one apart. In the common case, more at the end of the last or the first
/// range, nothing moves; finding a place is a binary search.
struct Extents: Sendable, Equatable {
    private(set) var ranges: [Range<UInt64>] = []
    /// How many numbers are in the set.
    private(set) var covered: UInt64 = 0

    enum Relation {
        case apart, inside, overlapping
    }

    /// How `range`, which is not empty, lies to what is in the set.
    func relation(to range: Range<UInt64>) -> Relation {
        let index = firstIndex(endingAfter: range.lowerBound)
        guard index < ranges.count, ranges[index].lowerBound < range.upperBound else { return .apart }
        let found = ranges[index]
        return found.lowerBound <= range.lowerBound && found.upperBound >= range.upperBound ? .inside : .overlapping
    }

    func contains(_ value: UInt64) -> Bool {
        let index = firstIndex(endingAfter: value)
        return index < ranges.count && ranges[index].lowerBound <= value
    }

    mutating func insert(_ range: Range<UInt64>) {
        guard !range.isEmpty else { return }
        // The first range that touches or follows, and the end of those that touch.
        let first = firstIndex(endingAfter: range.lowerBound == 0 ? 0 : range.lowerBound - 1)
        var end = first
        var union = range
        while end < ranges.count, ranges[end].lowerBound <= range.upperBound {
            union = min(union.lowerBound, ranges[end].lowerBound)..<max(union.upperBound, ranges[end].upperBound)
            covered -= UInt64(ranges[end].count)
            end += 1
        }
        covered += UInt64(union.count)
        if end == first + 1 {
            ranges[first] = union
        } else {
            ranges.replaceSubrange(first..<end, with: CollectionOfOne(union))
        }
    }

    /// The first part of `range` that is not in the set.
    func firstGap(in range: Range<UInt64>) -> Range<UInt64>? {
        var from = range.lowerBound
        var index = firstIndex(endingAfter: from)
        if index < ranges.count, ranges[index].lowerBound <= from {
            from = ranges[index].upperBound
            index += 1
        }
        guard from < range.upperBound else { return nil }
        return from..<(index < ranges.count ? min(range.upperBound, ranges[index].lowerBound) : range.upperBound)
    }

    /// The parts of `range` that are not in the set, ascending.
    func gaps(in range: Range<UInt64>) -> [Range<UInt64>] {
        var gaps: [Range<UInt64>] = []
        var from = range.lowerBound
        while let gap = firstGap(in: from..<range.upperBound) {
            gaps.append(gap)
            from = gap.upperBound
        }
        return gaps
    }

    /// How many numbers above `value` are in the set, counted no further than `enough`.
    func count(above value: UInt64, upTo enough: Int) -> Int {
        var count = 0
        for range in ranges.reversed() {
            guard range.upperBound > value + 1, count < enough else { break }
            count += Int(range.upperBound - max(range.lowerBound, value + 1))
        }
        return min(count, enough)
    }

    /// Takes out all below `value`.
    mutating func remove(below value: UInt64) {
        guard let lowest = ranges.first, lowest.lowerBound < value else { return }
        let index = firstIndex(endingAfter: value)
        for range in ranges[..<index] { covered -= UInt64(range.count) }
        ranges.removeSubrange(..<index)
        if let first = ranges.first, first.lowerBound < value {
            covered -= value - first.lowerBound
            ranges[0] = value..<first.upperBound
        }
    }

    /// Takes out `range`, in which some or all numbers may be.
    mutating func remove(_ range: Range<UInt64>) {
        guard !range.isEmpty else { return }
        let first = firstIndex(endingAfter: range.lowerBound)
        var end = first
        var rests: [Range<UInt64>] = []
        while end < ranges.count, ranges[end].lowerBound < range.upperBound {
            let found = ranges[end]
            covered -= UInt64(found.clamped(to: range).count)
            if found.lowerBound < range.lowerBound { rests.append(found.lowerBound..<range.lowerBound) }
            if found.upperBound > range.upperBound { rests.append(range.upperBound..<found.upperBound) }
            end += 1
        }
        if end > first { ranges.replaceSubrange(first..<end, with: rests) }
    }

    /// Forgets the lowest ranges until no more than `count` are left.
    mutating func keepHighest(_ count: Int) {
        while ranges.count > count { covered -= UInt64(ranges.removeFirst().count) }
    }

    private func firstIndex(endingAfter value: UInt64) -> Int {
        if let last = ranges.last, last.lowerBound <= value {
            return last.upperBound > value ? ranges.count - 1 : ranges.count
        }
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound > value { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
