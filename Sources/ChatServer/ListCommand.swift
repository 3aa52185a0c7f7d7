import IRC
import Timeline

/// One condition of LIST: masks, and those of ELIST=CMNTU.
private enum ListFilter {
    case name(Mask, isWanted: Bool)
    case users(Comparison, Int)
    /// Minutes since the channel was made.
    case created(Comparison, Int64)
    /// Minutes since its topic was set.
    case topic(Comparison, Int64)

    enum Comparison {
        case below, above

        func holds<Number: Comparable>(_ left: Number, _ right: Number) -> Bool {
            switch self {
            case .below: left < right
            case .above: left > right
            }
        }
    }

    init(_ text: String) {
        if let condition = Self.condition(text) {
            self = condition
        } else {
            let isWanted = !text.hasPrefix("!")
            self = .name(Mask(isWanted ? text : String(text.dropFirst())), isWanted: isWanted)
        }
    }

    /// `<10`, `>10`, `C<60`, `C>60`, `T<60` or `T>60`.
    private static func condition(_ text: String) -> ListFilter? {
        var rest = text[...]
        let kind = rest.first.flatMap { "CTct".contains($0) ? rest.removeFirst().uppercased() : nil }
        guard let sign = rest.popFirst(), sign == "<" || sign == ">", let number = Int64(rest) else { return nil }
        let comparison = sign == "<" ? Comparison.below : .above
        switch kind {
        case "C": return .created(comparison, number)
        case "T": return .topic(comparison, number)
        default: return .users(comparison, Int(number))
        }
    }

    func takes(_ channel: Channel, at now: UnixTime) -> Bool {
        switch self {
        case .name(let mask, let isWanted): mask.matches(channel.name.text) == isWanted
        case .users(let comparison, let count): comparison.holds(channel.members.count, count)
        case .created(let comparison, let minutes):
            comparison.holds((now.seconds - channel.created.seconds) / 60, minutes)
        case .topic(let comparison, let minutes):
            channel.topic.map { comparison.holds((now.seconds - $0.time.seconds) / 60, minutes) } ?? false
        }
    }

    var isMask: Bool {
        switch self {
        case .name(_, isWanted: true): true
        case .name, .users, .created, .topic: false
        }
    }
}

extension Hub {
    /// Channels whose name one of the masks fits, or any when there is none, and that meet every other condition.
    mutating func list(_ call: Call) {
        let filters = call.list(0).map { ListFilter($0) }
        let masks = filters.filter(\.isMask)
        let conditions = filters.filter { !$0.isMask }
        let time = wall
        reply(call.id, .listStart, "Channel", "Users  Name")
        let found = channels.values.filter { channel in
            isVisible(channel, to: call.id) && conditions.allSatisfy { $0.takes(channel, at: time) }
                && (masks.isEmpty || masks.contains { $0.takes(channel, at: time) })
        }
        for channel in found.sorted(by: { $0.name.text < $1.name.text }) {
            reply(call.id, .list, channel.name.text, String(channel.members.count), channel.topic?.text ?? "")
        }
        reply(call.id, .listEnd, "End of /LIST")
    }
}
