package import RDT
package import Timeline

/// What one direction of the path does to datagrams; all is off in a new value.
package struct LinkFaults: Sendable {
    /// Bytes a second; nil for a link that takes no time.
    package var rate: Double?
    /// Bytes that pass the link at once after a rest, as a token bucket lets them: what comes first seems to be on a fast path.
    package var bucket = 0
    package var delay = Interval.milliseconds(5)
    /// Each datagram is held up by up to so much more, which reorders.
    package var jitter = Interval.zero
    /// Each datagram is held up by about so much more, a third of it more or less, and none overtakes another: a queue
    /// behind the link, as picoquic's simulated link has it.
    package var sway = Interval.zero
    /// Bytes that may wait for the link; what comes on top is lost.
    package var queue = Int.max
    /// Of each datagram by itself (Bernoulli).
    package var loss = 0.0
    /// When `loss` counts; nil for always.
    package var lossTimes: Range<Instant>?
    /// Of going from the good to the bad state with each datagram (Gilbert 1960); in the bad state three of four are
    /// lost, and one datagram in five ends it.
    package var burstLoss = 0.0
    package var duplication = 0.0
    /// A datagram takes another 2 to 30 ms.
    package var reordering = 0.0
    /// A datagram skips delay and jitter, and so comes before those that left in that time (netem's `reorder`).
    package var overtaking = 0.0
    /// One bit is turned.
    package var corruption = 0.0
    package var truncation = 0.0
    /// During these times each datagram takes 1.2 s longer than else, which is above the retransmission timeout.
    package var spikes: [Range<Instant>] = []
    /// During these times nothing arrives.
    package var blackHoles: [Range<Instant>] = []
    /// Datagrams of more bytes than that are lost, from then on.
    package var shrinks: (to: Int, at: Instant)?
    /// The first datagram of each of these kinds is lost.
    package var losesFirst: Set<PacketKind> = []
    /// The first datagram with the last byte of the file, and the first ACK for all of it, are lost.
    package var losesTail = false

    package init() {}

    /// Whether every datagram arrives once, whole and in order.
    package var areNone: Bool {
        let chances = [loss, burstLoss, duplication, reordering, overtaking, corruption, truncation]
        let isCalm = shrinks == nil && spikes.isEmpty && blackHoles.isEmpty && jitter == .zero && sway == .zero
        return chances.allSatisfy { $0 == 0 } && isCalm && losesFirst.isEmpty && !losesTail && queue == .max
    }
}

/// One direction of the path: a queue before a link with a delay behind it, and everything that goes wrong there.
package struct Link: Sendable {
    package var faults: LinkFaults
    private var freeAt = Instant(nanoseconds: 0)
    private var inBurst = false
    private var seen: Set<PacketKind> = []
    private var lastArrival = Instant(nanoseconds: 0)
    /// Seconds that datagrams waited, and how many there were, since the last `forgetWaits()`.
    private(set) var waits = (seconds: 0.0, count: 0)

    /// A copy of a datagram on its way.
    package struct Arrival: Sendable {
        package var at: Instant
        package var bytes: [UInt8]
    }

    package init(faults: LinkFaults) {
        self.faults = faults
    }

    /// What becomes of `bytes`, which are of `kind`: no copy, one, or two.
    package mutating func carry(
        _ bytes: [UInt8], kind: PacketKind?, isTail: Bool, at now: Instant, random: inout SeededGenerator
    ) -> [Arrival] {
        if let kind, seen.insert(kind).inserted, faults.losesFirst.contains(kind) { return [] }
        if isTail, faults.losesTail {
            faults.losesTail = false
            return []
        }
        var sentAt = now
        if let rate = faults.rate {
            let start = max(now - .seconds(Double(faults.bucket) / rate), freeAt)
            let wait = max(start - now, .zero).seconds
            waits = (waits.seconds + wait, waits.count + 1)
            guard wait * rate <= Double(faults.queue) else { return [] }
            freeAt = start + .seconds(Double(bytes.count) / rate)
            sentAt = max(now, freeAt)
        }
        if let shrinks = faults.shrinks, now >= shrinks.at, bytes.count > shrinks.to { return [] }
        if faults.blackHoles.contains(where: { $0.contains(now) }) || isLost(at: now, &random) { return [] }
        var arrivals = [arrival(bytes, sentAt: sentAt, now: now, random: &random)]
        if random.chance(faults.duplication) {
            arrivals.append(arrival(bytes, sentAt: sentAt, now: now, random: &random))
        }
        return arrivals
    }

    mutating func forgetWaits() { waits = (0, 0) }

    private mutating func isLost(at now: Instant, _ random: inout SeededGenerator) -> Bool {
        if inBurst {
            inBurst = !random.chance(0.2)
        } else {
            inBurst = random.chance(faults.burstLoss)
        }
        let loss = faults.lossTimes?.contains(now) ?? true ? faults.loss : 0
        return random.chance(inBurst ? 0.75 : loss)
    }

    private mutating func arrival(_ bytes: [UInt8], sentAt: Instant, now: Instant, random: inout SeededGenerator)
        -> Arrival
    {
        var at = sentAt + faults.delay
        if faults.jitter > .zero { at += faults.jitter.scaled(by: random.unit()) }
        if faults.sway > .zero {
            // Three uniform numbers have a mean of 3/2 and a standard deviation of 1/2 together.
            at += faults.sway.scaled(by: (random.unit() + random.unit() + random.unit()) / 1.5)
            at = max(at, lastArrival)
            lastArrival = at
        }
        if random.chance(faults.reordering) { at += .milliseconds(Int64(2 + random.below(29))) }
        if faults.overtaking > 0, random.chance(faults.overtaking) { at = sentAt }
        if faults.spikes.contains(where: { $0.contains(now) }) { at += .milliseconds(1_200) }
        var bytes = bytes
        if random.chance(faults.corruption) { bytes[random.below(bytes.count)] ^= 1 << UInt8(random.below(8)) }
        if random.chance(faults.truncation) { bytes.removeLast(1 + random.below(bytes.count - 1)) }
        return Arrival(at: at, bytes: bytes)
    }
}
