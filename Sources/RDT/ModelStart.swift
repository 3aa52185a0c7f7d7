import Timeline

/// How the rate model begins, while next to nothing is known of the path (rdt(7), CONGESTION).
///
/// The first window leaves as one short burst and the rest of it over half a round trip. The burst's spread tells where the
/// top may be: the start leaps there in one round in place of doubling, and goes on carefully. On a long path, where each
/// round counts, all of it leaves in such trains.
struct ModelStart: Sendable {
    /// Nothing has come back yet, doubling, right to where the trains say that the top is, and the last bit.
    enum Step: Hashable, Sendable {
        case blind, doubling, leaping, arriving
    }

    private let segment: Double
    /// Bytes of the first round trip.
    let firstWindow: Double
    private var train = PacketTrain()
    private var plateau = (rate: 0.0, rounds: 0)
    private(set) var hasGoneBack = false
    /// Whether anything was lost: then only what was measured counts.
    private var hasLost = false

    /// BBR's startup gain, 4 ln 2, which doubles the rate each round.
    private static let gain = 2.77
    private static let windowGain = 2.0
    /// The first window leaves over half a round trip, but for its burst.
    private static let firstPace = 2.0
    /// Of the trains' rate; a tenth too much builds the short queue that shows that the top was reached.
    private static let leap = 1.1
    /// From so much of the trains' rate on the rest is looked for with `arrivalGain`.
    private static let arrival = 0.7
    private static let arrivalGain = 1.5
    /// The trains were wrong when so much more than their rate was delivered.
    private static let refuted = 1.25
    /// From so long a round trip on everything leaves in trains: a round of doubling costs more than a long train disturbs.
    private static let longTrip = Interval.milliseconds(100)
    /// The start ends when the rate grew by less than a quarter for three rounds (BBR, draft-ietf-ccwg-bbr §5.3.1.2).
    private static let growth = 1.25
    static let plateauRounds = 3

    init(_ path: PathFacts) {
        segment = Double(path.segmentSize)
        let tenths = min((path.roundTrip.smoothed ?? .zero).seconds / 0.1, 6)
        let usual = max(Double(Limits.firstModelWindow), Double(Limits.firstWindow) * tenths)
        let needed = (Double(path.bytes) / segment).rounded(.up)
        firstWindow = segment * (needed <= Double(Limits.smallFile) ? max(usual, needed) : usual)
    }

    /// Rounds in which the rate did not grow.
    var flatRounds: Int { plateau.rounds }
    var firstBurst: Int { Limits.firstModelWindow * Int(segment) }

    /// Bytes that leave together, for what their spread tells.
    func trainLength(measured: Double, smoothed: Interval?) -> Int {
        guard let smoothed, smoothed >= Self.longTrip else { return 0 }
        return switch step(measured) {
        case .arriving: 0
        case .blind, .doubling, .leaping: firstBurst
        }
    }

    /// Bytes a second, when `measured` is the greatest delivery rate so far.
    func pace(measured: Double, trip: Double) -> Double {
        let first = Self.firstPace * firstWindow / trip
        return switch step(measured) {
        case .blind: first
        case .doubling: max(Self.gain * measured, hasLost ? 0 : first)
        case .leaping: max(Self.gain * measured, Self.leap * train.rate)
        case .arriving: Self.arrivalGain * measured
        }
    }

    /// Bytes that may be on their way.
    func window(measured: Double, trip: Double, spare: Double) -> Double {
        let rate: Double
        switch step(measured) {
        case .blind: return firstWindow
        case .doubling: rate = Self.windowGain * measured
        case .leaping: rate = max(Self.windowGain * measured, Self.leap * train.rate)
        case .arriving: rate = max(Self.arrivalGain * measured, train.rate)
        }
        return max(hasLost ? 0 : 2 * firstWindow, rate * trip + spare)
    }

    private func step(_ measured: Double) -> Step {
        if measured == 0 { return .blind }
        if train.rate == 0 { return .doubling }
        return measured < Self.arrival * train.rate ? .leaping : .arriving
    }

    /// Go-Back-N sent a window twice and handed over: what is found lost of that says little of the path, but that something
    /// was lost does.
    mutating func wentBack(isExcused: Bool) {
        hasGoneBack = true
        if !isExcused { hasLost = true }
        forgetPlateau()
    }

    mutating func lost() { hasLost = true }

    mutating func note(_ report: DeliveryReport, measured: Double) {
        train.note(report, segment: segment)
        if train.rate > 0, measured > Self.refuted * train.rate { train.refute() }
    }

    /// After a round, with the greatest rate in it.
    mutating func notePlateau(_ rate: Double) {
        if rate >= Self.growth * plateau.rate {
            plateau = (rate, 0)
        } else {
            plateau.rounds += 1
        }
    }

    /// What kept the rate down was not the path.
    mutating func forgetPlateau() { plateau = (0, 0) }
}
