import Timeline

/// Estimates a path's rate from datagrams that left together: the slowest link spreads them, and the spread of their
/// acknowledgements tells its rate, a round trip after the first byte (rdt(7), CONGESTION).
///
/// A train is at least eight datagrams that four or more ACKs tell of, so that one late batch is no measurement; the median
/// of the last three counts, and a quarter of it is used: doubling does the rest, and an estimate that is four times too
/// high does no harm.
struct PacketTrain: Sendable {
    private var start: (sentAt: Instant, heardAt: Instant, delivered: UInt64)?
    private var acks = 0
    private var samples: [Double] = []
    private var firstRound = 0

    private static let shortest = 8.0
    private static let fewestAcks = 4
    private static let wanted = 3
    private static let share = 0.5
    /// Rounds after which what was measured in earnest counts alone.
    private static let life = 3

    /// Bytes a second that startup may count on; 0 while nothing is known.
    private(set) var usable = 0.0

    mutating func note(_ report: DeliveryReport, segment: Double, round: Int) {
        if usable > 0, round - firstRound > Self.life { usable = 0 }
        guard let begin = start, begin.sentAt == report.sentAt, report.now > begin.heardAt else {
            if start?.sentAt != report.sentAt { restart(report) }
            return
        }
        acks += 1
        let bytes = Double(report.delivered - begin.delivered)
        guard bytes >= Self.shortest * segment, acks >= Self.fewestAcks else { return }
        samples.append(bytes / (report.now - begin.heardAt).seconds)
        restart(report)
        if samples.count > Self.wanted { samples.removeFirst() }
        guard samples.count == Self.wanted else { return }
        usable = samples.sorted()[Self.wanted / 2] * Self.share
        firstRound = round
    }

    private mutating func restart(_ report: DeliveryReport) {
        start = (report.sentAt, report.now, report.delivered)
        acks = 0
    }
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
