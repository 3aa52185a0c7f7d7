import Timeline

/// START: where the file begins for this client.
extension Sender {
    /// HELLO was START as well. The ticket came over the chat connection, and HELLO from the same host as that: who knows
    /// the one is at the other, as ACCEPT would show a round trip later. Until something is heard of it no more leaves than
    /// the first window and the probes of timeouts, as long as a handshake may take.
    mutating func beginAtOnce(_ hint: PathHint, at now: Instant) {
        guard case .greeted(let greeting) = state else { return }
        unanswered = greeting
        // Without the answers the client can use none of the data behind: a lost one would cost the first window.
        if size > .zero { datagrams.append(contentsOf: datagrams) }
        if let trip = hint.roundTrip { roundTrip.guess(trip) }
        trace(.start, at: now)
        send(Packet.Start(offset: .zero, kept: nil), greeting.clientNonce, at: now)
    }

    /// HELLO once more, though data flows: the client does without data until both answers are there. False when it had
    /// them.
    mutating func answerAgain(bytes: Int, at now: Instant) -> Bool {
        guard var greeting = unanswered else { return false }
        greeting.repeated(bytes: bytes, at: now)
        flight?.excuse()
        if datagrams.isEmpty { sayAnswers(&greeting, at: now) }
        unanswered = greeting
        hearInFarewell(at: now)
        return true
    }

    /// START of a client whose HELLO was START already: it has both answers. When they took so long that the timer has
    /// doubled meanwhile, what left before was not kept there.
    private mutating func answersCame(at now: Instant) -> DropReason? {
        guard unanswered != nil else { return .duplicate }
        unanswered = nil
        lastProgress = now
        if flight?.roundTrip.isBackedOff == true { flight?.hurry(at: now) }
        hearInFarewell(at: now)
        return nil
    }

    /// An empty file is in its farewell from HELLO on, and its client still asks.
    private mutating func hearInFarewell(at now: Instant) {
        guard case .ending(let clientNonce, var farewell) = state else { return }
        farewell.heard(at: now)
        state = .ending(clientNonce: clientNonce, farewell)
        if farewell.seemsLost(roundTrip: roundTrip.smoothed ?? Limits.leastTimeout, at: now) { sayEnd(at: now) }
    }

    mutating func begin(_ start: Packet.Start, at now: Instant) -> DropReason? {
        switch state {
        case .granted: return .unexpected
        case .greeted(var greeting):
            greeting.early = start
            state = .greeted(greeting)
            return nil
        case .accepted(let clientNonce, _):
            begin(start, clientNonce, at: now)
            return nil
        case .checking(let check):
            lastProgress = now
            guard check.start == start else {
                begin(start, check.clientNonce, at: now)
                return nil
            }
            repeatLast(.check(check.packet))
            return .duplicate
        case .sending, .ending: return answersCame(at: now)
        case .ended(_, let last, _):
            repeatLast(last)
            return .duplicate
        }
    }

    private mutating func begin(_ start: Packet.Start, _ clientNonce: Nonce, at now: Instant) {
        lastProgress = now
        trace(.start, at: now, offset: start.offset)
        if start.beyond.last.map({ $0.upperBound > size.rawValue }) ?? (start.offset > size) {
            fail(.aborted(.badStart), telling: .badStart, nonce: clientNonce, at: now)
        } else if start.covered == .zero {
            send(start, clientNonce, at: now)
        } else {
            state = .checking(PrefixCheck(clientNonce: clientNonce, start: start))
            events.append(.prefixWanted(bytes: start.offset.rawValue, beyond: start.beyond))
        }
    }

    private mutating func send(_ start: Packet.Start, _ clientNonce: Nonce, at now: Instant) {
        let offset = start.offset
        keptAtClient = start.covered
        lastProgress = now
        events.append(.started(recovery, from: offset.rawValue, without: start.beyond))
        if offset == size {
            bidFarewell(clientNonce, at: now)
        } else {
            flight = Flight(
                recovery, control: control, start: offset, without: Omissions(start.beyond), size: size,
                segmentSize: segmentSize,
                largestDatagram: largestDatagram, receiveWindow: receiveWindow, roundTrip: roundTrip, at: now)
            state = .sending(clientNonce: clientNonce)
        }
    }

    // MARK: What the client has

    mutating func prefixProgressed(to hashed: FileOffset) {
        guard case .checking(var check) = state, check.finding == .hashing else { return }
        check.hashed = min(hashed, check.start.covered)
        state = .checking(check)
    }

    mutating func prefixHashed(_ bytes: FileOffset, _ digest: FileDigest, at now: Instant) {
        guard case .checking(var check) = state, check.start.covered == bytes, check.finding == .hashing else { return }
        let isSame = digest == check.start.kept
        if isSame, !check.start.isQuestion {
            if bytes == size { self.digest = self.digest ?? digest }
            return send(check.start, check.clientNonce, at: now)
        }
        check.hashed = bytes
        check.finding = isSame ? .same : .differs
        state = .checking(check)
        say(.check(check.packet))
        trace(.check, at: now, offset: bytes, detail: isSame ? "same" : "differs")
    }
}
