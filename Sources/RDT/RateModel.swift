import Timeline

/// A model of the path, its rate and its least round trip, in place of a window that reacts to each loss (rdt(7),
/// CONGESTION).
///
/// The structure is that of BBRv3 (draft-ietf-ccwg-bbr): startup, drain, and then cycles of down, cruise, refill and up. The
/// difference is the loss test. BBRv3 gives up when 2 % are lost; here the test is relative to the loss that the path has of
/// itself, measured in rounds without a queue. So a path that always loses 5 % is used, and one that loses because we fill
/// its queue is not pushed further. The figures are from an idealised simulation at 50 ms.
package struct RateModel: CongestionController {
    private let segment: Double
    private var receiveWindow: Int
    private var state = ControlPhase.startup
    private var enteredAt = Instant(nanoseconds: 0)
    private var enteredRound = 0
    private var smoothed: Interval?

    /// The greatest delivery rate of this cycle and of the one before, bytes a second.
    private var rates = (current: 0.0, previous: 0.0)
    private var share = ModelShare()
    /// Bytes on their way that losses in up allow.
    private var bound = Double.infinity
    /// What a go-back has left of the window.
    private var halved: Double?
    private var start: ModelStart
    private var aggregation = AckAggregation()

    /// The least round trip, when it was last seen, and the end of a pause that is made to see it.
    private var least: (trip: Interval, seenAt: Instant)?
    private var tripProbe = TripProbe.none

    private var round = ModelRound()
    private var pathLoss = PathLoss()
    private var excessRounds = 0
    private var cruise = Interval.seconds(2)
    private var raise = 0.0
    private var delivered = 0.0
    private var lost = 0.0
    /// The same, of which what was lost directly behind another counts a quarter.
    private var lossEvents = 0.0
    /// Datagrams that the receiver's system dropped: so many lost ones are no loss of the path.
    private var pardoned = 0.0
    /// Whether losses without a queue have cut the rate of this cycle: chance, or a small buffer.
    private var isDoubtful = false
    private var beforeCut: ModelCut?

    private enum TripProbe: Hashable, Sendable {
        case none
        /// Little is let out, and what is on its way has still to come down to that.
        case draining
        case until(Instant)
    }

    private static let drainGain = 0.5
    private static let downGain = 0.9
    private static let upGain = 1.25
    private static let windowGain = 2.0
    private static let upWindowGain = 2.25
    /// What is paced stays so much below the estimate, that no queue stays for ever (BBRv3, BBRPacingMarginPercent).
    private static let margin = 0.99
    /// In down and cruise a part of the bound is left to others.
    private static let headroom = 0.85
    private static let cruiseHeadroom = 0.95
    private static let cut = 0.7
    /// What is kept of the rate of before such a cut: a path that is slower now shows it in a few cycles.
    private static let fading = 0.9
    /// Up goes on while a round delivers so much more than the one before, but not for ever: that is a part of less than a
    /// half, which grows by 1.25 / (1 + 0.25 * part).
    private static let upGrowth = 1.06
    private static let mostUpRounds = 6
    /// A deep queue takes a quarter of the round trip, and more than a good queue discipline leaves (CoDel, RFC 8289).
    private static let deepQueue = Interval.milliseconds(5)
    /// So great a loss with a queue ends startup at once.
    private static let flood = 0.2
    /// So many segments lost, and so many delivered, before a round is judged.
    private static let fewestLost = 4.0
    /// What does not count of a segment lost directly behind another: a run of losses is one event of the path, while a queue
    /// that overflows drops at many places.
    private static let following = 0.75
    private static let fewestJudged = 20.0
    private static let leastWindow = 4.0
    private static let slack = 12.0
    private static let leastCruiseTrips: Int64 = 4
    /// Of a flow that is small.
    private static let shortCruise = Interval.milliseconds(400)
    private static let tripMemory = Interval.seconds(10)
    private static let tripMemoryInTrips: Int64 = 32
    private static let tripPause = Interval.milliseconds(200)

    package init(_ choice: ControlChoice, _ path: PathFacts) {
        segment = Double(path.segmentSize)
        receiveWindow = path.receiveWindow
        smoothed = path.roundTrip.smoothed
        start = ModelStart(path)
    }

    package var phase: ControlPhase? { tripProbe == .none ? state : .leastTrip }
    package var backgroundLoss: Double? { pathLoss.share }

    // MARK: The two answers

    package var pacingRate: Double? {
        guard let smoothed else { return nil }
        let trip = max(smoothed.seconds, 1e-6)
        let isStart = state == .startup
        let gain = state == .cruise ? share.gain : pacingGain
        let pace = isStart ? start.pace(measured: measured, trip: trip) : gain * rate * Self.margin
        return max(halved.map { min(pace, 2 * $0 / trip) } ?? pace, segment / trip)
    }

    package var firstBurst: Int { start.firstBurst }
    package var trainLength: Int {
        state == .startup ? start.trainLength(measured: measured, smoothed: smoothed) : 0
    }

    package var window: Int {
        let most = Double(min(receiveWindow, Limits.window))
        let product = product
        if tripProbe != .none { return Int(min(most, max(Self.leastWindow * segment, product / 2))) }
        let spare = Self.slack * segment + aggregation.greatest
        var window = windowGain * product + spare
        switch state {
        case .startup:
            window = start.window(measured: measured, trip: least?.trip.seconds ?? 0, spare: spare)
        case .down: window = min(window, bound * Self.headroom + segment)
        case .cruise: window = min(window, bound * Self.cruiseHeadroom + segment)
        case .drain, .refill, .up, .leastTrip, .slowStart, .avoidance: window = min(window, bound)
        }
        if let halved, halved < window { return Int(min(most, halved)) }
        return Int(min(most, max(Self.leastWindow * segment, window)))
    }

    package mutating func receiveWindowChanged(_ bytes: Int) { receiveWindow = bytes }
    package mutating func excused(_ bytes: Int) { pardoned = max(pardoned, Double(bytes)) }

    private var pacingGain: Double {
        switch state {
        case .drain: Self.drainGain
        case .down: Self.downGain
        case .up: Self.upGain
        case .startup, .cruise, .refill, .leastTrip, .slowStart, .avoidance: 1
        }
    }

    private var windowGain: Double { state == .up ? Self.upWindowGain : Self.windowGain }
    private var measured: Double { max(rates.current, rates.previous) }
    /// What leaves, of which the path's own loss takes its part: else each round would ask for less than the one before.
    private var rate: Double {
        let segments = measured * (least?.trip.seconds ?? 0) / segment
        return share.rate(of: measured) / (1 - pathLoss.expected(segments: segments))
    }
    /// Bytes that fill the path without a queue.
    private var product: Double { least.map { rate * $0.trip.seconds } ?? 0 }

    // MARK: What the path did

    package mutating func missed(_ missing: Missing, _ report: LossReport) {
        let pardon = min(pardoned, Double(missing.bytes))
        pardoned -= pardon
        let bytes = Double(missing.bytes) - pardon
        lost += bytes
        lossEvents += max(0, bytes - Double(missing.following) * segment * Self.following)
        if bytes > 0 { start.lost() }
        guard missing.lateBytes > 0 else { return }
        lost -= Double(missing.lateBytes)
        lossEvents -= Double(missing.lateBytes)
        beforeCut?.doubt -= Double(missing.lateBytes)
        if let cut = beforeCut, cut.doubt <= 0 {
            bound = max(bound, cut.bound)
            share.restore(cut.rate)
            beforeCut = nil
        }
    }

    /// Go-Back-N goes back: its window halves, and doubles each round until it is as large as the model's again.
    package mutating func lost(_ report: LossReport) -> WindowChange {
        halved = max(segment, Double(window) / 2)
        return .halved
    }

    package mutating func recoverySwitched() {
        halved = nil
        start.wentBack(isExcused: pardoned > 0)
        pardoned = 0
    }

    package mutating func delivered(_ report: DeliveryReport) -> WindowChange {
        smoothed = report.roundTrip.smoothed
        delivered = Double(report.delivered)
        aggregation.note(Double(report.news), round: round.count)
        noteTrip(report)
        noteLocalDrops(report)
        if let measured = report.deliveryRate {
            rates.current = max(rates.current, measured)
            round.rate = max(round.rate, measured)
            if state == .up { share.raise(to: measured) }
        }
        if state == .startup { start.note(report, measured: measured) }
        let isNewRound = Double(report.deliveredBefore) >= round.end
        if isNewRound {
            round.end = delivered
            round.count += 1
            halved = halved.map { $0 * 2 }
        }
        let change = judge(report, isNewRound: isNewRound)
        probeTrip(report)
        return change
    }

    private mutating func noteTrip(_ report: DeliveryReport) {
        guard let latest = report.roundTrip.confirmed else { return }
        round.shortest = min(round.shortest ?? latest, latest)
        guard let known = least?.trip, latest > known + known / 64 else {
            least = (min(least?.trip ?? latest, latest), report.now)
            return
        }
    }

    private mutating func noteLocalDrops(_ report: DeliveryReport) {
        guard report.localDrops > 0 else { return }
        pardoned += Double(report.localDrops) * segment
        share.lower(to: share.rate(of: measured) * Self.headroom)
    }

    private mutating func probeTrip(_ report: DeliveryReport) {
        switch tripProbe {
        case .none:
            guard state != .startup, let least,
                report.now - least.seenAt > max(Self.tripMemory, least.trip * Self.tripMemoryInTrips)
            else { return }
            tripProbe = .draining
        case .draining:
            guard report.inFlight <= window + Int(segment), let least else { return }
            tripProbe = .until(report.now + Self.tripPause + least.trip)
        case .until(let end):
            guard report.now > end else { return }
            if let latest = report.roundTrip.latest { least = (latest, report.now) }
            tripProbe = .none
        }
    }
}

// MARK: The phases

extension RateModel {
    private func judgement(_ now: Instant) -> ModelJudgement {
        let roundLost = max(0, lost - round.lostAtStart)
        let all = roundLost + delivered - round.deliveredAtStart
        let loss = all > 0 ? roundLost / all : 0
        let roundEvents = max(0, lossEvents - round.eventsAtStart)
        let events = all > 0 ? roundEvents / all : 0
        let threshold = pathLoss.threshold(segments: all / segment)
        let queue = round.shortest.map { $0 - (least?.trip ?? $0) - Limits.granularity } ?? .zero
        let trip = least?.trip ?? .zero
        return ModelJudgement(
            loss: loss, events: events, rate: round.average(delivered, at: now), segments: all / segment,
            threshold: threshold,
            isExcess: events > threshold && roundEvents >= Self.fewestLost * segment, hasQueue: queue > trip / 10,
            hasDeepQueue: queue > max(trip / 4, Self.deepQueue))
    }

    private mutating func judge(_ report: DeliveryReport, isNewRound: Bool) -> WindowChange {
        let seen = judgement(report.now)
        if state == .up, seen.isExcess, seen.segments * segment > 0.3 * product {
            rememberCut()
            let kept = Double(report.inFlightBefore) * (1 - seen.threshold)
            // Jitter fills a path beyond its least round trip, and only a queue is to go.
            let filled = seen.hasQueue ? product : rate * (smoothed ?? .zero).seconds
            bound = max(product, filled, kept, Self.cut * min(bound, Self.upWindowGain * product))
            beginRound(report.now)
            return enter(.down, at: report.now)
        }
        if state == .startup, isFlooded(seen, report) {
            rememberCut()
            bound = max(product, delivered - round.deliveredAtStart) + Self.slack * segment
            beginRound(report.now)
            return enter(.drain, at: report.now)
        }
        if isNewRound {
            defer { if seen.segments >= Self.fewestJudged { beginRound(report.now) } }
            let isSteady = state == .down || state == .cruise
            if state == .cruise, round.count > enteredRound + 1, !seen.hasQueue,
                seen.segments >= Self.fewestJudged
            {
                pathLoss.note(seen.loss, events: seen.events)
            }
            if state == .startup { return judgeStartup(seen, report) }
            defer { excessRounds = seen.isExcess ? excessRounds + 1 : 0 }
            if seen.isExcess, isSteady, seen.hasQueue || excessRounds > 0 {
                rememberCut()
                share.lower(to: max(round.rate, Self.cut * share.rate(of: measured)))
                isDoubtful = isDoubtful || !seen.hasQueue
            }
            if state == .cruise, seen.segments >= Self.fewestJudged {
                if seen.hasDeepQueue { share.noteQueue(delivered: seen.rate, measured: measured) }
                if !seen.hasQueue { share.noteCalm() }
            }
        }
        return advance(seen, report, isNewRound: isNewRound)
    }

    /// Startup sent a multiple of what the path takes: not to wait for the round's end spares others, and us the resends.
    private func isFlooded(_ seen: ModelJudgement, _ report: DeliveryReport) -> Bool {
        guard !start.hasGoneBack, seen.isExcess, seen.loss > Self.flood, measured > 0, let trip = least?.trip,
            let smoothed
        else { return false }
        return smoothed > trip.scaled(by: 1.5) + Self.deepQueue
    }

    private mutating func judgeStartup(_ seen: ModelJudgement, _ report: DeliveryReport) -> WindowChange {
        // A window that a go-back has halved keeps the rate down, not the path.
        if halved == nil { start.notePlateau(max(round.rate, measured)) } else { start.forgetPlateau() }
        // While the rate still grows the path is not full, and what is lost is its own loss.
        if start.flatRounds == 0, !seen.hasQueue, seen.segments >= Self.fewestJudged {
            pathLoss.noteStart(seen.loss, events: seen.events)
        }
        let isLossy = seen.isExcess && start.flatRounds >= 2 && (seen.hasQueue || seen.loss > 0.1)
        let isFull = start.flatRounds >= 1 && seen.hasDeepQueue
        guard isLossy || isFull || start.flatRounds >= ModelStart.plateauRounds else { return .none }
        if isLossy {
            rememberCut()
            bound = max(product, delivered - round.deliveredAtStart)
        }
        return enter(.drain, at: report.now)
    }

    private mutating func advance(_ seen: ModelJudgement, _ report: DeliveryReport, isNewRound: Bool) -> WindowChange {
        let flying = Double(report.inFlight)
        let rounds = round.count - enteredRound
        switch state {
        case .drain:
            if flying <= product || rounds > 3 { return enter(.down, at: report.now) }
        case .down:
            let isLow = flying <= product && flying <= Self.headroom * bound && rounds > 0
            if isLow || rounds > 3 { return enter(.cruise, at: report.now) }
        case .cruise:
            let most = min(63, max(product / segment, 8))
            let usual = share.isSmall || isDoubtful ? Self.shortCruise : cruise
            let length = max(usual, (least?.trip ?? .zero) * Self.leastCruiseTrips)
            if report.now - enteredAt > length || Double(rounds) > most { return enter(.refill, at: report.now) }
        case .refill:
            if rounds > 1 { return enter(.up, at: report.now) }
        case .up:
            if isNewRound { return climb(seen, report, rounds: rounds) }
        case .startup, .leastTrip, .slowStart, .avoidance: break
        }
        return .none
    }

    /// One round of asking for more.
    private mutating func climb(_ seen: ModelJudgement, _ report: DeliveryReport, rounds: Int) -> WindowChange {
        // Whole segments leave: a small bound is never filled to the last byte.
        if Double(report.inFlightBefore) + segment > bound * 0.9 {
            bound += raise
            raise *= 2
        }
        start.notePlateau(measured)
        share.noteProbe(seen.rate)
        let isFull =
            start.flatRounds >= ModelStart.plateauRounds
            && Double(report.inFlight) >= Self.upGain * product * 0.9
        let latest = report.roundTrip.latest ?? .zero
        let tolerated = (least?.trip ?? latest).scaled(by: Self.upGain) + Limits.granularity
        let isGrowing = rounds < Self.mostUpRounds && (rounds < 2 || seen.rate > Self.upGrowth * round.before)
        let isQueueing = seen.hasQueue && !isGrowing && latest > tolerated
        return !isGrowing && (isFull || isQueueing) ? enter(.down, at: report.now) : .none
    }

    private mutating func beginRound(_ now: Instant) {
        round.begin(delivered: delivered, lost: lost, events: lossEvents, at: now)
    }

    private mutating func rememberCut() {
        beforeCut = ModelCut(rate: share.lossRate, bound: bound, doubt: max(0, lost - round.lostAtStart) * 0.5)
    }

    private mutating func enter(_ phase: ControlPhase, at now: Instant) -> WindowChange {
        state = phase
        enteredAt = now
        enteredRound = round.count
        switch phase {
        case .down:
            rates = (0, max(rates.current, isDoubtful ? rates.previous * Self.fading : 0))
            isDoubtful = false
            cruise = .milliseconds(2_000 + Int64((UInt64(delivered) &* 2_654_435_761) >> 16 % 1_000))
        case .refill:
            share.endCycle()
        case .up:
            raise = segment
            bound *= Self.upGain
            share.beginProbe(measured: measured)
            start.forgetPlateau()
        case .startup, .drain, .cruise, .leastTrip, .slowStart, .avoidance: break
        }
        return .entered(phase)
    }
}
