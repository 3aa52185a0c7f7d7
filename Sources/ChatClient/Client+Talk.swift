import IRC
import Timeline

/// What we say, and what others say.
extension Client {
    mutating func say(_ text: String, _ id: CommandID?, at now: Instant) {
        let asker = Asker(word: "", id: id)
        guard !keptUnsent(text, asker), let target = target(asker) else { return }
        noteAddressee(of: text)
        speak(Said(text: text, target: target), asker, at: now)
    }

    /// Who comes from another shell is told once of each word that it was said aloud, and what the command is here.
    mutating func hintAtCommand(in text: String) {
        guard !configuration.isScript, link == .registered else { return }
        let isFile = { (name: String) in (try? FileName(name)).map { self.files.contains($0) } ?? false }
        guard let name = CommandTable.meant(by: text, isFile: isFile), let entry = CommandTable.entry(name),
            hintedAt.insert(name).inserted
        else { return }
        emit(.info("that is said to the others; the command is \(entry.usage)"))
    }

    mutating func sayAction(_ text: String, _ asker: Asker, at now: Instant) {
        guard !keptUnsent(text, isAction: true, asker), let target = target(asker) else { return }
        speak(Said(text: text, target: target, isAction: true), asker, at: now)
    }

    mutating func tell(_ nick: Nickname, _ text: String, _ asker: Asker, at now: Instant) {
        if keptUnsent(text, to: nick, asker) { return }
        acquaintances.addressed(nick)
        speak(Said(text: text, target: .person(nick)), asker, at: now)
    }

    /// Whom plain text reaches: the person of `/query`, or the room.
    private mutating func target(_ asker: Asker) -> Said.Target? {
        if link == .registered, let query { return .person(query) }
        return place(asker).map { .room($0) }
    }

    /// The room that plain text goes to, or an error that says that there is none.
    mutating func place(_ asker: Asker) -> ChannelName? {
        if link == .registered, let room = rooms.current { return room }
        refuse(asker, absence ?? "you are in no room; /join #lobby goes into one")
        return nil
    }

    /// Sends text in as many messages as it needs. It counts as said when the server has sent it back, or, where it
    /// does not do so, when the server has answered a PING that followed it.
    mutating func speak(_ said: Said, _ asker: Asker, at now: Instant) {
        let frame = said.isAction ? ("\u{1}ACTION ", "\u{1}") : ("", "")
        let target = said.target.text
        let space = Self.textSpace(nickname: nickname?.text ?? "", target: target) - (said.isAction ? 9 : 0)
        let pieces = TextPieces.split(said.text, bytes: space)
        let messages = pieces.map { Message(command: "PRIVMSG", parameters: [target, frame.0 + $0 + frame.1]) }
        if capabilities.contains(Self.echoCapability) {
            var said = said
            said.unechoed = pieces
            return ask(messages, Request(command: asker.word, id: asker.id, answer: .echo, said: said), at: now)
        }
        for message in messages { send(message) }
        for piece in pieces { emitSpoken(piece, said) }
        askBarrier(command: asker.word, id: asker.id, at: now)
    }

    private mutating func emitSpoken(_ text: String, _ said: Said) {
        let speech = Speech(
            from: ForeignText(nickname?.text ?? ""), text: ForeignText(text), isOwn: true, isAction: said.isAction)
        switch said.target {
        case .room(let room): emit(.message(room: ForeignText(room.text), speech))
        case .person(let nick): emit(.privateMessage(to: ForeignText(nick.text), speech))
        }
    }

    /// Bytes of text that the server can pass on in one line: 512, less the prefix `:NICK!USER@HOST ` at its longest
    /// (RFC 1459, section 2.3), the command and the line's end.
    static func textSpace(nickname: String, target: String) -> Int {
        let prefix = 1 + nickname.utf8.count + 1 + 1 + WireLimits.userName + 1 + WireLimits.host + 1
        return WireLimits.line - 2 - prefix - "PRIVMSG ".utf8.count - target.utf8.count - " :".utf8.count
    }

    /// `dana: yes` addresses dana, who is then the first that Tab offers.
    private mutating func noteAddressee(of text: String) {
        let word = text.unicodeScalars.prefix { $0 != " " }
        guard let last = word.last, last == ":" || last == ",",
            let nick = try? Nickname(String(String.UnicodeScalarView(word.dropLast())), by: .unicode),
            rooms.everybody.contains(nick)
        else { return }
        acquaintances.addressed(nick)
    }

    // MARK: What comes

    mutating func heardSpeech(_ message: Message, at now: Instant) {
        guard message.parameters.count >= 2, let source = message.source else { return }
        let (target, raw) = (message.parameters[0], message.parameters[1])
        let isOwn = isOwn(source.name)
        guard let (text, isAction) = Self.speech(raw) else { return }
        let speaker = try? Nickname(source.name, by: .unicode)
        if let speaker, !isOwn, ignored.contains(speaker, at: now) { return }
        var speech = Speech(
            from: ForeignText(source.name), text: ForeignText(text), isOwn: isOwn, isAction: isAction)
        if let room = try? ChannelName(target) {
            noteTime(of: message, in: room)
            speech.mentionsUs = !isOwn && mentionsUs(text)
            if let speaker, !isOwn { acquaintances.spoke(speaker, at: now) }
            if let speaker, speech.mentionsUs { acquaintances.addressed(speaker) }
            emit(.message(room: ForeignText(rooms[room]?.name.text ?? target), speech))
        } else {
            if let speaker, !isOwn { acquaintances.wrotePrivately(speaker, at: now) }
            emit(.privateMessage(to: ForeignText(target), speech))
        }
        if isOwn { ownSpeechCame(text, to: target, isAction: isAction, at: now) }
    }

    /// What the server sends back was delivered: nobody waits for it any more, and `/resend` has not to say it again.
    private mutating func ownSpeechCame(_ text: String, to target: String, isAction: Bool, at now: Instant) {
        let person = (try? Nickname(target, by: .unicode)).map { Said.Target.person($0) }
        guard let target = (try? ChannelName(target)).map({ .room($0) }) ?? person else { return }
        let echo = Echo(text: text, target: target, isAction: isAction)
        switch requests.echoed(echo) {
        case .wholly(let request): settled(request, .succeeded, at: now)
        case .partly: break
        case .unknown:
            if wasUndelivered(echo) { return }
            if let request = requests.echoedChanged() { settled(request, .succeeded, at: now) }
        }
    }

    mutating func heardNotice(_ message: Message, at now: Instant) {
        if let name = message.source?.name, let speaker = try? Nickname(name, by: .unicode),
            ignored.contains(speaker, at: now)
        {
            return
        }
        guard let text = message.parameters.last, message.parameters.count >= 2, !text.utf8.starts(with: [1]) else {
            return
        }
        emit(.notice(from: ForeignText(message.source?.name ?? ""), text: ForeignText(text)))
    }

    func isOwn(_ name: String) -> Bool {
        guard let nickname, let other = try? Nickname(name, by: .unicode) else { return false }
        return nickname == other
    }

    /// Plain text, or what `/me` said; nil for another CTCP, which asks programs and not persons.
    static func speech(_ raw: String) -> (text: String, isAction: Bool)? {
        guard raw.utf8.first == 1 else { return (raw, false) }
        var bytes = raw.utf8.dropFirst()
        guard bytes.starts(with: "ACTION ".utf8) else { return nil }
        bytes = bytes.dropFirst("ACTION ".utf8.count)
        if bytes.last == 1 { bytes = bytes.dropLast() }
        return (String(Substring(bytes)), true)
    }

    func mentionsUs(_ text: String) -> Bool {
        Mentions.stand(in: text, nickname: nickname, words: settings.mentionWords)
    }
}
