import CXXHash
package import Timeline

/// What is written down beside a partial download: of which file it is, and which ranges of it are written.
///
/// Text of five lines, whose last has a checksum over the others, and below them a line for each step further:
///
///     rdtchat part 2
///     name lab notes.pdf
///     file 67108864 1795355091 4bdeae2b…
///     wrote 0+1048576 1114112+65536
///     check 0f3a77c1
///     wrote 1048576+65536 1179648+1448 5d00a1e2
///
/// A line counts only when all before it are right and its own checksum is, so a record that a crash has cut tells less,
/// never something else. It finds accidents; what a partial holds is believed only when the server's hash of it agrees.
package struct PartRecord: Equatable, Sendable {
    /// The server's name for the file.
    package let name: String
    package let size: UInt64
    package let modified: UnixTime
    /// Nil when the server did not know it.
    package let hash: FileDigest?
    private var written = Extents()
    /// What no step has told of yet.
    private var fresh = Extents()

    /// A longer record is none: a second's worth of steps, after which it is written anew.
    package static let mostBytes = 1 << 20
    /// Ranges in the first `wrote` line, 30 bytes each; a window has rarely so many gaps, and what is behind the last of them
    /// comes again.
    private static let mostRanges = 1_024

    /// With the first `bytes` written, and what lies `beyond`.
    package init(
        name: String, size: UInt64, modified: UnixTime, hash: FileDigest?, bytes: UInt64,
        beyond: [Range<UInt64>] = []
    ) {
        self.name = name
        self.size = size
        self.modified = modified
        self.hash = hash
        restart(bytes, beyond: beyond)
    }

    package static func == (left: PartRecord, right: PartRecord) -> Bool {
        left.steplessHead == right.steplessHead && left.written == right.written
    }

    // MARK: What is written

    /// Bytes before the first that is missing.
    package var bytes: UInt64 {
        written.ranges.first.map { $0.lowerBound == 0 ? $0.upperBound : 0 } ?? 0
    }
    /// No byte at all.
    package var isEmpty: Bool { written.covered == 0 }
    /// Bytes that no step has told of yet.
    package var freshBytes: UInt64 { fresh.covered }

    package mutating func wrote(_ range: Range<UInt64>) {
        written.insert(range)
        fresh.insert(range)
    }

    /// No more than these is written.
    package mutating func restart(_ bytes: UInt64, beyond: [Range<UInt64>]) {
        written = Extents()
        fresh = Extents()
        for range in [0..<bytes] + beyond { written.insert(range) }
    }

    /// What lies behind the first gap and before `end`: the largest ranges, as many as START takes, in file order.
    package func beyond(upTo end: UInt64) -> [Range<UInt64>] {
        let all = written.ranges.filter { $0.lowerBound > 0 && $0.lowerBound < end }
            .map { $0.lowerBound..<min($0.upperBound, end) }
        var room = UInt64(Limits.keptBeyond)
        let largest = all.sorted { $0.count > $1.count }.prefix(Limits.keptRanges).map { range in
            let count = min(UInt64(range.count), room)
            room -= count
            return range.lowerBound..<range.lowerBound + count
        }
        return largest.filter { !$0.isEmpty }.sorted { $0.lowerBound < $1.lowerBound }
    }

    // MARK: As text

    private static let title = "rdtchat part 2"

    /// The whole record, with all that is fresh.
    package mutating func encoded() -> [UInt8] {
        fresh = Extents()
        return Array((head + "check \(Self.check(head))\n").utf8)
    }

    /// The line to be put below the record for what is fresh.
    package mutating func step() -> [UInt8] {
        let text = Self.text(of: fresh.ranges[...])
        fresh = Extents()
        return Array("wrote \(text) \(Self.check(steplessHead + text))\n".utf8)
    }

    private var head: String { steplessHead + "wrote \(Self.text(of: written.ranges.prefix(Self.mostRanges)))\n" }

    private var steplessHead: String {
        "\(Self.title)\nname \(name)\nfile \(size) \(modified.seconds) \(hash?.description ?? "*")\n"
    }

    private static func text(of ranges: ArraySlice<Range<UInt64>>) -> String {
        ranges.map { "\($0.lowerBound)+\($0.count)" }.joined(separator: " ")
    }

    private static func check(_ text: String) -> String {
        let bytes = Array(text.utf8)
        let hash = unsafe bytes.withUnsafeBytes { unsafe cxxhash_64($0.baseAddress, $0.count, 0) }
        return hexadecimal(hash & 0xFFFF_FFFF, digits: 8)
    }

    /// Nil for what is no record, or is damaged before its first `check`.
    package init?(parsing bytes: [UInt8]) {
        guard bytes.count <= Self.mostBytes else { return nil }
        var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)[...]
        // What follows the last line end was cut.
        lines.removeLast()
        func next(_ word: String) -> String? {
            guard let line = lines.popFirst(), let text = String(validating: line, as: UTF8.self) else { return nil }
            guard !word.isEmpty else { return text }
            return text.utf8.starts(with: (word + " ").utf8)
                ? String(text.unicodeScalars.dropFirst(word.count + 1)) : nil
        }
        guard next("") == Self.title, let name = next("name"), !name.isEmpty,
            let file = next("file")?.split(separator: " ", omittingEmptySubsequences: false), file.count == 3,
            let size = Self.number(file[0]), size <= FileOffset.largest.rawValue, let modified = Int64(file[1]),
            let first = next("wrote"), let ranges = Self.ranges(first[...], within: size), let check = next("check")
        else { return nil }
        let hash = FileDigest(String(file[2]))
        guard hash != nil || file[2] == "*" else { return nil }
        self.init(name: name, size: size, modified: UnixTime(seconds: modified), hash: hash, bytes: 0, beyond: ranges)
        guard check == Self.check(steplessHead + "wrote \(first)\n") else { return nil }
        while let step = next("wrote"), let space = step.lastIndex(of: " "),
            Self.check(steplessHead + step[..<space]) == step[step.index(after: space)...],
            let ranges = Self.ranges(step[..<space], within: size)
        {
            for range in ranges { written.insert(range) }
        }
    }

    private static func ranges(_ text: Substring, within size: UInt64) -> [Range<UInt64>]? {
        var ranges: [Range<UInt64>] = []
        for word in text.split(separator: " ") {
            let numbers = word.split(separator: "+", omittingEmptySubsequences: false)
            guard numbers.count == 2, let start = number(numbers[0]), let count = number(numbers[1]), count > 0,
                start <= size, count <= size - start
            else { return nil }
            ranges.append(start..<start + count)
        }
        return ranges
    }

    /// Digits only: no sign, no space, no leading zero.
    private static func number(_ text: Substring) -> UInt64? {
        guard text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), text == "0" || text.utf8.first != 0x30 else {
            return nil
        }
        return UInt64(text)
    }
}
