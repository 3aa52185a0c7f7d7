import IRC

/// What `/why` shows: what limits the download in a sentence, then the figures of both ends, a row a matter.
enum WhyText {
    static func lines(_ explanation: Explanation, draws: Bool) -> [[Span]] {
        let verdict = Verdict(explanation)
        let head = [
            Span("download \(explanation.number) ", .notice), Span(explanation.name.text, .file),
            Span(" (\(explanation.state)): ", .notice), Span(verdict.text),
        ]
        let rows =
            (explanation.sender.map { sender($0, draws: draws) } ?? []) + (explanation.arrival.map(arrival) ?? [])
        return [head] + rows.map { [Span("  \(pad($0.name))", .notice), Span($0.text)] }
    }

    private struct Row {
        let name: String
        let text: String
    }

    private static func pad(_ name: String) -> String {
        name + String(repeating: " ", count: max(1, 12 - name.count))
    }

    // MARK: The sender's part

    private static func sender(_ figures: FilesExtension.Figures, draws: Bool) -> [Row] {
        guard let packets = figures[.packets], packets > 0 else { return [] }
        var rows = [Row(name: "loss", text: loss(figures)), Row(name: "round trip", text: trips(figures))]
        rows.append(Row(name: "window", text: window(figures)))
        if let spark = Sparkline(figures.windows) {
            let step = Amount.duration(Double(figures.millisecondsOfWindow) / 1000)
            let course =
                draws
                ? "\(spark.text)  each \(step)" : "\(spark.numbers(8)), over \(figures.windows.count) times \(step)"
            rows.append(Row(name: "", text: "\(course), at most \(Amount.bytes(spark.greatest))"))
        }
        rows.append(Row(name: "rate", text: rate(figures)))
        rows.append(Row(name: "recovery", text: recovery(figures)))
        return rows
    }

    private static func loss(_ figures: FilesExtension.Figures) -> String {
        let share = "\(Verdict.percent(figures.loss)), \(figures[.lost] ?? 0) of \(figures[.packets] ?? 0) datagrams"
        guard let own = figures[.pathLoss] else { return share }
        return "\(share); \(Verdict.percent(Double(own) / 1e6)) is the path's own"
    }

    private static func trips(_ figures: FilesExtension.Figures) -> String {
        guard let smoothed = figures[.roundTrip] else { return "not measured yet" }
        let least = figures[.leastRoundTrip].map { ", \(Amount.duration(Double($0) / 1e6)) least" } ?? ""
        return "\(Amount.duration(Double(smoothed) / 1e6)) smoothed\(least)"
    }

    private static func window(_ figures: FilesExtension.Figures) -> String {
        let parts = [
            Amount.bytes(figures[.window] ?? 0), "\(Amount.bytes(figures[.inFlight] ?? 0)) in flight",
            "the receiver takes \(Amount.bytes(figures[.receiveWindow] ?? 0))",
        ]
        return parts.joined(separator: ", ")
    }

    private static func rate(_ figures: FilesExtension.Figures) -> String {
        let arrives = figures[.delivery].map { "\(Amount.rate(Double($0))) arrived of late" }
        let leaves = figures[.pacing].map { "paced at \(Amount.rate(Double($0)))" } ?? "not paced"
        return [arrives, leaves].compactMap { $0 }.joined(separator: ", ")
    }

    private static func recovery(_ figures: FilesExtension.Figures) -> String {
        let name =
            switch figures.words[.recovery] {
            case "gbn": "Go-Back-N"
            case "sr": "selective repeat"
            case let other: other ?? "?"
            }
        let phase = figures.words[.phase].map { ", \($0)" } ?? ""
        let events = [
            "\(figures[.resent] ?? 0) sent again", Amount.counted(figures[.goBacks] ?? 0, "go-back"),
            Amount.counted(figures[.timeouts] ?? 0, "timeout"),
        ]
        return "\(name)\(phase); \(events.joined(separator: ", "))"
    }

    // MARK: Our own part

    private static func arrival(_ figures: ArrivalFigures) -> [Row] {
        guard figures.packets > 0 else { return [] }
        let came = [
            "\(figures.packets) came", "\(figures.missing) did not", "\(figures.outOfOrder) out of order",
            "\(figures.duplicates) twice", "\(figures.localDrops) dropped by this system",
        ]
        let writing = figures.seconds > 0 ? figures.writing / figures.seconds : 0
        let times = [
            Amount.counted(figures.acks, "ACK"),
            "at most \(Amount.duration(figures.longestSilence)) without a datagram",
            "\(Verdict.percent(writing)) of the time writing",
        ]
        return [
            Row(name: "here", text: came.joined(separator: ", ")), Row(name: "", text: times.joined(separator: ", ")),
        ]
    }
}

/// Numbers over time in a row of blocks, from nothing to the greatest.
struct Sparkline: Hashable {
    let text: String
    let greatest: UInt64
    private let values: [UInt64]

    /// At most so many of the numbers, evenly apart, as text.
    func numbers(_ most: Int) -> String {
        let step = max(1, (values.count + most - 1) / most)
        return stride(from: 0, to: values.count, by: step).map { Amount.bytes(values[$0]) }.joined(separator: ", ")
    }

    private static let blocks: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

    /// Nil without numbers.
    init?(_ values: [UInt64]) {
        guard let greatest = values.max(), greatest > 0 else { return nil }
        self.greatest = greatest
        self.values = values
        text = String(
            values.map { value in
                let step = Double(value) / Double(greatest) * Double(Self.blocks.count)
                return Self.blocks[min(Self.blocks.count - 1, max(0, Int(step.rounded(.up)) - 1))]
            })
    }
}
