import Timeline

/// From one moment until what leaves then has arrived: the unit in which the path answers.
struct ModelRound: Sendable {
    var count = 0
    /// The round ends with a packet that left after so many bytes had arrived.
    var end = 0.0
    private(set) var deliveredAtStart = 0.0
    private(set) var lostAtStart = 0.0
    private(set) var eventsAtStart = 0.0
    private var beganAt = Instant(nanoseconds: 0)
    var shortest: Interval?
    /// The greatest delivery rate of the round, bytes a second, and the average of the one before.
    var rate = 0.0
    private(set) var before = 0.0

    /// Bytes a second so far, when `delivered` have arrived in all.
    func average(_ delivered: Double, at now: Instant) -> Double {
        (delivered - deliveredAtStart) / max((now - beganAt).seconds, 1e-6)
    }

    /// What is judged begins anew.
    mutating func begin(delivered: Double, lost: Double, events: Double, at now: Instant) {
        before = average(delivered, at: now)
        deliveredAtStart = delivered
        lostAtStart = lost
        eventsAtStart = events
        beganAt = now
        shortest = nil
        rate = 0
    }
}

/// What is known at an ACK of the round that it belongs to.
struct ModelJudgement: Sendable {
    let loss: Double
    /// The same in loss events, of which a run of losses is one.
    let events: Double
    /// Bytes a second that arrived, on average.
    let rate: Double
    let segments: Double
    let threshold: Double
    let isExcess: Bool
    let hasQueue: Bool
    /// A quarter of the round trip and more, the whole round through.
    let hasDeepQueue: Bool
}

/// Bounds as they were before a loss cut them, in case the loss was none.
struct ModelCut: Sendable {
    let rate: Double
    let bound: Double
    /// Bytes taken for lost in the round of the cut that have still to arrive for the cut to be undone.
    var doubt: Double
}

/// How much one ACK brings at most: a window below that would stop between two of them (BBR's extra_acked, simpler).
struct AckAggregation: Sendable {
    private var current = 0.0
    private var previous = 0.0
    private var began = 0

    private static let rounds = 10

    var greatest: Double { max(current, previous) }

    mutating func note(_ bytes: Double, round: Int) {
        if round - began >= Self.rounds {
            previous = current
            current = 0
            began = round
        }
        current = max(current, bytes)
    }
}
