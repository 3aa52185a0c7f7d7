/// Cuts a stream of bytes into lines.
///
/// A line ends in CR LF or a bare LF; empty lines are passed over (RFC 1459, section 2.3). What is kept never exceeds
/// what was fed and not yet taken out, and an endless line is thrown away as it comes.
package struct LineDecoder: Sendable {
    package enum Line: Hashable, Sendable {
        /// A line without its end.
        case line([UInt8])
        /// A line was longer than allowed and is gone; told once, as soon as it is known.
        case tooLong
    }

    private enum State {
        /// The bytes from `start` on belong to a line that may still become good.
        case collecting
        /// The line was too long; its bytes are dropped up to the next LF.
        case discarding
    }

    /// The most bytes of a line with its end, tags not counted.
    private let limit: Int
    /// The most bytes of the tags with their `@` and the space after them.
    private let tagLimit: Int
    private var state = State.collecting
    private var buffer: [UInt8] = []
    private var start = 0
    /// No LF stands before this index and from `start` on.
    private var searched = 0
    /// Bytes dropped of the line that is being discarded.
    package private(set) var discarded = 0

    package init(limit: Int = WireLimits.line, tagLimit: Int = WireLimits.clientTags) {
        self.limit = limit
        self.tagLimit = tagLimit
    }

    /// The bytes fed and not taken out yet.
    package var pending: Int { buffer.count - start }

    package mutating func feed(_ bytes: ArraySlice<UInt8>) {
        if start > 0 {
            buffer.removeSubrange(..<start)
            searched -= start
            start = 0
        }
        buffer += bytes
    }

    package mutating func next() -> Line? {
        while true {
            let end = buffer[searched...].firstIndex(of: Byte.lineFeed)
            searched = end ?? buffer.count
            switch state {
            case .discarding:
                discarded += searched - start
                start = searched
                guard let end else { return nil }
                state = .collecting
                discarded = 0
                skip(to: end + 1)
            case .collecting:
                guard fits(buffer[start..<searched], isEnded: end != nil) else {
                    state = .discarding
                    return .tooLong
                }
                guard let end else { return nil }
                var line = buffer[start..<end]
                skip(to: end + 1)
                if line.last == Byte.carriageReturn { line = line.dropLast() }
                if !line.isEmpty { return .line(Array(line)) }
            }
        }
    }

    private mutating func skip(to index: Int) {
        start = index
        searched = index
    }

    /// Whether the line so far is within both limits. An end of one byte counts as two, so that a line is as long
    /// with LF as with CR LF.
    private func fits(_ line: ArraySlice<UInt8>, isEnded: Bool) -> Bool {
        var rest = line
        if rest.first == Byte.at {
            let tags = rest.prefix { $0 != Byte.space }
            guard tags.count < tagLimit else { return false }
            rest = rest[tags.endIndex...].dropFirst()
        }
        if rest.last == Byte.carriageReturn { rest = rest.dropLast() }
        return rest.count + 2 <= limit
    }
}
