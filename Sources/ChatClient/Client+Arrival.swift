import IRC
import Timeline

/// What was asked for together with the registration, and what has to be said of it once we are registered.
struct FirstFlight: Sendable {
    var messages: [Message] = []
    /// Downloads that were asked for and not announced: there is nobody yet whom the server serves.
    var downloads: [TransferNumber] = []
    /// The server did not take all of it, because it did not know us at that time: the nickname was taken, or it
    /// registers nobody before it has seen a PONG.
    var isRefused = false
    /// Nicknames that were tried instead of one that was taken.
    var substitutes = 0
}

/// The beginning: a round trip for the connection, one for all that follows it.
extension Client {
    /// Asks for the first room, and for a person also for the files, which Tab completes.
    mutating func askToBegin(at now: Instant) {
        for room in comeback?.rooms ?? [try? ChannelName(configuration.room)].compactMap({ $0 }) {
            let request = Request(command: "join", id: nil, answer: .joined(room), isStarting: true)
            ask([Message(command: "JOIN", parameters: [room.text])], request, at: now)
        }
        if !configuration.isUnattended { refreshFiles(isStarting: true, at: now) }
    }

    /// We are registered: what came too early is asked for again, and what this server does not have is told.
    mutating func flightArrived(at now: Instant) {
        let early = flight
        flight = FirstFlight()
        if !early.downloads.isEmpty { announceWaiting() }
        if early.isRefused {
            for message in early.messages where hasFiles || !Self.isOfFiles(message.command) { send(message) }
        }
        if !hasFiles { giveUpFiles(at: now) }
        restartRequestTimer(at: now)
    }

    private mutating func giveUpFiles(at now: Instant) {
        let asked = requests.take { answer in
            if case .ticket = answer { true } else { answer.isList }
        }
        guard let asked else { return }
        if let number = asked.answer.download {
            endTransfer(number, .failed(TransferFailure(.failed, Self.sharesNoFiles)), at: now)
        } else {
            if asked.id != nil { fail(asked.command, Self.sharesNoFiles) }
            settled(asked, .failed(.commandFailed), at: now)
        }
        giveUpFiles(at: now)
    }

    private static func isOfFiles(_ command: String) -> Bool { ["GET", "FILES"].contains(command) }

    /// Whether it is the answer of a server without files to what was asked before it could say so.
    func isOfAbsentFiles(_ message: Message) -> Bool {
        message.command == Numeric.unknownCommand.rawValue && !hasFiles && message.parameters.count > 1
            && Self.isOfFiles(message.parameters[1])
    }

    // MARK: A script's first lines

    /// Whether the script's next line may run. Most wait until we are in the room; one that needs the list of files asks
    /// for it first.
    mutating func mayGoOn(at now: Instant) -> Bool {
        // What has only to be ended needs nobody.
        guard isConnected else { return script.hasOnlyToStop }
        let reader = reader
        guard let line = script.upcoming(isTalk: reader.isTalk) else { return isReady }
        if !files.isKnown, reader.needsFiles(line) {
            if !files.isAskedFor { refreshFiles(isStarting: true, at: now) }
            if requests.awaitsList { return false }
        }
        return isReady || isEarly(reader.meaning(of: line))
    }

    /// Whether a line may go with the registration.
    private func isEarly(_ meaning: LineReader.Meaning) -> Bool {
        switch meaning {
        case .run(.download, _), .run(.set, _), .run(.setting, _), .run(.settings, _): true
        case .run, .nothing, .say, .wrong: false
        }
    }
}
