import IRC
import Timeline

// CAP, PASS, NICK, USER, and what follows when they are complete.
extension Hub {
    mutating func cap(_ call: Call) {
        let subcommand = (call[0] ?? "").asciiUppercased
        switch subcommand {
        case "LS":
            greeters[call.id]?.isNegotiating = true
            if let version = call[1].flatMap(Int.init), version >= 302 {
                outlets[call.id]?.capabilities.insert(.capNotify)
                connections[call.id]?.keepsCapNotify = true
            }
            answerCap(call.id, "LS", CapabilitySet.offered.map(\.rawValue).joined(separator: " "))
        case "LIST":
            let capabilities = outlets[call.id]?.capabilities ?? CapabilitySet()
            let active = CapabilitySet.offered.filter { capabilities.contains($0) }
            answerCap(call.id, "LIST", active.map(\.rawValue).joined(separator: " "))
        case "REQ":
            greeters[call.id]?.isNegotiating = true
            request(call[1] ?? "", for: call.id)
        case "END":
            greeters[call.id]?.isNegotiating = false
            completeRegistration(of: call.id)
        default: reply(call.id, .invalidCapCommand, call[0] ?? "", "Invalid CAP command")
        }
    }

    /// All that is asked for, or nothing.
    private mutating func request(_ text: String, for id: ConnectionID) {
        guard var capabilities = outlets[id]?.capabilities else { return }
        for word in text.split(separator: " ") {
            let isRemoval = word.hasPrefix("-")
            guard let capability = Capability(rawValue: String(isRemoval ? word.dropFirst() : word)),
                CapabilitySet.offered.contains(capability),
                !isRemoval || capability != .capNotify || connections[id]?.keepsCapNotify == false
            else {
                // Shortened by whole words: the first ones show what was asked.
                answerCap(id, "NAK", capLines(of: text, for: id).first ?? "")
                return
            }
            if isRemoval { capabilities.remove(capability) } else { capabilities.insert(capability) }
        }
        outlets[id]?.capabilities = capabilities
        for line in text.isEmpty ? [""] : capLines(of: text, for: id) { answerCap(id, "ACK", line) }
    }

    /// The words of a list in lines that fit behind `CAP nick ACK :`.
    private func capLines(of text: String, for id: ConnectionID) -> [String] {
        let head = configuration.serverName.text.utf8.count + displayName(of: id).utf8.count
        // ":server CAP nick ACK :" and CR LF.
        return Self.lines(of: text.split(separator: " ").map(String.init), room: WireLimits.line - head - 14)
    }

    private mutating func answerCap(_ id: ConnectionID, _ subcommand: String, _ list: String) {
        answer(id, Message(command: "CAP", parameters: [displayName(of: id), subcommand, list]))
    }

    mutating func pass(_ call: Call) {
        guard greeters[call.id] != nil else {
            reply(call.id, .alreadyRegistered, "You may not reregister")
            return
        }
        greeters[call.id]?.password = call[0]
    }

    mutating func nick(_ call: Call) {
        guard let wanted = call[0], !wanted.isEmpty else {
            reply(call.id, .noNicknameGiven, "No nickname given")
            return
        }
        let nickname: Nickname
        do {
            nickname = try self.nickname(wanted)
        } catch {
            reply(call.id, .erroneousNickname, wanted, error.description)
            return
        }
        let isTaken = owners[nickname].map { $0 != call.id } ?? (nickname.text.asciiLowercased == ShelfDesk.librarian)
        if isTaken {
            reply(call.id, .nicknameInUse, nickname.text, "Nickname is already in use")
            return
        }
        if let user = users[call.id] {
            if let channel = silencingChannel(of: call.id, user) {
                let text = "You are banned from this channel, and keep your nickname in it"
                reply(call.id, .banNickChange, nickname.text, channel.text, text)
                return
            }
            rename(call.id, user, to: nickname)
        } else {
            if let old = greeters[call.id]?.nickname { owners[old] = nil }
            greeters[call.id]?.nickname = nickname
            owners[nickname] = call.id
            completeRegistration(of: call.id)
        }
    }

    /// A channel in which a ban silences a user: another nickname would be a way around it.
    private func silencingChannel(of id: ConnectionID, _ user: User) -> ChannelName? {
        user.channels.first { name in channels[name].map { isSilenced(id, user, in: $0) } ?? false }
    }

    private mutating func rename(_ id: ConnectionID, _ user: User, to nickname: Nickname) {
        guard user.nickname.text != nickname.text else { return }
        owners[user.nickname] = nil
        owners[nickname] = id
        users[id]?.nickname = nickname
        let message = Message(source: user.source, command: "NICK", parameters: [nickname.text])
        relay(message, to: [id] + peers(of: id), answering: id)
        guard user.nickname != nickname else { return }
        rememberFormer(user)
        tellWatchers(of: user.nickname, nil)
        tellWatchers(of: nickname, users[id])
    }

    mutating func setName(_ call: Call) {
        guard let name = call[0], let user = users[call.id] else { return }
        guard name.utf8.count <= WireLimits.realName else {
            let text = "A real name has at most \(WireLimits.realName) bytes"
            return refuse(call.id, "SETNAME", "INVALID_REALNAME", [], text)
        }
        users[call.id]?.realName = name
        let message = Message(source: user.source, command: "SETNAME", parameters: [name])
        let own = has(call.id, .setname) ? [call.id] : []
        relay(message, to: own + peers(of: call.id, with: .setname), answering: call.id)
    }

    mutating func user(_ call: Call) {
        guard greeters[call.id] != nil else {
            reply(call.id, .alreadyRegistered, "You may not reregister")
            return
        }
        let name = (call[0] ?? "").unicodeScalars.filter {
            ("!"..."~").contains($0) && !["!", "@", ":", "*", "?"].contains($0)
        }
        let userName = String(String.UnicodeScalarView(name.prefix(WireLimits.userName)))
        greeters[call.id]?.userName = userName.isEmpty ? "user" : userName
        greeters[call.id]?.realName = (call[3] ?? "").cut(toBytes: WireLimits.realName)
        completeRegistration(of: call.id)
    }

    private mutating func completeRegistration(of id: ConnectionID) {
        guard let greeter = greeters[id], !greeter.isNegotiating, let nickname = greeter.nickname,
            let userName = greeter.userName, let address = connections[id]?.address
        else { return }
        if let password = configuration.password, greeter.password?.hasSameBytes(as: password) != true {
            reply(id, .passwordMismatch, "Password incorrect")
            close(id, .wrongPassword, reason: "wrong password")
            return
        }
        greeters[id] = nil
        let user = User(
            nickname: nickname, userName: userName, realName: greeter.realName, host: User.host(of: address),
            signedOn: wall, lastSpoke: now)
        users[id] = user
        modeCounts.add(user)
        mostUsers = max(mostUsers, users.count)
        connections[id]?.liveness = .heard
        timers.set(.liveness(id), to: now + HubLimits.idle)
        effects.append(.log(.info, "\(user.source.text) registered"))
        welcome(id, user)
        tellWatchers(of: nickname, user)
    }

    mutating func ping(_ call: Call) {
        guard let token = call[0], !token.isEmpty else {
            reply(call.id, .noOrigin, "No origin specified")
            return
        }
        answer(call.id, Message(command: "PONG", parameters: [configuration.serverName.text, token]))
    }

    mutating func quit(_ call: Call) {
        let reason = call[0].flatMap { $0.isEmpty ? nil : "Quit: \($0)" } ?? "Quit"
        close(call.id, .quit, reason: reason)
    }
}
