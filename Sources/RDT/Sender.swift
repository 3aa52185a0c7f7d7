import DequeModule
import Timeline

/// One transfer at the server, from the ticket to the tombstone (rdt(7), SERVER). It knows no addresses: the table sees
/// to it that only the right ones come here.
struct Sender<Recovery: RecoveryPolicy, Control: CongestionController>: Sendable {
    enum State: Sendable {
        /// The ticket is good until then, and no HELLO has come.
        case granted(until: Instant)
        /// HELLO was answered; the client has not shown yet that it is where it says.
        case greeted(Greeting)
        /// ACCEPT came, so the address is the client's; START has not come.
        case accepted(clientNonce: Nonce, until: Instant)
        /// The client says that it has a beginning of the file; the loop hashes the same bytes.
        case checking(PrefixCheck)
        /// Data flows; the flight is there.
        case sending(clientNonce: Nonce)
        /// Every byte was acknowledged. END waits for the digest, and then for DONE.
        case ending(clientNonce: Nonce, Farewell)
        /// The outcome is known; what came too late is answered with `last` until then.
        case ended(clientNonce: Nonce?, last: Packet?, until: Instant)
    }

    let id: TransferID
    let offer: FileOffer
    let nonce: Nonce
    private let firstDatagram: Int
    private let maximumDatagram: Int
    private let hint: PathHint
    /// What both ends, and as far as is known the path, can take.
    private(set) var largestDatagram = Limits.helloSize
    let tracing: Bool
    var state: State
    var flight: Flight<Recovery, Control>?
    var roundTrip = RoundTripEstimate()
    /// What the ticket asks for, and from HELLO on what was agreed.
    private(set) var recovery: RecoveryChoice
    let control: ControlChoice
    private(set) var segmentSize = 0
    private(set) var receiveWindow = 0
    var digest: FileDigest?
    /// HELLO began the transfer at once, and whether its answers have arrived is not known.
    var unanswered: Greeting?
    private(set) var startedAt: Instant?
    /// Bytes that the client had from an earlier time.
    var keptAtClient = FileOffset.zero
    var lastProgress: Instant
    var statusDue = Instant(nanoseconds: 0)
    var datagrams = Deque<[UInt8]>()
    var events = Deque<SenderEvent>()

    init(
        id: TransferID, offer: FileOffer, recovery: RecoveryChoice, control: ControlChoice, nonce: Nonce,
        datagrams: ClosedRange<Int>, hint: PathHint, tracing: Bool, at now: Instant
    ) {
        self.id = id
        self.offer = offer
        self.recovery = recovery
        self.control = control
        self.nonce = nonce
        firstDatagram = datagrams.lowerBound
        maximumDatagram = datagrams.upperBound
        self.hint = hint
        self.tracing = tracing
        digest = offer.size == 0 ? FileHasher().finish() : offer.hash
        state = .granted(until: now + Limits.ticketLife)
        lastProgress = now
    }

    var size: FileOffset { FileOffset(offer.size) }

    /// Whether the outcome has been told.
    var hasEnded: Bool {
        switch state {
        case .granted, .greeted, .accepted, .checking, .sending, .ending: false
        case .ended: true
        }
    }

    /// When the ticket expires; nil when HELLO has come.
    var ticketEnds: Instant? {
        guard case .granted(let until) = state else { return nil }
        return until
    }

    // MARK: What the world did

    /// A packet from the right address, `bytes` long with its header. Nil when it was of use.
    mutating func receive(_ packet: Packet, bytes: Int, at now: Instant) -> DropReason? {
        switch packet {
        case .hello(let hello): greet(hello, bytes: bytes, at: now)
        case .accept(let accept): accepted(accept, at: now)
        case .start(let start): begin(start, at: now)
        case .ack(let ack): acknowledged(ack, at: now)
        case .done(let verdict): done(verdict, at: now)
        case .abort(let reason): aborted(reason, at: now)
        case .helloAck, .info, .data, .end, .check, .probe, .challenge: .unexpected
        // The table has heard it already: this is another copy.
        case .response: .duplicate
        }
    }

    mutating func timeoutFired(at now: Instant) {
        switch state {
        case .granted(let until):
            if until <= now { finish(.failed(.ticketExpired), last: nil, nonce: nil, until: now, at: now) }
        case .greeted(let greeting):
            if greeting.until <= now { fail(.handshakeTimedOut, telling: nil, nonce: greeting.clientNonce, at: now) }
        case .accepted(let clientNonce, let until):
            if until <= now { fail(.handshakeTimedOut, telling: .noProgress, nonce: clientNonce, at: now) }
        case .checking(let check):
            if lastProgress + Limits.noProgress <= now {
                fail(.noProgress(Limits.noProgress), telling: .noProgress, nonce: check.clientNonce, at: now)
            }
        case .sending(let clientNonce):
            if let greeting = unanswered, greeting.until <= now {
                fail(.handshakeTimedOut, telling: nil, nonce: clientNonce, at: now)
            } else if lastProgress + Limits.noProgress <= now {
                fail(.noProgress(Limits.noProgress), telling: .noProgress, nonce: clientNonce, at: now)
            } else if let reaction = flight?.timeoutFired(at: now) {
                trace(what: reaction, at: now)
            }
        case .ending(let clientNonce, let farewell):
            if farewell.until <= now {
                finish(.unconfirmed, last: end, nonce: clientNonce, until: now, at: now)
            } else if let again = farewell.again, again <= now {
                sayEnd(at: now)
            }
        case .ended: break
        }
    }

    // MARK: Commands

    mutating func cancel(_ reason: AbortReason, at now: Instant) {
        let clientNonce: Nonce?
        switch state {
        case .granted: clientNonce = nil
        case .greeted(let greeting): clientNonce = greeting.clientNonce
        case .checking(let check): clientNonce = check.clientNonce
        case .accepted(let nonce, _), .sending(let nonce), .ending(let nonce, _): clientNonce = nonce
        case .ended: return
        }
        fail(.aborted(reason), telling: clientNonce == nil ? nil : reason, nonce: clientNonce, at: now)
    }

    /// The ticket is given up before its time.
    mutating func expire(at now: Instant) {
        if ticketEnds != nil { finish(.failed(.ticketExpired), last: nil, nonce: nil, until: now, at: now) }
    }

    mutating func hashed(_ digest: FileDigest, at now: Instant) {
        guard self.digest == nil else { return }
        self.digest = digest
        if case .sending = state { sayHash(digest, at: now) }
        if case .ending = state { sayEnd(at: now) }
    }

    // MARK: Outputs

    mutating func nextTransmission(at now: Instant) -> Transmission? {
        if let datagram = datagrams.popFirst() { return .control(datagram) }
        guard case .sending = state else { return nil }
        guard let first = flight?.nextPacket, first.rawValue < Limits.packets - UInt32(Limits.runSegments) else {
            cancel(.tooLong, at: now)
            return datagrams.popFirst().map { .control($0) }
        }
        if let probe = flight?.nextProbe(at: now) { return .control(Packet.probe(probe).encoded(id: id)) }
        return flight?.nextRun(at: now).map { .data($0) }
    }

    mutating func nextEvent() -> SenderEvent? { events.popFirst() }

    var nextDeadline: Deadline<DeadlineReason>? {
        switch state {
        case .granted(let until): return Deadline(until, .ticket)
        case .greeted(let greeting): return Deadline(greeting.until, .handshake)
        case .accepted(_, let until): return Deadline(until, .handshake)
        case .checking: return Deadline(lastProgress + Limits.noProgress, .progress)
        case .sending:
            let progress =
                unanswered.map { Deadline($0.until, .handshake) }
                ?? Deadline(lastProgress + Limits.noProgress, DeadlineReason.progress)
            guard let next = flight?.nextDeadline, next.instant < progress.instant else { return progress }
            return next
        case .ending(_, let farewell):
            if let again = farewell.again, again < farewell.until { return Deadline(again, .retransmission) }
            return Deadline(farewell.until, .tombstone)
        case .ended(_, _, let until): return Deadline(until, .tombstone)
        }
    }

    /// When the table may forget the transfer; nil while it runs.
    var forgottenAt: Instant? {
        guard case .ended(_, _, let until) = state else { return nil }
        return until
    }

    func checkInvariants() throws(InvariantViolation) {
        try flight?.checkInvariants()
        switch state {
        case .granted, .greeted, .accepted, .checking:
            try require(flight == nil, "data before START")
        case .sending:
            try require(flight?.allAcknowledged == false, "all acknowledged, and not ending")
        case .ending(_, let farewell):
            try require(keptAtClient == size || flight?.allAcknowledged == true, "END before full acknowledgement")
            try require(farewell.again == nil || digest != nil, "END without a digest")
        case .ended: break
        }
    }
}

// MARK: The handshake

extension Sender {
    private mutating func greet(_ hello: Packet.Hello, bytes: Int, at now: Instant) -> DropReason? {
        switch state {
        case .granted:
            startedAt = now
            lastProgress = now
            receiveWindow = Int(hello.receiveWindow)
            if recovery == .auto { recovery = hello.recovery }
            let most = min(maximumDatagram, hint.largestDatagram ?? .max, Limits.largestDatagram)
            largestDatagram = max(Limits.helloSize, min(Int(hello.largestDatagram), most))
            segmentSize = min(firstDatagram, largestDatagram) - DataPacket.headerSize
            trace(.hello, at: now)
            answer(Greeting(hello, bytes: bytes, at: now), at: now)
            if hello.beginsAtOnce { beginAtOnce(hint, at: now) }
            return nil
        case .greeted(var greeting):
            guard hello.nonce == greeting.clientNonce else { return .ticketUsed }
            greeting.repeated(bytes: bytes, at: now)
            if datagrams.isEmpty { answer(greeting, at: now) } else { state = .greeted(greeting) }
            return nil
        case .accepted(let clientNonce, _), .sending(let clientNonce), .ending(let clientNonce, _):
            guard hello.nonce == clientNonce else { return .ticketUsed }
            return answerAgain(bytes: bytes, at: now) ? nil : .duplicate
        case .checking(let check): return hello.nonce == check.clientNonce ? .duplicate : .ticketUsed
        case .ended(let clientNonce, let last, _):
            guard hello.nonce == clientNonce else { return .ticketUsed }
            repeatLast(last)
            return .duplicate
        }
    }

    mutating func answer(_ greeting: Greeting, at now: Instant) {
        var greeting = greeting
        sayAnswers(&greeting, at: now)
        state = .greeted(greeting)
    }

    /// HELLO-ACK and INFO leave together, as far as three bytes for each that came allow.
    mutating func sayAnswers(_ greeting: inout Greeting, at now: Instant) {
        let answers: [(Packet, TraceRecord.Event)] = [
            (
                .helloAck(
                    Packet.HelloAck(
                        nonce: greeting.clientNonce, serverNonce: nonce, segmentSize: UInt16(segmentSize),
                        recovery: recovery)), .helloAck
            ), (.info(offer), .info),
        ]
        for (packet, event) in answers {
            let datagram = packet.encoded(id: id)
            guard greeting.allows(datagram.count) else { break }
            datagrams.append(datagram)
            trace(event, at: now)
        }
    }

    private mutating func accepted(_ accept: Packet.Accept, at now: Instant) -> DropReason? {
        switch state {
        case .greeted(let greeting):
            guard accept.serverNonce == nonce else { return .wrongNonce }
            if let trip = greeting.roundTrip(at: now) {
                roundTrip.sampleHandshake(trip, at: now)
            } else if let trip = hint.roundTrip ?? greeting.longestRoundTrip(at: now) {
                roundTrip.guess(trip)
            }
            state = .accepted(clientNonce: greeting.clientNonce, until: now + Limits.handshake)
            trace(.accept, at: now)
            return greeting.early.flatMap { begin($0, at: now) }
        case .accepted(let clientNonce, _):
            guard accept.serverNonce == nonce else { return .wrongNonce }
            // The client is there, and still hashes what it has of the file.
            state = .accepted(clientNonce: clientNonce, until: now + Limits.handshake)
            return .duplicate
        case .checking, .sending, .ending, .ended:
            guard accept.serverNonce == nonce else { return .wrongNonce }
            guard unanswered != nil else { return .duplicate }
            trace(.accept, at: now)
            return nil
        case .granted: return .unexpected
        }
    }
}

// MARK: Data and the end

extension Sender {
    private mutating func acknowledged(_ ack: Packet.Ack, at now: Instant) -> DropReason? {
        switch state {
        case .granted, .greeted, .accepted, .checking: return .unexpected
        case .sending(let clientNonce):
            guard let before = flight?.unacknowledged, let reaction = flight?.receive(ack, at: now) else {
                return .unexpected
            }
            unanswered = nil
            if let flight, flight.unacknowledged > before { lastProgress = now }
            trace(what: reaction, at: now)
            traceStatus(at: now)
            if case .violation(let failure) = reaction {
                fail(failure, telling: .protocolViolation, nonce: clientNonce, at: now)
            } else if flight?.allAcknowledged == true {
                bidFarewell(clientNonce, at: now)
            }
            return nil
        case .ending(let clientNonce, var farewell):
            farewell.heard(at: now)
            state = .ending(clientNonce: clientNonce, farewell)
            let trip = flight?.roundTrip.smoothed ?? Limits.leastTimeout
            if farewell.seemsLost(roundTrip: trip, at: now) { sayEnd(at: now) }
            return nil
        case .ended(_, let last, _):
            repeatLast(last)
            return .duplicate
        }
    }

    private mutating func done(_ verdict: Packet.Verdict, at now: Instant) -> DropReason? {
        switch state {
        case .granted, .greeted, .accepted, .checking: return .unexpected
        case .sending(let clientNonce):
            // The client knew the hash, and its last ACK is late or lost: DONE says as much.
            guard digest != nil else { return .unexpected }
            finish(verdict, clientNonce, at: now)
            say(end)
            return nil
        case .ending(let clientNonce, _):
            finish(verdict, clientNonce, at: now)
            return nil
        case .ended(_, let last, _):
            repeatLast(last)
            return .duplicate
        }
    }

    private mutating func finish(_ verdict: Packet.Verdict, _ clientNonce: Nonce, at now: Instant) {
        trace(.done, at: now)
        let outcome: Outcome =
            switch verdict {
            case .verified: .completed
            case .mismatch: .failed(.digestMismatch)
            }
        finish(outcome, last: end, nonce: clientNonce, until: now + Limits.tombstone, at: now)
    }

    private mutating func aborted(_ reason: AbortReason, at now: Instant) -> DropReason? {
        let clientNonce: Nonce
        switch state {
        case .granted: return .unexpected
        case .greeted(let greeting): clientNonce = greeting.clientNonce
        case .checking(let check): clientNonce = check.clientNonce
        case .accepted(let nonce, _), .sending(let nonce), .ending(let nonce, _): clientNonce = nonce
        case .ended: return .duplicate
        }
        trace(.abort, at: now, detail: reason.text)
        finish(.failed(.abortedByPeer(reason)), last: nil, nonce: clientNonce, until: now + Limits.tombstone, at: now)
        return nil
    }

    mutating func say(_ packet: Packet?) {
        if let packet { datagrams.append(packet.encoded(id: id)) }
    }

    /// The same answer to the same question: one that is still waiting to leave answers all that came since.
    mutating func repeatLast(_ last: Packet?) {
        if datagrams.isEmpty { say(last) }
    }

    mutating func fail(
        _ failure: TransferFailure, telling reason: AbortReason?, nonce: Nonce?, at now: Instant
    ) {
        let last = reason.map { Packet.abort($0) }
        say(last)
        if let reason { trace(.abort, at: now, detail: reason.text) }
        let until = nonce == nil ? now : now + Limits.tombstone
        finish(.failed(failure), last: last, nonce: nonce, until: until, at: now)
    }

    private mutating func finish(_ outcome: Outcome, last: Packet?, nonce: Nonce?, until: Instant, at now: Instant) {
        var statistics = statistics(at: now)
        // DONE acknowledges everything, and may overtake the last ACK.
        if outcome == .completed { statistics.bytes = UInt64(keptAtClient.distance(to: size)) }
        trace(.finished, at: now, detail: outcome.text)
        state = .ended(clientNonce: nonce, last: last, until: until)
        events.append(.finished(outcome, statistics))
    }
}
