import Timeline

/// When the lines of a turn leave: at its end, unless the last lines have just taken long.
///
/// A line into a room of a thousand is a thousand writes, some 2 ms. When many such lines come, as when a crowd joins, each
/// turn would write to everybody anew. So a long flush is followed by a pause as long, in which lines gather: writing takes
/// half the time at most, nothing waits longer than the flush before it took, and in a calm room a line leaves at once.
/// Flushes that write much to each connection gather enough by themselves.
struct FlushPace {
    /// A flush that is shorter, to some hundred connections, is not worth a pause.
    static let longFlush = Interval.microseconds(300)
    static let longestPause = Interval.milliseconds(5)
    /// Bytes a connection below which the calls cost more than the bytes: copying 1 KiB takes a twentieth of a call.
    static let smallWrite = 1_024

    /// Before this instant lines gather.
    private(set) var pausesUntil = Instant(nanoseconds: 0)

    mutating func flushed(_ bytes: Int, to connections: Int, from begin: Instant, to end: Instant) {
        let took = end - begin
        guard took >= Self.longFlush, bytes < connections * Self.smallWrite else { return }
        pausesUntil = end + min(took, Self.longestPause)
    }
}
