import IRC
import Timeline

/// A download's progress in a row that fits: `name  43%  12.3 MiB  4.1 MiB/s  00:42`.
enum ProgressText {
    struct Facts: Hashable {
        var name: String
        /// Of several files: `3/7 files`.
        var files: String?
        var percent: Int
        var bytes: UInt64
        /// Bytes a second over the last 15 s; nil before it is known.
        var rate: Double?
        /// Seconds left by the rate of the last 120 s; nil before it is known.
        var remaining: Double?
        /// Seconds without a byte, once they are worth telling.
        var stalled: Int?
        var isVerifying = false
        /// Why nothing runs, in a word: held, or not yet its turn.
        var idle: String?
        /// The percent are those of what is here already that were hashed.
        var isLooking = false
    }

    /// A pause shorter than this is the network's breath and not told.
    static let stallTime = Interval.seconds(3)
    /// The name is squeezed to this many columns before a field is dropped.
    static let shortestName = 8

    /// In the order in which fields are given up when the row is too wide.
    private enum Field: CaseIterable {
        case bytes, remaining, rate, percent, files
    }

    /// The row, at most `columns` − 1 wide: the last column stays free, for a full row would wrap. When it is too wide
    /// the name is squeezed first; then the fields go, the bytes first, then the time left, the rate, the percent.
    static func row(_ facts: Facts, columns: Int, width: (String) -> Int) -> [Span] {
        let space = max(0, columns - 1)
        var fields = fields(of: facts)
        let least = min(shortestName, width(facts.name))
        for dropped in Field.allCases {
            if space - width(tail(of: fields)) >= least { break }
            fields.removeAll { $0.field == dropped }
        }
        let tail = tail(of: fields)
        let name = squeeze(facts.name, into: space - width(tail), width)
        return tail.isEmpty ? [Span(name, .file)] : [Span(name, .file), Span(tail, .progress)]
    }

    /// The rows of several downloads, their fields below each other: what a narrow terminal has no room for, no row has.
    static func rows(_ all: [Facts], columns: Int, width: (String) -> Int) -> [[Span]] {
        guard all.count > 1 else { return all.map { row($0, columns: columns, width: width) } }
        let lists = all.map { Dictionary(uniqueKeysWithValues: fields(of: $0)) }
        let longest = all.map { width($0.name) }.max() ?? 0
        var order: [Field] = [.files, .percent, .bytes, .rate, .remaining].filter { field in
            lists.contains { $0[field] != nil }
        }
        func widths() -> [Int] { order.map { field in lists.map { width($0[field] ?? "") }.max() ?? 0 } }
        func space() -> Int { max(0, columns - 1) - widths().reduce(2 * order.count, +) }
        for dropped in Field.allCases {
            if space() >= min(shortestName, longest) { break }
            order.removeAll { $0 == dropped }
        }
        let nameWidth = max(0, min(longest, space()))
        return zip(all, lists).map { facts, list in
            let name = squeeze(facts.name, into: nameWidth, width)
            let tail = zip(order, widths()).map { field, space in
                let text = list[field] ?? ""
                return "  " + String(repeating: " ", count: space - width(text)) + text
            }
            if tail.isEmpty { return [Span(name, .file)] }
            let padded = name + String(repeating: " ", count: max(0, nameWidth - width(name)))
            return [Span(padded, .file), Span(tail.joined(), .progress)]
        }
    }

    private static func tail(of fields: [(field: Field, text: String)]) -> String {
        fields.map { "  \($0.text)" }.joined()
    }

    private static func fields(of facts: Facts) -> [(field: Field, text: String)] {
        let percent = (Field.percent, "\(facts.percent < 10 ? " " : "")\(facts.percent)%")
        let bytes = (Field.bytes, Amount.bytes(facts.bytes))
        if facts.isLooking { return [percent, (.rate, "of what is here checked")] }
        if facts.isVerifying { return [percent, bytes, (.rate, "checking")] }
        if let stalled = facts.stalled { return [percent, bytes, (.rate, "stalled \(stalled) s")] }
        let rate = (Field.rate, facts.idle ?? facts.rate.map(Amount.rate) ?? "-")
        var all = [percent, bytes, rate, (.remaining, facts.remaining.map(Amount.clock) ?? "--:--")]
        if facts.idle != nil { all.removeLast() }
        return facts.files.map { [(.files, $0)] + all } ?? all
    }

    /// Takes from the middle, so that the beginning and the file's kind stay.
    static func squeeze(_ name: String, into space: Int, _ width: (String) -> Int) -> String {
        guard width(name) > space else { return name }
        guard space > 0 else { return "" }
        let characters = Array(name)
        for kept in (0..<characters.count).reversed() {
            let head = (kept + 1) / 2
            let text = String(characters.prefix(head)) + "…" + String(characters.suffix(kept - head))
            if width(text) <= space { return text }
        }
        return ""
    }

    /// The word and the note of a row of `/transfers`.
    static func state(of transfer: Transfer, at now: Instant) -> (word: String, note: String) {
        switch transfer.state {
        case .queued: return ("queued", "")
        case .paused: return ("paused", "")
        case .asked: return ("asked", "")
        case .running where transfer.looking != nil:
            return ("checking", "\(Facts(transfer, at: now).percent)% of what is here")
        case .running:
            return ("running", fields(of: Facts(transfer, at: now)).dropFirst(2).map(\.text).joined(separator: "  "))
        case .verifying: return ("checking", "")
        case .done(let report): return ("done", DisplayText(sanitising: report.path).text)
        case .failed(let failure): return ("failed", DisplayText(sanitising: failure.text).text)
        case .cancelled: return ("cancelled", "")
        }
    }
}

extension ProgressText.Facts {
    init(_ transfer: Transfer, at now: Instant) {
        let (meter, size) = (transfer.meter, transfer.size ?? 0)
        name = transfer.wish.name.text
        percent = Amount.percent(meter.bytes, of: size)
        bytes = meter.bytes
        rate = meter.rate(over: RateMeter.rateWindow, at: now)
        if let long = meter.rate(over: RateMeter.remainingWindow, at: now), long > 0, size >= meter.bytes {
            remaining = Double(size - meter.bytes) / long
        }
        let quiet = now - meter.lastGrowth
        if quiet >= ProgressText.stallTime { stalled = Int(quiet.seconds) }
        if case .verifying = transfer.state { isVerifying = true }
        if let looking = transfer.looking {
            isLooking = true
            percent = Amount.percent(looking.done, of: looking.total)
        }
    }
}
