import DequeModule
import Timeline

extension Sender {
    /// What the transfer has done so far, and where it stands.
    func statistics(at now: Instant) -> TransferStatistics {
        var statistics = TransferStatistics()
        statistics.recovery = flight?.choice ?? recovery
        statistics.seconds = startedAt.map { (now - $0).seconds } ?? 0
        let roundTrip = flight?.roundTrip ?? roundTrip
        statistics.smoothedRoundTrip = roundTrip.smoothed
        statistics.shortestRoundTrip = roundTrip.shortest
        flight?.fill(&statistics, at: now)
        statistics.bytes -= min(statistics.bytes, keptAtClient.rawValue)
        return statistics
    }

    /// What `nextDeadline` is while nothing may leave.
    var deadlineWhileHeld: Deadline<DeadlineReason>? {
        guard case .sending = state else { return nextDeadline }
        return Deadline(lastProgress + Limits.noProgress, .progress)
    }
}

// MARK: Traces

extension Sender {
    mutating func trace(what reaction: Reaction, at now: Instant) {
        guard tracing else { return }
        for (event, detail) in reaction.traced { trace(event, at: now, detail: detail) }
    }

    /// A line of figures each round trip, and not more than a hundred a second.
    mutating func traceStatus(at now: Instant) {
        if let sizes = flight?.sizes, !sizes.isEmpty {
            for size in sizes { trace(.size, at: now, detail: "datagrams of \(size) bytes") }
            flight?.sizes = []
        }
        guard tracing, now >= statusDue else { return }
        statusDue = now + max(flight?.roundTrip.smoothed ?? .zero, TraceRecord.statusPause)
        let status = statistics(at: now).status
        trace(.status, at: now, detail: status)
    }

    mutating func trace(
        _ event: TraceRecord.Event, at now: Instant, offset: FileOffset? = nil, detail: @autoclosure () -> String = ""
    ) {
        guard tracing else { return }
        events.append(
            .trace(
                TraceRecord(
                    time: now, id: id, end: .server, event: event, packet: flight?.nextPacket,
                    offset: offset ?? flight?.unacknowledged ?? .zero, window: flight?.window ?? 0, detail: detail())))
    }
}

extension TransferStatistics {
    /// Where a transfer stands, for the trace: what a drawing of it needs, in bytes, bytes a second and seconds.
    var status: String {
        var parts = ["in-flight=\(inFlight)", "delivered=\(delivered)", "lost=\(lost)", "resent=\(resent)"]
        if let pacingRate { parts.append("rate=\(Int(pacingRate))") }
        if let smoothedRoundTrip { parts.append("rtt=\(smoothedRoundTrip.seconds)") }
        if let shortestRoundTrip { parts.append("least-rtt=\(shortestRoundTrip.seconds)") }
        if let backgroundLoss { parts.append("path-loss=\(backgroundLoss)") }
        if let phase { parts.append("phase=\(phase.rawValue)") }
        return parts.joined(separator: " ")
    }

    /// The same at the client.
    var arrivalStatus: String {
        let counts = "delivered=\(delivered) lost=\(lost) resent=\(resent) out-of-order=\(outOfOrder)"
        return "\(counts) twice=\(duplicates) dropped=\(localDrops) acks=\(acks)"
    }
}
