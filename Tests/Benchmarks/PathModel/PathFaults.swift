package import Timeline

/// What one direction of a path does to packets; a new value carries all of them at once.
package struct PathFaults: Hashable, Sendable {
    /// Bits a second of the bottleneck, headers of IP included; nil for a path that takes no time.
    package var rate: Double?
    /// From the bottleneck to the other end.
    package var delay = Interval.zero
    /// Each packet is held up by up to so much more, evenly spread, and so may be overtaken.
    package var jitter = Interval.zero
    /// Packets that may wait for the bottleneck beside the one that it sends; what comes on top is dropped.
    package var queue = 1_000
    /// The share of the packets that is lost behind the bottleneck.
    package var loss = 0.0
    /// The mean length of a run of losses; nil for losses that know nothing of each other.
    package var burst: Double?
    /// The share of the packets that arrives twice.
    package var duplication = 0.0
    /// The share of the packets that skips delay and jitter, and so overtakes.
    package var reordering = 0.0
    /// When nothing gets through, counted from the first packet on.
    package var outages: [Range<Interval>] = []

    package init() {}
}
