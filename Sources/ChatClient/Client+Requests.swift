import IRC
import Timeline

/// Requests: what was sent, what its answer is, and who waits for it.
extension Client {
    /// How long the oldest request may be without an answer. Flood control delays 50 pasted lines by 20 s, so more than that.
    static let answerTime = Interval.seconds(30)

    /// Sends something that the server answers.
    mutating func ask(_ messages: [Message], _ request: Request, at now: Instant) {
        for message in messages { send(message) }
        requests.append(request, at: now)
        if link == .registering { flight.messages += messages }
        if requests.count == 1 { restartRequestTimer(at: now) }
    }

    /// Sends a PING, whose answer comes after everything that was sent before it.
    mutating func askBarrier(command: String, id: CommandID?, at now: Instant) {
        let token = requests.makeToken()
        ask(
            [Message(command: "PING", parameters: [token])],
            Request(command: command, id: id, answer: .pong(token)), at: now)
    }

    /// Ends the oldest request that this answers; nil when nobody asked.
    @discardableResult
    mutating func settle(at now: Instant, _ ends: (Request.Answer) -> Bool) -> Request? {
        guard let request = requests.take(ends) else { return nil }
        settled(request, .succeeded, at: now)
        return request
    }

    /// Before we are registered nobody owes us an answer: a person may be thinking of another nickname.
    mutating func restartRequestTimer(at now: Instant) {
        requests.answered(at: now)
        let isOwed = requests.oldest != nil && link != .registering
        timers.set(.request, to: isOwed ? now + Self.answerTime : nil)
    }

    /// A request is over: the next one has its full time from now on.
    mutating func settled(_ request: Request, _ result: CommandResult, at now: Instant) {
        restartRequestTimer(at: now)
        conclude(request.id, result)
    }

    /// The server said no. It answers in order, so that this is about the oldest request.
    mutating func refuseOldest(_ text: String, at now: Instant) {
        // A long text went in pieces, and each is refused: once is enough to know.
        if let (refused, count) = repeatedRefusal, refused == text, count > 0 {
            repeatedRefusal = (text, count - 1)
            return
        }
        repeatedRefusal = requests.oldest?.said.map { (text, $0.unechoed.count - 1) }
        guard let request = requests.takeOldest() else { return fail("", text) }
        if case .why(let number, ticket: _) = request.answer {
            // A server that does not know the question: what our own end knows is worth telling.
            emitExplanation(of: number)
            settled(request, .succeeded, at: now)
        } else if let number = request.answer.download {
            restartRequestTimer(at: now)
            let text = request.answer.isList ? "the server has no such file" : text
            endTransfer(number, .failed(TransferFailure(.failed, text)), at: now)
        } else {
            fail(request.command, text)
            settled(request, .failed(.commandFailed), at: now)
        }
    }

    mutating func giveUpOldestRequest(at now: Instant) {
        if let said = requests.oldest?.said { keepUndelivered(said) }
        let text = "the server has not answered for 30 s"
        guard let number = requests.oldest?.answer.download, explanations.hasTickets else {
            return refuseOldest(text, at: now)
        }
        // A server that has served us and says nothing at all is behind a path that is broken: the connection's own
        // watch over silence ends it, or the answer comes.
        if let since = requests.waitsSince, lastHeard ?? since <= since {
            return timers.set(.request, to: now + Self.answerTime)
        }
        guard takeUpAgain(number, TransferFailure(.interrupted, text), at: now) else {
            return refuseOldest(text, at: now)
        }
        _ = requests.takeOldest()
        restartRequestTimer(at: now)
    }

    /// Tells whoever waits for a command that it has ended.
    mutating func conclude(_ id: CommandID?, _ result: CommandResult) {
        guard let id else { return }
        if script.isCurrent(id) {
            script.finished(result)
        } else {
            perform(.finished(id, result))
        }
    }
}
