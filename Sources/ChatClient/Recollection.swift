import DequeModule
import IRC
import Timeline

/// What was said lately, for `/recall`.
struct Recollection: Sendable {
    struct Entry: Sendable {
        let time: UnixTime
        let event: ClientEvent
    }

    private var entries: Deque<Entry> = []

    /// A line of talk is at most 512 bytes: 10,000 of them are some megabytes.
    static let mostEntries = 10_000
    /// More hits than these are no answer; the newest are shown.
    static let mostHits = 50

    mutating func keep(_ event: ClientEvent, at time: UnixTime) {
        switch event {
        case .message, .privateMessage: break
        case .notice, .join, .leave, .nick, .nicknames, .topic, .whois, .rooms, .recalled, .welcome, .motd, .file,
            .filesEnd, .accepted, .group, .groupDone, .continued, .progress, .done, .cancelled, .transfers, .why,
            .setting, .help, .info,
            .printed,
            .error:
            return
        }
        entries.append(Entry(time: time, event: event))
        if entries.count > Self.mostEntries { entries.removeFirst() }
    }

    /// The lines that the pattern fits, oldest first: anywhere in the line without `*` and `?`; letters of any case.
    func hits(_ pattern: String) -> [Entry] {
        let isMask = pattern.utf8.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") }
        let mask = Mask((isMask ? pattern : "*\(pattern)*").lowercased(), foldsCase: false)
        var found: [Entry] = []
        for entry in entries.reversed() where found.count < Self.mostHits {
            let line = EventText.lines(for: entry.event, time: nil, room: nil).joined().map(\.text).joined()
            if mask.matches(line.lowercased()) { found.append(entry) }
        }
        return found.reversed()
    }
}
