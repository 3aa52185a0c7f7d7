package import Timeline

/// What keeps a sender from sending more at a moment of its data phase: whoever asks why a transfer is as fast as it is
/// learns which of these took the time.
package enum Limitation: Int, CaseIterable, Sendable {
    /// The path's rate is not known yet: the start.
    case start
    /// The pacer: what leaves has the rate that the path was measured to have.
    case rate
    /// The congestion window is full.
    case window
    /// The receiver takes no more at a time.
    case receiver
    /// This end: more might have left and did not, for its processor, disk or other transfers.
    case sender
    /// Nothing was heard for a retransmission timeout.
    case silence
    /// All has left, and the last of it is on its way.
    case end
}

/// Where the time of a transfer went, by limitation.
package struct TimeSpent: Hashable, Sendable {
    private var intervals = [Interval](repeating: .zero, count: Limitation.allCases.count)

    package init() {}

    package subscript(limitation: Limitation) -> Interval {
        get { intervals[limitation.rawValue] }
        set { intervals[limitation.rawValue] = newValue }
    }

    package var all: Interval { intervals.reduce(.zero, +) }

    static func + (left: TimeSpent, right: TimeSpent) -> TimeSpent {
        var sum = left
        for limitation in Limitation.allCases { sum[limitation] += right[limitation] }
        return sum
    }
}

/// Keeps the time that each limitation took: all of it, and that of the last 5 to 10 s.
struct LimitMeter: Sendable {
    private var before = TimeSpent()
    private var half = TimeSpent()
    private var previousHalf = TimeSpent()
    private var halfBegan: Instant
    private var current = Limitation.start
    private var since: Instant
    /// From then on the pacer would have let more leave.
    private var release: Instant?
    /// What had been delivered at the begin of this half and of the one before, and when that was.
    private var marks: (current: Mark, previous: Mark)
    private var delivered: UInt64 = 0

    private struct Mark: Sendable {
        let delivered: UInt64
        let at: Instant
    }

    /// Half of what counts as recent: long enough for several round trips of every path, short enough for a person who watches.
    private static let halfOfRecent = Interval.seconds(5)

    init(at now: Instant) {
        since = now
        halfBegan = now
        marks = (Mark(delivered: 0, at: now), Mark(delivered: 0, at: now))
    }

    /// From `now` on `limitation` holds; with `release` only until then, and after that the sender itself.
    mutating func note(_ limitation: Limitation, release: Instant?, at now: Instant) {
        book(until: now)
        current = limitation
        self.release = release
    }

    mutating func note(delivered bytes: UInt64) { delivered = bytes }

    private mutating func book(until now: Instant) {
        if let release, release < now {
            half[current] += max(release - since, .zero)
            half[.sender] += now - max(release, since)
        } else {
            half[current] += now - since
        }
        since = now
        guard now - halfBegan >= Self.halfOfRecent else { return }
        before = before + previousHalf
        previousHalf = half
        half = TimeSpent()
        halfBegan = now
        marks = (Mark(delivered: delivered, at: now), marks.current)
    }

    /// The time since the start; the last stretch counts up to `now`.
    func total(at now: Instant) -> TimeSpent {
        let recent = recent(at: now)
        return before + recent
    }

    func recent(at now: Instant) -> TimeSpent {
        var copy = self
        copy.book(until: now)
        return copy.previousHalf + copy.half
    }

    /// Bytes a second that arrived in the last 5 to 10 s; nil before there is anything to tell it from.
    func deliveryRate(at now: Instant) -> Double? {
        let seconds = (now - marks.previous.at).seconds
        guard seconds > 0, delivered > 0 else { return nil }
        return Double(delivered - marks.previous.delivered) / seconds
    }
}

/// The window over the time of a transfer, in so few samples that an answer over the chat carries them.
package struct WindowHistory: Hashable, Sendable {
    /// Bytes, one sample each `step`, the oldest first: the greatest window of that time.
    package private(set) var samples: [Int] = []
    /// From 10 ms on it doubles each time that the samples are too many.
    package private(set) var step = Interval.milliseconds(10)
    private var began: Instant?

    /// As many columns as fit a line of the terminal, and a line of the chat with eight digits each.
    package static let most = 40

    package init() {}

    mutating func note(_ window: Int, at now: Instant) {
        let begin = began ?? now
        began = begin
        var index = Int((now - begin).nanoseconds / step.nanoseconds)
        while index >= Self.most {
            samples = stride(from: 0, to: samples.count, by: 2).map {
                max(samples[$0], $0 + 1 < samples.count ? samples[$0 + 1] : 0)
            }
            step = step * 2
            index = Int((now - begin).nanoseconds / step.nanoseconds)
        }
        if index < samples.count {
            samples[index] = max(samples[index], window)
        } else {
            // Nothing was heard in between, and the window stayed what it was.
            samples += Array(repeating: samples.last ?? window, count: index - samples.count)
            samples.append(window)
        }
    }
}
