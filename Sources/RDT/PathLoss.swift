/// What a path loses of itself: an average over rounds without a queue, and how far a round is from it.
///
/// Where losses come in runs, rounds differ more than chance among independent losses explains; without the distance each
/// run would look like a queue that overflows.
struct PathLoss: Sendable {
    private(set) var share = 0.0
    /// The same in loss events, of which a run of losses is one and a bit: that is what a round is judged by.
    private var events = 0.0
    /// The mean distance of a round's events from the average.
    private var spread = 0.0

    /// Loss above that is put down to us, in any case.
    private static let tolerance = 0.02
    private static let weight = 0.125
    private static let startWeight = 0.25
    private static let most = 0.5
    /// Two standard deviations of what is spread normally.
    private static let spreads = 2.5
    private static let fewestJudged = 20.0

    /// What is put down to the path, however much it is.
    private var known: Double { min(share, Self.most) }
    private var knownEvents: Double { min(events, Self.most) }

    /// The part of what leaves that will be lost. The greatest of many delivery rates is one of a lucky round already, by
    /// about two standard deviations of its loss.
    func expected(segments: Double) -> Double { max(0, known - noise(known, segments)) }

    /// A round of so many segments that lost more has lost it by what we sent.
    func threshold(segments: Double) -> Double {
        Self.tolerance + knownEvents + max(noise(knownEvents, segments), Self.spreads * spread)
    }

    /// What a round without a queue has lost, in packets and in events.
    mutating func note(_ loss: Double, events new: Double) {
        spread += (abs(new - events) - spread) * Self.weight
        events += (new - events) * Self.weight
        share += (loss - share) * Self.weight
    }

    /// The same in a startup whose rate still grows.
    mutating func noteStart(_ loss: Double, events new: Double) {
        share += (min(loss, Self.most) - share) * Self.startWeight
        events += (min(new, Self.most) - events) * Self.startWeight
    }

    private func noise(_ share: Double, _ segments: Double) -> Double {
        2 * (share / max(Self.fewestJudged, segments)).squareRoot()
    }
}
