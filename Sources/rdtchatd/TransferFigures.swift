import IRC
import RDT
import Timeline

extension FilesExtension.Figures {
    /// What RDT knows of a transfer, in the chat's terms.
    init(of id: TransferID, _ statistics: TransferStatistics, hasEnded: Bool) {
        self.init(ticket: id.rawValue)
        words[.state] = hasEnded ? "ended" : "sending"
        words[.recovery] = statistics.recovery.rawValue
        words[.phase] = statistics.phase?.rawValue
        numbers[.elapsed] = Self.milliseconds(.seconds(statistics.seconds))
        numbers[.bytes] = statistics.bytes
        let counts: [(FilesExtension.Figure, Int)] = [
            (.segment, statistics.segmentSize), (.packets, statistics.packets), (.lost, statistics.lost),
            (.resent, statistics.resent), (.goBacks, statistics.goBacks), (.timeouts, statistics.timeouts),
            (.window, statistics.window), (.inFlight, statistics.inFlight),
            (.receiveWindow, statistics.receiveWindow), (.localDrops, statistics.localDrops),
        ]
        for (figure, count) in counts { numbers[figure] = UInt64(max(0, count)) }
        numbers[.roundTrip] = statistics.smoothedRoundTrip.map(Self.microseconds)
        numbers[.leastRoundTrip] = statistics.shortestRoundTrip.map(Self.microseconds)
        numbers[.pacing] = statistics.pacingRate.map(Self.whole)
        numbers[.delivery] = statistics.deliveryRate.map(Self.whole)
        numbers[.pathLoss] = statistics.backgroundLoss.map { Self.whole($0 * 1e6) }
        for limitation in Limitation.allCases {
            let (all, recent) = limitation.figures
            numbers[all] = Self.milliseconds(statistics.spent[limitation])
            numbers[recent] = Self.milliseconds(statistics.spentRecently[limitation])
        }
        windows = statistics.history.samples.map { UInt64(max(0, $0)) }
        millisecondsOfWindow = Self.milliseconds(statistics.history.step)
    }

    private static func milliseconds(_ interval: Interval) -> UInt64 {
        UInt64(max(0, interval.nanoseconds / 1_000_000))
    }
    private static func microseconds(_ interval: Interval) -> UInt64 { UInt64(max(0, interval.nanoseconds / 1_000)) }
    private static func whole(_ number: Double) -> UInt64 { UInt64(min(max(number, 0), 1e18).rounded()) }
}

extension Limitation {
    fileprivate var figures: (all: FilesExtension.Figure, recent: FilesExtension.Figure) {
        switch self {
        case .start: (.start, .nowStart)
        case .rate: (.rate, .nowRate)
        case .window: (.limitWindow, .nowWindow)
        case .receiver: (.receiver, .nowReceiver)
        case .sender: (.sender, .nowSender)
        case .silence: (.silence, .nowSilence)
        case .end: (.end, .nowEnd)
        }
    }
}
