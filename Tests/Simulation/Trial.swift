package import RDT
import Timeline

/// One transfer over a path, and what came of it.
package struct Trial: Sendable {
    package let path: Path
    /// From HELLO until the file is there and has its hash, as the programs count; nil when the end did not come in time.
    package let seconds: Double?
    /// From HELLO to the last byte of the file.
    package let data: Double
    /// Of what the path could carry in payload, from the first to the last byte.
    package let share: Double
    /// Datagrams that left on top of those that the file needs, as a share of these.
    package let overhead: Double
    /// Milliseconds that a datagram waited before the link, on average and after the first third.
    package let queueing: Double
    package let statistics: TransferStatistics

    /// What both ends traced, when that was asked for, and how the client ended.
    package let traces: [TraceRecord]
    package let outcome: Outcome?

    /// A run is given up after ten times what the bare path needs and half a minute.
    private static let patience = 10.0

    package static func run(
        _ path: Path, _ recovery: RecoveryChoice, _ control: ControlChoice = .own, seed: UInt64 = 1,
        tracing: Bool = false
    ) throws(InvariantViolation) -> Trial {
        var scenario = path.scenario(recovery, control)
        scenario.seed = seed
        scenario.tracing = tracing
        var world = World(scenario)
        let ideal = Double(path.bytes) / (path.rate * Path.payloadShare)
        let limit = Interval.seconds(ideal * patience + 30)
        let settled = Instant(nanoseconds: 0) + .seconds(ideal / 3)
        var isSettled = false
        while !world.isOver, world.now - Instant(nanoseconds: 0) < limit {
            try world.step()
            guard !isSettled, world.now > settled else { continue }
            isSettled = true
            world.forgetQueueing()
        }
        let download = world.downloads[0]
        let statistics = world.isOver ? download.serverStatistics : world.statistics(of: 0)
        let needed = max(1, (Int(statistics.bytes) + world.segmentSize - 1) / world.segmentSize)
        let flowing = download.lastByteAt - download.firstByteAt
        let bytes = Double(download.clientStatistics.bytes)
        let seconds = download.secondsToFile ?? download.clientStatistics.seconds
        return Trial(
            path: path, seconds: download.clientOutcome == .completed ? seconds : nil,
            data: (download.lastByteAt - Instant(nanoseconds: 0)).seconds,
            share: flowing > .zero ? bytes / flowing.seconds / (path.rate * Path.payloadShare) : 0,
            overhead: Double(statistics.packets) / Double(needed) - 1, queueing: world.queueing * 1_000,
            statistics: statistics, traces: world.traces, outcome: download.clientOutcome)
    }

    /// Whether the path's bound is kept.
    package var isWithin: Bool {
        if let most = path.mostQueueing, queueing > most { return false }
        return switch path.bound {
        case .none: true
        case .seconds(let most): seconds.map { $0 <= most } ?? false
        case .share(let least): seconds != nil && share >= least
        }
    }
}
