package import RDT
package import Timeline

/// What share of a path a transfer gets, from its HELLO to its end.
package enum Goodput {
    /// A path and a file; the buffer before the link holds so many bandwidth-delay products.
    package struct Case: Sendable {
        package var name: String
        package var rate: Double
        package var roundTrip: Interval
        package var buffer: Double
        package var loss: Double
        package var bytes: Int

        package init(name: String, rate: Double, roundTrip: Interval, buffer: Double, loss: Double, bytes: Int) {
            self.name = name
            self.rate = rate
            self.roundTrip = roundTrip
            self.buffer = buffer
            self.loss = loss
            self.bytes = bytes
        }
    }

    package struct Result: Sendable {
        package let seconds: Double
        /// Of what the path could carry if it carried nothing but payload in full segments.
        package let share: Double
        package let statistics: TransferStatistics
    }

    package static let cases = [
        Case(name: "10 ms", rate: 12.5e6, roundTrip: .milliseconds(10), buffer: 2, loss: 0, bytes: 40_000_000),
        Case(name: "50 ms", rate: 12.5e6, roundTrip: .milliseconds(50), buffer: 2, loss: 0, bytes: 160_000_000),
        Case(
            name: "50 ms, small buffer", rate: 12.5e6, roundTrip: .milliseconds(50), buffer: 0.2, loss: 0,
            bytes: 40_000_000),
        Case(
            name: "50 ms, 0.1 % loss", rate: 12.5e6, roundTrip: .milliseconds(50), buffer: 2, loss: 0.001,
            bytes: 40_000_000),
        Case(name: "1 Gbit/s, 1 ms", rate: 125e6, roundTrip: .milliseconds(1), buffer: 2, loss: 0, bytes: 40_000_000),
    ]

    package static func run(
        _ path: Case, recovery: RecoveryChoice = .gbn, control: ControlChoice = .own
    ) throws(InvariantViolation) -> Result {
        var scenario = Scenario(seed: 1, sizes: [path.bytes])
        scenario.recoveries = [recovery]
        scenario.controls = [control]
        scenario.checkEvery = 1_000
        scenario.receiveWindow = 8 << 20
        scenario.toClient.delay = path.roundTrip / 2
        scenario.toServer.delay = path.roundTrip / 2
        scenario.toClient.rate = path.rate
        scenario.toClient.queue = Int(path.buffer * path.rate * path.roundTrip.seconds)
        scenario.toClient.loss = path.loss
        var world = World(scenario)
        try world.run(limit: .seconds(600))
        let statistics = world.downloads[0].clientStatistics
        let payload = Double(scenario.largestDatagram - DataPacket.headerSize) / Double(scenario.largestDatagram)
        let ideal = Double(path.bytes) / (path.rate * payload)
        return Result(
            seconds: statistics.seconds, share: ideal / statistics.seconds,
            statistics: world.downloads[0].serverStatistics)
    }

    /// A line for each case.
    package static func table(
        recovery: RecoveryChoice = .gbn, control: ControlChoice = .own
    ) throws(InvariantViolation) -> [String] {
        var lines: [String] = []
        for path in cases {
            let result = try run(path, recovery: recovery, control: control)
            let share = (result.share * 1_000).rounded() / 10
            lines.append(
                "\(path.name): \(share) % in \((result.seconds * 1_000).rounded() / 1_000) s, "
                    + "\(result.statistics.goBacks) go-backs, \(result.statistics.resent) sent again")
        }
        return lines
    }
}
