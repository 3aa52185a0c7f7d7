import IRC
import Timeline

/// Why the hub closes a connection, as its status counts it.
enum Closing: String, CaseIterable {
    case endlessLine = "endless-line"
    case killed
    case linesUnregistered = "lines-unregistered"
    case notRegistered = "not-registered"
    case pingTimeout = "ping-timeout"
    case quit
    case readBufferFull = "read-buffer-full"
    case sendQueueFull = "send-queue-full"
    case tooManyOfAddress = "too-many-of-address"
    case wrongPassword = "wrong-password"
}

// A connection's lines, life and end.
extension Hub {
    /// Handles the lines that have come, as far as flood control and unread answers allow, and tells the loop when
    /// reading must stop or may go on.
    mutating func handleLines(of id: ConnectionID) {
        while connections[id]?.takesLines == true, let line = connections[id]?.decoder.next() {
            hear(id)
            var cost = HubLimits.floodCost
            switch line {
            case .line(let bytes): cost = handle(bytes, from: id)
            case .tooLong: reply(id, .inputTooLong, "Input line was too long")
            }
            countLine(of: id, cost: cost)
        }
        guard let connection = connections[id] else { return }
        guard connection.decoder.discarded <= HubLimits.readBuffer else {
            close(id, .endlessLine, reason: "a line of more than \(HubLimits.readBuffer) bytes")
            return
        }
        if connection.isPaused == connection.takesLines {
            connections[id]?.isPaused = !connection.takesLines
            effects.append(connection.takesLines ? .resumeReading(id) : .pauseReading(id))
        }
    }

    /// Does what the line says, and gives what it costs its sender.
    private mutating func handle(_ line: [UInt8], from id: ConnectionID) -> Interval {
        do {
            let message = try Message(parsing: line)
            let cost = cost(of: message, from: id) + HubLimits.longLineCost * Int64(line.count / WireLimits.line)
            beginReply(to: message, from: id)
            run(message, from: id)
            endReply()
            return cost
        } catch {
            refuse(id, error)
            return HubLimits.floodCost
        }
    }

    /// Who has not registered reaches nobody, and has a limit of its own.
    private func cost(of message: Message, from id: ConnectionID) -> Interval {
        guard users.contains(id) else { return HubLimits.lightCost }
        return Command.table[message.command]?.cost ?? HubLimits.floodCost
    }

    private mutating func refuse(_ id: ConnectionID, _ error: MessageError) {
        switch error {
        case .invalidUTF8: fail(id, "*", .invalidUTF8, nil, "Message rejected, its bytes are not valid UTF-8")
        case .forbiddenByte: reply(id, .unknownError, "*", "Message rejected, it has a NUL or a stray CR")
        case .noCommand: break  // Spaces, or a prefix with nothing after it: they ask for nothing.
        }
    }

    private mutating func countLine(of id: ConnectionID, cost: Interval) {
        guard connections.contains(id) else { return }
        if let lines = greeters[id]?.lines {
            greeters[id]?.lines = lines + 1
            guard lines < HubLimits.linesBeforeRegistration else {
                let reason = "\(HubLimits.linesBeforeRegistration) lines without NICK and USER"
                close(id, .linesUnregistered, reason: reason)
                return
            }
        }
        charge(id, cost)
    }

    /// Flood control: whoever has spent its allowance waits.
    mutating func charge(_ id: ConnectionID, _ cost: Interval) {
        guard configuration.floodControl, let next = connections[id]?.pay(cost, at: now) else { return }
        connections[id]?.isThrottled = true
        timers.set(.flood(id), to: next)
    }

    /// The timer is left as it is: when it fires it looks at `lastHeard`, so that a line costs no timer.
    mutating func hear(_ id: ConnectionID) {
        connections[id]?.lastHeard = now
        if case .pinged? = connections[id]?.liveness { connections[id]?.liveness = .heard }
    }

    mutating func checkLiveness(of id: ConnectionID) {
        guard let connection = connections[id] else { return }
        switch connection.liveness {
        case .greeting:
            close(id, .notRegistered, reason: "not registered within \(Int(HubLimits.registration.seconds)) s")
        case .heard:
            let silent = connection.lastRead + HubLimits.idle
            // Also while lines that it wrote ahead are handled: if it has closed since, the answer is a reset.
            if silent <= now { ping(id) }
            if connection.lastHeard + HubLimits.idle > now {
                timers.set(.liveness(id), to: silent > now ? silent : connection.lastHeard + HubLimits.idle)
            } else {
                connections[id]?.liveness = .pinged
                timers.set(.liveness(id), to: now + HubLimits.pingReply)
            }
        case .pinged:
            close(id, .pingTimeout, reason: "ping timeout: \(Int((now - connection.lastHeard).seconds)) s")
        }
    }

    mutating func ping(_ id: ConnectionID) {
        push(Message(command: "PING", parameters: [configuration.serverName.text]).encodedWithinLimit(), to: id)
    }

    /// Says ERROR, has the loop close the connection, and forgets it.
    mutating func close(_ id: ConnectionID, _ kind: Closing, reason: String) {
        guard let connection = connections[id] else { return }
        effects.append(.send(id, errorLine(address: connection.address, reason: reason)))
        effects.append(.close(id, reason: reason))
        closings[kind, default: 0] += 1
        remove(id, reason: reason)
    }

    /// Forgets a connection and tells whoever shared a channel with it.
    mutating func remove(_ id: ConnectionID, reason: String) {
        guard let connection = connections.removeValue(forKey: id) else { return }
        outlets[id] = nil
        let left = connectionsOf[connection.group, default: 1] - 1
        connectionsOf[connection.group] = left > 0 ? left : nil
        for timer in [Timer.liveness(id), .flood(id)] { timers.set(timer, to: nil) }
        if let request = connection.awaiting { shelf.requests[request] = nil }
        scheduleEndOfTransfers(of: id)
        shelf.ended[id] = nil
        if let nickname = greeters.removeValue(forKey: id)?.nickname { owners[nickname] = nil }
        guard let user = users[id] else { return }
        let quit = Message(source: user.source, command: "QUIT", parameters: [reason])
        relay(quit, to: peers(of: id))
        for name in user.channels { removeMember(id, from: name) }
        users[id] = nil
        modeCounts.remove(user)
        owners[user.nickname] = nil
        for nickname in user.monitored { removeWatcher(id, of: nickname) }
        rememberFormer(user)
        tellWatchers(of: user.nickname, nil)
        effects.append(.log(.info, "\(user.source.text) left: \(DisplayText(sanitising: reason).text)"))
    }

    func errorLine(address: String, reason: String) -> [UInt8] {
        Message(command: "ERROR", parameters: ["Closing link: \(User.host(of: address)) (\(reason))"])
            .encodedWithinLimit()
    }
}
