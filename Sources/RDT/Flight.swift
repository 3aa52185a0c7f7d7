import Timeline

/// The data phase of one transfer at the server: what has left, when, how much more may leave, and when to worry.
///
/// Recovery says what to send, the controller how much, the pacer when. `Sender` owns the states around it.
package struct Flight<Recovery: RecoveryPolicy, Control: CongestionController>: Sendable {
    let size: FileOffset
    /// Bytes of the file in each datagram of the next run but its last.
    var segmentSize: Int { search.size - DataPacket.headerSize }
    private(set) var search: MTUSearch
    private(set) var recovery: Recovery
    private(set) var control: Control
    private(set) var sent = SendWindow()
    private(set) var pacer = Pacer()
    private(set) var roundTrip: RoundTripEstimate
    /// When the retransmission timer fires; set exactly while something is on its way.
    private var timer: Instant?
    /// Bytes that may be on their way to the receiver, from the last ACK.
    private(set) var receiveWindow: Int
    /// Datagrams that the receiver's own system has dropped, from the last ACK.
    private(set) var localDrops: UInt32 = 0
    private var largestAcknowledged: PacketNumber?
    /// In flight and window when the last segment left, for the invariant.
    private var atLastSend: (inFlight: Int, window: Int) = (0, .max)
    var limits: LimitMeter
    private(set) var history = WindowHistory()

    /// Sizes of datagrams that were found and not yet told, for the trace.
    var sizes: [Int] = []

    private(set) var resent = 0
    private(set) var lost = 0
    private(set) var goBacks = 0
    private(set) var timeouts = 0

    init(
        _ choice: RecoveryChoice, control controlChoice: ControlChoice = .own, start: FileOffset,
        without omissions: Omissions = Omissions(), size: FileOffset, segmentSize: Int, largestDatagram: Int = 0,
        receiveWindow: Int, roundTrip: RoundTripEstimate, at now: Instant
    ) {
        let datagram = segmentSize + DataPacket.headerSize
        search = MTUSearch(from: datagram, to: max(datagram, largestDatagram))
        limits = LimitMeter(at: now)
        self.size = size
        self.roundTrip = roundTrip
        self.receiveWindow = max(receiveWindow, segmentSize)
        recovery = Recovery(choice, start: start, without: omissions)
        control = Control(
            controlChoice,
            PathFacts(
                segmentSize: segmentSize, receiveWindow: max(receiveWindow, segmentSize), recovery: choice,
                roundTrip: roundTrip, bytes: start.distance(to: size)))
        adjustPacer(at: now)
        pacer.credit = control.firstBurst
    }

    // MARK: What the world did

    mutating func receive(_ ack: Packet.Ack, at now: Instant) -> Reaction {
        guard ack.next <= recovery.highest, ack.largest < sent.next else { return .violation(.acknowledgedUnsent) }
        let progressed = ack.next > recovery.unacknowledged
        let isNewest = largestAcknowledged.map { ack.largest > $0 } ?? true
        if isNewest || progressed {
            receiveWindow = max(Int(ack.receiveWindow), segmentSize)
            control.receiveWindowChanged(receiveWindow)
        }
        let before = sent.delivered
        let news = sent.acknowledge(ack.ranges, telling: &recovery, at: now)
        if isNewest {
            largestAcknowledged = ack.largest
            if let (packet, _) = news, packet == ack.largest { sample(ack, at: now) }
        }
        let rate = news.flatMap { sent.deliveryRate(from: $0.1, shortest: roundTrip.shortest, at: now) }
        let action = recovery.acknowledged(facts(ack.next, at: now), in: sent)
        if progressed { lost += sent.drop(before: recovery.unacknowledged, telling: &recovery, at: now) }
        let isSelective = recovery.choice == .sr
        if progressed || news != nil && isSelective { roundTrip.endBackoff() }
        if case .missing(let missing) = action { control.missed(missing, lossReport(at: now)) }
        let change = news.map { report($0, rate: rate, news: Int(sent.delivered - before), ack, at: now) } ?? .none
        limits.note(delivered: sent.delivered)
        let patience = (roundTrip.smoothed ?? Limits.firstTimeout) * 2 + Limits.longestHold
        if search.acknowledged(ack, patience: patience, at: now) { sizes.append(search.size) }
        history.note(control.window, at: now)
        if progressed || recovery.inFlight == 0 || news != nil && isSelective { restartTimer(at: now) }
        return react(to: action, change: change, at: now)
    }

    /// What came of the timer; nil when none had run out.
    mutating func timeoutFired(at now: Instant) -> Reaction? {
        guard let wakeUp, wakeUp <= now else { return nil }
        switch recovery.timeoutFired(facts(recovery.unacknowledged, at: now), in: sent) {
        case .probe:
            timeouts += 1
            roundTrip.backOff()
            if search.timeoutFired(inRow: roundTrip.timeoutsInRow) { sizes.append(search.size) }
            restartTimer(at: now)
            return .timeout
        case .missing(let missing):
            control.missed(missing, lossReport(at: now))
            adjustPacer(at: now)
            return react(to: .missing(missing), change: .none, at: now)
        }
    }

    /// Whatever is outstanding is asked about at once.
    mutating func hurry(at now: Instant) {
        roundTrip.endBackoff()
        if timer != nil { timer = now }
    }

    /// The receiver can do nothing with what is on its way.
    mutating func excuse() { control.excused(recovery.inFlight) }

    // MARK: Outputs

    mutating func nextRun(at now: Instant) -> SegmentRun? {
        guard let stretch = recovery.nextToSend(size: size, segmentSize: segmentSize) else {
            limits.note(recovery.highest < size ? .silence : .end, release: nil, at: now)
            return nil
        }
        let wanted = stretch.start.distance(to: stretch.end)
        let length = stretch.isProbe ? wanted : min(wanted, budget(from: stretch.start, at: now))
        guard length > 0 else {
            noteLimitation(of: stretch, at: now)
            return nil
        }
        limits.note(.sender, release: nil, at: now)
        let first = sent.next
        let before = recovery.highest
        var offset = stretch.start
        let end = offset.advanced(by: length)
        while offset < end {
            let bytes = min(segmentSize, offset.distance(to: end))
            sent.append(
                offset: offset, length: bytes,
                inFlight: recovery.inFlight + stretch.start.distance(to: offset), at: now)
            if offset < before { resent += 1 }
            offset = offset.advanced(by: bytes)
        }
        recovery.sent(stretch, length: length, firstPacket: first)
        pacer.sent(length, at: now)
        if timer == nil { restartTimer(at: now) }
        if !stretch.isProbe { atLastSend = (recovery.inFlight, max(most, segmentSize)) }
        let new = max(before, stretch.start)..<max(before, end)
        return SegmentRun(
            firstPacket: first, offset: stretch.start.rawValue, length: length, segmentSize: segmentSize,
            newBytes: new.lowerBound.rawValue..<new.upperBound.rawValue)
    }

    /// A PROBE that is due between the data.
    mutating func nextProbe(at now: Instant) -> Packet.Probe? {
        guard largestAcknowledged != nil, !roundTrip.isBackedOff,
            let wanted = search.wanted(left: recovery.highest.distance(to: size), at: now)
        else { return nil }
        let packet = sent.next
        sent.append(offset: recovery.unacknowledged, length: 0, inFlight: recovery.inFlight, at: now)
        search.sent(wanted, as: packet, at: now)
        pacer.sent(wanted, at: now)
        return Packet.Probe(packet: packet, size: UInt16(wanted))
    }

    /// The retransmission timer, or the pacer when that alone holds something back.
    var nextDeadline: Deadline<DeadlineReason>? {
        if let stretch = recovery.nextToSend(size: size, segmentSize: segmentSize), room(from: stretch.start) > 0 {
            let release = pacer.release(segment: segmentSize)
            if wakeUp.map({ release < $0 }) ?? true { return Deadline(release, .pacing) }
        }
        return wakeUp.map { Deadline($0, .retransmission) }
    }

    // MARK: Inside

    /// The retransmission timer, or the moment at which a packet is late, whichever is first.
    private var wakeUp: Instant? {
        guard let timer else { return nil }
        return recovery.lossDeadline.map { min($0, timer) } ?? timer
    }

    /// Bytes that both ends allow on their way.
    private var most: Int { min(control.window, receiveWindow) }

    private mutating func adjustPacer(at now: Instant) {
        pacer.setRate(control.pacingRate, at: now)
        pacer.quantum = control.trainLength
    }

    private func facts(_ next: FileOffset, at now: Instant) -> AckFacts {
        AckFacts(now: now, next: next, largest: largestAcknowledged, roundTrip: roundTrip)
    }

    private func lossReport(at now: Instant) -> LossReport {
        LossReport(
            now: now, unacknowledged: recovery.unacknowledged, highest: recovery.highest, next: sent.next,
            roundTrip: roundTrip)
    }

    /// Bytes that window and receiver let leave from `start` on: whole segments, but for the file's last.
    func room(from start: FileOffset) -> Int {
        let inFlight = recovery.inFlight
        var free = most - inFlight
        if inFlight == 0 { free = max(free, segmentSize) }
        free = min(free, Limits.reach - recovery.unacknowledged.distance(to: start))
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

    /// RFC 9002 §5.3: the receiver's own delay is taken out, but no further than to the least round trip. A reminder of a
    /// silent client tells of a packet that came seconds ago: to take the whole time for a round trip would make the next
    /// timeout as long.
    private mutating func sample(_ ack: Packet.Ack, at now: Instant) {
        guard let packet = sent[ack.largest] else { return }
        let whole = now - packet.sentAt
        let path = whole - .microseconds(Int64(ack.delay))
        // What the client says of its delay is not to make the first round trip less than half of what TCP saw.
        let least = roundTrip.shortest ?? roundTrip.smoothed.map { $0 / 2 }
        roundTrip.sample(least.map { max(path, min(whole, $0)) } ?? path, at: now)
    }

    private mutating func report(
        _ newest: (number: PacketNumber, packet: SentPacket), rate: Double?, news: Int, _ ack: Packet.Ack,
        at now: Instant
    ) -> WindowChange {
        var report = DeliveryReport(
            now: now, unacknowledged: recovery.unacknowledged, highest: recovery.highest, newest: newest.number,
            next: sent.next, roundTrip: roundTrip, deliveryRate: rate)
        report.news = news
        report.delivered = sent.delivered
        report.deliveredBefore = newest.packet.meter.delivered
        report.inFlightBefore = newest.packet.inFlight
        report.sentAt = newest.packet.sentAt
        if newest.number == ack.largest { report.held = .microseconds(Int64(ack.delay)) }
        report.inFlight = recovery.inFlight
        report.localDrops = Int(ack.localDrops) - Int(min(localDrops, ack.localDrops))
        localDrops = max(localDrops, ack.localDrops)
        let change = control.delivered(report)
        adjustPacer(at: now)
        return change
    }

    private mutating func react(to action: RecoveryAction, change: WindowChange, at now: Instant) -> Reaction {
        switch action {
        case .nothing: return change == .none ? .nothing : .progress(change)
        case .missing(let missing): return missing.isNothing ? .nothing : .missing(missing, change)
        case .spuriousTimeout: return .spuriousTimeout
        case .goBack(let packet):
            goBacks += 1
            halve(at: now)
            return .goBack(from: packet)
        case .lost(let packet):
            halve(at: now)
            return .lost(packet)
        case .switched(let packet):
            control.recoverySwitched()
            adjustPacer(at: now)
            restartTimer(at: now)
            return .switched(packet)
        }
    }

    private mutating func halve(at now: Instant) {
        _ = control.lost(lossReport(at: now))
        adjustPacer(at: now)
        restartTimer(at: now)
    }

    private mutating func restartTimer(at now: Instant) {
        let pause =
            roundTrip.timeout(longest: recovery.longestTimeout, single: recovery.singleTimeouts)
            + recovery.acknowledgementDelay
        timer = recovery.unacknowledged < recovery.highest ? now + pause : nil
    }

    package func checkInvariants() throws(InvariantViolation) {
        try recovery.checkInvariants(in: sent)
        try search.checkInvariants()
        let outstanding = recovery.unacknowledged < recovery.highest
        try require(outstanding == (timer != nil), "outstanding \(outstanding), timer \(timer != nil)")
        try require(
            atLastSend.inFlight <= atLastSend.window,
            "\(atLastSend.inFlight) bytes in flight with a window of \(atLastSend.window)")
        try require(recovery.highest <= size, "sent past the end: \(recovery.highest) of \(size)")
    }
}
