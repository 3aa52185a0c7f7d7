import IRC
package import Timeline

// What channel operators may do (KICK, INVITE), and those of the server (OPER, KILL, STATS, REHASH).
extension Hub {
    mutating func kick(_ call: Call) {
        let names = call.list(0)
        let nicks = call.list(1)
        // One channel and many users, or as many of one as of the other (RFC 2812, section 3.2.8).
        guard names.count == 1 || names.count == nicks.count else {
            reply(call.id, .needMoreParameters, "KICK", "Not enough parameters")
            return
        }
        let text = (call[2].flatMap { $0.isEmpty ? nil : $0 } ?? displayName(of: call.id))
            .cut(toBytes: WireLimits.kickText)
        for (index, nick) in nicks.prefix(HubLimits.messageTargets).enumerated() {
            kick(nick, from: names[names.count == 1 ? 0 : index], by: call.id, text)
        }
        refuseRest(of: nicks, beyond: HubLimits.messageTargets, to: call.id)
    }

    private mutating func kick(_ nick: String, from name: String, by id: ConnectionID, _ text: String) {
        guard let channel = existingChannel(name, for: id), let source = users[id]?.source else { return }
        guard users[id]?.isOperator == true || isMember(id, of: channel) else { return }
        guard isOperator(id, of: channel) else { return }
        guard let victim = user(named: nick), let user = users[victim] else {
            reply(id, .noSuchNick, nick, "No such nickname")
            return
        }
        guard user.channels.contains(channel.name) else {
            reply(id, .userNotInChannel, user.nickname.text, channel.name.text, "is not on that channel")
            return
        }
        let message = Message(
            source: source, command: "KICK", parameters: [channel.name.text, user.nickname.text, text])
        relay(message, to: channel.members, answering: id)
        if !channel.members.contains(id) { relay(message, to: [id], answering: id) }
        users[victim]?.channels.removeAll { $0 == channel.name }
        removeMember(victim, from: channel.name)
    }

    mutating func invite(_ call: Call) {
        guard let nick = call[0], let text = call[1], let source = users[call.id]?.source else { return }
        guard let guest = user(named: nick), let user = users[guest] else {
            reply(call.id, .noSuchNick, nick, "No such nickname")
            return
        }
        guard let channel = existingChannel(text, for: call.id), isMember(call.id, of: channel) else { return }
        guard !user.channels.contains(channel.name) else {
            reply(call.id, .userOnChannel, user.nickname.text, channel.name.text, "is already on that channel")
            return
        }
        guard !channel.flags.contains(.inviteOnly) || isOperator(call.id, of: channel) else { return }
        var invitations = user.invitations.filter { $0 != channel.serial }.suffix(HubLimits.invitations - 1)
        invitations.append(channel.serial)
        users[guest]?.invitations = Array(invitations)
        reply(call.id, .inviting, user.nickname.text, channel.name.text)
        if let away = user.awayText { reply(call.id, .away, user.nickname.text, away) }
        let message = Message(
            source: source, command: "INVITE", parameters: [user.nickname.text, channel.name.text])
        relay(message, to: [guest])
    }

    /// The password is compared beside the loop, because the hash is slow on purpose. Who tries too often is put off,
    /// and nobody from elsewhere with it. A name that is none, or one from elsewhere, costs a comparison like any other:
    /// otherwise the time of the answer would tell which names there are.
    mutating func oper(_ call: Call) {
        guard let name = call[0], let password = call[1], let user = users[call.id] else { return }
        guard let first = configuration.operators.first else {
            reply(call.id, .noOperatorHost, "This server has no operators")
            return
        }
        passwordsPaidUntil = passwordsPaidUntil.filter { $0.value > now }
        let group = connections[call.id]?.group ?? user.host
        let paid = passwordsPaidUntil[group] ?? now
        guard paid <= now + HubLimits.passwordPause * (HubLimits.passwordBurst - 1) else {
            reply(call.id, .tryAgain, "OPER", "Please wait a second and try again")
            return
        }
        let account = configuration.operators.first { account in
            account.name.hasSameBytes(as: name)
                && account.masks.contains { $0.matches("\(user.userName)@\(user.host)") }
        }
        passwordsPaidUntil[group] = paid + HubLimits.passwordPause
        let request = shelf.ask(.becomeOperator(call.id, name: name, isKnown: account != nil))
        connections[call.id]?.awaiting = request
        let hash = (account ?? first).passwordHash
        effects.append(.verifyPassword(request, password: password, hash: hash))
    }

    package mutating func passwordVerified(_ request: RequestID, matches: Bool, at instant: Instant) {
        begin(at: instant)
        guard case .becomeOperator(let id, let name, let isKnown)? = shelf.requests.removeValue(forKey: request) else {
            return
        }
        resumeReply(to: id)
        if let user = users[id] {
            let isOperator = isKnown && matches
            let outcome = isOperator ? "granted" : isKnown ? "wrong password" : "no such operator"
            effects.append(
                .log(isOperator ? .info : .warning, "OPER \(Self.shown(name)) by \(user.source.text): \(outcome)"))
            if isOperator {
                users[id]?.isOperator = true
                modeCounts.remove(user)
                if let user = users[id] { modeCounts.add(user) }
                tellUserModes(of: id, before: user)
                reply(id, .youAreOperator, "You are now an operator of this server")
            } else {
                reply(id, .passwordMismatch, "Password incorrect")
            }
        }
        continueAfterAnswer(id)
    }

    private static func shown(_ text: String) -> String { DisplayText(sanitising: text).text }

    /// Whether a user is an operator of the server; tells the client when not.
    private mutating func mayOperate(_ id: ConnectionID) -> Bool {
        if users[id]?.isOperator == true { return true }
        reply(id, .noPrivileges, "Only operators of the server may do this")
        return false
    }

    mutating func kill(_ call: Call) {
        guard mayOperate(call.id), let name = call[0], let source = users[call.id]?.source else { return }
        guard let victim = user(named: name), let user = users[victim] else {
            reply(call.id, .noSuchNick, name, "No such nickname")
            return
        }
        let text = (call[1] ?? "").cut(toBytes: WireLimits.kickText)
        effects.append(.log(.info, "KILL \(user.source.text) by \(source.text): \(Self.shown(text))"))
        relay(Message(source: source, command: "KILL", parameters: [user.nickname.text, text]), to: [victim])
        close(victim, .killed, reason: "Killed by \(source.name): \(text)")
    }

    mutating func rehash(_ call: Call) {
        guard mayOperate(call.id) else { return }
        reply(call.id, .rehashing, "configuration", "Rehashing")
        effects.append(.reload)
    }

    /// `u` is the time that the server is up, for everybody; all else is for operators.
    mutating func stats(_ call: Call) {
        let query = call[0].flatMap { $0.isEmpty ? nil : $0 } ?? "*"
        if query == "u" {
            let seconds = (now - started).nanoseconds / 1_000_000_000
            let (days, rest) = seconds.quotientAndRemainder(dividingBy: 86_400)
            let clock = [rest / 60 % 60, rest % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
            reply(call.id, .statsUptime, "Server Up \(days) days \(rest / 3_600):\(clock)")
            reply(call.id, .endOfStats, query, "End of /STATS report")
            return
        }
        guard mayOperate(call.id) else { return }
        let request = shelf.ask(.status(call.id, query: query))
        connections[call.id]?.awaiting = request
        effects.append(.tellStatus(request))
    }

    /// What the loop knows of itself, beside what the hub does.
    package mutating func statusTold(_ request: RequestID, lines: [String], at instant: Instant) {
        begin(at: instant)
        guard case .status(let id, let query)? = shelf.requests.removeValue(forKey: request) else { return }
        resumeReply(to: id)
        for line in statusLines + lines { reply(id, .statsDebug, line) }
        reply(id, .endOfStats, query, "End of /STATS report")
        continueAfterAnswer(id)
    }

    /// The hub's part of the status: numbers that its operator watches.
    package var statusLines: [String] {
        let queued = outlets.values.reduce(into: (sum: 0, most: 0)) { total, outlet in
            total.sum += outlet.queued
            total.most = max(total.most, outlet.queued)
        }
        let waiting = connections.values.count { !$0.takesLines }
        let closed = Closing.allCases.compactMap { kind in closings[kind].map { "\(kind.rawValue)=\($0)" } }
            .joined(separator: " ")
        return [
            "users=\(users.count) most=\(mostUsers) unregistered=\(greeters.count) operators=\(modeCounts.operators)",
            "channels=\(channels.count) history=\(historyCount)",
            "queued=\(queued.sum) most-queued=\(queued.most) waiting=\(waiting)",
            "closed: \(closed.isEmpty ? "none" : closed)",
        ]
    }

    /// New configuration, from the next input on. The server's name and what is known of users and channels stay.
    package mutating func configure(_ new: HubConfiguration, at instant: Instant) {
        begin(at: instant)
        configuration = new
        for name in channels.keys { historyCount -= channels[name]?.history.shorten(to: new.history) ?? 0 }
    }

    /// What came of reading the configuration, for who asked and every other operator of the server.
    package mutating func configurationRead(_ report: String, at instant: Instant) {
        begin(at: instant)
        for (id, user) in users.entries where user.isOperator {
            let parameters = [user.nickname.text, DisplayText(sanitising: report).text]
            push(
                Message(source: serverSource, command: "NOTICE", parameters: parameters).encodedWithinLimit(), to: id)
        }
        settle()
    }
}
