import IRC

// What was said before: CHATHISTORY (IRCv3 draft/chathistory), and the last lines for who joins.
extension Hub {
    /// Keeps what was said in a channel.
    mutating func remember(_ message: Message, in name: ChannelName, id: String) {
        guard configuration.history > 0, let source = message.source, let text = message.parameters.last else { return }
        // A clock that was set back does not put a line before those that were said earlier.
        let time = max(serverTime, channels[name]?.history.lines.last?.time ?? "")
        let line = History.Line(time: time, id: id, source: source, command: message.command, text: text)
        let mayGrow = historyCount < configuration.historyLines
        if channels[name]?.history.append(line, capacity: configuration.history, mayGrow: mayGrow) == true {
            historyCount += 1
        }
    }

    /// The last lines, for a client that can tell them from new ones by their time and does not ask by itself.
    mutating func replayHistory(_ id: ConnectionID, _ channel: Channel) {
        guard has(id, .serverTime), !has(id, .chatHistory), users[id]?.isBot == false,
            !channel.history.lines.isEmpty
        else { return }
        send(Array(channel.history.lines), of: channel.name, to: id)
    }

    private mutating func send(_ lines: [History.Line], of name: ChannelName, to id: ConnectionID) {
        let encoded = lines.map { line in
            var tags = [Message.Tag(key: ServerTime.tag, value: line.time)]
            if has(id, .messageTags) { tags.append(Message.Tag(key: "msgid", value: line.id)) }
            return Message(
                tags: has(id, .serverTime) ? tags : Array(tags.dropFirst()), source: line.source, command: line.command,
                parameters: [name.text, line.text]
            ).encodedWithinLimit()
        }
        if has(id, .batch) {
            sendBatch(encoded.map { .line($0) }, as: ["chathistory", name.text], to: id)
        } else {
            for line in encoded { enqueueAnswer(line, to: id) }
        }
    }

    mutating func chatHistory(_ call: Call) {
        let subcommand = (call[0] ?? "").asciiUppercased
        if subcommand == "TARGETS" { return historyTargets(call) }
        guard ["LATEST", "BEFORE", "AFTER", "AROUND", "BETWEEN"].contains(subcommand) else {
            let text = "one of LATEST, BEFORE, AFTER, AROUND, BETWEEN and TARGETS"
            return refuse(call.id, "CHATHISTORY", "INVALID_PARAMS", [subcommand], "The subcommand is \(text)")
        }
        guard let name = try? ChannelName(call[1] ?? ""), let channel = channels[name],
            users[call.id]?.channels.contains(name) == true
        else {
            let text = "You are not on a channel of this name"
            return refuse(call.id, "CHATHISTORY", "INVALID_TARGET", [subcommand, call[1] ?? "*"], text)
        }
        guard let lines = lines(of: channel, subcommand, call) else {
            let text = "A place is timestamp=YYYY-MM-DDThh:mm:ss.sssZ or msgid=ID, and a number of lines comes last"
            return refuse(call.id, "CHATHISTORY", "INVALID_PARAMS", [subcommand], text)
        }
        send(lines, of: channel.name, to: call.id)
    }

    /// The lines that a subcommand means, nil when its parameters are wrong.
    private func lines(of channel: Channel, _ subcommand: String, _ call: Call) -> [History.Line]? {
        let isBetween = subcommand == "BETWEEN"
        guard let wanted = call[isBetween ? 4 : 3].flatMap(Int.init), wanted > 0 else { return nil }
        let limit = min(wanted, configuration.history)
        let history = channel.history
        let all = Array(history.lines)
        if subcommand == "LATEST", call[2] == "*" { return all.suffix(limit) }
        guard let first = call[2].flatMap(History.Reference.init) else { return nil }
        // A message that is forgotten by now has nothing around it.
        guard let place = history.position(of: first) else { return [] }
        switch subcommand {
        case "LATEST": return all[place.through...].suffix(limit)
        case "BEFORE": return all[..<place.before].suffix(limit)
        case "AFTER": return Array(all[place.through...].prefix(limit))
        case "AROUND":
            let start = max(0, place.before - limit / 2)
            return Array(all[start...].prefix(limit))
        default:
            guard let second = call[3].flatMap(History.Reference.init) else { return nil }
            guard let end = history.position(of: second) else { return [] }
            if place.through <= end.before { return Array(all[place.through..<end.before].prefix(limit)) }
            return end.through <= place.before ? all[end.through..<place.before].suffix(limit) : []
        }
    }

    /// The channels of the user in which something was said between two times, with the time of the last line.
    private mutating func historyTargets(_ call: Call) {
        guard case .time(let one)? = call[1].flatMap(History.Reference.init),
            case .time(let other)? = call[2].flatMap(History.Reference.init),
            let limit = call[3].flatMap(Int.init), limit > 0
        else {
            let text = "TARGETS needs two of timestamp=YYYY-MM-DDThh:mm:ss.sssZ and a number"
            return refuse(call.id, "CHATHISTORY", "INVALID_PARAMS", ["TARGETS"], text)
        }
        let times = min(one, other)...max(one, other)
        let found = (users[call.id]?.channels ?? []).compactMap { name -> (name: String, time: String)? in
            guard let channel = channels[name], let last = channel.history.lines.last, times.contains(last.time) else {
                return nil
            }
            return (channel.name.text, last.time)
        }
        let lines = found.sorted { $0.time < $1.time }.prefix(limit).map { target in
            Message(
                source: serverSource, command: "CHATHISTORY", parameters: ["TARGETS", target.name, target.time]
            ).encodedWithinLimit()
        }
        if has(call.id, .batch) {
            sendBatch(lines.map { .line($0) }, as: ["draft/chathistory-targets"], to: call.id)
        } else {
            for line in lines { enqueueAnswer(line, to: call.id) }
        }
    }
}
