import IRC
import Timeline

/// What we say, and what others say.
extension Client {
    /// Where our words go.
    enum Target: Hashable {
        case room(ChannelName)
        case person(Nickname)

        var text: String {
            switch self {
            case .room(let name): name.text
            case .person(let nick): nick.text
            }
        }
    }

    mutating func say(_ text: String, _ id: CommandID?, at now: Instant) {
        let asker = Asker(word: "", id: id)
        guard let room = place(asker) else { return }
        noteAddressee(of: text)
        speak(text, to: .room(room), isAction: false, asker, at: now)
    }

    mutating func sayAction(_ text: String, _ asker: Asker, at now: Instant) {
        guard let room = place(asker) else { return }
        speak(text, to: .room(room), isAction: true, asker, at: now)
    }

    mutating func tell(_ nick: Nickname, _ text: String, _ asker: Asker, at now: Instant) {
        acquaintances.addressed(nick)
        speak(text, to: .person(nick), isAction: false, asker, at: now)
    }

    /// The room that plain text goes to, or an error that says that there is none.
    mutating func place(_ asker: Asker) -> ChannelName? {
        if link == .registered, let room = rooms.current { return room }
        refuse(asker, absence ?? "you are in no room; /join #lobby goes into one")
        return nil
    }

    /// Sends text in as many messages as it needs. It counts as said when the server has sent it back, or, where it
    /// does not do so, when the server has answered a PING that followed it.
    private mutating func speak(_ text: String, to target: Target, isAction: Bool, _ asker: Asker, at now: Instant) {
        let frame = isAction ? ("\u{1}ACTION ", "\u{1}") : ("", "")
        let space = Self.textSpace(nickname: nickname?.text ?? "", target: target.text) - (isAction ? 9 : 0)
        let pieces = TextPieces.split(text, bytes: space)
        let messages = pieces.map { Message(command: "PRIVMSG", parameters: [target.text, frame.0 + $0 + frame.1]) }
        if capabilities.contains(Self.echoCapability) {
            let request = Request(command: asker.word, id: asker.id, answer: .echo(left: pieces.count))
            return ask(messages, request, at: now)
        }
        for message in messages { send(message) }
        for piece in pieces { emitSpoken(piece, to: target, isAction: isAction) }
        askBarrier(command: asker.word, id: asker.id, at: now)
    }

    private mutating func emitSpoken(_ text: String, to target: Target, isAction: Bool) {
        let own = ForeignText(nickname?.text ?? "")
        let text = ForeignText(text)
        switch target {
        case .room(let room):
            emit(
                .message(room: ForeignText(room.text), from: own, text: text, isOwn: true, isAction: isAction))
        case .person(let nick):
            emit(
                .privateMessage(from: own, to: ForeignText(nick.text), text: text, isOwn: true, isAction: isAction))
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
            let nick = try? Nickname(String(String.UnicodeScalarView(word.dropLast()))), rooms.everybody.contains(nick)
        else { return }
        acquaintances.addressed(nick)
    }

    // MARK: What comes

    mutating func heardSpeech(_ message: Message, at now: Instant) {
        guard message.parameters.count >= 2, let source = message.source else { return }
        let (target, raw) = (message.parameters[0], message.parameters[1])
        let isOwn = isOwn(source.name)
        guard let (text, isAction) = Self.speech(raw) else { return }
        let (from, said) = (ForeignText(source.name), ForeignText(text))
        let speaker = try? Nickname(source.name)
        if let room = try? ChannelName(target) {
            if let speaker, !isOwn { acquaintances.spoke(speaker, at: now) }
            if let speaker, !isOwn, addressesUs(text) { acquaintances.addressed(speaker) }
            let name = ForeignText(rooms[room]?.name.text ?? target)
            emit(.message(room: name, from: from, text: said, isOwn: isOwn, isAction: isAction))
        } else {
            if let speaker, !isOwn { acquaintances.wrotePrivately(speaker) }
            emit(
                .privateMessage(from: from, to: ForeignText(target), text: said, isOwn: isOwn, isAction: isAction))
        }
        if isOwn, let request = requests.echoed() { settled(request, .succeeded, at: now) }
    }

    mutating func heardNotice(_ message: Message) {
        guard let text = message.parameters.last, message.parameters.count >= 2, !text.utf8.starts(with: [1]) else {
            return
        }
        emit(.notice(from: ForeignText(message.source?.name ?? ""), text: ForeignText(text)))
    }

    func isOwn(_ name: String) -> Bool {
        guard let nickname, let other = try? Nickname(name) else { return false }
        return nickname == other
    }

    /// Plain text, or what `/me` said; nil for another CTCP, which asks programs and not persons.
    private static func speech(_ raw: String) -> (text: String, isAction: Bool)? {
        guard raw.utf8.first == 1 else { return (raw, false) }
        var bytes = raw.utf8.dropFirst()
        guard bytes.starts(with: "ACTION ".utf8) else { return nil }
        bytes = bytes.dropFirst("ACTION ".utf8.count)
        if bytes.last == 1 { bytes = bytes.dropLast() }
        return (String(Substring(bytes)), true)
    }

    /// Whether our nickname stands in the text as a whole word.
    private func addressesUs(_ text: String) -> Bool {
        guard let nickname else { return false }
        let words = text.unicodeScalars.split { !Self.isNicknameScalar($0) }
        return words.contains { (try? Nickname(String(String.UnicodeScalarView($0)))) == nickname }
    }

    private static func isNicknameScalar(_ scalar: Unicode.Scalar) -> Bool {
        (try? Nickname("a\(scalar)")) != nil
    }
}
