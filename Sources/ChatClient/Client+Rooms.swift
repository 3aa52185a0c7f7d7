import IRC
import Timeline

/// Rooms: who comes, goes and is there.
extension Client {
    mutating func join(_ room: ChannelName, _ asker: Asker, at now: Instant) {
        query = nil
        if rooms.turn(to: room) { return conclude(asker.id, .succeeded) }
        let request = Request(command: asker.word, id: asker.id, answer: .joined(room))
        ask([Message(command: "JOIN", parameters: [room.text])], request, at: now)
    }

    mutating func part(_ room: ChannelName?, _ asker: Asker, at now: Instant) {
        guard let room = room ?? place(asker) else { return }
        guard rooms[room] != nil else { return refuse(asker, "you are not in \(room.text)") }
        let request = Request(command: asker.word, id: asker.id, answer: .parted(room))
        ask([Message(command: "PART", parameters: [room.text])], request, at: now)
    }

    mutating func listPeople(in other: ChannelName?, _ asker: Asker, at now: Instant) {
        guard let room = other ?? place(asker) else { return }
        let request = Request(command: asker.word, id: asker.id, answer: .names(room))
        ask([Message(command: "NAMES", parameters: [room.text])], request, at: now)
    }

    mutating func topic(_ text: String?, _ asker: Asker, at now: Instant) {
        guard let room = place(asker) else { return }
        let request = Request(command: asker.word, id: asker.id, answer: .topic(room))
        ask([Message(command: "TOPIC", parameters: [room.text] + (text.map { [$0] } ?? []))], request, at: now)
    }

    // MARK: What comes

    mutating func joined(_ message: Message, at now: Instant) {
        guard let (name, nick) = Self.actor(message), let room = try? ChannelName(message.parameters.first ?? "") else {
            return
        }
        let isOwn = isOwn(name)
        if isOwn, let nick {
            rooms.enter(room, as: nick)
            askForPast(of: room, message)
        } else if let nick {
            rooms.add(nick, to: room)
        }
        emitComing(.join(room: ForeignText(room.text), nick: ForeignText(name), isOwn: isOwn), nick, room, at: now)
    }

    mutating func parted(_ message: Message, at now: Instant) {
        guard let (name, nick) = Self.actor(message), let room = try? ChannelName(message.parameters.first ?? "") else {
            return
        }
        let reason = message.parameters.count > 1 ? message.parameters[1] : ""
        left(room, name, nick, reason: reason, at: now)
        if isOwn(name) { settle(at: now) { $0 == .parted(room) } }
    }

    mutating func kicked(_ message: Message, at now: Instant) {
        guard message.parameters.count >= 2, let room = try? ChannelName(message.parameters[0]) else { return }
        let name = message.parameters[1]
        let reason = message.parameters.count > 2 ? ": \(message.parameters[2])" : ""
        let by = message.source?.name ?? "the server"
        left(room, name, try? Nickname(name, by: .unicode), reason: "put out by \(by)\(reason)", at: now)
    }

    mutating func wentAway(_ message: Message, at now: Instant) {
        guard let (name, nick) = Self.actor(message), let nick, !isOwn(name) else { return }
        for room in rooms.rooms(with: nick) {
            left(room.name, name, nick, reason: message.parameters.first ?? "", at: now)
        }
    }

    private mutating func left(
        _ room: ChannelName, _ name: String, _ nick: Nickname?, reason: String, at now: Instant
    ) {
        let isOwn = isOwn(name)
        let isTold = isOwn || nick.map { isWorthALine($0, in: room, at: now) } ?? true
        let shown = ForeignText(rooms[room]?.name.text ?? room.text)
        if isOwn {
            rooms.leave(room)
        } else if let nick {
            rooms.remove(nick, from: room)
        }
        let event = ClientEvent.leave(room: shown, nick: ForeignText(name), reason: ForeignText(reason), isOwn: isOwn)
        if isTold { emit(event) }
    }

    private mutating func emitComing(_ event: ClientEvent, _ nick: Nickname?, _ room: ChannelName, at now: Instant) {
        if nick.map({ $0 == nickname || isWorthALine($0, in: room, at: now) }) ?? true { emit(event) }
    }

    /// A script hears all comings and goings. A person is spared those of people who have said nothing lately, where
    /// the room is large: there they would hide the talk.
    private func isWorthALine(_ nick: Nickname, in room: ChannelName, at now: Instant) -> Bool {
        if configuration.isScript { return true }
        switch settings.comings {
        case .on: return true
        case .off: return false
        case .smart:
            let isSmall = (rooms[room]?.members.count ?? 0) <= Self.smallRoom
            return !ignored.contains(nick, at: now)
                && (isSmall || acquaintances.isTalking(nick, within: Self.voiceTime, at: now))
        }
    }

    /// In a room of up to so many everybody knows everybody.
    static let smallRoom = 10
    /// Who said something within this time is part of the talk.
    static let voiceTime = Interval.seconds(1800)

    mutating func renamed(_ message: Message, at now: Instant) {
        guard let (name, old) = Self.actor(message), let text = message.parameters.first else { return }
        let isOwn = isOwn(name)
        let new = try? Nickname(text, by: .unicode)
        if let old, let new {
            rooms.rename(old, to: new)
            acquaintances.rename(old, to: new)
            ignored.rename(old, to: new)
            if query == old { query = new }
        }
        if isOwn, let new { nickname = new }
        emit(.nick(old: ForeignText(name), new: ForeignText(text), isOwn: isOwn))
        if isOwn { settle(at: now) { $0 == .renamed } }
    }

    mutating func topicChanged(_ message: Message, at now: Instant) {
        guard message.parameters.count >= 2, let room = try? ChannelName(message.parameters[0]) else { return }
        let by = message.source?.name ?? ""
        rooms.topic(of: room, is: message.parameters[1])
        emit(
            .topic(room: ForeignText(room.text), text: ForeignText(message.parameters[1]), by: ForeignText(by)))
        if isOwn(by) { settle(at: now) { $0 == .topic(room) } }
    }

    mutating func topicTold(_ message: Message, at now: Instant) {
        guard message.parameters.count >= 3, let room = try? ChannelName(message.parameters[1]) else { return }
        let text = message.command == Numeric.topic.rawValue ? message.parameters[2] : ""
        rooms.topic(of: room, is: text)
        emit(.topic(room: ForeignText(room.text), text: ForeignText(text), by: ForeignText("")))
        settle(at: now) { $0 == .topic(room) }
    }

    mutating func invited(_ message: Message) {
        guard message.parameters.count >= 2, let name = message.source?.name else { return }
        let (who, room) = (DisplayText(sanitising: name).text, DisplayText(sanitising: message.parameters[1]).text)
        if let name = try? ChannelName(message.parameters[1]) { rooms.heard(of: name) }
        emit(.info("\(who) invites you: /join \(room)"))
    }

    mutating func namesListed(_ parameters: [String]) {
        guard parameters.count >= 4, let room = try? ChannelName(parameters[2]) else { return }
        let names = parameters[3].split(separator: " ").map { String($0.drop { "~&@%+".contains($0) }) }
        rooms.listed(names.compactMap { try? Nickname($0, by: .unicode) }, in: room)
    }

    mutating func namesEnded(_ parameters: [String], at now: Instant) {
        guard parameters.count >= 2, let room = try? ChannelName(parameters[1]) else { return }
        let names = rooms.listEnded(of: room).map { ForeignText($0.text) }
        let event = ClientEvent.nicknames(room: ForeignText(rooms[room]?.name.text ?? room.text), names: names)
        let asked = requests.take { $0 == .names(room) || $0 == .joined(room) }
        // Who is in a room that one enters is worth a line for a person; a script asks when it wants to know.
        if case .names? = asked?.answer, let asked {
            if configuration.isVerb, names.isEmpty {
                fail(asked.command, "nobody is in \(DisplayText.repeated(room.text))")
                return settled(asked, .failed(.commandFailed), at: now)
            }
            emit(event)
        }
        if case .joined? = asked?.answer, !configuration.isScript { emit(event) }
        if let asked { settled(asked, .succeeded, at: now) }
    }

    /// Who did it: the name as the server wrote it, and as a nickname when it is one by our rules.
    private static func actor(_ message: Message) -> (name: String, nick: Nickname?)? {
        guard let name = message.source?.name else { return nil }
        return (name, try? Nickname(name, by: .unicode))
    }
}
