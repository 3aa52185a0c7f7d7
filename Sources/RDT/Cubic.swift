import Timeline

/// CUBIC (RFC 9438) with HyStart++ (RFC 9406): what most of the world's TCP does, for simulations to compete with.
///
/// Not one to transfer with: RFC 9438 §5.1 gives it a window of 12 packets at 1 % loss and 100 ms.
package struct Cubic: CongestionController {
    private let segment: Double
    private var receiveWindow: Int
    private var smoothed: Interval?
    /// Windows in segments.
    private var congestionWindow = Double(Limits.firstWindow)
    private var threshold = Double.infinity
    private var greatest = 0.0
    private var friendly = 0.0
    private var inflection = 0.0
    private var epoch: Instant?
    /// Packets before this one belong to a loss that was answered.
    private var recovery = PacketNumber.first

    private var roundEnd = PacketNumber.first
    private var trips = (current: Interval?.none, previous: Interval?.none, samples: 0)
    /// Rounds of conservative slow start, nil outside it, with the least round trip at its begin.
    private var conservative: (rounds: Int, trip: Interval)?

    private static let beta = 0.7
    private static let scaling = 0.4
    /// RFC 9438 §4.3: 3 (1 − β) / (1 + β).
    private static let friendliness = 0.529
    /// RFC 9406 §4.3.
    private static let leastSamples = 8
    private static let conservativeRounds = 5
    private static let conservativeDivisor = 4.0
    /// Linux paces at twice the window in slow start and at 1.2 of it later.
    private static let slowStartPacing = 2.0
    private static let avoidancePacing = 1.2

    package init(_ choice: ControlChoice, _ path: PathFacts) {
        segment = Double(path.segmentSize)
        receiveWindow = path.receiveWindow
    }

    package var phase: ControlPhase? { congestionWindow < threshold ? .slowStart : .avoidance }
    package var window: Int { min(Int(congestionWindow * segment), receiveWindow, Limits.window) }
    package var pacingRate: Double? {
        guard let smoothed else { return nil }
        let gain = congestionWindow < threshold ? Self.slowStartPacing : Self.avoidancePacing
        return gain * congestionWindow * segment / max(smoothed.seconds, 1e-6)
    }

    package mutating func receiveWindowChanged(_ bytes: Int) { receiveWindow = bytes }
    package mutating func lost(_ report: LossReport) -> WindowChange { .none }

    package mutating func missed(_ missing: Missing, _ report: LossReport) {
        guard let last = missing.last, last >= recovery else { return }
        recovery = report.next
        greatest = congestionWindow < greatest ? congestionWindow * (1 + Self.beta) / 2 : congestionWindow
        congestionWindow = max(2, congestionWindow * Self.beta)
        threshold = congestionWindow
        epoch = nil
        conservative = nil
    }

    package mutating func delivered(_ report: DeliveryReport) -> WindowChange {
        smoothed = report.roundTrip.smoothed
        let segments = Double(report.news) / segment
        // RFC 9438 §5.8: a window that is not used does not grow.
        guard Double(report.inFlightBefore) >= congestionWindow * segment / 2 else { return .none }
        if congestionWindow < threshold {
            watchTrips(report)
            congestionWindow += conservative == nil ? segments : segments / Self.conservativeDivisor
        } else if report.newest >= recovery {
            avoid(report, segments)
        }
        return .none
    }

    /// HyStart++: leaves slow start when the round trip grows, after five rounds of a closer look.
    private mutating func watchTrips(_ report: DeliveryReport) {
        if report.newest >= roundEnd {
            roundEnd = report.next
            trips = (nil, trips.current, 0)
            if let rounds = conservative?.rounds {
                conservative?.rounds = rounds + 1
                if rounds + 1 >= Self.conservativeRounds { threshold = congestionWindow }
            }
        }
        guard let latest = report.roundTrip.latest else { return }
        trips.current = min(trips.current ?? latest, latest)
        trips.samples += 1
        guard trips.samples >= Self.leastSamples, let current = trips.current, let previous = trips.previous else {
            return
        }
        if let known = conservative {
            if current < known.trip { conservative = nil }
        } else if current >= previous + max(.milliseconds(4), min(previous / 8, .milliseconds(16))) {
            conservative = (0, current)
        }
    }

    private mutating func avoid(_ report: DeliveryReport, _ segments: Double) {
        if epoch == nil {
            epoch = report.now
            greatest = max(greatest, congestionWindow)
            inflection = Self.cubeRoot((greatest - congestionWindow) / Self.scaling)
            friendly = congestionWindow
        }
        guard let epoch, let trip = report.roundTrip.smoothed else { return }
        let ahead = (report.now - epoch + trip).seconds - inflection
        let target = min(max(greatest + Self.scaling * ahead * ahead * ahead, congestionWindow), 1.5 * congestionWindow)
        friendly += Self.friendliness * segments / congestionWindow
        congestionWindow += (target - congestionWindow) / congestionWindow * segments
        congestionWindow = max(congestionWindow, friendly)
    }

    /// Newton's method: the standard library has no cube root.
    private static func cubeRoot(_ value: Double) -> Double {
        guard value > 0 else { return 0 }
        var root = max(value, 1)
        for _ in 0..<60 { root -= (root - value / (root * root)) / 3 }
        return root
    }
}
