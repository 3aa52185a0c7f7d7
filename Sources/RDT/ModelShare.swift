/// What losses and queues in cruise leave of the rate, when others share the path: the rate model's part.
///
/// A deep queue in cruise means that all together send too much. Each round of it a flow goes part of the way to what it gets
/// at the moment, and sends still less until the queue is gone; then it keeps what it got. Flows of this kind share what
/// there is in that way without a queue. CUBIC fills what we leave, so a queue that stays all the same is taken for a
/// rival's, and then little is yielded for a while. Up brings back what was yielded: a small flow gains more by a quarter than
/// a large one does, and goes on as long as it gains.
struct ModelShare: Sendable {
    /// Bytes a second that queues leave, and losses until cruise is over; infinite when nothing speaks against the measured
    /// rate.
    private var allowed = Double.infinity
    private(set) var lossRate = Double.infinity
    private var isDraining = false
    /// Rounds of the present queue, and what was left when it began.
    private var rounds = 0
    private var before = 0.0
    /// Cycles for which a rival is believed to be there.
    private var rivalCycles = 0
    /// What there was before the last up, and the most that a round of it delivered.
    private var probe = (before: 0.0, best: 0.0)

    /// While a queue stands. A queue of a whole round trip is gone in seven of them.
    private static let drainGain = 0.85
    /// How far a round with a deep queue goes to what was delivered: all the way would give too much to whoever is in up.
    private static let step = 0.4
    /// What is kept of the measured rate at least, and beside a rival (BBRv3 cuts to 0.7 at a loss).
    private static let floor = 0.5
    private static let rivalFloor = 0.85
    /// Who has half of a path gains 1.11 from asking for 1.25 times as much, who has all of it nothing.
    private static let gainOfSmall = 1.15
    /// Rounds in which flows that yield have drained their queue, and cycles after which that is tried again.
    private static let patience = 8
    private static let memory = 8

    var gain: Double { isDraining ? Self.drainGain : 1 }
    func rate(of measured: Double) -> Double { min(measured, allowed, lossRate) }

    /// There were losses.
    mutating func lower(to rate: Double) { lossRate = min(lossRate, rate) }
    /// They were none.
    mutating func restore(_ rate: Double) { lossRate = max(lossRate, rate) }
    /// So much was delivered in up.
    mutating func raise(to rate: Double) { allowed = max(allowed, rate) }

    /// Up begins.
    mutating func beginProbe(measured: Double) { probe = (rate(of: measured), 0) }
    /// A round of up delivered so much.
    mutating func noteProbe(_ delivered: Double) { probe.best = max(probe.best, delivered) }
    /// Whether cruise is to be short: what is ours is less than what others leave us, or nobody has asked yet.
    ///
    /// Each up brings a flow as much as any other, and a queue takes from each in proportion: so shares become equal, by some
    /// percent of the path each time, and with the usual cruise that takes half a minute.
    var isSmall: Bool { rivalCycles == 0 && probe.best >= probe.before * Self.gainOfSmall }

    /// Cruise is over.
    mutating func endCycle() {
        lossRate = .infinity
        isDraining = false
        rivalCycles = max(0, rivalCycles - 1)
    }

    /// A round of cruise with so deep a queue delivered so much.
    mutating func noteQueue(delivered: Double, measured: Double) {
        let known = rate(of: measured)
        if !isDraining {
            isDraining = true
            rounds = 0
            before = min(known, delivered)
        }
        rounds += 1
        var next = known + (min(known, delivered) - known) * Self.step
        if rivalCycles == 0, rounds > Self.patience {
            rivalCycles = Self.memory
            next = before
        }
        allowed = max(next, measured * (rivalCycles > 0 ? Self.rivalFloor : Self.floor))
    }

    /// A round of cruise had none.
    mutating func noteCalm() { isDraining = false }
}
