import CXXHash
package import Timeline

/// What is written down beside a partial download: of which file it is, and how much of its beginning is there.
///
/// Text of five lines, whose last has a checksum over the others, and below them a line for each step forward:
///
///     rdtchat part 1
///     name lab notes.pdf
///     file 67108864 1795355091 4bdeae2b…
///     bytes 1048576
///     check 0f3a77c1
///     bytes 1572864 5d00a1e2
///
/// A line counts only when all before it are right and its own checksum is, so a record that a crash has cut tells less,
/// never something else. It finds accidents; what a partial holds is believed only when the server's hash of it agrees.
package struct PartRecord: Hashable, Sendable {
    /// The server's name for the file.
    package var name: String
    package var size: UInt64
    package var modified: UnixTime
    /// Nil when the server did not know it.
    package var hash: FileDigest?
    /// So many of the file's first bytes are written.
    package var bytes: UInt64

    /// A record is not longer than this: a name of 1,024 bytes, and a step of at most 31 bytes each millisecond until it is
    /// written anew after a second or two.
    package static let mostBytes = 64 << 10

    package init(name: String, size: UInt64, modified: UnixTime, hash: FileDigest?, bytes: UInt64) {
        self.name = name
        self.size = size
        self.modified = modified
        self.hash = hash
        self.bytes = bytes
    }

    private static let title = "rdtchat part 1"

    /// The whole record.
    package var encoded: [UInt8] { Array((head + "check \(Self.check(head))\n").utf8) }

    /// The line to be put below the record when `bytes` has grown.
    package var step: [UInt8] { Array("bytes \(bytes) \(Self.check(steplessHead + String(bytes)))\n".utf8) }

    private var head: String { steplessHead + "bytes \(bytes)\n" }

    private var steplessHead: String {
        "\(Self.title)\nname \(name)\nfile \(size) \(modified.seconds) \(hash?.description ?? "*")\n"
    }

    private static func check(_ text: String) -> String {
        let bytes = Array(text.utf8)
        let hash = unsafe bytes.withUnsafeBytes { unsafe XXH3_64bits($0.baseAddress, $0.count) }
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
            let first = next("bytes").flatMap({ Self.number($0[...]) }), first <= size, let check = next("check")
        else { return nil }
        let hash = FileDigest(String(file[2]))
        guard hash != nil || file[2] == "*" else { return nil }
        self.init(name: name, size: size, modified: UnixTime(seconds: modified), hash: hash, bytes: first)
        guard check == Self.check(head) else { return nil }
        while let step = next("bytes")?.split(separator: " ", omittingEmptySubsequences: false), step.count == 2,
            let further = Self.number(step[0]), further <= size, step[1] == Self.check(steplessHead + step[0])
        {
            self.bytes = max(self.bytes, further)
        }
    }

    /// Digits only: no sign, no space, no leading zero.
    private static func number(_ text: Substring) -> UInt64? {
        guard text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), text == "0" || text.utf8.first != 0x30 else {
            return nil
        }
        return UInt64(text)
    }
}
