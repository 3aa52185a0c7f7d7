import IRC
import Timeline

// JOIN, PART, NAMES, TOPIC.
extension Hub {
    mutating func join(_ call: Call) {
        if call[0] == "0" {
            for name in users[call.id]?.channels ?? [] { leave(call.id, name, reason: nil) }
            return
        }
        let keys = call.list(1)
        for (index, text) in call.list(0).enumerated() {
            do {
                enter(call.id, try ChannelName(text), key: index < keys.count ? keys[index] : nil)
            } catch {
                reply(call.id, .noSuchChannel, text, error.description)
            }
        }
    }

    private mutating func enter(_ id: ConnectionID, _ wanted: ChannelName, key: String?) {
        guard let user = users[id], !user.channels.contains(wanted) else { return }
        guard user.channels.count < HubLimits.channelsPerUser else {
            reply(id, .tooManyChannels, wanted.text, "You are in \(HubLimits.channelsPerUser) channels already")
            return
        }
        var status: MemberStatus = []
        if let channel = channels[wanted] {
            guard mayEnter(id, user, channel, key: key) else { return }
        } else {
            channelSerial += 1
            channels[wanted] = Channel(name: wanted, serial: channelSerial, created: wall)
            // Whoever makes a channel is its operator; in the standing one nobody is by having come first.
            if wanted != configuration.standingChannel { status = .channelOperator }
        }
        channels[wanted]?.enter(id, as: status)
        guard let channel = channels[wanted] else { return }
        users[id]?.channels.append(channel.name)
        users[id]?.invitations.removeAll { $0 == channel.serial }
        let message = Message(source: user.source, command: "JOIN", parameters: [channel.name.text])
        relay(message, to: channel.members, answering: id)
        if let away = user.awayText { tellAway(user, away, to: channel.members.filter { $0 != id }) }
        if channel.topic != nil { replyTopic(id, channel) }
        replyNames(id, channel)
        replayHistory(id, channel)
    }

    /// Whether a channel lets a user in; tells the client why not. An invitation opens what bans and +i close.
    private mutating func mayEnter(_ id: ConnectionID, _ user: User, _ channel: Channel, key: String?) -> Bool {
        let name = channel.name.text
        let isInvited = user.invitations.contains(channel.serial)
        if !isInvited, channel.isBanned(user) {
            reply(id, .bannedFromChannel, name, "You are banned from this channel")
        } else if !isInvited, channel.flags.contains(.inviteOnly) {
            reply(id, .inviteOnlyChannel, name, "Only who was invited can join this channel")
        } else if let wanted = channel.key, key?.hasSameBytes(as: wanted) != true {
            reply(id, .badChannelKey, name, "The channel has a key: JOIN \(name) KEY")
        } else if let limit = channel.limit, channel.members.count >= limit {
            reply(id, .channelIsFull, name, "The channel is full: it has its \(limit) members")
        } else {
            return true
        }
        return false
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

    /// Takes a member out of the channel's side of the membership; an empty channel goes, but for the standing one.
    mutating func removeMember(_ id: ConnectionID, from name: ChannelName) {
        channels[name]?.leave(id)
        guard channels[name]?.members.isEmpty == true, name != configuration.standingChannel else { return }
        historyCount -= channels[name]?.history.lines.count ?? 0
        channels[name] = nil
    }

    mutating func names(_ call: Call) {
        guard let text = call[0], !text.isEmpty else {
            reply(call.id, .endOfNames, "*", "End of /NAMES list")
            return
        }
        let targets = distinct(call.list(0))
        for text in targets.prefix(HubLimits.namesTargets) {
            if let name = try? ChannelName(text), let channel = channels[name], isVisible(channel, to: call.id) {
                replyNames(call.id, channel)
            } else {
                reply(call.id, .endOfNames, text, "End of /NAMES list")
            }
        }
        refuseRest(of: targets, beyond: HubLimits.namesTargets, to: call.id)
    }

    /// Says which of a line's targets is the first that was left out, if any was.
    mutating func refuseRest(of targets: [String], beyond limit: Int, to id: ConnectionID) {
        guard targets.count > limit else { return }
        reply(id, .tooManyTargets, targets[limit], "At most \(limit) targets a line; the others were left out")
    }

    /// A secret channel is there for its members only.
    func isVisible(_ channel: Channel, to id: ConnectionID) -> Bool {
        !channel.flags.contains(.secret) || users[id]?.channels.contains(channel.name) == true
    }

    private mutating func replyNames(_ id: ConnectionID, _ channel: Channel) {
        let withHosts = has(id, .userhostInNames)
        let withAllPrefixes = has(id, .multiPrefix)
        let isInside = users[id]?.channels.contains(channel.name) == true
        let names = channel.members.compactMap { member -> String? in
            guard let user = users[member], isInside || !user.isInvisible else { return nil }
            return channel.status(of: member).prefix(all: withAllPrefixes)
                + (withHosts ? user.source.text : user.nickname.text)
        }
        // ":server 353 nick = #channel :" and CR LF.
        let head = configuration.serverName.text.utf8.count + displayName(of: id).utf8.count
        let room = WireLimits.line - head - channel.name.text.utf8.count - 14
        for line in Self.lines(of: names, room: room) {
            reply(id, .namesReply, channel.flags.contains(.secret) ? "@" : "=", channel.name.text, line)
        }
        reply(id, .endOfNames, channel.name.text, "End of /NAMES list")
    }

    /// Words joined by spaces to lines of at most `room` bytes.
    static func lines(of words: [String], room: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in words {
            if line.isEmpty {
                line = word
            } else if line.utf8.count + 1 + word.utf8.count <= room {
                line += " "
                line += word
            } else {
                lines.append(line)
                line = word
            }
        }
        return line.isEmpty ? lines : lines + [line]
    }

    mutating func topic(_ call: Call) {
        guard let channel = existingChannel(call[0] ?? "", for: call.id) else { return }
        guard let text = call[1] else {
            guard isVisible(channel, to: call.id) || isMember(call.id, of: channel) else { return }
            if channel.topic == nil {
                reply(call.id, .noTopic, channel.name.text, "No topic is set")
            } else {
                replyTopic(call.id, channel)
            }
            return
        }
        guard isMember(call.id, of: channel), let user = users[call.id] else { return }
        guard !channel.flags.contains(.topicLocked) || isOperator(call.id, of: channel) else { return }
        guard !isSilenced(call.id, user, in: channel) else {
            reply(call.id, .cannotSendToChannel, channel.name.text, "You are banned from this channel")
            return
        }
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

    /// Whether a user may act as the channel's operator, which those of the server may too; tells the client when not.
    mutating func isOperator(_ id: ConnectionID, of channel: Channel) -> Bool {
        if channel.status(of: id).contains(.channelOperator) || users[id]?.isOperator == true { return true }
        reply(id, .channelOperatorNeeded, channel.name.text, "You are not a channel operator")
        return false
    }
}
