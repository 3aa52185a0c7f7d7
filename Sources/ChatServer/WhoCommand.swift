import IRC
import Timeline

/// What a client wants to know of each user: WHOX's `%fields,token`, of which only the known letters count.
private struct WhoQuery {
    /// Nil for the plain WHO.
    var fields: Set<Character>?
    var token = "0"
    var operatorsOnly = false

    init(_ text: String?) {
        guard let text else { return }
        let parts = text.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
        operatorsOnly = parts[0].contains("o")
        guard parts.count > 1 else { return }
        let query = parts[1].split(separator: ",", maxSplits: 1)
        fields = Set(query.first ?? "")
        // Spec: at most three digits.
        if query.count > 1, (1...3).contains(query[1].utf8.count) { token = String(query[1]) }
    }
}

// WHO and WHOX.
extension Hub {
    mutating func who(_ call: Call) {
        let mask = call[0].flatMap { $0.isEmpty || $0 == "0" ? nil : $0 } ?? "*"
        let query = WhoQuery(call[1])
        if let name = try? ChannelName(mask) {
            if let channel = channels[name], isVisible(channel, to: call.id) {
                for member in channel.members where isVisible(member, to: call.id) {
                    replyWho(call.id, about: member, in: channel, query)
                }
            }
        } else if let id = user(named: mask) {
            replyWho(call.id, about: id, in: shownChannel(of: id, to: call.id), query)
        } else {
            let pattern = Mask(mask)
            let found = users.entries.filter { entry in
                isVisible(entry.id, to: call.id)
                    && [entry.value.nickname.text, entry.value.userName, entry.value.host, entry.value.realName]
                        .contains { pattern.matches($0) }
            }
            for id in found.map(\.id).sorted() {
                replyWho(call.id, about: id, in: shownChannel(of: id, to: call.id), query)
            }
        }
        reply(call.id, .endOfWho, call[0].flatMap { $0.isEmpty ? nil : $0 } ?? "*", "End of /WHO list")
    }

    /// An invisible user is found only by itself and by those who share a channel with it.
    private func isVisible(_ id: ConnectionID, to viewer: ConnectionID) -> Bool {
        guard let user = users[id], user.isInvisible, id != viewer else { return true }
        return users[viewer]?.channels.contains { user.channels.contains($0) } ?? false
    }

    /// The first channel of a user that the other may know of.
    private func shownChannel(of id: ConnectionID, to viewer: ConnectionID) -> Channel? {
        (users[id]?.channels ?? []).lazy.compactMap { channels[$0] }.first { isVisible($0, to: viewer) }
    }

    private mutating func replyWho(
        _ id: ConnectionID, about other: ConnectionID, in channel: Channel?, _ query: WhoQuery
    ) {
        guard let user = users[other], !query.operatorsOnly || user.isOperator else { return }
        let flags =
            (user.awayText == nil ? "H" : "G") + (user.isOperator ? "*" : "") + (user.isBot ? "B" : "")
            + (channel?.status(of: other).prefix(all: has(id, .multiPrefix)) ?? "")
        let channelText = channel?.name.text ?? "*"
        guard let fields = query.fields else {
            reply(
                id, .whoReply, channelText, user.userName, user.host, configuration.serverName.text,
                user.nickname.text, flags, "0 \(user.realName)")
            return
        }
        let idle = String(Int((now - user.lastSpoke).seconds))
        let all: [(Character, String)] = [
            ("t", query.token), ("c", channelText), ("u", user.userName), ("i", user.host), ("h", user.host),
            ("s", configuration.serverName.text), ("n", user.nickname.text), ("f", flags), ("d", "0"), ("l", idle),
            ("a", "0"), ("o", "n/a"), ("r", user.realName),
        ]
        let parameters = all.filter { fields.contains($0.0) }.map(\.1)
        answer(
            id,
            Message(command: Numeric.whoxReply.rawValue, parameters: [displayName(of: id)] + parameters))
    }
}
