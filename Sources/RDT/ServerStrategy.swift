import Timeline

/// The recovery of a server's transfer: Go-Back-N, selective repeat, or first the one and then the other.
///
/// `auto` is Go-Back-N until the second loss event of the transfer: one loss is an accident, two are a path that loses. Where
/// going back is dear, on a long path or with a large window, it does not wait for the second. Both policies lie flat in
/// the value, for an enum of them would be copied with each change.
struct ServerRecovery: RecoveryPolicy {
    private let asked: RecoveryChoice
    private var goBackN: GoBackN
    private var selective: SelectiveRepeat
    private var isSelective: Bool
    private var losses = 0

    /// The loss event at which `auto` leaves Go-Back-N, unless so long a round trip or so much on its way makes going back
    /// dear: a tenth of a second is what a person notices, and a MiB is sent twice in as long at 80 Mbit/s.
    private static let lossesOfAuto = 2
    private static let dearTrip = Interval.milliseconds(100)
    private static let dearFlight = 1 << 20

    init(_ choice: RecoveryChoice, start: FileOffset, without omissions: Omissions) {
        asked = choice
        goBackN = GoBackN(choice, start: start, without: omissions)
        selective = SelectiveRepeat(choice, start: start, without: omissions)
        isSelective = choice == .sr
    }

    var choice: RecoveryChoice { isSelective ? .sr : .gbn }
    var inFlight: Int { isSelective ? selective.inFlight : goBackN.inFlight }
    var unacknowledged: FileOffset { isSelective ? selective.unacknowledged : goBackN.unacknowledged }
    var highest: FileOffset { isSelective ? selective.highest : goBackN.highest }
    var lossDeadline: Instant? { isSelective ? selective.lossDeadline : nil }
    /// Only pure Go-Back-N waits for a minute: the others look every 2 s whether an outage is over.
    var longestTimeout: Interval { asked == .gbn ? goBackN.longestTimeout : selective.longestTimeout }
    var singleTimeouts: Int { isSelective ? selective.singleTimeouts : goBackN.singleTimeouts }
    /// The client holds ACKs back unless it was told that the transfer is pure Go-Back-N.
    var acknowledgementDelay: Interval { asked == .gbn ? .zero : Limits.longestHold }

    func nextToSend(size: FileOffset, segmentSize: Int) -> Stretch? {
        isSelective
            ? selective.nextToSend(size: size, segmentSize: segmentSize)
            : goBackN.nextToSend(size: size, segmentSize: segmentSize)
    }

    mutating func sent(_ stretch: Stretch, length: Int, firstPacket: PacketNumber) {
        if isSelective {
            selective.sent(stretch, length: length, firstPacket: firstPacket)
        } else {
            goBackN.sent(stretch, length: length, firstPacket: firstPacket)
        }
    }

    mutating func arrived(_ packet: SentPacket, as number: PacketNumber) {
        if isSelective { selective.arrived(packet, as: number) }
    }

    mutating func dropped(_ packet: SentPacket, as number: PacketNumber) -> Bool {
        isSelective ? selective.dropped(packet, as: number) : goBackN.dropped(packet, as: number)
    }

    mutating func acknowledged(_ facts: AckFacts, in window: SendWindow) -> RecoveryAction {
        guard !isSelective else { return selective.acknowledged(facts, in: window) }
        let before = goBackN
        let action = goBackN.acknowledged(facts, in: window)
        switch action {
        case .goBack(let packet): return countLoss(packet, from: before, facts, in: window) ?? action
        case .lost(let packet): return countLoss(packet, from: goBackN, facts, in: window) ?? action
        case .nothing, .missing, .switched, .spuriousTimeout: return action
        }
    }

    mutating func timeoutFired(_ facts: AckFacts, in window: SendWindow) -> TimeoutAction {
        isSelective ? selective.timeoutFired(facts, in: window) : goBackN.timeoutFired(facts, in: window)
    }

    /// `state` is Go-Back-N without the go-back that its loss would begin.
    private mutating func countLoss(
        _ packet: PacketNumber, from state: GoBackN, _ facts: AckFacts, in window: SendWindow
    ) -> RecoveryAction? {
        losses += 1
        let unacknowledged = max(state.unacknowledged, facts.next)
        let isDear =
            facts.roundTrip.smoothed.map { $0 >= Self.dearTrip } ?? false
            || unacknowledged.distance(to: state.highest) > Self.dearFlight
        guard asked == .auto, isDear || losses >= Self.lossesOfAuto else { return nil }
        selective = SelectiveRepeat(
            unacknowledged: unacknowledged, next: max(state.next, unacknowledged), highest: state.highest,
            pass: state.passStart, without: state.omissions, in: window)
        isSelective = true
        _ = selective.acknowledged(facts, in: window)
        return .switched(packet)
    }

    func checkInvariants(in window: SendWindow) throws(InvariantViolation) {
        if isSelective {
            try selective.checkInvariants(in: window)
        } else {
            try goBackN.checkInvariants(in: window)
        }
    }
}

/// The controller that goes with it: each of the three is one file, and this is where it is chosen. `auto` has the rate model
/// from its first byte on: what a start has learned is not to be learned again when the recovery changes.
struct ServerControl: CongestionController {
    private enum AtWork: Sendable {
        case doubling, model, cubic
    }

    private var atWork: AtWork
    private var doubling: DoubleAndHalve
    private var model: RateModel
    private var cubic: Cubic

    init(_ choice: ControlChoice, _ path: PathFacts) {
        atWork =
            switch (choice, path.recovery) {
            case (.cubic, .sr): .cubic
            case (.own, .sr), (.own, .auto): .model
            case (.own, .gbn), (.cubic, .auto), (.cubic, .gbn): .doubling
            }
        doubling = DoubleAndHalve(choice, path)
        model = RateModel(choice, path)
        cubic = Cubic(choice, path)
    }

    var window: Int {
        switch atWork {
        case .doubling: doubling.window
        case .model: model.window
        case .cubic: cubic.window
        }
    }

    var pacingRate: Double? {
        switch atWork {
        case .doubling: doubling.pacingRate
        case .model: model.pacingRate
        case .cubic: cubic.pacingRate
        }
    }

    var firstBurst: Int {
        switch atWork {
        case .doubling: doubling.firstBurst
        case .model: model.firstBurst
        case .cubic: cubic.firstBurst
        }
    }

    var trainLength: Int {
        switch atWork {
        case .doubling, .cubic: 0
        case .model: model.trainLength
        }
    }

    var phase: ControlPhase? {
        switch atWork {
        case .doubling: doubling.phase
        case .model: model.phase
        case .cubic: cubic.phase
        }
    }

    var backgroundLoss: Double? {
        switch atWork {
        case .doubling, .cubic: nil
        case .model: model.backgroundLoss
        }
    }

    mutating func delivered(_ report: DeliveryReport) -> WindowChange {
        switch atWork {
        case .doubling: doubling.delivered(report)
        case .model: model.delivered(report)
        case .cubic: cubic.delivered(report)
        }
    }

    mutating func lost(_ report: LossReport) -> WindowChange {
        switch atWork {
        case .doubling: doubling.lost(report)
        case .model: model.lost(report)
        case .cubic: cubic.lost(report)
        }
    }

    mutating func missed(_ missing: Missing, _ report: LossReport) {
        switch atWork {
        case .doubling: break
        case .model: model.missed(missing, report)
        case .cubic: cubic.missed(missing, report)
        }
    }

    mutating func recoverySwitched() { model.recoverySwitched() }
    mutating func excused(_ bytes: Int) { model.excused(bytes) }

    mutating func receiveWindowChanged(_ bytes: Int) {
        switch atWork {
        case .doubling: doubling.receiveWindowChanged(bytes)
        case .model: model.receiveWindowChanged(bytes)
        case .cubic: cubic.receiveWindowChanged(bytes)
        }
    }
}
