import DequeModule
import IRC
import Timeline

/// Somebody who was here: left, or had another name.
struct FormerUser: Sendable {
    let nickname: Nickname
    let userName: String
    let host: String
    let realName: String
    let until: UnixTime
}

// WHOIS, WHOWAS, ISON, USERHOST.
extension Hub {
    mutating func whois(_ call: Call) {
        // With two parameters the first names the server to ask; there is only this one.
        guard let text = call[1] ?? call[0], !text.isEmpty else {
            reply(call.id, .noNicknameGiven, "No nickname given")
            return
        }
        let names = text.split(separator: ",").map(String.init)
        for name in names.prefix(HubLimits.messageTargets) {
            if let id = user(named: name), let user = users[id] {
                replyWhois(call.id, about: user, id)
                reply(call.id, .endOfWhois, user.nickname.text, "End of /WHOIS list")
            } else {
                reply(call.id, .noSuchNick, name, "No such nickname")
                reply(call.id, .endOfWhois, name, "End of /WHOIS list")
            }
        }
        refuseRest(of: names, beyond: HubLimits.messageTargets, to: call.id)
    }

    private mutating func replyWhois(_ id: ConnectionID, about user: User, _ other: ConnectionID) {
        let nick = user.nickname.text
        reply(id, .whoisUser, nick, user.userName, user.host, "*", user.realName)
        reply(id, .whoisServer, nick, configuration.serverName.text, configuration.network)
        // ":server 319 asker nick :" and CR LF.
        let head = configuration.serverName.text.utf8.count + displayName(of: id).utf8.count
        let shown = user.channels.compactMap { channels[$0] }.filter { isVisible($0, to: id) }.map { channel in
            channel.status(of: other).prefix(all: has(id, .multiPrefix)) + channel.name.text
        }
        for line in Self.lines(of: shown, room: WireLimits.line - head - nick.utf8.count - 11) {
            reply(id, .whoisChannels, nick, line)
        }
        if user.isOperator { reply(id, .whoisOperator, nick, "is an operator of this server") }
        if user.isBot { reply(id, .whoisBot, nick, "is a bot") }
        let idle = Int((now - user.lastSpoke).seconds)
        reply(id, .whoisIdle, nick, String(idle), String(user.signedOn.seconds), "seconds idle, signon time")
        if let away = user.awayText { reply(id, .away, nick, away) }
    }

    /// Keeps the last name and host of who has left it, a bounded number of them.
    mutating func rememberFormer(_ user: User) {
        if formerUsers.count >= HubLimits.formerUsers { formerUsers.removeFirst() }
        formerUsers.append(
            FormerUser(
                nickname: user.nickname, userName: user.userName, host: user.host, realName: user.realName,
                until: wall))
    }

    /// `WHOWAS nick [count]`: the newest first.
    mutating func whowas(_ call: Call) {
        guard let text = call[0], !text.isEmpty else {
            reply(call.id, .noNicknameGiven, "No nickname given")
            return
        }
        let count = call[1].flatMap(Int.init).flatMap { $0 > 0 ? $0 : nil } ?? HubLimits.formerUsers
        let names = text.split(separator: ",").map(String.init)
        for name in names.prefix(HubLimits.messageTargets) {
            let wanted = knownNickname(name)
            let found = formerUsers.reversed().filter { $0.nickname == wanted }.prefix(count)
            if found.isEmpty { reply(call.id, .wasNoSuchNick, name, "There was no such nickname") }
            for former in found {
                let nick = former.nickname.text
                reply(call.id, .whowasUser, nick, former.userName, former.host, "*", former.realName)
                let until = ServerTime.text(of: former.until, milliseconds: 0)
                reply(call.id, .whoisServer, nick, configuration.serverName.text, until)
            }
            reply(call.id, .endOfWhowas, name, "End of WHOWAS")
        }
        refuseRest(of: names, beyond: HubLimits.messageTargets, to: call.id)
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
            let mark = user.isOperator ? "*" : ""
            return "\(user.nickname.text)\(mark)=\(user.awayText == nil ? "+" : "-")\(user.userName)@\(user.host)"
        }
        reply(call.id, .userhost, entries.joined(separator: " "))
    }
}
