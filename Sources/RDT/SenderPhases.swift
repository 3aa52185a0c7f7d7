import Timeline

/// What a server holds of a client that has said HELLO and has not proven its address.
struct Greeting: Sendable {
    let clientNonce: Nonce
    /// The handshake has failed then.
    private(set) var until: Instant
    /// For the rule that at most three bytes leave for each that came.
    private var bytesIn = 0
    private var bytesOut = 0
    /// When the first answer left, for the first sample of the round trip.
    private let firstAnswer: Instant
    private var repetitions = 0
    /// START that overtook its ACCEPT: it counts as soon as that is here.
    var early: Packet.Start?

    init(_ hello: Packet.Hello, bytes: Int, at now: Instant) {
        clientNonce = hello.nonce
        until = now + Limits.handshake
        firstAnswer = now
        bytesIn = bytes
    }

    /// The same HELLO again: the answers leave again. A client that goes on asking is not given up while its ticket would be
    /// good, or a burst of loss over the handshake would cost it the half minute in which it hears nothing.
    mutating func repeated(bytes: Int, at now: Instant) {
        until = min(now + Limits.handshake, firstAnswer + Limits.ticketLife)
        bytesIn += bytes
        repetitions += 1
    }

    /// A first sample of the round trip from ACCEPT, now; nil when HELLO came twice, for nobody knows which answer ACCEPT
    /// follows.
    func roundTrip(at now: Instant) -> Interval? { repetitions == 0 ? now - firstAnswer : nil }

    /// What it may be at most when HELLO came more often: the path may be slower than HELLO is repeated, or lose much.
    func longestRoundTrip(at now: Instant) -> Interval? { repetitions > 1 ? now - firstAnswer : nil }

    /// Whether a datagram of so many bytes may leave, which is noted.
    mutating func allows(_ bytes: Int) -> Bool {
        guard bytesOut + bytes <= Limits.amplification * bytesIn else { return false }
        bytesOut += bytes
        return true
    }
}

/// END and its repetitions until the client's last word.
struct Farewell: Sendable {
    /// The transfer ends unconfirmed then.
    private(set) var until: Instant
    /// When END leaves again; nil while the digest is awaited.
    private(set) var again: Instant?
    private var saidAt: Instant?
    private var pause: Interval

    init(pause: Interval, at now: Instant) {
        until = now + Limits.tombstone
        self.pause = min(pause, Limits.firstTimeout)
    }

    /// The client is alive: it may be hashing the file, or have lost END.
    mutating func heard(at now: Instant) { until = now + Limits.tombstone }

    /// Whether END left so long ago that an ACK since then means that it was lost.
    func seemsLost(roundTrip: Interval, at now: Instant) -> Bool { saidAt.map { now - $0 > roundTrip } ?? false }

    /// END leaves now, and again after twice as long as the last time.
    mutating func said(at now: Instant) {
        if saidAt == nil { heard(at: now) }
        saidAt = now
        again = now + pause
        pause = min(pause * 2, Limits.firstTimeout)
    }
}

/// What a server knows of the beginning that its client says it has.
struct PrefixCheck: Sendable {
    let clientNonce: Nonce
    let start: Packet.Start
    var hashed = FileOffset.zero
    var finding = Finding.hashing

    var packet: Packet.Check { Packet.Check(asked: start.covered, hashed: hashed, finding: finding) }
}
