/// An axis from 0 to just above the greatest value, with round numbers on it.
struct Scale: Hashable {
    enum Unit: Hashable {
        case bytes, bytesPerSecond, seconds
    }

    /// Where the axis ends, and the values that have a number, all in the base unit.
    let top: Double
    let ticks: [Double]
    /// What the numbers are in: `MiB`, `ms` …
    let name: String
    private let unitSize: Double

    init(_ unit: Unit, to greatest: Double, ticks wanted: Int = 3) {
        let units: [(String, Double)] =
            switch unit {
            case .bytes: [("B", 1), ("KiB", 1_024), ("MiB", 1_048_576), ("GiB", 1_073_741_824)]
            case .bytesPerSecond: [("B/s", 1), ("KiB/s", 1_024), ("MiB/s", 1_048_576), ("GiB/s", 1_073_741_824)]
            case .seconds: [("µs", 1e-6), ("ms", 1e-3), ("s", 1)]
            }
        let greatest = max(greatest, units[0].1)
        let chosen = units.last { $0.1 <= greatest } ?? units[0]
        name = chosen.0
        unitSize = chosen.1
        let step = Self.step(greatest / unitSize / Double(wanted))
        let count = max(1, Int((greatest / unitSize / step).rounded(.up)))
        ticks = (0...count).map { Double($0) * step * chosen.1 }
        top = ticks[count]
    }

    /// 1, 2 or 5 times a power of ten, not below `least`.
    private static func step(_ least: Double) -> Double {
        var power = 1.0
        while power * 10 <= least { power *= 10 }
        while power > least { power /= 10 }
        for factor in [1.0, 2, 5] where power * factor >= least * 0.999 { return power * factor }
        return power * 10
    }

    func label(_ value: Double) -> String { Self.short(value / unitSize) }

    /// 0 to 1 on the axis.
    func share(_ value: Double) -> Double { top > 0 ? min(max(value / top, 0), 1) : 0 }

    /// Three digits that count, without zeros at the end: `12.5`, `0.05`, `300`.
    static func short(_ value: Double) -> String {
        guard value.isFinite, value > 0 else { return "0" }
        guard value < 999.5 else { return String(Int(min(value, 1e15).rounded())) }
        var decimals = 0
        var scaled = value
        while scaled < 99.95, decimals < 6 {
            scaled *= 10
            decimals += 1
        }
        var digits = String(Int(scaled.rounded()))
        if decimals == 0 { return digits }
        digits = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
        var whole = digits.dropLast(decimals) + "." + digits.suffix(decimals)
        while whole.last == "0" { whole.removeLast() }
        if whole.last == "." { whole.removeLast() }
        return String(whole)
    }

    /// `57.2 MiB`.
    static func bytes(_ count: Double) -> String {
        let scale = Scale(.bytes, to: count)
        return "\(scale.label(count)) \(scale.name)"
    }
}

/// What is drawn above each other over the same time.
struct Panel {
    struct Series {
        let name: String
        let points: [TracedTransfer.Point]
        /// A step keeps its value until the next point.
        let isStep: Bool
    }
    let title: String
    let scale: Scale
    /// Drawn as a surface, and above it as a line.
    let surface: Series
    let line: Series

    init(_ title: String, _ unit: Scale.Unit, surface: Series, line: Series) {
        self.title = title
        self.surface = surface
        self.line = line
        scale = Scale(unit, to: (surface.points + line.points).map(\.value).max() ?? 0)
    }

    /// The panels of a transfer that have anything in them; `parts` are those of the time for rates.
    static func all(of transfer: TracedTransfer, parts: Int) -> [Panel] {
        let part = transfer.seconds / Double(max(1, parts))
        let rates = transfer.rates(parts: parts).enumerated().map {
            TracedTransfer.Point(at: (Double($0.offset) + 0.5) * part, value: $0.element)
        }
        let panels = [
            Panel(
                "window", .bytes, surface: Series(name: "in flight", points: transfer.inFlight, isStep: true),
                line: Series(
                    name: transfer.isServer ? "window" : "receive window", points: transfer.windows, isStep: true)),
            Panel(
                "rate", .bytesPerSecond, surface: Series(name: "arrived", points: rates, isStep: false),
                line: Series(name: "paced at", points: transfer.pacing, isStep: true)),
            Panel(
                "round trip", .seconds, surface: Series(name: "smoothed", points: transfer.roundTrips, isStep: false),
                line: Series(name: "least", points: transfer.leastRoundTrips, isStep: true)),
        ]
        return panels.filter { !$0.surface.points.isEmpty || !$0.line.points.isEmpty }
    }
}
