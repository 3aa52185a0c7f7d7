import DequeModule
import IRC

/// The last lines that were said in a channel, for who comes later; they are in memory only.
struct History: Sendable {
    struct Line: Sendable {
        /// As `server-time` has it; texts of this form are in the order of their times.
        let time: String
        let id: String
        let source: Message.Source
        let command: String
        let text: String
    }

    private(set) var lines = Deque<Line>()

    /// Keeps a line, of at most `capacity`; true when there is one more than before.
    ///
    /// Without room elsewhere (`mayGrow`) the oldest of this channel makes place, so that all channels together keep
    /// within `HubLimits.historyLines`.
    mutating func append(_ line: Line, capacity: Int, mayGrow: Bool) -> Bool {
        let isFull = lines.count >= capacity || !mayGrow
        if isFull, lines.popFirst() == nil { return false }
        lines.append(line)
        return !isFull
    }

    /// Forgets the oldest lines beyond `capacity`; says how many those were.
    mutating func shorten(to capacity: Int) -> Int {
        let extra = max(0, lines.count - capacity)
        lines.removeFirst(extra)
        return extra
    }

    /// A place in the past, as CHATHISTORY names it.
    enum Reference: Hashable, Sendable {
        case time(String)
        case message(String)

        /// `timestamp=2026-…` or `msgid=…`.
        init?(_ text: String) {
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { return nil }
            switch parts[0] {
            case "timestamp":
                guard let time = ServerTime.normalized(parts[1]) else { return nil }
                self = .time(time)
            case "msgid": self = .message(parts[1])
            default: return nil
            }
        }
    }

    /// How many lines come before the place, and how many with it.
    func position(of reference: Reference) -> (before: Int, through: Int)? {
        switch reference {
        case .time(let time):
            let before = lines.firstIndex { $0.time >= time } ?? lines.count
            return (before, lines.firstIndex { $0.time > time } ?? lines.count)
        case .message(let id): return lines.firstIndex { $0.id == id }.map { ($0, $0 + 1) }
        }
    }
}
