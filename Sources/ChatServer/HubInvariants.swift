import IRC

extension Hub {
    /// What is wrong with the hub's tables between two inputs; tests call it after every step and expect nothing.
    package func checkInvariants() -> [String] {
        var faults: [String] = []
        func check(_ isTrue: Bool, _ fault: @autoclosure () -> String) {
            if !isTrue { faults.append(fault()) }
        }
        for (id, connection) in connections.entries {
            let number = id.rawValue
            check((greeters[id] == nil) != (users[id] == nil), "\(number) is not either greeter or user")
            guard let outlet = outlets[id] else {
                faults.append("\(number) has no outlet")
                continue
            }
            check(!outlet.isOverflowing, "\(number) overflows and is still here")
            check(outlet.queued <= HubLimits.sendQueue, "\(number) has \(outlet.queued) bytes queued")
            check(outlet.waitsForRoom != connection.answers.isEmpty, "\(number) waits for room without answers, or not")
            check(
                connection.isPaused == !connection.takesLines, "\(number) is paused without a reason, or not with one")
            check(
                connection.awaiting.map { shelf.requests[$0] != nil } ?? true, "\(number) awaits an answer to nothing")
            check(connection.answers.isEmpty || outlet.queued > 0, "\(number) has answers that nothing releases")
        }
        check(greeters.keys.allSatisfy { connections[$0] != nil }, "a greeter has no connection")
        check(users.keys.allSatisfy { connections[$0] != nil }, "a user has no connection")
        var counts: [String: Int] = [:]
        for connection in connections.values { counts[connection.group, default: 0] += 1 }
        check(counts == connectionsOf, "connections by address are \(connectionsOf), not \(counts)")
        for (nickname, id) in owners {
            let text = (users[id]?.nickname ?? greeters[id]?.nickname)?.text
            check(text?.asciiLowercased == nickname.text.asciiLowercased, "\(nickname.text) has a wrong owner")
        }
        let named = users.count + greeters.values.count { $0.nickname != nil }
        let counted = users.values.reduce(into: ModeCounts()) { $0.add($1) }
        check(counted == modeCounts, "modes are counted as \(modeCounts), not \(counted)")
        check(owners.count == named, "\(owners.count) nicknames of \(named) connections")
        checkChannels(check)
        checkTransfers(check)
        check(overflowing.isEmpty, "overflows are left over")
        check(labelled == nil, "a reply to a label is left over")
        check(outlets.count == connections.count, "\(outlets.count) outlets of \(connections.count) connections")
        let watched = users.values.reduce(0) { $0 + $1.monitored.count }
        check(watched == watchers.values.reduce(0) { $0 + $1.count }, "MONITOR lists and watchers do not agree")
        return faults
    }

    private func checkChannels(_ check: (Bool, @autoclosure () -> String) -> Void) {
        for (name, channel) in channels {
            check(!channel.members.isEmpty || name == configuration.standingChannel, "\(name.text) is empty")
            check(channel.statuses.keys.allSatisfy(channel.members.contains), "\(name.text) has an operator outside")
            check(channel.statuses.values.allSatisfy { !$0.isEmpty }, "\(name.text) has a status of nothing")
            check(channel.bans.count <= HubLimits.bans, "\(name.text) has \(channel.bans.count) bans")
            check(Set(channel.members).count == channel.members.count, "\(name.text) has a member twice")
            for member in channel.members {
                check(users[member]?.channels.contains(name) == true, "\(name.text) has a member who does not know")
            }
        }
        for user in users.values {
            check(Set(user.channels).count == user.channels.count, "\(user.nickname.text) is in a channel twice")
            check(user.channels.count <= HubLimits.channelsPerUser, "\(user.nickname.text) is in too many channels")
        }
        let kept = channels.values.reduce(0) { $0 + $1.history.lines.count }
        check(kept == historyCount && kept <= HubLimits.historyLines, "\(kept) lines are kept, not \(historyCount)")
        let memberships = channels.values.reduce(0) { $0 + $1.members.count }
        check(memberships == users.values.reduce(0) { $0 + $1.channels.count }, "memberships are not symmetric")
    }

    private func checkTransfers(_ check: (Bool, @autoclosure () -> String) -> Void) {
        let listed = shelf.tickets.values.reduce(0) { $0 + $1.count }
        check(shelf.large.allSatisfy { shelf.owners[$0] != nil }, "a large file of nobody's transfer")
        check(listed == shelf.owners.count, "\(shelf.owners.count) tickets, \(listed) in the users' lists")
        for (id, tickets) in shelf.tickets {
            check(!tickets.isEmpty && tickets.count <= HubLimits.ticketsPerUser, "\(tickets.count) transfers of a user")
            let large = tickets.count { shelf.large.contains($0) }
            check(large <= FilesExtension.largeAtOnce, "\(large) transfers of large files of a user")
            check(tickets.allSatisfy { shelf.owners[$0] == id }, "a ticket is in the list of another user")
        }
        for (id, figures) in shelf.ended {
            check(users[id] != nil, "figures of somebody who left")
            check(figures.count <= HubLimits.endedTransfersOfUser, "\(figures.count) ended transfers of a user")
        }
        for (request, asked) in shelf.requests {
            check(connections[asked.connection]?.awaiting == request, "a question that nobody waits for")
        }
    }
}
