package import Timeline

/// What the chat connection's TCP knows of the path when a ticket is granted: guesses to begin with, which RDT's own
/// measurements replace.
package struct PathHint: Hashable, Sendable {
    /// A round trip. TCP may end at a middlebox that is nearer than the client, so it never counts as the path's least.
    package var roundTrip: Interval?
    /// Bytes of the largest datagram that the segments of TCP leave room for; nothing larger is tried.
    package var largestDatagram: Int?

    package init(roundTrip: Interval? = nil, largestDatagram: Int? = nil) {
        self.roundTrip = roundTrip
        self.largestDatagram = largestDatagram
    }
}

/// Finds the largest datagram that the path carries, from 1,200 bytes upwards (RFC 8899, DPLPMTUD).
///
/// A PROBE of the size in question leaves between the data; its ACK proves the size, and three that get lost disprove it.
/// A lost probe is no congestion and costs no data. When nothing gets through any more, the size falls back to the first one
/// and the search begins anew: a path may change its MTU without a word (a black hole).
struct MTUSearch: Sendable {
    /// Bytes of the datagrams that may leave.
    private(set) var size: Int
    private let first: Int
    private let largest: Int
    /// The least size that is known not to pass.
    private var tooLarge: Int
    private var probe: (packet: PacketNumber, size: Int, sentAt: Instant)?
    private var losses = 0
    /// When a search that is complete begins anew.
    private var restUntil: Instant?

    /// Payloads of UDP over paths that are common: IPv6's least MTU of 1,280; WireGuard within IPv6 and within IPv4;
    /// 1,500 bytes within IPv6 and IPv4; jumbo frames of 9,000 within IPv6.
    static let ladder = [1_232, 1_372, 1_392, 1_452, 1_472, 8_952]
    /// Most paths carry 1,500 bytes: the first size that is tried.
    private static let likeliest = 1_452
    /// RFC 8899 §5.1.2, MAX_PROBES.
    static let mostLosses = 3
    /// RFC 8899 §5.1.1, PMTU_RAISE_TIMER.
    static let rest = Interval.seconds(600)
    /// So many larger datagrams must be left to send, or finding out costs more than it gains.
    private static let worthwhile = 64
    /// Timeouts in a row that mean a black hole.
    static let timeouts = 2

    init(from first: Int, to largest: Int) {
        self.first = min(first, largest)
        self.largest = largest
        size = self.first
        tooLarge = largest + 1
    }

    private var candidate: Int? {
        let open = (Self.ladder + [largest]).filter { $0 > size && $0 < tooLarge && $0 <= largest }
        guard tooLarge > largest else { return open.max() }
        return open.filter { $0 >= Self.likeliest }.min() ?? open.max()
    }

    /// The size to try now, when `left` bytes of the file have still to leave; nil when there is nothing to find out.
    func wanted(left: Int, at now: Instant) -> Int? {
        guard probe == nil, restUntil.map({ $0 <= now }) ?? true, let candidate,
            left >= Self.worthwhile * candidate
        else { return nil }
        return candidate
    }

    mutating func sent(_ size: Int, as packet: PacketNumber, at now: Instant) {
        probe = (packet, size, now)
        restUntil = nil
    }

    /// An ACK came; true when the size has grown.
    mutating func acknowledged(_ ack: Packet.Ack, patience: Interval, at now: Instant) -> Bool {
        guard let sent = probe, ack.largest >= sent.packet else { return false }
        if ack.ranges.contains(where: { $0.contains(sent.packet) }) {
            size = sent.size
            settle(at: now)
            return true
        }
        guard sent.packet.distance(to: ack.largest) >= Limits.duplicates, now - sent.sentAt > patience else {
            return false
        }
        probe = nil
        losses += 1
        if losses >= Self.mostLosses {
            tooLarge = sent.size
            settle(at: now)
        }
        return false
    }

    private mutating func settle(at now: Instant) {
        probe = nil
        losses = 0
        guard candidate == nil else { return }
        tooLarge = largest + 1
        restUntil = candidate == nil ? nil : now + Self.rest
    }

    /// The retransmission timer fired so often in a row; true when the size has fallen.
    mutating func timeoutFired(inRow count: Int) -> Bool {
        guard count >= Self.timeouts, size > first else { return false }
        size = first
        probe = nil
        losses = 0
        tooLarge = largest + 1
        restUntil = nil
        return true
    }

    func checkInvariants() throws(InvariantViolation) {
        try require(first <= size && size <= largest, "datagrams of \(size) bytes, from \(first) to \(largest)")
        try require(probe.map { $0.size > size && $0.size <= largest } ?? true, "a probe of no use")
    }
}
