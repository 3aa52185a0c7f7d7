import Timeline

/// The original's window: it doubles when it has been delivered and halves when it has not.
///
/// From one bandwidth-delay product a doubling overshoots by a whole one, and Go-Back-N pays for that with the window. So
/// the window is capped as well: by what the receiver takes, and once the path is known to be full by 1.75 times the
/// measured delivery rate × least round trip, or by 0.85 of what was on its way at the last loss that came with a queue,
/// if that is more.
/// The figures are those of an idealised simulation at 50 ms: 8 % of the link without the cap and with a small buffer, 86 %
/// with it (rdt(7), CONGESTION).
package struct DoubleAndHalve: CongestionController {
    private let segmentSize: Int
    private var receiveWindow: Int
    /// The window that doubles and halves, in bytes.
    private var doubling: Double
    /// The next doubling comes when the byte before this has been acknowledged.
    private var mark = FileOffset.zero
    private var hasMark = false

    /// Whether the start is over: the rate stopped growing, a queue built up, or something was lost.
    private var isFull = false
    /// One loss without a queue is an accident of the path: to end the start for it would leave a long path almost empty.
    private var losses = 0
    private var plateau = (rate: 0.0, rounds: 0)
    private var round = 0
    private var roundEnd = PacketNumber.first
    /// The greatest delivery rate of each of the last eight rounds, in bytes a second.
    private var rates: [Double] = Array(repeating: 0, count: Self.rounds)
    private var rate = 0.0
    private var lossCeiling = 0.0
    private var smoothed: Interval?
    private var shortest: Interval?
    private var latest: Interval?
    /// Samples in a row that were too long, and since when.
    private var late = (count: 0, since: Instant(nanoseconds: 0))

    private static let rounds = 8
    /// One round in eight asks for more, so that the cap follows a path that became faster; the next takes back what then
    /// built up as a queue (BBR's cycle, draft-cardwell-iccrg-bbr-congestion-control-00 §4.3.4).
    private static let probeGain = 1.25
    private static let drainGain = 0.75
    /// The cap in bandwidth-delay products. The pacer keeps the queue short; a cap of one product would as well choke a
    /// path whose round trip is now and then longer than its least, by a host that is late or a bursty link.
    private static let capGain = 1.75
    /// The start ends when the rate grew by less than a quarter for two rounds (BBR, draft-ietf-ccwg-bbr §5.3.1.2).
    private static let plateauGrowth = 1.25
    private static let plateauRounds = 2
    /// The loss came with a queue when the round trip was half as long again as the least one.
    private static let queueAtLoss = 1.5
    private static let ceilingOfLoss = 0.85
    private static let ceilingGrowth = 1.05
    /// Round trips above this and 2 ms, four in a row and for an eighth of a round trip, mean that the start has built up
    /// a queue. One alone means that a host was late, and to end the start for it costs seconds on a long path.
    private static let queueAtStart = 1.25
    private static let lateInRow = 4
    private static let lateShare = 0.125
    /// Segments that the cap leaves beside the product: what is held up in ACKs and timers.
    private static let slack = 3.0
    private static let leastCap = 4.0

    package init(_ choice: ControlChoice, _ path: PathFacts) {
        segmentSize = path.segmentSize
        receiveWindow = path.receiveWindow
        doubling = Double(Limits.firstWindow * segmentSize)
    }

    package var phase: ControlPhase? { isFull ? .avoidance : .slowStart }
    package var window: Int { max(Int(min(doubling, cap)), Limits.leastWindow * segmentSize) }

    package var pacingRate: Double? {
        guard let smoothed else { return nil }
        let trip = max(smoothed.seconds, 1e-6)
        guard isFull, rate > 0 else { return 2 * doubling / trip }
        return gain * max(rate, lossCeiling / trip)
    }

    package mutating func receiveWindowChanged(_ bytes: Int) { receiveWindow = bytes }

    package mutating func delivered(_ report: DeliveryReport) -> WindowChange {
        smoothed = report.roundTrip.smoothed
        shortest = report.roundTrip.shortest
        latest = report.roundTrip.latest
        if let measured = report.deliveryRate { note(measured) }
        watchQueue(at: report.now)
        if report.newest >= roundEnd { beginRound(report.next) }
        guard hasMark else {
            mark = report.unacknowledged.advanced(by: Int(doubling))
            hasMark = true
            return .none
        }
        return report.unacknowledged >= mark ? grow(from: report.unacknowledged) : .none
    }

    package mutating func lost(_ report: LossReport) -> WindowChange {
        let inFlight = Double(report.unacknowledged.distance(to: report.highest))
        let atLoss = min(Double(window), max(inFlight, Double(segmentSize)))
        let hadQueue =
            if let latest = report.roundTrip.latest, let shortest = report.roundTrip.shortest {
                latest > shortest.scaled(by: Self.queueAtLoss)
            } else {
                false
            }
        losses += 1
        if hadQueue || losses > 1 { isFull = true } else { plateau = (0, 0) }
        lossCeiling = hadQueue ? Self.ceilingOfLoss * atLoss : 0
        doubling = max(Double(Limits.leastWindow * segmentSize), atLoss / 2)
        mark = max(report.highest, report.unacknowledged.advanced(by: Int(doubling)))
        hasMark = true
        return .halved
    }

    private var gain: Double {
        switch round % Self.rounds {
        case 0: Self.probeGain
        case 1: Self.drainGain
        case _: 1
        }
    }

    private var cap: Double {
        let most = Double(min(receiveWindow, Limits.window))
        guard isFull, rate > 0, let shortest else { return most }
        let segment = Double(segmentSize)
        let product = rate * (shortest.scaled(by: Self.capGain) + Limits.granularity).seconds + Self.slack * segment
        return min(most, max(Self.leastCap * segment, product, lossCeiling))
    }

    /// Above two products the ceiling says nothing any more; where the receiver's window keeps losses away it would grow for
    /// ever.
    private var mostCeiling: Double {
        let most = Double(min(receiveWindow, Limits.window))
        return shortest.map { min(most, 2 * rate * ($0 + Limits.granularity).seconds) } ?? most
    }

    private mutating func grow(from unacknowledged: FileOffset) -> WindowChange {
        let doubled = doubling * 2
        let before = doubling
        doubling = max(min(doubled, cap), Double(Limits.leastWindow * segmentSize))
        mark = unacknowledged.advanced(by: Int(doubling))
        if doubling == doubled { return .doubled }
        return Int(doubling) == Int(before) ? .none : .capped
    }

    /// Ends the start when the round trips stay long.
    private mutating func watchQueue(at now: Instant) {
        guard !isFull, let latest, let shortest else { return }
        guard latest > shortest.scaled(by: Self.queueAtStart) + .milliseconds(2) else {
            late = (0, now)
            return
        }
        if late.count == 0 { late.since = now }
        late.count += 1
        isFull = late.count >= Self.lateInRow && now - late.since >= shortest.scaled(by: Self.lateShare)
    }

    private mutating func note(_ measured: Double) {
        rates[round % Self.rounds] = max(rates[round % Self.rounds], measured)
        rate = max(rate, measured)
    }

    private mutating func beginRound(_ next: PacketNumber) {
        roundEnd = next
        if !isFull {
            let latest = rates[round % Self.rounds]
            if latest >= Self.plateauGrowth * plateau.rate {
                plateau = (latest, 0)
            } else {
                plateau.rounds += 1
                isFull = plateau.rounds >= Self.plateauRounds
            }
        }
        round += 1
        rates[round % Self.rounds] = 0
        rate = rates.reduce(0, max)
        lossCeiling = min(lossCeiling * Self.ceilingGrowth, mostCeiling)
    }
}
