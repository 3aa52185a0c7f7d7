import DequeModule
package import Timeline

extension Receiver {
    package func statistics(at now: Instant) -> TransferStatistics {
        var statistics = TransferStatistics()
        statistics.bytes = inbox.arrivedBytes
        statistics.seconds = (now - beganAt).seconds
        statistics.lost = inbox.missing
        statistics.resent = inbox.counts.known
        statistics.recovery = recovery
        statistics.timeouts = timeouts
        statistics.smoothedRoundTrip = roundTrip.smoothed
        statistics.segmentSize = segmentSize
        statistics.localDrops = Int(localDrops)
        inbox.fill(&statistics)
        return statistics
    }

    /// A line of figures each round trip, and not more than a hundred a second.
    mutating func traceStatus(at now: Instant) {
        guard tracing, now >= statusDue else { return }
        statusDue = now + max(roundTrip.smoothed ?? .zero, TraceRecord.statusPause)
        let status = statistics(at: now).arrivalStatus
        trace(.status, at: now, detail: status)
    }

    mutating func trace(
        _ event: TraceRecord.Event, at now: Instant, detail: @autoclosure () -> String = ""
    ) {
        guard tracing else { return }
        events.append(
            .trace(
                TraceRecord(
                    time: now, id: id, end: .client, event: event, packet: inbox.largest, offset: inbox.next,
                    window: Int(advisedWindow), detail: detail())))
    }
}
