import IRC

// PRIVMSG, NOTICE, AWAY.
extension Hub {
    mutating func privateMessage(_ call: Call) {
        guard let targets = call[0], !targets.isEmpty else {
            reply(call.id, .noRecipient, "No recipient given (PRIVMSG)")
            return
        }
        guard let text = call[1], !text.isEmpty else {
            reply(call.id, .noTextToSend, "No text to send")
            return
        }
        deliver(text, to: distinct(call.list(0)), by: call)
    }

    /// Like PRIVMSG, but nothing is ever answered, so that two programs cannot answer each other for ever.
    mutating func notice(_ call: Call) {
        guard let text = call[1], !text.isEmpty else { return }
        deliver(text, to: distinct(call.list(0)), by: call)
    }

    private func distinct(_ targets: [String]) -> [String] {
        var seen: Set<String> = []
        return targets.filter { seen.insert($0.asciiLowercased).inserted }
    }

    private mutating func deliver(_ text: String, to targets: [String], by call: Call) {
        users[call.id]?.lastSpoke = now
        for target in targets.prefix(HubLimits.messageTargets) {
            if target.utf8.first == UInt8(ascii: "#") {
                deliver(text, toChannel: target, by: call)
            } else {
                deliver(text, toUser: target, by: call)
            }
        }
        if targets.count > HubLimits.messageTargets {
            let text = "At most \(HubLimits.messageTargets) targets; the others got nothing"
            refuse(call, .tooManyTargets, targets[HubLimits.messageTargets], text)
        }
    }

    private mutating func deliver(_ text: String, toChannel target: String, by call: Call) {
        guard let name = try? ChannelName(target), let channel = channels[name] else {
            refuse(call, .noSuchChannel, target, "No such channel")
            return
        }
        guard let sender = users[call.id], sender.channels.contains(name) else {
            refuse(call, .cannotSendToChannel, channel.name.text, "You are not on that channel")
            return
        }
        let message = Message(
            source: sender.source, command: call.message.command, parameters: [channel.name.text, text])
        relay(message, to: channel.members.filter { $0 != call.id })
        echo(message, to: call.id)
    }

    private mutating func deliver(_ text: String, toUser target: String, by call: Call) {
        guard let sender = users[call.id] else { return }
        guard let receiver = user(named: target), let user = users[receiver] else {
            refuse(call, .noSuchNick, target, "No such nickname")
            return
        }
        let message = Message(
            source: sender.source, command: call.message.command, parameters: [user.nickname.text, text])
        if receiver == call.id {
            relay(message, to: [receiver], answering: call.id)
        } else {
            relay(message, to: [receiver])
        }
        echo(message, to: call.id)
        if let away = user.awayText { refuse(call, .away, user.nickname.text, away) }
    }

    /// Gives a sender with echo-message its own message, as the others have it.
    private mutating func echo(_ message: Message, to id: ConnectionID) {
        guard connections[id]?.capabilities.contains(.echoMessage) == true else { return }
        relay(message, to: [id], answering: id)
    }

    private mutating func refuse(_ call: Call, _ numeric: Numeric, _ target: String, _ text: String) {
        guard call.message.command != "NOTICE" else { return }
        reply(call.id, numeric, target, text)
    }

    /// The registered user of this name.
    func user(named text: String) -> ConnectionID? {
        guard let nickname = try? Nickname(text), let id = owners[nickname], users[id] != nil else { return nil }
        return id
    }

    mutating func away(_ call: Call) {
        guard let user = users[call.id] else { return }
        let text = (call[0] ?? "").cut(toBytes: WireLimits.awayText)
        users[call.id]?.awayText = text.isEmpty ? nil : text
        if text.isEmpty {
            reply(call.id, .unAway, "You are no longer marked as being away")
        } else {
            reply(call.id, .nowAway, "You have been marked as being away")
        }
        guard user.awayText ?? "" != text else { return }
        let message = Message(source: user.source, command: "AWAY", parameters: text.isEmpty ? [] : [text])
        relay(message, to: peers(of: call.id).filter { connections[$0]?.capabilities.contains(.awayNotify) == true })
    }
}
