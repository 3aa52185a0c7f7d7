import DequeModule
import Timeline

/// How fast bytes come, over two windows: a short one that shows what happens now, and a long one that makes the time
/// left stand still enough to be read (lftp's two windows).
struct RateMeter: Hashable, Sendable {
    private struct Sample: Hashable {
        let instant: Instant
        let bytes: UInt64
    }

    private var samples: Deque<Sample> = []
    /// When bytes came last, or the start.
    private(set) var lastGrowth: Instant
    private(set) var bytes: UInt64 = 0

    static let rateWindow = Interval.seconds(15)
    static let remainingWindow = Interval.seconds(120)
    /// Samples closer than this are one: 240 for the long window.
    static let grain = Interval.milliseconds(500)

    /// `bytes` are there already and tell nothing of the rate.
    init(at start: Instant, bytes: UInt64 = 0) {
        self.bytes = bytes
        lastGrowth = start
        samples.append(Sample(instant: start, bytes: bytes))
    }

    mutating func add(total: UInt64, at now: Instant) {
        guard total > bytes else { return }
        bytes = total
        lastGrowth = now
        if let last = samples.last, now - last.instant >= Self.grain {
            samples.append(Sample(instant: now, bytes: total))
        }
        while samples.count > 1, now - samples[1].instant >= Self.remainingWindow { samples.removeFirst() }
    }

    /// Bytes a second over the window that ends now; nil before there is anything to tell it from.
    func rate(over window: Interval, at now: Instant) -> Double? {
        guard let first = samples.first(where: { now - $0.instant <= window }) ?? samples.last else { return nil }
        let seconds = (now - first.instant).seconds
        guard seconds >= 0.05, bytes >= first.bytes else { return nil }
        return Double(bytes - first.bytes) / seconds
    }
}
