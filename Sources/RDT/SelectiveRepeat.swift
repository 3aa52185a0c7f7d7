package import Timeline

/// Selective repeat: only what was lost is sent again (rdt(7), RECOVERY).
///
/// Loss is told by packet number as in RFC 9002 §6.1: a packet is lost when one that left three packets or 9/8 of a round
/// trip later has arrived. Every packet before `cursor` has arrived or is lost, so each is looked at once. What arrives
/// though it was thought lost shows that the path reorders, and makes the thresholds wider.
package struct SelectiveRepeat: RecoveryPolicy {
    package let choice = RecoveryChoice.sr
    package private(set) var unacknowledged: FileOffset
    package private(set) var highest: FileOffset
    package private(set) var inFlight = 0
    package private(set) var lossDeadline: Instant?
    /// Every packet before it has arrived or is lost.
    private var cursor: PacketNumber
    /// Packets before it left under another policy, whose losses say nothing of this one's thresholds.
    private let firstOwn: PacketNumber
    /// Bytes from `unacknowledged` on that are known to have arrived.
    private var received = Extents()
    /// Bytes that are lost and have not left again.
    private var waiting = Extents()
    private var tolerance = ReorderingTolerance()
    private var late = Missing()
    /// Whether anything has been lost for good: then the end of the file is repeated.
    private var hasLost = false
    /// Probes that have still to leave, and where the next one looks for a gap.
    private var probes = 0
    private var probeFrom = FileOffset.zero
    /// Segments of the end that may still be repeated without being lost.
    private var repeats = Self.mostRepeats
    /// How far the end has been repeated, and under which packet number that began.
    private var repeated: (to: FileOffset, from: PacketNumber)?

    /// Enough for the end of a small file; of a large one the part that was lost in the last window. More would stand in the
    /// way of what was really lost.
    private static let mostRepeats = 256
    /// Probes after a timeout: two, for one may be lost as well (RFC 9002 §6.2.4).
    private static let probesOfTimeout = 2
    /// A run of losses ends with the packets that meet it, not with time: with doubling from the start a run on the way of the
    /// ACKs held a path of 16 ms up for four seconds. Six probes are no load.
    private static let singleTimeouts = 3

    /// The packet that was found lost last: with the next one a run goes on.
    private var lastLost: PacketNumber?

    private let omissions: Omissions

    package init(_ choice: RecoveryChoice, start: FileOffset, without omissions: Omissions) {
        self.init(start: start, without: omissions, firstPacket: .first)
    }

    private init(start: FileOffset, without omissions: Omissions, firstPacket: PacketNumber) {
        self.omissions = omissions
        unacknowledged = start
        highest = start
        cursor = firstPacket
        firstOwn = firstPacket
    }

    /// Takes over from a policy that has sent `window` and knows no losses: packets from `pass` on are on their way, of
    /// those before it only what has arrived counts, and `next ..< highest` did not leave again.
    init(
        unacknowledged: FileOffset, next: FileOffset, highest: FileOffset, pass: PacketNumber,
        without omissions: Omissions, in window: SendWindow
    ) {
        self.init(start: unacknowledged, without: omissions, firstPacket: max(pass, window.base))
        self.highest = highest
        for range in omissions.ranges(before: highest) { omit(range) }
        hasLost = true
        var number = window.base
        while number < window.next {
            if let packet = window[number] {
                if packet.isAcknowledged {
                    note(packet)
                } else if number >= cursor {
                    inFlight += packet.length
                }
            }
            number = number.advanced(by: 1)
        }
        var left = next.rawValue..<highest.rawValue
        while let gap = received.firstGap(in: left) {
            waiting.insert(gap)
            left = gap.upperBound..<left.upperBound
        }
    }

    package var acknowledgementDelay: Interval { Limits.longestHold }
    package var longestTimeout: Interval { Limits.longestProbePause }
    package var singleTimeouts: Int { Self.singleTimeouts }

    // MARK: What leaves

    package func nextToSend(size: FileOffset, segmentSize: Int) -> Stretch? {
        if probes > 0, let gap = gap(from: probeFrom) ?? gap(from: unacknowledged) {
            let end = min(gap.upperBound, gap.lowerBound + UInt64(segmentSize))
            return Stretch(start: FileOffset(gap.lowerBound), end: FileOffset(end), isProbe: true)
        }
        if let first = waiting.ranges.first {
            return Stretch(start: FileOffset(first.lowerBound), end: FileOffset(first.upperBound), isProbe: false)
        }
        if highest < size {
            return Stretch(start: highest, end: omissions.end(from: highest, size: size), isProbe: false)
        }
        guard hasLost, repeats > 0,
            unacknowledged.distance(to: highest) <= Int(received.covered) + repeats * segmentSize,
            let gap = gap(from: repeated?.to ?? unacknowledged)
        else { return nil }
        return Stretch(start: FileOffset(gap.lowerBound), end: FileOffset(gap.upperBound), isProbe: false)
    }

    package mutating func sent(_ stretch: Stretch, length: Int, firstPacket: PacketNumber) {
        let end = stretch.start.advanced(by: length)
        inFlight += length
        if stretch.isProbe {
            probes -= 1
            probeFrom = end
            waiting.remove(stretch.start.rawValue..<end.rawValue)
        } else if stretch.start == highest {
            highest = omissions.passed(end)
            if let range = omissions.range(at: end) { omit(range) }
        } else if waiting.contains(stretch.start.rawValue) {
            waiting.remove(stretch.start.rawValue..<end.rawValue)
            repeated = nil
        } else {
            repeated = (end, repeated?.from ?? firstPacket)
            repeats -= max(1, length / Limits.helloSize)
        }
    }

    /// What does not leave counts as arrived.
    private mutating func omit(_ range: Range<UInt64>) {
        guard range.upperBound > unacknowledged.rawValue else { return }
        received.insert(max(range.lowerBound, unacknowledged.rawValue)..<range.upperBound)
    }

    /// The first bytes from `from` on that left and are not known to have arrived.
    private func gap(from: FileOffset) -> Range<UInt64>? {
        let start = max(from, unacknowledged)
        guard start < highest else { return nil }
        return received.firstGap(in: start.rawValue..<highest.rawValue)
    }

    // MARK: What comes back

    package mutating func arrived(_ packet: SentPacket, as number: PacketNumber) {
        note(packet)
        if number >= cursor {
            inFlight -= packet.length
        } else if number >= firstOwn {
            late.latePackets += 1
            late.lateBytes += packet.length
            late.first = min(late.first ?? number, number)
            tolerance.wasLate(packet)
            waiting.remove(packet.offset.rawValue..<packet.end.rawValue)
        }
    }

    /// An ACK names no more than 32 ranges: what was not found lost by now has arrived, or was a second copy.
    package mutating func dropped(_ packet: SentPacket, as number: PacketNumber) -> Bool {
        guard number >= cursor else { return true }
        inFlight -= packet.length
        cursor = number.advanced(by: 1)
        return false
    }

    package mutating func acknowledged(_ facts: AckFacts, in window: SendWindow) -> RecoveryAction {
        if facts.next > unacknowledged {
            unacknowledged = facts.next
            received.remove(below: unacknowledged.rawValue)
            waiting.remove(below: unacknowledged.rawValue)
        }
        probes = 0
        if let first = late.first, let largest = facts.largest {
            tolerance.raise(distance: first.distance(to: largest), facts)
        }
        tolerance.relax(facts)
        let missing = detect(facts, in: window)
        return missing.isNothing ? .nothing : .missing(missing)
    }

    package mutating func timeoutFired(_ facts: AckFacts, in window: SendWindow) -> TimeoutAction {
        if let deadline = lossDeadline, deadline <= facts.now { return .missing(detect(facts, in: window)) }
        probes = Self.probesOfTimeout
        probeFrom = unacknowledged
        return .probe
    }

    private mutating func detect(_ facts: AckFacts, in window: SendWindow) -> Missing {
        var missing = late
        missing.first = nil
        late = Missing()
        lossDeadline = nil
        guard let largest = facts.largest else { return missing }
        let patience = tolerance.patience(facts.roundTrip)
        cursor = max(cursor, window.base)
        while cursor < window.next, let packet = window[cursor] {
            if !packet.isAcknowledged, !packet.isProbe {
                guard cursor < largest else { break }
                let isOvertaken = cursor.distance(to: largest) >= tolerance.packets
                guard isOvertaken || facts.now - packet.sentAt >= patience else {
                    lossDeadline = packet.sentAt + patience
                    break
                }
                missing.packets += 1
                missing.bytes += packet.length
                missing.inFlight = packet.inFlight
                missing.first = missing.first ?? cursor
                missing.last = cursor
                if lastLost?.advanced(by: 1) == cursor { missing.following += 1 }
                lastLost = cursor
                lose(packet, as: cursor)
            }
            cursor = cursor.advanced(by: 1)
        }
        return missing
    }

    private mutating func lose(_ packet: SentPacket, as number: PacketNumber) {
        inFlight -= packet.length
        hasLost = true
        guard packet.end > unacknowledged else { return }
        if let repeated, number < repeated.from, packet.end <= repeated.to { return }
        // Parts of it may have arrived in datagrams of another size.
        var left = max(packet.offset, unacknowledged).rawValue..<packet.end.rawValue
        while let gap = received.firstGap(in: left) {
            waiting.insert(gap)
            left = gap.upperBound..<left.upperBound
        }
    }

    private mutating func note(_ packet: SentPacket) {
        guard packet.end > unacknowledged else { return }
        received.insert(max(packet.offset, unacknowledged).rawValue..<packet.end.rawValue)
        waiting.remove(packet.offset.rawValue..<packet.end.rawValue)
    }

    package func checkInvariants(in window: SendWindow) throws(InvariantViolation) {
        try require(unacknowledged <= highest, "acknowledged \(unacknowledged) of \(highest)")
        try require(inFlight >= 0 && cursor <= window.next, "\(inFlight) bytes in flight, cursor \(cursor)")
        var flying = 0
        var number = max(cursor, window.base)
        while number < window.next {
            if let packet = window[number], !packet.isAcknowledged { flying += packet.length }
            number = number.advanced(by: 1)
        }
        try require(flying == inFlight, "\(inFlight) bytes in flight, and packets say \(flying)")
        try require(
            waiting.ranges.allSatisfy { received.relation(to: $0) == .apart && $0.upperBound <= highest.rawValue },
            "to be sent again, and has arrived or never left")
    }
}

/// How far packets may overtake each other before one is lost: three packets and an eighth of a round trip, at least 1 ms
/// (RFC 9002 §6.1), until the path shows that it reorders more (after RFC 8985 §6.2).
struct ReorderingTolerance: Sendable {
    private(set) var packets = Limits.duplicates
    /// What a packet may take longer than a round trip; nil for the eighth of it.
    private var extra: Interval?
    private var lateSentAt: Instant?
    private var raisedAt = Instant(nanoseconds: 0)

    /// Round trips without a late packet after which the thresholds are as at the start (RFC 8985 §6.2: 16 recoveries).
    private static let memory: Int64 = 64

    /// The time after which a packet is lost if a later one has arrived.
    func patience(_ roundTrip: RoundTripEstimate) -> Interval {
        let trip = max(roundTrip.smoothed ?? Limits.firstTimeout, roundTrip.latest ?? .zero)
        return trip + max(extra ?? trip / 8, Limits.granularity)
    }

    /// A packet arrived that had been taken for lost.
    mutating func wasLate(_ packet: SentPacket) {
        lateSentAt = min(lateSentAt ?? packet.sentAt, packet.sentAt)
    }

    /// After an ACK that told of such packets: what they would have needed, and no more than another round trip.
    mutating func raise(distance: Int, _ facts: AckFacts) {
        guard let sentAt = lateSentAt, let trip = facts.roundTrip.smoothed else { return }
        lateSentAt = nil
        raisedAt = facts.now
        packets = max(packets, 2 * distance)
        let needed = facts.now - sentAt - trip
        extra = min(max(extra ?? trip / 8, needed + needed / 4), trip)
    }

    mutating func relax(_ facts: AckFacts) {
        guard extra != nil, let trip = facts.roundTrip.smoothed, facts.now - raisedAt > trip * Self.memory else {
            return
        }
        extra = nil
        packets = Limits.duplicates
    }
}
