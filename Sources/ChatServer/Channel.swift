import IRC
import Timeline

/// What a member of a channel may do beside talking.
struct MemberStatus: OptionSet, Hashable, Sendable {
    let rawValue: UInt8

    /// Mode +o, shown as `@`: may change modes, kick and invite.
    static let channelOperator = MemberStatus(rawValue: 1)
    /// Mode +v, shown as `+`: may talk in a moderated channel.
    static let voiced = MemberStatus(rawValue: 2)

    /// The prefixes in the order of PREFIX; `all` of them (multi-prefix) or the highest.
    func prefix(all: Bool) -> String {
        let text = (contains(.channelOperator) ? "@" : "") + (contains(.voiced) ? "+" : "")
        return all ? text : String(text.prefix(1))
    }
}

/// A mode of a channel that is on or off: type D of CHANMODES.
enum ChannelFlag: String, CaseIterable, Sendable {
    case inviteOnly = "i"
    case moderated = "m"
    case noOutsiders = "n"
    case secret = "s"
    case topicLocked = "t"
}

/// A channel with at least one member, or the standing one.
struct Channel: Sendable {
    struct Topic: Sendable {
        let text: String
        let author: String
        let time: UnixTime
    }

    /// One entry of the ban list.
    struct Ban: Sendable {
        let mask: Mask
        let author: String
        let time: UnixTime
    }

    /// As the one who made it wrote it.
    let name: ChannelName
    /// Tells it from another channel of the same name that was there before.
    let serial: UInt64
    let created: UnixTime
    var topic: Topic?
    /// In the order of joining.
    private(set) var members: [ConnectionID] = []
    /// Of those members who have any.
    private(set) var statuses: [ConnectionID: MemberStatus] = [:]
    var flags: Set<ChannelFlag> = [.noOutsiders]
    var key: String?
    var limit: Int?
    var bans: [Ban] = []
    var history = History()

    init(name: ChannelName, serial: UInt64, created: UnixTime) {
        self.name = name
        self.serial = serial
        self.created = created
    }

    func status(of id: ConnectionID) -> MemberStatus { statuses[id] ?? [] }

    mutating func enter(_ id: ConnectionID, as status: MemberStatus) {
        members.append(id)
        if !status.isEmpty { statuses[id] = status }
    }

    mutating func leave(_ id: ConnectionID) {
        if let index = members.firstIndex(of: id) { members.remove(at: index) }
        statuses[id] = nil
    }

    mutating func set(_ status: MemberStatus, of id: ConnectionID, to isSet: Bool) {
        var all = self.status(of: id)
        if isSet { all.insert(status) } else { all.remove(status) }
        statuses[id] = all.isEmpty ? nil : all
    }

    func isBanned(_ user: User) -> Bool {
        guard !bans.isEmpty else { return false }
        let text = user.source.text
        return bans.contains { $0.mask.matches(text) }
    }
}
