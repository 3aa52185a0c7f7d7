import IRC

// MONITOR (IRCv3): who is told when somebody comes or goes.
extension Hub {
    mutating func monitor(_ call: Call) {
        switch (call[0] ?? "").asciiUppercased {
        case "+": watch(call)
        case "-":
            for nickname in nicknames(call) { stopWatching(nickname, for: call.id) }
        case "C":
            for nickname in users[call.id]?.monitored ?? [] { stopWatching(nickname, for: call.id) }
        case "L":
            replyMonitor(call.id, .monitorList, sortedMonitored(of: call.id))
            reply(call.id, .endOfMonitorList, "End of MONITOR list")
        case "S": replyPresence(call.id, of: sortedMonitored(of: call.id))
        default: reply(call.id, .needMoreParameters, "MONITOR", "One of + - C L S comes first")
        }
    }

    private func nicknames(_ call: Call) -> [Nickname] { call.list(1).compactMap { knownNickname($0) } }

    private func sortedMonitored(of id: ConnectionID) -> [Nickname] {
        (users[id]?.monitored ?? []).sorted { $0.text < $1.text }
    }

    private mutating func watch(_ call: Call) {
        var added: [Nickname] = []
        var refused: [String] = []
        for nickname in nicknames(call) {
            guard let monitored = users[call.id]?.monitored, !monitored.contains(nickname) else { continue }
            guard monitored.count < HubLimits.monitored else {
                refused.append(nickname.text)
                continue
            }
            users[call.id]?.monitored.insert(nickname)
            watchers[nickname, default: []].append(call.id)
            added.append(nickname)
        }
        replyPresence(call.id, of: added)
        guard !refused.isEmpty else { return }
        let limit = String(HubLimits.monitored)
        let text = "The monitor list is full"
        // ":server 734 nick 100 nicks :text" and CR LF.
        let head = configuration.serverName.text.utf8.count + displayName(of: call.id).utf8.count
        let room = WireLimits.line - head - limit.utf8.count - text.utf8.count - 12
        for nicknames in refused.monitorLines(room: room) {
            reply(call.id, .monitorListFull, limit, nicknames, text)
        }
    }

    private mutating func stopWatching(_ nickname: Nickname, for id: ConnectionID) {
        guard users[id]?.monitored.remove(nickname) != nil else { return }
        removeWatcher(id, of: nickname)
    }

    mutating func removeWatcher(_ id: ConnectionID, of nickname: Nickname) {
        watchers[nickname]?.removeAll { $0 == id }
        if watchers[nickname]?.isEmpty == true { watchers[nickname] = nil }
    }

    private mutating func replyPresence(_ id: ConnectionID, of nicknames: [Nickname]) {
        replyMonitor(id, .monitorOnline, nicknames.filter { user(named: $0.text) != nil })
        replyMonitor(id, .monitorOffline, nicknames.filter { user(named: $0.text) == nil })
    }

    private mutating func replyMonitor(_ id: ConnectionID, _ numeric: Numeric, _ nicknames: [Nickname]) {
        let texts = nicknames.map { nickname in
            let present = numeric == .monitorOnline ? user(named: nickname.text).flatMap { users[$0] } : nil
            return present?.source.text ?? nickname.text
        }
        // ":server 730 nick :" and CR LF.
        let head = configuration.serverName.text.utf8.count + displayName(of: id).utf8.count
        for text in texts.monitorLines(room: WireLimits.line - head - 10) { reply(id, numeric, text) }
    }

    /// Tells who watches a nickname that its user has come, or has gone.
    mutating func tellWatchers(of nickname: Nickname, _ user: User?) {
        guard let receivers = watchers[nickname] else { return }
        for id in receivers {
            let numeric = user == nil ? Numeric.monitorOffline : .monitorOnline
            let parameters = [displayName(of: id), user?.source.text ?? nickname.text]
            relay(Message(source: serverSource, command: numeric.rawValue, parameters: parameters), to: [id])
        }
    }
}

extension [String] {
    /// Texts joined by commas to lines of at most `room` bytes.
    fileprivate func monitorLines(room: Int) -> [String] {
        Hub.lines(of: self, room: room).map { $0.split(separator: " ").joined(separator: ",") }
    }
}
