import IRC
package import Timeline

/// Lines from the prompt or a script, and the script's progress.
extension Client {
    /// Bytes of the script; lines may be cut anywhere.
    package mutating func feedScript(_ bytes: ArraySlice<UInt8>, at now: Instant) {
        script.feed(bytes)
        noteStandardOutput()
        runScript(at: now)
    }

    /// The script has no more lines: what runs is waited for, then the program leaves.
    package mutating func endScript(at now: Instant) {
        script.endOfInput()
        noteStandardOutput()
        runScript(at: now)
    }

    /// The rest of the script cannot be read: it must not look as if it had been run.
    package mutating func scriptFailed(_ reason: String, at now: Instant) {
        fail("", reason)
        script.fail()
        endScript(at: now)
    }

    /// Whoever read standard output has seen enough. That is no failure, unless files are still to come.
    package mutating func readerLeft() {
        if case .over = link { return }
        let reader = reader
        guard transfers.isActive || script.waiting.contains(where: reader.isDownload(_:)) else {
            return quit(script.status)
        }
        fail("download", "standard output was closed before all files had arrived")
        quit(script.status == .success ? .commandFailed : script.status)
    }

    /// Once a line of the script sends a file to standard output, nothing else goes there.
    private mutating func noteStandardOutput() {
        let reader = reader
        if script.waiting.contains(where: reader.takesStandardOutput) { filesTakeStandardOutput = true }
    }

    /// Whether the loop should read more of the script now.
    package var scriptWantsMore: Bool { script.wantsMore }

    /// Runs what the script has next, as long as nothing is under way.
    mutating func runScript(at now: Instant) {
        guard configuration.isScript else { return }
        while case .nickname? = question, let question {
            guard let line = script.nextAnswer() else {
                if script.hasOnlyToStop { quit(.success) }
                return
            }
            _ = answer(question, line, at: now)
        }
        // Enter alone is an answer too, and no line of a script.
        while configuration.isTyped, let question, question.isOfDownloads, let line = script.nextAnswer() {
            if !answer(question, line, at: now) { carryOut(line, as: nil, at: now) }
        }
        while mayGoOn(at: now) {
            let reader = reader
            guard let step = script.next(isTalk: reader.isTalk) else { break }
            switch step {
            case .run(let id, let line): carryOut(line, as: id, at: now)
            case .malformed(let id, let text):
                fail("", text)
                conclude(id, .failed(.commandFailed))
            // A person who typed has seen what failed.
            case .stop(let status): quit(configuration.isTyped ? lostStatus ?? .success : status)
            }
        }
    }

    /// One line, as the person typed it or a script has it. With an identity its end is told by `finished`.
    package mutating func perform(_ line: String, as id: CommandID? = nil, at now: Instant) {
        if isLeaving { return }
        endsInVain = 0
        carryOut(line, as: id, at: now)
        runScript(at: now)
    }

    private mutating func carryOut(_ line: String, as id: CommandID?, at now: Instant) {
        if case .over = link { return }
        if let question, answer(question, line, at: now) { return }
        switch reader.meaning(of: line) {
        case .nothing: conclude(id, .succeeded)
        case .say(let text):
            startHearing()
            say(text, id, at: now)
            hintAtCommand(in: text)
        case .wrong(let command, let text):
            fail(command, text)
            conclude(id, .failed(.commandFailed))
        case .run(let command, let word):
            if !command.listens { startHearing() }
            run(command, Asker(word: word, id: id), at: now)
        }
    }

    /// The word that a command was called by, for the text of an error, and who waits for its end.
    struct Asker {
        let word: String
        let id: CommandID?
    }

    /// False when the line is no answer.
    private mutating func answer(_ asked: Question, _ line: String, at now: Instant) -> Bool {
        let line = Words.trimmed(line)
        switch asked {
        case .nickname(let offered): takeNickname(line.isEmpty ? offered : line)
        case .leave:
            switch line.lowercased() {
            case "y", "yes":
                question = nil
                quit(lostStatus ?? .success)
            case "", "n", "no": question = nil
            default: return isNoAnswer(line)
            }
        case .goOn: return answerGoOn(line, at: now)
        }
        return true
    }

    /// What is neither yes nor no: a command takes the question back and is run, and anything else is asked about again
    /// and never said. False for a command.
    mutating func isNoAnswer(_ line: String) -> Bool {
        if line.utf8.first == UInt8(ascii: "/"), !line.utf8.starts(with: "//".utf8) {
            question = nil
            return false
        }
        emit(.info("y or n; '\(DisplayText.repeated(line))' was said to nobody"))
        tellQuestion()
        return true
    }

    /// Where lines are typed without an editor no prompt can ask.
    mutating func tellQuestion() {
        if configuration.isTyped, prompt.isQuestion { emit(.info(Words.trimmed(prompt.text))) }
    }

    /// Says that a command cannot be run.
    mutating func refuse(_ asker: Asker, _ text: String) {
        fail(asker.word, text)
        conclude(asker.id, .failed(.commandFailed))
    }

    private mutating func run(_ command: Command, _ asker: Asker, at now: Instant) {
        if command.needsServer, !isArriving, let text = absence { return refuse(asker, text) }
        switch command {
        case .help(let entries):
            emit(.help(entries.isEmpty ? CommandTable.help : entries.flatMap(CommandTable.help)))
            conclude(asker.id, .succeeded)
        case .nicknames(let room): listPeople(in: room, asker, at: now)
        case .whois(let nick):
            let request = Request(command: asker.word, id: asker.id, answer: .whois(nick))
            ask([Message(command: "WHOIS", parameters: [nick.text])], request, at: now)
        case .nick(let new):
            let request = Request(command: asker.word, id: asker.id, answer: .renamed)
            ask([Message(command: "NICK", parameters: [new.text])], request, at: now)
        case .msg(let nick, let text): tell(nick, text, asker, at: now)
        case .reply(let text):
            guard let nick = acquaintances.lastWriter else {
                return refuse(asker, "nobody has written to you yet; /msg NICK TEXT writes first")
            }
            tell(nick, text, asker, at: now)
        case .query(let nick): query(nick, asker)
        case .away(let text): goAway(text, asker, at: now)
        case .back: comeBack(asker, at: now)
        case .ignore(let nick, let time): ignore(nick, time, asker, at: now)
        case .ignored: tellIgnored(asker, at: now)
        case .rooms: listRooms(asker, at: now)
        case .recall(let pattern): recall(pattern, asker)
        case .resend(let drops): resend(drops: drops, asker, at: now)
        case .me(let text): sayAction(text, asker, at: now)
        case .join(let room): join(room, asker, at: now)
        case .part(let room): part(room, asker, at: now)
        case .topic(let text): topic(text, asker, at: now)
        case .files(let mask): listFiles(mask, asker, at: now)
        case .download(var request):
            // A person goes on talking beside it.
            if configuration.isTyped { request.isBackground = true }
            download(request, asker, at: now)
        case .transfers:
            emit(.transfers(transferLines(at: now)))
            conclude(asker.id, .succeeded)
        case .why(let number): explain(number, asker, at: now)
        case .wait(let number): wait(for: number, asker, at: now)
        case .pause(let number): pause(number, asker, at: now)
        case .resume(let number): resume(number, asker, at: now)
        case .cancel(let number): cancel(number, asker, at: now)
        case .settings, .setting, .set: runSetting(command, asker)
        case .alias(let name, let text): alias(name, text, asker)
        case .aliasShown(let name): tellAlias(name, asker)
        case .aliases: tellAliases(asker)
        case .printing(let text):
            emit(.printed(text))
            conclude(asker.id, .succeeded)
        case .assert(let pattern, let isThere): assert(pattern, isThere, asker)
        case .connect(let address): connect(to: address, asker, at: now)
        case .quit(let text):
            var status = script.status == .success || configuration.isTyped ? lostStatus ?? .success : script.status
            if cancelLeft(), status == .success { status = .commandFailed }
            leave(status, saying: text ?? "leaving", at: now)
        case .waitFor(let pattern, let seconds): wait(for: pattern, seconds: seconds, asker, at: now)
        case .sleep(let seconds): sleep(seconds, asker, at: now)
        }
    }

    /// A script that leaves has its downloads cancelled, and says so; whether there were any.
    private mutating func cancelLeft() -> Bool {
        guard configuration.isUnattended else { return false }
        let left = transfers.active
        for transfer in left { emit(.cancelled(transfer.number, name: transfer.wish.name)) }
        return !left.isEmpty
    }

    /// Whether a script's command goes with the registration.
    private var isArriving: Bool { configuration.isScript && link == .registering }

    /// Why nothing can be sent now; nil when it can.
    var absence: String? {
        switch link {
        case .registered: nil
        case .lost where comeback != nil: "not connected; connecting again in \(comeback?.secondsLeft ?? 1) s"
        case .connecting where comeback != nil, .registering where comeback != nil: "not connected; connecting again"
        case .lost(let reason): "not connected: \(reason); /quit and start again to come back"
        case .idle, .connecting, .registering: "not connected yet; wait a moment"
        case .over: "leaving"
        }
    }
}
