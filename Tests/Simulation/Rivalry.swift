package import RDT
package import Timeline

/// Transfers that share one bottleneck for a while, and what each of them gets.
package struct Rivalry: Sendable {
    package var name: String
    package var path: Path
    /// Recovery and controller of each, in the order in which they come.
    package var flows: [(RecoveryChoice, ControlChoice)]
    /// The second one's part of what both get together; of more than two, the least one's part beside the greatest.
    package var bounds: ClosedRange<Double>
    /// Milliseconds that a datagram may wait before the link on average: a quarter of the round trip, where nobody fills the
    /// buffer by intention.
    package var mostQueueing: Double?
    /// Each comes so much after the one before.
    package var delay = Interval.milliseconds(200)

    package struct Result: Sendable {
        /// Of what the path could carry in payload, in the last two thirds of the time.
        package let shares: [Double]
        /// Milliseconds that a datagram waited before the link then.
        package let queueing: Double
        /// What both ends traced, when that was asked for.
        package let traces: [TraceRecord]
    }

    private static let length = Interval.seconds(36)
    /// What is promised holds for each of these.
    package static let seeds = Array(UInt64(1)...5)

    package static let cases = [
        one("sr beside CUBIC, 1 BDP", buffer: 1, .cubic, 0.4...0.75),
        one("sr beside CUBIC, 2 BDP", buffer: 2, .cubic, 0.4...0.75),
        one("CUBIC first, sr beside it", buffer: 1, .cubic, 0.25...0.6, reversed: true),
        one("two of sr, 1 BDP", buffer: 1, .own, 0.45...0.55),
        one("two of sr, 2 BDP", buffer: 2, .own, 0.45...0.55),
        one("two of sr, 2 % loss", buffer: 2, .own, 0.45...0.55, loss: 0.02),
        one("two of sr, 5 s apart", buffer: 1, .own, 0.45...0.55, delay: .seconds(5)),
        one("four of sr, least and most", buffer: 1, .own, 0.4...0.6, count: 4),
    ]

    private static func one(
        _ name: String, buffer: Double, _ rival: ControlChoice, _ bounds: ClosedRange<Double>, reversed: Bool = false,
        loss: Double = 0, delay: Interval = .milliseconds(200), count: Int = 2
    ) -> Rivalry {
        let path = Path(
            "", megabytes: count > 2 ? 80 : 170, megabits: 50, roundTrip: 50, buffer: buffer, loss: loss)
        let others = Array(repeating: (RecoveryChoice.sr, rival), count: count - 1)
        let flows = [(RecoveryChoice.sr, ControlChoice.own)] + others
        return Rivalry(
            name: name, path: path, flows: reversed ? flows.reversed() : flows, bounds: bounds,
            mostQueueing: rival == .own ? 12.5 : nil, delay: delay)
    }

    package func run(seed: UInt64 = 1, tracing: Bool = false) throws(InvariantViolation) -> Result {
        var scenario = path.scenario(.sr)
        scenario.sizes = flows.map { _ in path.bytes }
        scenario.recoveries = flows.map { $0.0 }
        scenario.controls = flows.map { $0.1 }
        // Without losses the seed decides by how much the phases of both flows lie apart.
        var random = SeededGenerator(seed: seed)
        scenario.stagger = delay + .milliseconds(seed == 1 ? 0 : Int64(random.below(500)))
        scenario.seed = seed
        scenario.tracing = tracing
        var world = World(scenario)
        let zero = Instant(nanoseconds: 0)
        while world.now - zero < Self.length / 3 { try world.step() }
        world.forgetQueueing()
        let before = flows.indices.map { world.received(by: $0) }
        let began = world.now
        while world.now - zero < Self.length, !world.isOver { try world.step() }
        let most = path.rate * Path.payloadShare * (world.now - began).seconds
        return Result(
            shares: flows.indices.map { Double(world.received(by: $0) - before[$0]) / most },
            queueing: world.queueing * 1_000, traces: world.traces)
    }

    /// Of two the first and the second, of more the greatest and the least.
    package func extremes(of result: Result) -> (Double, Double) {
        let shares = result.shares
        return shares.count == 2 ? (shares[0], shares[1]) : (shares.max() ?? 0, shares.min() ?? 0)
    }

    package func accepts(_ result: Result) -> Bool {
        let (one, other) = extremes(of: result)
        return bounds.contains(other / max(one + other, 1e-9))
            && mostQueueing.map { result.queueing <= $0 } ?? true
    }
}
