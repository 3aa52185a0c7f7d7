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
    let realName: String
    /// The numeric address, written so that it can stand anywhere in a line.
    let host: String
    let signedOn: UnixTime
    var lastSpoke: Instant
    var awayText: String?
    /// User mode +i: not found by masks.
    var isInvisible = false
    /// In the order of joining.
    var channels: [ChannelName] = []

    var source: Message.Source { Message.Source(name: nickname.text, user: userName, host: host) }

    /// An IPv6 address may begin with a colon, which would make it the rest of the line: `::1` is written `0::1`.
    static func host(of address: String) -> String {
        (address.hasPrefix(":") ? "0" + address : address).cut(toBytes: WireLimits.host)
    }
}

/// A channel with at least one member.
struct Channel: Sendable {
    struct Topic: Sendable {
        let text: String
        let author: String
        let time: UnixTime
    }

    /// As the one who made it wrote it.
    let name: ChannelName
    let created: UnixTime
    var topic: Topic?
    /// In the order of joining.
    var members: [ConnectionID] = []
}
