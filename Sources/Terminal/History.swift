internal import Posix

/// The lines that were typed, oldest first, each of them once: the same line typed again moves to the end.
struct History {
    enum Change: Equatable {
        case none
        case appended
        /// An older one like it has gone, or the oldest for want of room.
        case reordered
    }

    private(set) var entries: [String] = []
    private let limit: Int

    init(limit: Int) { self.limit = max(1, limit) }

    mutating func add(_ entry: String) -> Change {
        guard entry.contains(where: { !$0.isWhitespace }), entries.last.map({ !$0.isSame(as: entry) }) ?? true
        else { return .none }
        let count = entries.count
        // By scalars: two names that differ only in how they are composed are two names.
        entries.removeAll { $0.unicodeScalars.elementsEqual(entry.unicodeScalars) }
        let isReordered = entries.count < count
        entries.append(entry)
        guard entries.count > limit else { return isReordered ? .reordered : .appended }
        entries.removeFirst(entries.count - limit)
        return .reordered
    }
}

/// The history on disk: UTF-8, an entry a line, with `\n` for a newline and `\\` for a backslash in it; readable by its
/// owner only, because it holds private messages.
///
/// Entries are appended as they are made, so two programs at once lose none of each other's; what has become
/// double is dropped when the file is next read.
struct HistoryFile {
    let path: String
    let limit: Int

    /// A file beyond this is not ours (2,000 lines of the longest message that IRC allows are 1 MiB).
    private static let largestFile = 4 << 20

    /// The file's entries; none when there is no file yet.
    func load() throws(Errno) -> History {
        var history = History(limit: limit)
        let bytes: [UInt8]
        do throws(Errno) {
            bytes = try TextFile.read(path, limit: Self.largestFile)
        } catch {
            if error.code == .noSuchFile { return history }
            throw error
        }
        let lines = bytes.split(separator: UInt8(ascii: "\n"))
        for line in lines { _ = history.add(Self.decoded(line)) }
        if lines.count > 2 * limit {
            try TextFile.replace(path, with: history.entries.flatMap(Self.encoded))
        }
        return history
    }

    func append(_ entry: String) throws(Errno) {
        try TextFile.append(Self.encoded(entry), to: path)
    }

    static func encoded(_ entry: String) -> [UInt8] {
        var bytes: [UInt8] = []
        for byte in entry.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): bytes += Array("\\\\".utf8)
            case UInt8(ascii: "\n"): bytes += Array("\\n".utf8)
            default: bytes.append(byte)
            }
        }
        return bytes + [UInt8(ascii: "\n")]
    }

    static func decoded(_ line: some Sequence<UInt8>) -> String {
        var bytes: [UInt8] = []
        var isEscaped = false
        for byte in line {
            if isEscaped {
                bytes.append(byte == UInt8(ascii: "n") ? UInt8(ascii: "\n") : byte)
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
