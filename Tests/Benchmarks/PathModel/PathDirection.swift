import DequeModule
import Simulation
package import Timeline

/// One direction of a path: a drop-tail queue before a bottleneck, and a delay with faults behind it.
///
/// It decides about packets without holding them, so that the same decisions serve virtual time and real packets. All
/// chance comes from the seed: the same packets at the same times meet the same fate, whatever the other direction does.
package struct PathDirection: Sendable {
    /// What becomes of a packet.
    package enum Fate: Hashable, Sendable {
        case arrives(at: Instant)
        /// Duplicated: both copies with their times.
        case arrivesTwice(at: Instant, and: Instant)
        case lost
        /// No room in the queue.
        case overflowed
    }

    /// What a direction has seen so far.
    package struct Statistics: Hashable, Sendable {
        package var packets = 0
        package var bytes = 0
        package var lost = 0
        package var overflowed = 0
        package var duplicated = 0
        package var reordered = 0
        /// In packets, beside the one that the bottleneck was sending.
        package var largestQueue = 0
    }

    package let faults: PathFaults
    package private(set) var statistics = Statistics()
    private var random: SeededGenerator
    private var start: Instant?
    /// When each packet that is still before the bottleneck or on it will have left it.
    private var departures = Deque<Instant>()
    private var isInLossRun = false

    package init(faults: PathFaults, seed: UInt64) {
        self.faults = faults
        random = SeededGenerator(seed: seed)
    }

    /// A packet of `bytes`, IP header included, has come at `now`, which never goes back.
    package mutating func carry(bytes: Int, at now: Instant) -> Fate {
        statistics.packets += 1
        statistics.bytes += bytes
        guard let departure = departure(of: bytes, at: now) else {
            statistics.overflowed += 1
            return .overflowed
        }
        // Losses come behind the bottleneck: a lost packet has taken its time there, as on a radio link.
        guard !isOut(at: now), !isLost() else {
            statistics.lost += 1
            return .lost
        }
        let arrival = arrival(leaving: departure)
        guard random.chance(faults.duplication) else { return .arrives(at: arrival) }
        statistics.duplicated += 1
        return .arrivesTwice(at: arrival, and: self.arrival(leaving: departure))
    }

    /// When the bottleneck has sent it, or nil where the queue is full.
    private mutating func departure(of bytes: Int, at now: Instant) -> Instant? {
        guard let rate = faults.rate else { return now }
        while let first = departures.first, first <= now { departures.removeFirst() }
        // The first of them is on the line, and would make room only for this one's turn.
        guard departures.count <= faults.queue else { return nil }
        let departure = (departures.last ?? now) + .seconds(Double(bytes * 8) / rate)
        departures.append(departure)
        statistics.largestQueue = max(statistics.largestQueue, departures.count - 1)
        return departure
    }

    private mutating func isOut(at now: Instant) -> Bool {
        let start = start ?? now
        self.start = start
        return faults.outages.contains { $0.contains(now - start) }
    }

    /// A chain of two states (Gilbert 1960): every packet of a run is lost, none between runs. Independent losses are the
    /// chain whose runs have a mean of 1 / (1 - loss).
    private mutating func isLost() -> Bool {
        guard faults.loss > 0 else { return false }
        guard faults.loss < 1 else { return true }
        let leaving = faults.burst.map { 1 / max($0, 1) } ?? (1 - faults.loss)
        let entering = min(1, leaving * faults.loss / (1 - faults.loss))
        isInLossRun = isInLossRun ? !random.chance(leaving) : random.chance(entering)
        return isInLossRun
    }

    private mutating func arrival(leaving departure: Instant) -> Instant {
        if random.chance(faults.reordering) {
            statistics.reordered += 1
            return departure
        }
        guard faults.jitter > .zero else { return departure + faults.delay }
        return departure + faults.delay + faults.jitter.scaled(by: random.unit())
    }
}
