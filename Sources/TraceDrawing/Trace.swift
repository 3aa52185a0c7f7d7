/// What a trace tells, a transfer at each end that wrote into it.
package struct Trace: Sendable {
    /// In the order of their first lines.
    package private(set) var transfers: [TracedTransfer] = []
    package private(set) var lines = 0
    /// Lines that are none of a trace, and the number of the first one.
    package private(set) var skipped = 0
    package private(set) var firstSkipped: Int?
    private var places: [String: Int] = [:]
    private var pending: [UInt8] = []
    private var isTooLong = false

    /// A line of a trace has below 400 bytes; what is longer is none.
    package static let longestLine = 4_096

    package init() {}

    /// Takes in a piece of the file, cut anywhere.
    package mutating func read(_ bytes: ArraySlice<UInt8>) {
        var rest = bytes
        while let end = rest.firstIndex(of: 0x0A) {
            keep(rest[..<end])
            endLine()
            rest = rest[(end + 1)...]
        }
        keep(rest)
    }

    /// The file is over; a last line without an end is one as well.
    package mutating func finish() {
        if !pending.isEmpty || isTooLong { endLine() }
    }

    private mutating func keep(_ bytes: ArraySlice<UInt8>) {
        if pending.count + bytes.count <= Self.longestLine { pending += bytes } else { isTooLong = true }
    }

    private mutating func endLine() {
        lines += 1
        defer {
            pending.removeAll(keepingCapacity: true)
            isTooLong = false
        }
        if !isTooLong, pending.allSatisfy({ $0 == 0x20 || $0 == 0x0D }) { return }
        guard !isTooLong, let line = TraceLine(pending[...]) else {
            skipped += 1
            firstSkipped = firstSkipped ?? lines
            return
        }
        let key = line.id + line.end.rawValue
        let place = places[key] ?? transfers.count
        if place == transfers.count {
            places[key] = place
            transfers.append(TracedTransfer(line))
        }
        transfers[place].take(line)
    }

    /// The transfers that a person means by a number of `summaries`, or by the beginning of an id.
    package func transfers(named text: String) -> [TracedTransfer] {
        if let number = Int(text), transfers.indices.contains(number - 1), text.utf8.count < 8 {
            return [transfers[number - 1]]
        }
        return text.isEmpty ? [] : transfers.filter { $0.id.utf8.starts(with: text.utf8) }
    }

    /// A line for each transfer, with the number that chooses it.
    package var summaries: [String] {
        transfers.enumerated().map { "\($0.offset + 1)  \($0.element.id)  \($0.element.summary)" }
    }
}

/// One transfer as one end saw it: values over the seconds since its first line.
package struct TracedTransfer: Sendable {
    package let id: String
    package let isServer: Bool
    private let start: Double

    struct Point: Hashable, Sendable {
        var at: Double
        var value: Double
    }
    enum Mark: CaseIterable, Sendable {
        case loss, goBack, timeout
    }

    private(set) var seconds = 0.0
    private(set) var windows: [Point] = []
    private(set) var inFlight: [Point] = []
    /// Bytes a second at which the sender let them leave.
    private(set) var pacing: [Point] = []
    private(set) var roundTrips: [Point] = []
    private(set) var leastRoundTrips: [Point] = []
    /// Bytes that arrived so far; without such figures the first byte that is missing stands for them.
    private(set) var delivered: [Point] = []
    private var hasDelivered = false
    private(set) var marks: [(mark: Mark, at: Double)] = []
    private(set) var phases: [(name: String, at: Double)] = []
    private var outcome: String?
    private var lost = 0.0
    private var resent = 0.0
    private var offset = 0.0

    init(_ line: TraceLine) {
        id = line.id
        isServer = line.end == .server
        start = line.time
    }

    mutating func take(_ line: TraceLine) {
        let now = max(seconds, line.time - start)
        seconds = now
        offset = max(offset, line.offset)
        if line.window > 0 { windows.append(Point(at: now, value: line.window)) }
        if !hasDelivered { delivered.append(Point(at: now, value: offset)) }
        switch line.event {
        case "status": takeFigures(line.figures, at: now)
        case "lost": marks.append((.loss, now))
        case "go-back": marks.append((.goBack, now))
        case "timeout", "silence": marks.append((.timeout, now))
        case "switched": enter("repeat", at: now)
        case "phase": enter(line.detail, at: now)
        case "finished": outcome = line.detail
        // The file has its name, and a command need not wait for the server's last word.
        case "done" where !isServer: outcome = outcome ?? "completed"
        default: break
        }
    }

    private mutating func takeFigures(_ figures: [Substring: Substring], at now: Double) {
        func number(_ key: Substring) -> Double? {
            figures[key].flatMap { Double($0) }.flatMap { $0.isFinite && $0 >= 0 ? $0 : nil }
        }
        func note(_ key: Substring, in points: inout [Point]) {
            if let value = number(key) { points.append(Point(at: now, value: value)) }
        }
        note("in-flight", in: &inFlight)
        note("rate", in: &pacing)
        note("rtt", in: &roundTrips)
        note("least-rtt", in: &leastRoundTrips)
        if let bytes = number("delivered") {
            if !hasDelivered { delivered = [Point(at: 0, value: 0)] }
            hasDelivered = true
            delivered.append(Point(at: now, value: max(bytes, delivered.last?.value ?? 0)))
        }
        lost = number("lost") ?? lost
        resent = number("resent") ?? resent
        if let phase = figures["phase"] { enter(String(phase), at: now) }
    }

    private mutating func enter(_ phase: String, at now: Double) {
        let name = String(
            phase.unicodeScalars.filter { $0.properties.isAlphabetic || $0 == "-" }.prefix(12).map(Character.init))
        if !name.isEmpty, phases.last?.name != name { phases.append((name, now)) }
    }

    /// Bytes a second that arrived, in each of `count` equal parts of the time.
    func rates(parts count: Int) -> [Double] {
        guard seconds > 0, count > 0 else { return [] }
        let part = seconds / Double(count)
        var rates: [Double] = []
        var index = 0
        var before = 0.0
        for number in 1...count {
            let end = part * Double(number)
            while index < delivered.count, delivered[index].at <= end { index += 1 }
            let total = Self.value(of: delivered, at: end, before: index)
            rates.append(max(0, total - before) / part)
            before = total
        }
        return rates
    }

    /// On the straight line between the points around `time`; `index` is the first one after it.
    private static func value(of points: [Point], at time: Double, before index: Int) -> Double {
        guard index > 0 else { return 0 }
        let left = points[index - 1]
        guard index < points.count, case let right = points[index], right.at > left.at else { return left.value }
        return left.value + (right.value - left.value) * (time - left.at) / (right.at - left.at)
    }

    package var summary: String {
        let rate = seconds > 0 ? ", \(Scale.bytes(offset / seconds))/s" : ""
        let losses = isServer || lost > 0 ? "; \(Int(min(lost, 1e15))) lost, \(Int(min(resent, 1e15))) sent again" : ""
        let end = outcome.map {
            ", \($0.unicodeScalars.filter { $0.value >= 0x20 && $0.value < 0x7F }.reduce(into: "") { $0.unicodeScalars.append($1) })"
        }
        return "\(isServer ? "server" : "client")  \(Scale.bytes(offset)) in \(Scale.short(seconds)) s\(rate)\(losses)"
            + (end ?? ", not ended")
    }
}
