package import Timeline

/// Go-Back-N: what is sent is one window that slides; on a loss it is sent again whole, from its first unacknowledged byte.
///
/// Three packets that were sent after the first unacknowledged one and arrived mean that it is lost. They are counted by
/// packet number, so the duplicates that our own resend provokes count for nothing (the Sorcerer's Apprentice, RFC 1123
/// §4.2.3.1), and one loss makes one go-back: after it, only packets of the new pass count (RFC 6582 §3.2).
package struct GoBackN: RecoveryPolicy {
    package let choice = RecoveryChoice.gbn

    /// Where the policy stands between a timeout and the answer to its probe.
    private enum Phase: Hashable, Sendable {
        /// The window slides.
        case sliding
        /// The timer fired; `original` had not been acknowledged. One segment is about to leave.
        case mustProbe(original: PacketNumber)
        /// That segment, which ends at `end`, is on its way as packet `probe`.
        case probing(original: PacketNumber, probe: PacketNumber, end: FileOffset)
    }

    package private(set) var unacknowledged: FileOffset
    package private(set) var highest: FileOffset
    private(set) var next: FileOffset
    /// The first packet of the present pass that has not been acknowledged.
    private var cursor = PacketNumber.first
    /// The first packet of the pass that the last go-back began; the next loss must be of that or a later one.
    private(set) var passStart = PacketNumber.first
    /// Whether each go-back so far was for a loss that none before had answered.
    private var oncePerLoss = true
    private var phase = Phase.sliding

    let omissions: Omissions

    package init(_ choice: RecoveryChoice, start: FileOffset, without omissions: Omissions) {
        unacknowledged = start
        highest = start
        next = start
        self.omissions = omissions
    }

    package var inFlight: Int {
        unacknowledged.distance(to: next) - omissions.bytes(from: unacknowledged, to: next)
    }
    package var lossDeadline: Instant? { nil }
    package var acknowledgementDelay: Interval { .zero }
    package var longestTimeout: Interval { Limits.greatestTimeout }

    package func nextToSend(size: FileOffset, segmentSize: Int) -> Stretch? {
        switch phase {
        case .sliding:
            next < size ? Stretch(start: next, end: omissions.end(from: next, size: size), isProbe: false) : nil
        case .mustProbe:
            // Segments may have grown since: what has not left yet is no part of a probe.
            Stretch(
                start: unacknowledged,
                end: min(
                    omissions.end(from: unacknowledged, size: highest), unacknowledged.advanced(by: segmentSize)),
                isProbe: true)
        case .probing: nil
        }
    }

    package mutating func sent(_ stretch: Stretch, length: Int, firstPacket: PacketNumber) {
        switch phase {
        case .sliding:
            next = omissions.passed(next.advanced(by: length))
            highest = max(highest, next)
        case .mustProbe(let original):
            phase = .probing(
                original: original, probe: firstPacket, end: omissions.passed(unacknowledged.advanced(by: length)))
        case .probing: preconditionFailure("one probe at a time")
        }
    }

    package mutating func arrived(_ packet: SentPacket, as number: PacketNumber) {}
    package mutating func dropped(_ packet: SentPacket, as number: PacketNumber) -> Bool { true }

    package mutating func acknowledged(_ facts: AckFacts, in window: SendWindow) -> RecoveryAction {
        unacknowledged = max(unacknowledged, facts.next)
        next = max(next, unacknowledged)
        while let sent = window[cursor], sent.end <= unacknowledged { cursor = cursor.advanced(by: 1) }
        cursor = max(cursor, window.base)
        switch phase {
        case .sliding: return lossByDuplicates(in: window)
        case .mustProbe(let original):
            // An ACK names a bounded number of ranges: that all has arrived shows, too, that the original has.
            guard hasArrived(original, in: window) || unacknowledged == highest else { return .nothing }
            phase = .sliding
            return .spuriousTimeout
        case .probing(let original, let probe, let end):
            return answer(original: original, probe: probe, end: end, in: window)
        }
    }

    package mutating func timeoutFired(_ facts: AckFacts, in window: SendWindow) -> TimeoutAction {
        switch phase {
        case .sliding: phase = .mustProbe(original: cursor)
        case .mustProbe: break
        case .probing(let original, _, _): phase = .mustProbe(original: original)
        }
        return .probe
    }

    private mutating func lossByDuplicates(in window: SendWindow) -> RecoveryAction {
        guard inFlight > 0, cursor < window.next,
            window.arrived.count(above: UInt64(cursor.rawValue), upTo: Limits.duplicates) >= Limits.duplicates
        else { return .nothing }
        return goBack(in: window)
    }

    /// What the first ACK after a probe tells: the original arrived, the receiver has what follows, or all is lost.
    private mutating func answer(
        original: PacketNumber, probe: PacketNumber, end: FileOffset, in window: SendWindow
    ) -> RecoveryAction {
        if hasArrived(original, in: window) {
            phase = .sliding
            return .spuriousTimeout
        }
        if unacknowledged > end {
            phase = .sliding
            return .lost(original)
        }
        guard unacknowledged == end || window.arrived.contains(UInt64(probe.rawValue)) else { return .nothing }
        phase = .sliding
        guard inFlight > 0 else { return .lost(original) }
        return goBack(in: window)
    }

    private mutating func goBack(in window: SendWindow) -> RecoveryAction {
        let lost = cursor
        if lost < passStart { oncePerLoss = false }
        next = omissions.passed(unacknowledged)
        cursor = window.next
        passStart = window.next
        return .goBack(from: lost)
    }

    private func hasArrived(_ packet: PacketNumber, in window: SendWindow) -> Bool {
        window.arrived.contains(UInt64(packet.rawValue))
    }

    package func checkInvariants(in window: SendWindow) throws(InvariantViolation) {
        try require(
            unacknowledged <= next && next <= highest, "offsets out of order: \(unacknowledged) \(next) \(highest)")
        try require(cursor <= window.next, "the cursor \(cursor) is past the packets that left, \(window.next)")
        try require(oncePerLoss, "a second go-back for a loss that was answered")
    }
}
