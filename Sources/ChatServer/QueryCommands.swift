import IRC
import Timeline

// WHO, WHOIS, WHOWAS, ISON, USERHOST.
extension Hub {
    mutating func who(_ call: Call) {
        let mask = call[0].flatMap { $0.isEmpty || $0 == "0" ? nil : $0 } ?? "*"
        if let name = try? ChannelName(mask) {
            if let channel = channels[name] {
                for member in channel.members where isVisible(member, to: call.id) {
                    replyWho(call.id, about: member, channel: channel.name.text)
                }
            }
        } else if let id = user(named: mask) {
            replyWho(call.id, about: id, channel: users[id]?.channels.first?.text ?? "*")
        } else {
            let pattern = Mask(mask)
            let found = users.filter { id, user in
                isVisible(id, to: call.id)
                    && [user.nickname.text, user.userName, user.host, user.realName].contains { pattern.matches($0) }
            }
            for id in found.keys.sorted() {
                replyWho(call.id, about: id, channel: users[id]?.channels.first?.text ?? "*")
            }
        }
        reply(call.id, .endOfWho, mask, "End of /WHO list")
    }

    /// An invisible user is found only by itself and by those who share a channel with it.
    private func isVisible(_ id: ConnectionID, to viewer: ConnectionID) -> Bool {
        guard let user = users[id], user.isInvisible, id != viewer else { return true }
        return users[viewer]?.channels.contains { user.channels.contains($0) } ?? false
    }

    private mutating func replyWho(_ id: ConnectionID, about other: ConnectionID, channel: String) {
        guard let user = users[other] else { return }
        reply(
            id, .whoReply, channel, user.userName, user.host, configuration.serverName.text, user.nickname.text,
            user.awayText == nil ? "H" : "G", "0 \(user.realName)")
    }

    mutating func whois(_ call: Call) {
        // With two parameters the first names the server to ask; there is only this one.
        guard let text = call[1] ?? call[0], !text.isEmpty else {
            reply(call.id, .noNicknameGiven, "No nickname given")
            return
        }
        for name in text.split(separator: ",").prefix(HubLimits.messageTargets).map(String.init) {
            if let id = user(named: name), let user = users[id] {
                replyWhois(call.id, about: user)
                reply(call.id, .endOfWhois, user.nickname.text, "End of /WHOIS list")
            } else {
                reply(call.id, .noSuchNick, name, "No such nickname")
                reply(call.id, .endOfWhois, name, "End of /WHOIS list")
            }
        }
    }

    private mutating func replyWhois(_ id: ConnectionID, about user: User) {
        let nick = user.nickname.text
        reply(id, .whoisUser, nick, user.userName, user.host, "*", user.realName)
        reply(id, .whoisServer, nick, configuration.serverName.text, configuration.network)
        // ":server 319 asker nick :" and CR LF.
        let head = configuration.serverName.text.utf8.count + displayName(of: id).utf8.count
        for line in Self.lines(of: user.channels.map(\.text), room: WireLimits.line - head - nick.utf8.count - 11) {
            reply(id, .whoisChannels, nick, line)
        }
        if let away = user.awayText { reply(id, .away, nick, away) }
        let idle = Int((now - user.lastSpoke).seconds)
        reply(id, .whoisIdle, nick, String(idle), String(user.signedOn.seconds), "seconds idle, signon time")
    }

    /// Nobody's past is kept. irssi asks on its own when WHOIS finds nobody, and shows what it is answered.
    mutating func whowas(_ call: Call) {
        guard let text = call[0], !text.isEmpty else {
            reply(call.id, .noNicknameGiven, "No nickname given")
            return
        }
        for name in text.split(separator: ",").prefix(HubLimits.messageTargets).map(String.init) {
            reply(call.id, .wasNoSuchNick, name, "There was no such nickname")
            reply(call.id, .endOfWhowas, name, "End of WHOWAS")
        }
    }

    mutating func ison(_ call: Call) {
        let names = call.message.parameters.flatMap { $0.split(separator: " ").map(String.init) }
        let present = names.compactMap { user(named: $0).flatMap { users[$0]?.nickname.text } }
        reply(call.id, .ison, present.joined(separator: " "))
    }

    mutating func userhost(_ call: Call) {
        let names = call.message.parameters.flatMap { $0.split(separator: " ").map(String.init) }
        let present = names.prefix(5).compactMap { user(named: $0).flatMap { users[$0] } }
        let entries = present.map { user in
            "\(user.nickname.text)=\(user.awayText == nil ? "+" : "-")\(user.userName)@\(user.host)"
        }
        reply(call.id, .userhost, entries.joined(separator: " "))
    }
}
