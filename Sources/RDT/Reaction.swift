/// What an ACK or a timer did to a flight.
enum Reaction: Hashable, Sendable {
    case nothing
    case progress(WindowChange)
    case goBack(from: PacketNumber)
    case lost(PacketNumber)
    case missing(Missing, WindowChange)
    case switched(PacketNumber)
    case timeout
    case spuriousTimeout
    case violation(TransferFailure)

    /// The lines that a trace has of it.
    var traced: [(TraceRecord.Event, String)] {
        switch self {
        case .nothing: []
        case .progress(let change): change.traced
        case .goBack(let packet): [(.goBack, "packet \(packet) was lost"), (.windowHalved, "")]
        case .lost(let packet): [(.windowHalved, "packet \(packet) was lost")]
        case .missing(let missing, let change): missing.traced + change.traced
        case .switched(let packet): [(.switched, "packet \(packet) was lost; from now on only what is lost goes again")]
        case .timeout: [(.timeout, "")]
        case .spuriousTimeout: [(.spuriousTimeout, "")]
        case .violation(let failure): [(.abort, failure.description)]
        }
    }
}

extension WindowChange {
    fileprivate var traced: [(TraceRecord.Event, String)] {
        switch self {
        case .none: []
        case .doubled: [(.windowDoubled, "")]
        case .halved: [(.windowHalved, "")]
        case .capped: [(.windowCapped, "")]
        case .entered(let phase): [(.phase, phase.rawValue)]
        }
    }
}

extension Missing {
    fileprivate var traced: [(TraceRecord.Event, String)] {
        var lines: [(TraceRecord.Event, String)] = []
        if let first, let last { lines.append((.lost, "\(packets) of packets \(first) to \(last)")) }
        if latePackets > 0 { lines.append((.late, "\(latePackets) packets had not been lost")) }
        return lines
    }
}
