package import Timeline

/// The conversation as its reader sees it: each line with the time of day, a line where a new day begins, what was said
/// before the reader came kept apart, and no word broken at the terminal's edge.
package struct Transcript {
    /// A moment on the clock and the calendar of the place: `2026-02-01`, `14:05`.
    package struct Moment: Hashable, Sendable {
        package var day: String
        package var clock: String

        package init(day: String, clock: String) {
            self.day = day
            self.clock = clock
        }
    }

    /// How wide the reader's terminal is, and how many of its cells a text takes.
    package struct Page {
        package var columns: Int
        package var width: (String) -> Int

        package init(columns: Int, width: @escaping (String) -> Int) {
            self.columns = columns
            self.width = width
        }
    }

    /// What the place's clock and calendar say.
    private let moment: (UnixTime) -> Moment
    private var lastDay: String?

    package init(moment: @escaping (UnixTime) -> Moment) { self.moment = moment }

    /// The rows for an event of now; `room` is the one whose name need not be said.
    package mutating func rows(
        for event: ClientEvent, at now: UnixTime, room: String?, showsTimes: Bool, on page: Page
    ) -> [[Span]] {
        let today = moment(now)
        var rows: [[Span]] = []
        // The clock alone would not tell that a night has passed.
        if let lastDay, lastDay != today.day { rows.append([Span("— \(today.day) —", .time)]) }
        lastDay = today.day
        var time = showsTimes ? today.clock : nil
        if case .help = event { time = nil }
        guard case .recalled(let then, _) = event else {
            return rows + Self.rows(for: event, time: time, room: room, on: page)
        }
        let past = moment(then)
        let stamp = past.day == today.day ? past.clock : "\(past.day) \(past.clock)"
        // It calls for no answer; only who meant us still stands out.
        return rows
            + Self.rows(for: event, time: stamp, room: room, on: page).map { row in
                row.map { Span($0.text, $0.role == .mention ? .mention : .past) }
            }
    }

    /// The rows for an event, with `time` before the first.
    package static func rows(
        for event: ClientEvent, time: String?, room: String?, draws: Bool = true, on page: Page
    ) -> [[Span]] {
        let stamp = time.map { $0.count + 1 } ?? 0
        return EventText.lines(for: event, time: time, room: room, draws: draws).flatMap { line in
            let hang = event.isTable ? column(of: line, behind: stamp) : stamp
            if hang > page.columns / 2 { return narrow(line, at: hang, behind: stamp, on: page) }
            return WordWrap.rows(of: line, hang: hang, columns: page.columns, width: page.width)
        }
    }

    /// A row of a table whose text has less than half of the terminal: the text goes below, a little to the right.
    private static func narrow(_ line: [Span], at column: Int, behind stamp: Int, on page: Page) -> [[Span]] {
        func wrapped(_ line: [Span], _ hang: Int) -> [[Span]] {
            WordWrap.rows(of: line, hang: hang, columns: page.columns, width: page.width)
        }
        let whole = wrapped(line, stamp)
        if whole.count == 1 { return whole }
        var head: [Span] = []
        var tail: [Span] = []
        var place = 0
        for span in line {
            let count = max(0, column - place)
            head.append(Span(String(span.text.prefix(count)), span.role))
            tail.append(Span(String(span.text.dropFirst(count)), span.role))
            place += span.text.count
        }
        while let last = head.popLast() {
            let text = String(last.text.reversed().drop { $0 == " " }.reversed())
            guard text.isEmpty else {
                head.append(Span(text, last.role))
                break
            }
        }
        let indent = min(stamp + 4, page.columns / 2)
        let below = wrapped([Span(String(repeating: " ", count: indent))] + tail, indent)
        return head.isEmpty ? below : wrapped(head, stamp) + below
    }

    /// Where the text of a table's row begins: behind the first gap of two blanks.
    private static func column(of line: [Span], behind stamp: Int) -> Int {
        let text = Array(line.map(\.text).joined())
        let start = text.indices.dropFirst(stamp).first { text[$0] != " " } ?? stamp
        let gap = text.indices.dropFirst(start).first { text[$0] == " " && text.dropFirst($0 + 1).first == " " }
        guard let gap else { return start }
        return text.indices.dropFirst(gap).first { text[$0] != " " } ?? start
    }
}

extension ClientEvent {
    /// Whether its lines have columns.
    fileprivate var isTable: Bool {
        switch self {
        case .help, .rooms, .file, .setting, .transfers, .why: true
        case .message, .privateMessage, .notice, .join, .leave, .nick, .nicknames, .topic, .whois, .recalled, .welcome,
            .motd, .filesEnd, .accepted, .group, .groupDone, .continued, .progress, .done, .cancelled, .info, .printed,
            .error:
            false
        }
    }
}
