import Timeline

extension Flight {
    /// What is at work.
    var choice: RecoveryChoice { recovery.choice }
    var inFlight: Int { recovery.inFlight }
    var pacingRate: Double? { pacer.rate }
    var phase: ControlPhase? { control.phase }
    var backgroundLoss: Double? { control.backgroundLoss }
    /// Packets that have left.
    var packets: Int { Int(sent.next.rawValue) }
    var window: Int { control.window }
    var unacknowledged: FileOffset { recovery.unacknowledged }
    var nextPacket: PacketNumber { sent.next }
    var highest: FileOffset { recovery.highest }
    var allAcknowledged: Bool { recovery.unacknowledged == size }

    /// Notes what keeps `stretch` from leaving.
    mutating func noteLimitation(of stretch: Stretch, at now: Instant) {
        let isStarting = control.phase.map { $0 == .startup || $0 == .slowStart } ?? false
        if roundTrip.isBackedOff {
            limits.note(.silence, release: nil, at: now)
        } else if room(from: stretch.start) > 0 {
            limits.note(isStarting ? .start : .rate, release: pacer.exhaustion(segment: segmentSize), at: now)
        } else if receiveWindow <= control.window {
            limits.note(.receiver, release: nil, at: now)
        } else {
            limits.note(isStarting ? .start : .window, release: nil, at: now)
        }
    }

    func fill(_ statistics: inout TransferStatistics, at now: Instant) {
        statistics.bytes = unacknowledged.rawValue
        statistics.lost = lost
        statistics.resent = resent
        statistics.goBacks = goBacks
        statistics.timeouts = timeouts
        statistics.window = window
        statistics.inFlight = inFlight
        statistics.pacingRate = pacingRate
        statistics.phase = phase
        statistics.backgroundLoss = backgroundLoss
        statistics.packets = packets
        statistics.segmentSize = segmentSize
        statistics.receiveWindow = receiveWindow
        statistics.delivered = sent.delivered
        statistics.localDrops = Int(localDrops)
        statistics.deliveryRate = limits.deliveryRate(at: now)
        statistics.spent = limits.total(at: now)
        statistics.spentRecently = limits.recent(at: now)
        statistics.history = history
    }
}
