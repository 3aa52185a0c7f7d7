import IRC
package import Timeline

/// The rows between the conversation and the prompt: downloads, what was said and not echoed yet, and what keeps us waiting.
extension Client {
    /// Lines of ours that may wait in sight; of more only the number is told.
    static let mostPending = 3
    /// A server that answers within this time is not worth a word.
    static let lagWorthTelling = Interval.seconds(1)

    /// Whether these rows change with time: the loop makes them anew up to four times a second while this is true.
    package var hasRows: Bool { transfers.isActive || (link == .registered && requests.oldest != nil) }

    /// A row of a download at most `columns` − 1 wide; `width` gives the columns that a text takes.
    package func rows(columns: Int, at now: Instant, width: (String) -> Int) -> [[Span]] {
        var rows = progressRows(columns: columns, at: now, width: width)
        if let summary = summary(columns: columns, at: now, width: width) { rows.append(summary) }
        rows += pendingRows()
        if let lag = lag(at: now) {
            rows.append([Span("the server has not answered for \(Int(lag.seconds)) s", .notice)])
        }
        return rows
    }

    /// How long the oldest request has had no answer, once that is worth telling.
    func lag(at now: Instant) -> Interval? {
        guard link == .registered, let since = requests.waitsSince, now - since >= Self.lagWorthTelling else {
            return nil
        }
        return now - since
    }

    /// What all downloads come to, where there are several; a directory or a pattern is one, as it is one row.
    private func summary(columns: Int, at now: Instant, width: (String) -> Int) -> [Span]? {
        let single = transfers.active.filter { $0.group == nil }
        let count = single.count + transfers.groups.count
        let atWork = single.filter { $0.grant != nil }
        let groups = transfers.groups.map { groupFacts($0, at: now) }
        guard count > 1, !atWork.isEmpty || groups.contains(where: { $0.idle == nil }) else { return nil }
        let waiting = count - atWork.count - groups.count { $0.idle == nil }
        let bytes = groups.reduce(atWork.reduce(0) { $0 &+ $1.arrived }) { $0 &+ $1.bytes }
        let sizes = single.compactMap { $0.size ?? $0.listedSize } + transfers.groups.map(\.size)
        let size = sizes.reduce(0) { $0 &+ $1 }
        var rate = atWork.compactMap { $0.meter.rate(over: RateMeter.rateWindow, at: now) }.reduce(0, +)
        rate += groups.filter { $0.idle == nil }.compactMap(\.rate).reduce(0, +)
        var facts = ProgressText.Facts(
            name: "\(count) downloads" + (waiting > 0 ? ", \(waiting) waiting" : ""),
            percent: Amount.percent(min(bytes, size), of: size), bytes: bytes, rate: rate)
        if rate > 0, size >= bytes { facts.remaining = Double(size - bytes) / rate }
        return ProgressText.row(facts, columns: columns, width: width).map { Span($0.text, .progress) }
    }

    /// Our words, until the server's echo puts them above.
    private func pendingRows() -> [[Span]] {
        let pending = requests.unechoed
        let shown = pending.prefix(Self.mostPending).map { said in
            let action = said.isAction ? "* " : ""
            return [Span("… \(action)\(DisplayText(sanitising: said.text).text)", .pending)]
        }
        let more = pending.count - shown.count
        return shown + (more > 0 ? [[Span("… and \(more) more", .pending)]] : [])
    }
}
