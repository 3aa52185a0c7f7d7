import Timeline

/// The data phase of one transfer at the server: what has left, when, how much more may leave, and when to worry.
///
/// Recovery says what to send, the controller how much, the pacer when. `Sender` owns the states around it.
package struct Flight<Recovery: RecoveryPolicy, Control: CongestionController>: Sendable {
    private let size: FileOffset
    private let segmentSize: Int
    private var recovery: Recovery
    private var control: Control
    private var sent = SendWindow()
    private var pacer = Pacer()
    private(set) var roundTrip: RoundTripEstimate
    /// When the retransmission timer fires; set exactly while something is on its way.
    private var timer: Instant?
    /// The end of what the receiver takes, from the last ACK.
    private var receiveLimit: FileOffset
    private var largestAcknowledged: PacketNumber?
    /// In flight and window when the last segment left, for the invariant.
    private var atLastSend: (inFlight: Int, window: Int) = (0, .max)

    private(set) var resent = 0
    private(set) var lost = 0
    private(set) var goBacks = 0
    private(set) var timeouts = 0

    /// What an ACK did.
    enum Reaction: Hashable, Sendable {
        case nothing
        case progress(WindowChange)
        case goBack(from: PacketNumber)
        case lost(PacketNumber)
        case spuriousTimeout
        case violation(TransferFailure)

        /// The lines that a trace has of it.
        var traced: [(TraceRecord.Event, String)] {
            switch self {
            case .nothing: []
            case .progress(let change):
                switch change {
                case .none: []
                case .doubled: [(.windowDoubled, "")]
                case .halved: [(.windowHalved, "")]
                case .capped: [(.windowCapped, "")]
                }
            case .goBack(let packet): [(.goBack, "packet \(packet) was lost"), (.windowHalved, "")]
            case .lost(let packet): [(.windowHalved, "packet \(packet) was lost")]
            case .spuriousTimeout: [(.spuriousTimeout, "")]
            case .violation(let failure): [(.abort, failure.description)]
            }
        }
    }

    init(start: FileOffset, size: FileOffset, segmentSize: Int, receiveWindow: Int, roundTrip: RoundTripEstimate) {
        self.size = size
        self.segmentSize = segmentSize
        self.roundTrip = roundTrip
        recovery = Recovery(start: start)
        control = Control(segmentSize: segmentSize, receiveWindow: max(receiveWindow, segmentSize))
        receiveLimit = start.advanced(by: max(receiveWindow, segmentSize))
    }

    var window: Int { control.window }
    var unacknowledged: FileOffset { recovery.unacknowledged }
    var nextPacket: PacketNumber { sent.next }
    var highest: FileOffset { recovery.highest }
    var allAcknowledged: Bool { recovery.unacknowledged == size }

    // MARK: What the world did

    mutating func receive(_ ack: Packet.Ack, at now: Instant) -> Reaction {
        guard ack.next <= recovery.highest, ack.largest < sent.next else { return .violation(.acknowledgedUnsent) }
        let progressed = ack.next > recovery.unacknowledged
        let isNewest = largestAcknowledged.map { ack.largest > $0 } ?? true
        if isNewest || progressed {
            control.receiveWindowChanged(max(Int(ack.receiveWindow), segmentSize))
            receiveLimit = max(receiveLimit, ack.next.advanced(by: max(Int(ack.receiveWindow), segmentSize)))
        }
        let news = sent.acknowledge(ack.ranges, at: now)
        if isNewest {
            largestAcknowledged = ack.largest
            if let (packet, _) = news, packet == ack.largest { sample(ack, at: now) }
        }
        let rate = news.flatMap { sent.deliveryRate(from: $0.1, shortest: roundTrip.shortest, at: now) }
        let action = recovery.acknowledged(upTo: ack.next, in: sent)
        if progressed {
            roundTrip.endBackoff()
            lost += sent.drop(before: recovery.unacknowledged)
        }
        let change = news.map { report($0.0, rate: rate, at: now) } ?? .none
        if progressed || recovery.inFlight == 0 { restartTimer(at: now) }
        return react(to: action, change: change, at: now)
    }

    /// Whether the retransmission timer had run out.
    mutating func timeoutFired(at now: Instant) -> Bool {
        guard let timer, timer <= now else { return false }
        timeouts += 1
        roundTrip.backOff()
        recovery.timeoutFired(in: sent)
        restartTimer(at: now)
        return true
    }

    // MARK: Outputs

    mutating func nextRun(at now: Instant) -> SegmentRun? {
        guard let stretch = recovery.nextToSend(size: size, segmentSize: segmentSize) else { return nil }
        let wanted = stretch.start.distance(to: stretch.end)
        let length = stretch.isProbe ? wanted : min(wanted, budget(from: stretch.start, at: now))
        guard length > 0 else { return nil }
        let first = sent.next
        let before = recovery.highest
        var offset = stretch.start
        let end = offset.advanced(by: length)
        while offset < end {
            let bytes = min(segmentSize, offset.distance(to: end))
            sent.append(
                offset: offset, length: bytes, wasIdle: recovery.inFlight == 0 && offset == stretch.start, at: now)
            if offset < before { resent += 1 }
            offset = offset.advanced(by: bytes)
        }
        recovery.sent(length: length, firstPacket: first)
        pacer.sent(length, at: now)
        if timer == nil { restartTimer(at: now) }
        if !stretch.isProbe { atLastSend = (recovery.inFlight, max(control.window, segmentSize)) }
        let new = max(before, stretch.start)..<max(before, end)
        return SegmentRun(
            firstPacket: first, offset: stretch.start.rawValue, length: length, segmentSize: segmentSize,
            newBytes: new.lowerBound.rawValue..<new.upperBound.rawValue)
    }

    /// The retransmission timer, or the pacer when that alone holds something back.
    var nextDeadline: Deadline<DeadlineReason>? {
        if let stretch = recovery.nextToSend(size: size, segmentSize: segmentSize), room(from: stretch.start) > 0 {
            let release = pacer.release(segment: segmentSize)
            if timer.map({ release < $0 }) ?? true { return Deadline(release, .pacing) }
        }
        return timer.map { Deadline($0, .retransmission) }
    }

    // MARK: Inside

    /// Bytes that window and receiver let leave from `start` on: whole segments, but for the file's last.
    private func room(from start: FileOffset) -> Int {
        let inFlight = recovery.inFlight
        var free = min(control.window - inFlight, start.distance(to: receiveLimit))
        if inFlight == 0 { free = max(free, segmentSize) }
        guard free > 0 else { return 0 }
        let left = start.distance(to: size)
        return free >= left ? left : free / segmentSize * segmentSize
    }

    private func budget(from start: FileOffset, at now: Instant) -> Int {
        let datagram = segmentSize + DataPacket.headerSize
        let most = min(Limits.runSegments, max(1, Limits.runBytes / datagram))
        let paced = pacer.allowance(segment: segmentSize, at: now) / segmentSize
        return min(room(from: start), min(most, paced) * segmentSize)
    }

    /// RFC 9002 §5.3: the receiver's own delay is taken out unless that would go below the least round trip.
    private mutating func sample(_ ack: Packet.Ack, at now: Instant) {
        guard let packet = sent[ack.largest] else { return }
        let whole = now - packet.sentAt
        let path = whole - .microseconds(Int64(ack.delay))
        roundTrip.sample(path >= roundTrip.shortest ?? whole ? path : whole, at: now)
    }

    private mutating func report(_ newest: PacketNumber, rate: Double?, at now: Instant) -> WindowChange {
        let change = control.delivered(
            DeliveryReport(
                now: now, unacknowledged: recovery.unacknowledged, highest: recovery.highest, newest: newest,
                next: sent.next, roundTrip: roundTrip, deliveryRate: rate))
        pacer.rate = control.pacingRate
        return change
    }

    private mutating func react(to action: RecoveryAction, change: WindowChange, at now: Instant) -> Reaction {
        switch action {
        case .nothing: return change == .none ? .nothing : .progress(change)
        case .spuriousTimeout: return .spuriousTimeout
        case .goBack(let packet):
            goBacks += 1
            halve(at: now)
            return .goBack(from: packet)
        case .lost(let packet):
            halve(at: now)
            return .lost(packet)
        }
    }

    private mutating func halve(at now: Instant) {
        _ = control.lost(
            LossReport(
                now: now, unacknowledged: recovery.unacknowledged, highest: recovery.highest, roundTrip: roundTrip))
        pacer.rate = control.pacingRate
        restartTimer(at: now)
    }

    private mutating func restartTimer(at now: Instant) {
        timer = recovery.unacknowledged < recovery.highest ? now + roundTrip.timeout : nil
    }

    package func checkInvariants() throws(InvariantViolation) {
        try recovery.checkInvariants(in: sent)
        let outstanding = recovery.unacknowledged < recovery.highest
        try require(outstanding == (timer != nil), "outstanding \(outstanding), timer \(timer != nil)")
        try require(
            atLastSend.inFlight <= atLastSend.window,
            "\(atLastSend.inFlight) bytes in flight with a window of \(atLastSend.window)")
        try require(recovery.highest <= size, "sent past the end: \(recovery.highest) of \(size)")
        try require(
            recovery.highest <= receiveLimit, "sent \(recovery.highest), the receiver takes \(receiveLimit)")
    }
}
