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
        return statistics
    }
}

extension TransferStatistics {
    /// Where a transfer stands, for the trace: what a drawing of it needs, in bytes, bytes a second and seconds.
    var status: String {
        var parts = ["in-flight=\(inFlight)", "lost=\(lost)", "resent=\(resent)"]
        if let pacingRate { parts.append("rate=\(Int(pacingRate))") }
        if let smoothedRoundTrip { parts.append("rtt=\(smoothedRoundTrip.seconds)") }
        if let shortestRoundTrip { parts.append("least-rtt=\(shortestRoundTrip.seconds)") }
        if let backgroundLoss { parts.append("path-loss=\(backgroundLoss)") }
        if let phase { parts.append("phase=\(phase.rawValue)") }
        return parts.joined(separator: " ")
    }
}
