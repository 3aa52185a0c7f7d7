import DequeModule
import IRC

// How lines leave the hub.
extension Hub {
    var serverSource: Message.Source { Message.Source(name: configuration.serverName.text) }

    /// What replies call a client: its nickname, or `*` before it has one.
    func displayName(of id: ConnectionID) -> String {
        users[id]?.nickname.text ?? greeters[id]?.nickname?.text ?? "*"
    }

    /// Answers a client with a numeric: its own name comes first, the text last.
    mutating func reply(_ id: ConnectionID, _ numeric: Numeric, _ parameters: String...) {
        answer(id, Message(command: numeric.rawValue, parameters: [displayName(of: id)] + parameters))
    }

    /// Answers a client in the server's name.
    mutating func answer(_ id: ConnectionID, _ message: Message) {
        var message = message
        message.source = serverSource
        enqueueAnswer(message.encodedWithinLimit(), to: id)
    }

    /// Puts a line behind all answers that the client has coming.
    ///
    /// Answers beyond `HubLimits.answerMark` wait until the client has read: a long list cannot overflow its queue, and
    /// since its next line waits too, a client cannot make the server hold more than one list.
    private mutating func enqueueAnswer(_ line: [UInt8], to id: ConnectionID) {
        // Not by a copy of the connection: while it lives, an append copies all that waits.
        guard let goesAtOnce = connections[id]?.takesAnswers else { return }
        if goesAtOnce {
            push(line, to: id)
        } else {
            connections[id]?.answers.append(line)
        }
    }

    mutating func releaseAnswers(of id: ConnectionID) {
        while let queued = connections[id]?.queued, queued < HubLimits.answerMark,
            let line = connections[id]?.answers.popFirst()
        {
            push(line, to: id)
        }
    }

    /// Sends one message to many, encoded once for those with server-time and once for those without.
    mutating func relay(_ message: Message, to receivers: [ConnectionID], answering sender: ConnectionID? = nil) {
        guard !receivers.isEmpty else { return }
        let plain = message.encodedWithinLimit()
        var timed: [UInt8]?
        for id in receivers {
            guard let capabilities = connections[id]?.capabilities else { continue }
            var line = plain
            if capabilities.contains(.serverTime) {
                line = timed ?? Array("@\(ServerTime.tag)=\(serverTime) ".utf8) + plain
                timed = line
            }
            if id == sender { enqueueAnswer(line, to: id) } else { push(line, to: id) }
        }
    }

    /// Gives a line to the loop and counts it against the send queue.
    mutating func push(_ line: [UInt8], to id: ConnectionID) {
        guard let connection = connections[id], !connection.isOverflowing else { return }
        let queued = connection.queued + line.count
        guard queued <= HubLimits.sendQueue else {
            connections[id]?.isOverflowing = true
            overflowing.append(id)
            return
        }
        connections[id]?.queued = queued
        effects.append(.send(id, line))
    }

    /// Everybody who shares a channel with `id`, each once, without `id`.
    func peers(of id: ConnectionID) -> [ConnectionID] {
        var seen: Set<ConnectionID> = [id]
        var peers: [ConnectionID] = []
        for name in users[id]?.channels ?? [] {
            for member in channels[name]?.members ?? [] where seen.insert(member).inserted { peers.append(member) }
        }
        return peers
    }
}
