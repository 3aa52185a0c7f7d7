import Timeline

/// Estimates a path's rate from datagrams that left together: the slowest link spreads them, and the spread of their
/// acknowledgements tells its rate, a round trip after the first byte (rdt(7), CONGESTION).
///
/// All trains of the start count together, bytes over time, so that one late batch or jitter among few datagrams does not
/// decide. It says where the top may be: startup goes close to it in one round and looks from there. What was delivered
/// in earnest refutes an estimate that is too low, and losses one that is too high.
struct PacketTrain: Sendable {
    private var start: (sentAt: Instant, heardAt: Instant, delivered: UInt64)?
    private var last: (heardAt: Instant, delivered: UInt64)?
    private var acks = 0
    private var bytes = 0.0
    private var seconds = 0.0
    private var isRefuted = false

    /// Datagrams and ACKs that make an estimate: three trains of eight (Dovrolis et al., 2004, use as many).
    private static let fewest = 24.0
    private static let fewestAcks = 3

    /// Bytes a second; 0 while nothing is known, or when it proved wrong.
    private(set) var rate = 0.0

    mutating func note(_ report: DeliveryReport, segment: Double) {
        guard !isRefuted else { return }
        let arrivedAt = report.now - report.held
        guard let begin = start, let before = last, begin.sentAt == report.sentAt else {
            start = (report.sentAt, arrivedAt, report.delivered)
            last = (arrivedAt, report.delivered)
            return
        }
        acks += 1
        bytes += Double(report.delivered - before.delivered)
        seconds += max(arrivedAt - before.heardAt, .zero).seconds
        last = (arrivedAt, report.delivered)
        guard bytes >= Self.fewest * segment, acks >= Self.fewestAcks, seconds > 0 else { return }
        rate = bytes / seconds
    }

    mutating func refute() {
        isRefuted = true
        rate = 0
    }
}
