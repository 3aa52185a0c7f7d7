import IRC
import Timeline

// JOIN, PART, NAMES, TOPIC, LIST.
extension Hub {
    mutating func join(_ call: Call) {
        if call[0] == "0" {
            for name in users[call.id]?.channels ?? [] { leave(call.id, name, reason: nil) }
            return
        }
        for text in call.list(0) {
            do {
                enter(call.id, try ChannelName(text))
            } catch {
                reply(call.id, .noSuchChannel, text, error.description)
            }
        }
    }

    private mutating func enter(_ id: ConnectionID, _ wanted: ChannelName) {
        guard let user = users[id], !user.channels.contains(wanted) else { return }
        guard user.channels.count < HubLimits.channelsPerUser else {
            reply(id, .tooManyChannels, wanted.text, "You are in \(HubLimits.channelsPerUser) channels already")
            return
        }
        var channel = channels[wanted] ?? Channel(name: wanted, created: wall)
        channel.members.append(id)
        channels[wanted] = channel
        users[id]?.channels.append(channel.name)
        let message = Message(source: user.source, command: "JOIN", parameters: [channel.name.text])
        relay(message, to: channel.members, answering: id)
        if channel.topic != nil { replyTopic(id, channel) }
        replyNames(id, channel)
    }

    mutating func part(_ call: Call) {
        for text in call.list(0) {
            guard let channel = existingChannel(text, for: call.id) else { continue }
            guard isMember(call.id, of: channel) else { continue }
            leave(call.id, channel.name, reason: call[1].flatMap { $0.isEmpty ? nil : $0 })
        }
    }

    private mutating func leave(_ id: ConnectionID, _ name: ChannelName, reason: String?) {
        guard let source = users[id]?.source, let channel = channels[name] else { return }
        let parameters = [channel.name.text] + (reason.map { [$0] } ?? [])
        relay(
            Message(source: source, command: "PART", parameters: parameters), to: channel.members, answering: id)
        users[id]?.channels.removeAll { $0 == name }
        removeMember(id, from: name)
    }

    /// Takes a member out of the channel's side of the membership; an empty channel goes.
    mutating func removeMember(_ id: ConnectionID, from name: ChannelName) {
        channels[name]?.members.removeAll { $0 == id }
        if channels[name]?.members.isEmpty == true { channels[name] = nil }
    }

    mutating func names(_ call: Call) {
        guard let text = call[0], !text.isEmpty else {
            reply(call.id, .endOfNames, "*", "End of /NAMES list")
            return
        }
        for text in call.list(0) {
            if let name = try? ChannelName(text), let channel = channels[name] {
                replyNames(call.id, channel)
            } else {
                reply(call.id, .endOfNames, text, "End of /NAMES list")
            }
        }
    }

    private mutating func replyNames(_ id: ConnectionID, _ channel: Channel) {
        let withHosts = connections[id]?.capabilities.contains(.userhostInNames) == true
        let names = channel.members.compactMap { member in
            users[member].map { withHosts ? $0.source.text : $0.nickname.text }
        }
        // ":server 353 nick = #channel :" and CR LF.
        let head = configuration.serverName.text.utf8.count + displayName(of: id).utf8.count
        let room = WireLimits.line - head - channel.name.text.utf8.count - 14
        for line in Self.lines(of: names, room: room) {
            reply(id, .namesReply, "=", channel.name.text, line)
        }
        reply(id, .endOfNames, channel.name.text, "End of /NAMES list")
    }

    /// Words joined by spaces to lines of at most `room` bytes.
    static func lines(of words: [String], room: Int) -> [String] {
        var lines: [String] = []
        for word in words {
            if let last = lines.last, last.utf8.count + 1 + word.utf8.count <= room {
                lines[lines.count - 1] += " " + word
            } else {
                lines.append(word)
            }
        }
        return lines
    }

    mutating func topic(_ call: Call) {
        guard let channel = existingChannel(call[0] ?? "", for: call.id) else { return }
        guard let text = call[1] else {
            if channel.topic == nil {
                reply(call.id, .noTopic, channel.name.text, "No topic is set")
            } else {
                replyTopic(call.id, channel)
            }
            return
        }
        guard isMember(call.id, of: channel), let user = users[call.id] else { return }
        let topic = text.cut(toBytes: WireLimits.topic)
        let record = Channel.Topic(text: topic, author: user.source.text, time: wall)
        channels[channel.name]?.topic = topic.isEmpty ? nil : record
        let message = Message(source: user.source, command: "TOPIC", parameters: [channel.name.text, topic])
        relay(message, to: channel.members, answering: call.id)
    }

    private mutating func replyTopic(_ id: ConnectionID, _ channel: Channel) {
        guard let topic = channel.topic else { return }
        reply(id, .topic, channel.name.text, topic.text)
        reply(id, .topicWhoTime, channel.name.text, topic.author, String(topic.time.seconds))
    }

    mutating func list(_ call: Call) {
        let wanted = call.list(0)
        let masks = wanted.map { Mask($0) }
        reply(call.id, .listStart, "Channel", "Users  Name")
        let found = channels.values.filter { channel in
            masks.isEmpty || masks.contains { $0.matches(channel.name.text) }
        }
        for channel in found.sorted(by: { $0.name.text < $1.name.text }) {
            reply(call.id, .list, channel.name.text, String(channel.members.count), channel.topic?.text ?? "")
        }
        reply(call.id, .listEnd, "End of /LIST")
    }

    /// The channel of this name; tells the client when there is none.
    mutating func existingChannel(_ text: String, for id: ConnectionID) -> Channel? {
        if let name = try? ChannelName(text), let channel = channels[name] { return channel }
        reply(id, .noSuchChannel, text, "No such channel")
        return nil
    }

    /// Whether a user is in a channel; tells the client when not.
    mutating func isMember(_ id: ConnectionID, of channel: Channel) -> Bool {
        if users[id]?.channels.contains(channel.name) == true { return true }
        reply(id, .notOnChannel, channel.name.text, "You are not on that channel")
        return false
    }
}
