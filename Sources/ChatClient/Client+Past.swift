import IRC
import Timeline

/// Lines from before we came, as CHATHISTORY brings them: between two lines BATCH, each with its time.
struct Past: Sendable {
    struct Batch: Sendable {
        let room: ChannelName
        var lines: [Message] = []
    }

    /// Those that have begun and not ended, by the server's reference.
    var batches: [String: Batch] = [:]
    /// The server's time of the last line that we have from a room: what came later was missed.
    var latest: [ChannelName: String] = [:]

    /// More than a server sends at a time is not kept.
    static let mostBatches = 8
    static let mostLines = 200
    /// After a lost connection as many of the lines that were missed are asked for.
    static let mostMissed = 100
}

extension Client {
    /// Without any of these the past cannot be told from what is said now. A script does not want it: it would answer
    /// yesterday's question.
    static let pastCapabilities = [Capability.serverTime, .batch, .chatHistory].map(\.rawValue)

    /// Asks for the lines from before we entered, which is the time of `join`.
    mutating func askForPast(of room: ChannelName, _ join: Message) {
        guard !configuration.isScript, settings.pastLines > 0, capabilities.isSuperset(of: Self.pastCapabilities) else {
            return
        }
        let isBack = past.latest[room] != nil
        let place = join.tag(ServerTime.tag).map { ["BEFORE", room.text, "timestamp=\($0)"] }
        let count = isBack ? Past.mostMissed : settings.pastLines
        send(
            Message(command: "CHATHISTORY", parameters: (place ?? ["LATEST", room.text, "*"]) + [String(count)]))
    }

    mutating func batchChanged(_ message: Message, at now: Instant) {
        guard let reference = message.parameters.first else { return }
        let name = String(reference.dropFirst())
        if reference.utf8.first == UInt8(ascii: "+"), message.parameters.count > 2,
            message.parameters[1] == "chathistory", past.batches.count < Past.mostBatches,
            let room = try? ChannelName(message.parameters[2])
        {
            past.batches[name] = Past.Batch(room: room)
        } else if let batch = past.batches.removeValue(forKey: name) {
            tellPast(batch, at: now)
        }
    }

    /// Whether the line belongs to the past, and has been put there.
    mutating func tookForPast(_ message: Message) -> Bool {
        guard let reference = message.tag("batch"), past.batches[reference] != nil else { return false }
        if past.batches[reference]?.lines.count ?? 0 < Past.mostLines {
            past.batches[reference]?.lines.append(message)
        }
        return true
    }

    /// A line of a room came now.
    mutating func noteTime(of message: Message, in room: ChannelName) {
        if let time = message.tag(ServerTime.tag) { past.latest[room] = time }
    }

    private mutating func tellPast(_ batch: Past.Batch, at now: Instant) {
        let known = past.latest[batch.room]
        var told: [(time: UnixTime, event: ClientEvent)] = []
        for message in batch.lines {
            // The times are all of one form, so that their order is that of their texts.
            guard let text = message.tag(ServerTime.tag), let time = ServerTime.time(of: text),
                known.map({ $0 < text }) ?? true, let event = pastEvent(message, at: now)
            else { continue }
            told.append((time, event))
            if case .message(_, let speech) = event, speech.isOwn {
                let echo = Echo(text: speech.text.exact, target: .room(batch.room), isAction: speech.isAction)
                _ = wasUndelivered(echo)
            }
            past.latest[batch.room] = text
        }
        guard !told.isEmpty, let room = rooms[batch.room]?.name.text else { return }
        emit(.info("said in \(room) \(known == nil ? "before you came" : "while you were not connected"):"))
        for (time, event) in told {
            recollection.keep(event, at: time)
            emit(.recalled(time, event))
        }
    }

    private func pastEvent(_ message: Message, at now: Instant) -> ClientEvent? {
        guard message.command == "PRIVMSG", message.parameters.count >= 2, let name = message.source?.name,
            let room = try? ChannelName(message.parameters[0]),
            let (text, isAction) = Self.speech(message.parameters[1]),
            !((try? Nickname(name, by: .unicode)).map { ignored.contains($0, at: now) } ?? false)
        else { return nil }
        let isOwn = isOwn(name)
        let speech = Speech(
            from: ForeignText(name), text: ForeignText(text), isOwn: isOwn, isAction: isAction,
            mentionsUs: !isOwn && mentionsUs(text))
        return .message(room: ForeignText(rooms[room]?.name.text ?? room.text), speech)
    }
}
