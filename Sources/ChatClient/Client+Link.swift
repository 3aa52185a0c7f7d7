import IRC
package import Timeline

/// The connection: how it begins, what keeps it, how it ends.
extension Client {
    mutating func begin(at now: Instant) {
        readStartCommands()
        lookAtOutputDirectory()
        if !configuration.isUnattended {
            (unoffered, lastQueue) = (configuration.keptDownloads, configuration.keptDownloads)
        }
        if let wished = configuration.nickname ?? (configuration.isUnattended ? configuration.offeredNickname : nil) {
            takeNickname(wished)
        } else {
            askForNickname()
        }
    }

    private mutating func askForNickname() {
        question = .nickname(offered: configuration.offeredNickname)
        // Where lines are typed without an editor no prompt can ask.
        if configuration.isTyped {
            emit(.info("which nickname? Enter alone takes \(configuration.offeredNickname)"))
        }
    }

    /// Takes the nickname that the person or the command line gave, or says what is wrong with it and asks again.
    mutating func takeNickname(_ text: String) {
        do {
            nickname = try Nickname(text, by: .unicode)
        } catch {
            return refuseNickname("\(error)")
        }
        question = nil
        if link == .registering {
            send(Message(command: "NICK", parameters: [text]))
        } else {
            link = .connecting
            perform(.connect)
        }
    }

    /// A nickname that cannot be had: the person is asked for another, a script ends.
    mutating func refuseNickname(_ why: String) {
        fail("nick", configuration.isUnattended ? "\(why); choose another with --nick" : why)
        if configuration.isUnattended { quit(.notConnected) } else { askForNickname() }
    }

    /// The chat connection is there: capabilities, nickname and user go in one flight with all that can be asked for
    /// already, so that the beginning costs one round trip.
    package mutating func connected(at now: Instant) {
        guard link == .connecting, let nickname else { return }
        link = .registering
        flight = FirstFlight()
        for capability in [FilesExtension.capability, Self.echoCapability] {
            send(Message(command: "CAP", parameters: ["REQ", capability]))
        }
        if !configuration.isScript {
            let wanted = Self.pastCapabilities.joined(separator: " ")
            send(Message(command: "CAP", parameters: ["REQ", wanted]))
        }
        send(Message(command: "NICK", parameters: [nickname.text]))
        send(Message(command: "USER", parameters: [configuration.userName, "0", "*", configuration.userName]))
        send(Message(command: "CAP", parameters: ["END"]))
        timers.set(.silence, to: now + Self.answerTime)
        askToBegin(at: now)
        runScript(at: now)
    }

    /// With it the server sends our own lines back, which tells that they were delivered.
    static let echoCapability = "echo-message"

    package mutating func receive(_ bytes: ArraySlice<UInt8>, at now: Instant, wall: UnixTime) {
        guard isConnected else { return }
        self.wall = wall
        lastHeard = now
        requests.asksForLife = false
        decoder.feed(bytes)
        // What follows the line that made us leave concerns nobody.
        while isConnected, let line = decoder.next() {
            // A line that is too long or no message at all is dropped: nobody here could act on it.
            guard case .line(let text) = line, let message = try? Message(parsing: text) else { continue }
            handle(message, at: now)
        }
        if parting != nil, requests.unechoed.isEmpty { part(isLate: false) }
        timers.set(.silence, to: isConnected ? now + (isAwaited ? Self.answerTime : Self.silenceBeforeAsking) : nil)
        runStartCommands(at: now)
        offerQueue(at: now)
        runScript(at: now)
    }

    var isConnected: Bool { link == .registering || link == .registered }

    /// The connection ended, or could not be made. `reason` is the loop's text: what was done and what the system said.
    package mutating func disconnected(reason: String, at now: Instant) {
        let reason = farewell.map { DisplayText(sanitising: $0).text } ?? reason
        let text: String
        let status: ExitStatus
        switch link {
        case .idle, .lost, .over: return
        case .connecting, .registering:
            if comeback != nil {
                (text, status) = ("the connection to \(configuration.server) did not come back: \(reason)", .linkLost)
                break
            }
            if case .nickname? = question {
                link = .idle
                timers.set(.silence, to: nil)
                timers.set(.request, to: nil)
                _ = requests.removeAll()
                return
            }
            (text, status) = ("cannot join the chat at \(configuration.server): \(reason)", .notConnected)
        case .registered:
            (text, status) = ("the connection to \(configuration.server) was lost: \(reason)", .linkLost)
        }
        if let parting { return quit(parting.status) }
        let isFirst = link == .registered
        link = .lost(reason: reason)
        timers.set(.silence, to: nil)
        timers.set(.request, to: nil)
        timers.set(.retryDownload, to: nil)
        let pending = requests.removeAll()
        for request in pending {
            if let said = request.said { keepUndelivered(said) }
            conclude(request.id, .failed(status))
        }
        if isFirst { fail("", text) }
        if status == .linkLost, !script.hasFailed, tryAgain(reason, at: now) { return transfers.waitForLink() }
        if !isFirst { fail("", text) }
        for number in transfers.loseLink() {
            transferEnded(number)
            if let transfer = transfers[number] { noteInGroup(transfer, at: now) }
        }
        giveUpGroups(at: now)
        if configuration.isScript || status == .notConnected && !configuration.hasMoved { quit(status) }
    }

    package mutating func timeoutFired(at now: Instant) {
        while let timer = timers.popDue(at: now) {
            switch timer {
            case .request: giveUpOldestRequest(at: now)
            case .silence: breakSilence(at: now)
            case .sleep: wakeUp(at: now)
            case .waitFor: giveUpWaiting(at: now)
            case .retryDownload: askForDownloads(at: now)
            case .comeback: countDown(at: now)
            case .renewal: renewDownloads(at: now)
            case .regainNickname: regainNickname(at: now)
            case .parting: part(isLate: true)
            }
        }
        runScript(at: now)
    }

    /// The server has all that it needs to take us, and has not done so.
    private var isAwaited: Bool { link == .registering && question == nil }

    private mutating func breakSilence(at now: Instant) {
        if isAwaited {
            perform(.disconnect(reason: "the server has not answered for 30 s"))
        } else if requests.asksForLife {
            perform(.disconnect(reason: "nothing came from the server for 150 s"))
        } else {
            requests.asksForLife = true
            send(Message(command: "PING", parameters: ["alive"]))
            timers.set(.silence, to: now + Self.silenceBeforeGivingUp)
        }
    }

    /// Leaves: the server is told, downloads are stopped at both ends, and the status is the program's.
    package mutating func quit(_ status: ExitStatus) { quit(status, saying: "leaving") }

    mutating func quit(_ status: ExitStatus, saying reason: String) {
        if case .over = link { return }
        let kept = configuration.isUnattended || !configuration.keepsDownloads ? 0 : lastQueue.count
        if kept > 0 { emit(.info("\(kept == 1 ? "1 download is" : "\(kept) downloads are") left for the next time")) }
        for number in transfers.activeNumbers { stopAtBothEnds(number) }
        sayGoodbye(reason, status)
        perform(.quit(status))
    }

    /// The server is told, and nothing is waited for any more.
    mutating func sayGoodbye(_ reason: String, _ status: ExitStatus = .success) {
        if isConnected { send(Message(command: "QUIT", parameters: [reason])) }
        link = .over(status)
        question = nil
        comeback = nil
        parting = nil
        for timer in [Timer.comeback, .renewal, .regainNickname, .parting, .silence, .request, .retryDownload] {
            timers.set(timer, to: nil)
        }
    }

    /// Leaves when what was said last has come back from the server, which shows it: a moment later at the most.
    mutating func leave(_ status: ExitStatus, saying words: String, at now: Instant) {
        guard link == .registered, !requests.unechoed.isEmpty else { return quit(status, saying: words) }
        parting = (status, words)
        timers.set(.parting, to: now + Self.partingTime)
    }

    static let partingTime = Interval.seconds(1)

    private mutating func part(isLate: Bool) {
        guard let parting else { return }
        let count = requests.unechoed.count
        if isLate, count > 0 { emit(.info("\(count == 1 ? "1 line was" : "\(count) lines were") not delivered")) }
        quit(parting.status, saying: parting.words)
    }

    /// Whether the person has left, and nothing that they enter is taken any more.
    package var isLeaving: Bool {
        if case .over = link { true } else { parting != nil }
    }

    /// Ctrl-C on an empty line: cancels the newest download that is at work, not one that is held or waits for its turn;
    /// with none, twice within a second leaves.
    package mutating func interrupted(at now: Instant) {
        if question?.isOfDownloads == true {
            question = nil
        } else if let newest = transfers.active.last(where: \.takesPlace) {
            if let group = newest.group { cancelGroup(group, at: now) } else { cancel(newest.number, at: now) }
        } else if let last = lastInterrupt, now - last <= .seconds(1) {
            quit(.interrupted)
        } else {
            lastInterrupt = now
            emit(.info("Ctrl-C again, or /quit, leaves"))
        }
    }

    /// Ctrl-C where the terminal itself edits the line, and has dropped it if there was one, which nobody can tell: once
    /// it does nothing more, and again within a second what it does on an empty line.
    package mutating func interruptedUnseen(at now: Instant) {
        if question?.isOfDownloads == true {
            question = nil
        } else if let last = lastInterrupt, now - last <= .seconds(1) {
            lastInterrupt = nil
            if transfers.active.contains(where: \.takesPlace) { interrupted(at: now) } else { quit(.interrupted) }
        } else {
            lastInterrupt = now
            let newest = transfers.active.last(where: \.takesPlace)
            emit(.info(newest.map { "Ctrl-C again cancels \($0.wish.name.text)" } ?? "Ctrl-C again, or /quit, leaves"))
        }
    }

    /// Ctrl-D on an empty line: leaves, and asks first when downloads run. Again it is the answer that Enter is, no; and
    /// who asks a second time without a line between, or has no terminal any more, means it.
    package mutating func inputEnded(at now: Instant) {
        let count = transfers.active.count { $0.state != .paused }
        if case .leave? = question {
            question = nil
            endsInVain += 1
            if endsInVain < 2 { return }
        } else if count > 0 {
            question = .leave(count: count)
            return tellQuestion()
        }
        leave(lostStatus ?? .success, saying: "leaving", at: now)
    }

    /// The status that an orderly leaving has when the link was lost before.
    var lostStatus: ExitStatus? {
        if case .lost = link { .linkLost } else { comeback == nil ? nil : .linkLost }
    }
}
