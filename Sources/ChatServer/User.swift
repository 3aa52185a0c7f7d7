import IRC
import Timeline

/// A client on its way to being a user.
struct Greeter: Sendable {
    var nickname: Nickname?
    var userName: String?
    var realName = ""
    var password: String?
    /// CAP LS or REQ came, CAP END not yet.
    var isNegotiating = false
    var lines = 0
}

/// A registered user.
struct User: Sendable {
    var nickname: Nickname
    let userName: String
    var realName: String
    /// The numeric address, written so that it can stand anywhere in a line.
    let host: String
    let signedOn: UnixTime
    var lastSpoke: Instant
    var awayText: String?
    /// User mode +i: not found by masks.
    var isInvisible = false
    /// User mode +o: an operator of the server.
    var isOperator = false
    /// User mode +B: a program; it gets no lines of the past when it joins.
    var isBot = false
    /// In the order of joining.
    var channels: [ChannelName] = []
    /// The serials of channels that it was invited to and has not joined since; the last few.
    var invitations: [UInt64] = []
    /// The nicknames whose coming and going it wants to know (MONITOR).
    var monitored: Set<Nickname> = []

    var source: Message.Source { Message.Source(name: nickname.text, user: userName, host: host) }

    /// A mask `user@host` as it has to be for such a host.
    static func hostMask(_ text: String) -> String {
        guard let at = text.lastIndex(of: "@") else { return text }
        return text[...at] + host(of: String(text[text.index(after: at)...]))
    }

    /// An IPv6 address may begin with a colon, which would make it the rest of the line: `::1` is written `0::1`.
    static func host(of address: String) -> String {
        (address.hasPrefix(":") ? "0" + address : address).cut(toBytes: WireLimits.host)
    }
}

/// How many users have a mode, counted as modes change: LUSERS is a part of every welcome, and may not walk all users.
struct ModeCounts: Hashable, Sendable {
    private(set) var invisible = 0
    private(set) var operators = 0

    mutating func add(_ user: User) { count(user, 1) }
    mutating func remove(_ user: User) { count(user, -1) }

    private mutating func count(_ user: User, _ step: Int) {
        if user.isInvisible { invisible += step }
        if user.isOperator { operators += step }
    }
}
