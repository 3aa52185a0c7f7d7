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

    /// Each row at most `columns` − 1 wide; `width` gives the columns that a text takes.
    package func rows(columns: Int, at now: Instant, width: (String) -> Int) -> [[Span]] {
        var rows = progressRows(columns: columns, at: now, width: width)
        if let summary = summary(at: now) { rows.append([Span(summary, .progress)]) }
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

    /// What all downloads come to, where there are several.
    private func summary(at now: Instant) -> String? {
        let active = transfers.active
        let running = active.filter { $0.grant != nil }
        guard active.count > 1, !running.isEmpty else { return nil }
        let bytes = running.reduce(0) { $0 + $1.arrived }
        let size = running.reduce(0) { $0 + ($1.size ?? 0) }
        let rate = running.compactMap { $0.meter.rate(over: RateMeter.rateWindow, at: now) }.reduce(0, +)
        let queued = active.count - running.count
        let waiting = queued > 0 ? ", \(queued) waiting" : ""
        let share = "\(Amount.percent(bytes, of: size))%  \(Amount.bytes(bytes))  \(Amount.rate(rate))"
        return "\(active.count) downloads\(waiting)  \(share)"
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
