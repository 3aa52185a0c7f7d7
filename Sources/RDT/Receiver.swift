import DequeModule
package import Timeline

/// One download at the client (rdt(7), CLIENT): writes every good segment to its place and acknowledges.
///
/// One law: one input, then drain `nextDatagram()` and `nextEvent()` until both are nil, then wait for a datagram or
/// `nextDeadline`. After the last datagram of a batch comes `batchEnded(at:)`.
package struct Receiver: Sendable {
    enum State: Sendable {
        /// HELLO is repeated until both answers are here.
        case greeting(Greeting)
        /// ACCEPT is repeated while the owner still hashes what it has of the file.
        case preparing(serverNonce: Nonce, again: Instant)
        /// ACCEPT and START are repeated until something of the file comes.
        case starting(serverNonce: Nonce, again: Instant)
        /// Segments come; a reminder goes to a server that is silent for too long.
        case receiving(reminder: Instant, pause: Interval)
        /// All is here; the owner compares the hash, which INFO told when END has not come.
        case verifying(heardEnd: Bool)
        /// The file is right and DONE has left; it is repeated until END comes, or until nobody seems to be there.
        case parting(again: Instant, pause: Interval, until: Instant)
        /// The outcome has been told.
        case closed
    }

    struct Greeting: Sendable {
        var again: Instant
        /// From the last HELLO to the next: it doubles up to `Limits.firstTimeout`.
        var pause: Interval
        /// When the only HELLO so far left, for the first sample of the round trip; nil once there was a second.
        var onlyOne: Instant?
        /// Whether data came before both answers.
        var hasMissed = false
        var answer: Packet.HelloAck?
        var offer: FileOffer?
    }

    let id: TransferID
    let hello: Packet.Hello
    let expected: FileOffset
    let tracing: Bool
    let beganAt: Instant
    var state: State
    var inbox = Inbox()
    var search = PrefixSearch(nil)
    /// START waits until `keep` tells what is there already.
    var isPreparing: Bool
    /// Bytes that the server has hashed of what is kept, as it last said.
    var checked = FileOffset.zero
    private(set) var roundTrip = RoundTripEstimate()
    private(set) var size = FileOffset.zero
    /// What INFO said of the file's bytes, if the server knew it.
    var digest: FileDigest?
    private(set) var segmentSize = 0
    private(set) var recovery: RecoveryChoice
    var lastProgress: Instant
    private(set) var localDrops: UInt32 = 0
    var timeouts = 0
    var statusDue = Instant(nanoseconds: 0)
    var ackIsDue = false
    private var schedule = AckSchedule(roundTrip: .zero)
    private var window = ReceiveWindow()
    var progressIsDue = false
    private var datagrams = Deque<[UInt8]>()
    var events = Deque<ReceiverEvent>()

    /// Datagrams dropped so far, by reason.
    package private(set) var drops: [DropReason: Int] = [:]

    /// `receiveWindow`: bytes that may be on their way to this socket. `largestDatagram`: what it can take.
    /// `expecting`: the size that the ticket announced. `preparing`: START waits for `keep`. `hint`: what TCP knows of the path,
    /// so that a lost HELLO need not cost the second that one waits on an unknown path.
    package init(
        id: TransferID, nonce: UInt64, recovery: RecoveryChoice, receiveWindow: Int, largestDatagram: Int,
        expecting size: UInt64, preparing: Bool = false, hint: PathHint = PathHint(), tracing: Bool,
        at now: Instant
    ) {
        self.id = id
        self.tracing = tracing
        self.recovery = recovery
        expected = FileOffset(size)
        isPreparing = preparing
        hello = Packet.Hello(
            nonce: Nonce(rawValue: nonce), receiveWindow: UInt32(clamping: max(1, receiveWindow)),
            largestDatagram: UInt16(min(max(largestDatagram, Limits.helloSize), Limits.largestDatagram)),
            recovery: recovery, beginsAtOnce: !preparing && recovery != .gbn)
        beganAt = now
        lastProgress = now
        if let trip = hint.roundTrip { roundTrip.guess(trip) }
        let pause = min(roundTrip.timeout, Limits.firstTimeout)
        state = .greeting(Greeting(again: now + pause, pause: pause, onlyOne: now))
        say(.hello(hello))
        trace(.hello, at: now)
    }

    // MARK: What the world did

    /// What to do with a datagram from the server's address: `payload` is a range of it, to be written before the next
    /// call.
    package mutating func receive(_ datagram: borrowing RawSpan, at now: Instant) -> Received {
        let received: Received
        do throws(PacketError) {
            let header = try DatagramHeader(parsing: datagram)
            if header.id == id {
                received = take(try Packet(parsing: datagram, header: header), at: now)
            } else {
                received = .ignored(.unknownTransfer)
            }
        } catch {
            received = .ignored(.malformed(error))
        }
        if case .ignored(let reason) = received { drops[reason, default: 0] += 1 }
        return received
    }

    /// The loop has handled all that had arrived: the ACK that is due leaves.
    package mutating func batchEnded(at now: Instant) {
        if progressIsDue { events.append(.progress(bytes: inbox.bytes)) }
        progressIsDue = false
        if case .receiving = state { traceStatus(at: now) }
        if case .parting = state, ackIsDue {
            ackIsDue = false
            say(.done(.verified))
        }
        guard ackIsDue, ackMayLeave(at: now) else { return }
        acknowledge(at: now)
        completeEarly()
    }

    /// Double-and-halve lives from ACKs that come at once, and so does the end of the file.
    private mutating func ackMayLeave(at now: Instant) -> Bool {
        if recovery == .gbn || inbox.next == size { return true }
        return schedule.mayLeave(
            inbox.ackSize, tellsOfGap: inbox.hasNewGap || inbox.hasCopy, roundTrip: roundTrip.smoothed, at: now)
    }

    package mutating func timeoutFired(at now: Instant) {
        switch state {
        case .greeting(var greeting):
            if lastProgress + Limits.noProgress <= now { return fail(.noAnswer, telling: nil, at: now) }
            guard greeting.again <= now else { return }
            timeouts += 1
            greeting.onlyOne = nil
            greeting.pause = min(greeting.pause * 2, Limits.firstTimeout)
            greeting.again = now + greeting.pause
            state = .greeting(greeting)
            say(.hello(hello))
            trace(.hello, at: now)
        case .preparing(let serverNonce, let again):
            if again <= now { prepare(serverNonce, at: now) }
        case .starting(let serverNonce, let again):
            if giveUp(at: now) || again > now { return }
            timeouts += 1
            roundTrip.backOff()
            start(serverNonce, at: now)
        case .receiving(let reminder, let pause):
            if giveUp(at: now) { return }
            if let held = schedule.heldUntil, held <= now {
                if ackMayLeave(at: now) { acknowledge(at: now) }
                return
            }
            guard reminder <= now else { return }
            timeouts += 1
            let longer = min(pause * 2, Limits.greatestSilence)
            state = .receiving(reminder: now + longer, pause: longer)
            trace(.silence, at: now)
            acknowledge(at: now)
        case .parting(let again, let pause, let until): part(again: again, pause: pause, until: until, at: now)
        case .verifying, .closed: break
        }
    }

    // MARK: Commands

    package mutating func cancel(_ reason: AbortReason, at now: Instant) {
        switch state {
        case .closed: break
        // The file is there, and the server knows or will not.
        case .parting: finish(.unconfirmed, at: now)
        case .greeting, .preparing, .starting, .receiving, .verifying: fail(.aborted(reason), telling: reason, at: now)
        }
    }

    /// Datagrams that the system dropped at this socket since the start, for the ACKs.
    package mutating func dropped(_ count: UInt32) { localDrops = count }

    // MARK: Outputs

    /// The round trip as the handshake showed it; nil before.
    package var smoothedRoundTrip: Interval? { roundTrip.smoothed }
    package mutating func nextDatagram() -> [UInt8]? { datagrams.popFirst() }
    package mutating func nextEvent() -> ReceiverEvent? { events.popFirst() }

    /// The file's beginning up to the first byte that is missing.
    package var contiguous: UInt64 { inbox.next.rawValue }
    /// Bytes that ACKs allow on their way here.
    var advisedWindow: UInt32 { window.advice(most: hello.receiveWindow) }

    package var nextDeadline: Deadline<DeadlineReason>? {
        let last = Deadline(lastProgress + Limits.noProgress, DeadlineReason.progress)
        switch state {
        case .greeting(let greeting): return earlier(Deadline(greeting.again, .handshake), last)
        case .preparing(_, let again): return Deadline(again, .handshake)
        case .starting(_, let again): return earlier(Deadline(again, .handshake), last)
        case .receiving(let reminder, _):
            let next = earlier(Deadline(reminder, .silence), last)
            return schedule.heldUntil.map { earlier(Deadline($0, .acknowledgement), next) } ?? next
        case .parting(let again, _, let until): return Deadline(min(again, until), .retransmission)
        case .verifying, .closed: return nil
        }
    }

    /// What must always hold; tests ask after every step.
    package func checkInvariants() throws(InvariantViolation) {
        try inbox.checkInvariants(size: size)
        switch state {
        case .greeting, .preparing, .starting:
            try require(inbox.bytes == 0 && nextDeadline != nil, "bytes or no timer before the data")
        case .receiving: try require(nextDeadline != nil, "waits for the server without a timer")
        case .verifying, .parting: try require(inbox.next == size, "complete with \(inbox.next) of \(size)")
        case .closed: break
        }
    }
}

// MARK: Packets

extension Receiver {
    private mutating func take(_ packet: Packet, at now: Instant) -> Received {
        switch packet {
        case .helloAck(let answer): take(answer, at: now)
        case .info(let offer): take(offer, at: now)
        case .data(let segment): take(segment, at: now)
        case .probe(let probe): take(probe, at: now)
        case .end(let end): take(end, at: now)
        case .abort(let reason): takeAbort(reason, at: now)
        case .check(let check): take(check, at: now)
        case .challenge(let token): answer(token, at: now)
        case .hello, .accept, .start, .ack, .done, .response: .ignored(.unexpected)
        }
    }

    private mutating func take(_ answer: Packet.HelloAck, at now: Instant) -> Received {
        guard answer.nonce == hello.nonce else { return .ignored(.wrongNonce) }
        guard case .greeting(var greeting) = state else { return .ignored(.duplicate) }
        guard Int(answer.segmentSize) + DataPacket.headerSize <= Int(hello.largestDatagram) else {
            fail(.aborted(.protocolViolation), telling: .protocolViolation, at: now)
            return .accepted
        }
        guard greeting.answer == nil else { return .ignored(.duplicate) }
        greeting.answer = answer
        if let only = greeting.onlyOne { roundTrip.sampleHandshake(now - only, at: now) }
        trace(.helloAck, at: now)
        proceed(greeting, at: now)
        return .accepted
    }

    private mutating func take(_ offer: FileOffer, at now: Instant) -> Received {
        guard case .greeting(var greeting) = state, greeting.offer == nil else { return learn(offer, at: now) }
        let announced = FileOffset(offer.size)
        guard announced == expected else {
            fail(.sizeChanged(announced: expected, now: announced), telling: .protocolViolation, at: now)
            return .accepted
        }
        greeting.offer = offer
        trace(.info, at: now)
        proceed(greeting, at: now)
        return .accepted
    }

    /// Both answers are needed before ACCEPT and START leave together.
    private mutating func proceed(_ greeting: Greeting, at now: Instant) {
        state = .greeting(greeting)
        guard let answer = greeting.answer, let offer = greeting.offer else { return }
        size = FileOffset(offer.size)
        digest = offer.hash
        segmentSize = Int(answer.segmentSize)
        recovery = answer.recovery
        lastProgress = now
        schedule = AckSchedule(roundTrip: roundTrip.smoothed ?? .zero)
        window.measured(roundTrip.smoothed)
        events.append(.info(offer))
        if isPreparing { prepare(answer.serverNonce, at: now) } else { start(answer.serverNonce, at: now) }
    }

    /// Data of a server that began at once, and not both of its answers: one of them seems to be lost, and nothing can be
    /// kept without them. So HELLO leaves again now, once.
    private mutating func missAnswers(_ greeting: Greeting, at now: Instant) {
        guard hello.beginsAtOnce, !greeting.hasMissed else { return }
        var greeting = greeting
        greeting.hasMissed = true
        greeting.again = now
        state = .greeting(greeting)
    }

    mutating func start(_ serverNonce: Nonce, at now: Instant) {
        let pause = min(roundTrip.timeout, Limits.firstTimeout)
        state = .starting(serverNonce: serverNonce, again: now + pause)
        say(.accept(Packet.Accept(serverNonce: serverNonce)))
        say(.start(search.start))
        trace(.accept, at: now)
        trace(.start, at: now)
    }

    private mutating func take(_ segment: Packet.DataHeader, at now: Instant) -> Received {
        switch state {
        case .greeting(let greeting):
            missAnswers(greeting, at: now)
            return .ignored(.unexpected)
        case .preparing: return .ignored(.unexpected)
        case .parting:
            // The server did not hear of it yet.
            ackIsDue = true
            return .ignored(.duplicate)
        case .verifying, .closed: return .ignored(.duplicate)
        case .starting where search.start.isQuestion: return .ignored(.unexpected)
        case .starting, .receiving: begin()
        }
        state = .receiving(reminder: now + firstSilence, pause: firstSilence)
        schedule.arrived(bytes: DataPacket.headerSize + segment.payload.count, at: now)
        window.arrived(segment.payload.count, at: now)
        switch inbox.take(segment, size: size, at: now) {
        case .new:
            progressed(at: now)
            return .write(offset: segment.offset.rawValue, payload: segment.payload)
        case .partly(let gaps):
            progressed(at: now)
            return .writeParts(gaps.map { segment.part($0) })
        case .known:
            ackIsDue = true
            return .ignored(.duplicate)
        case .wrong(let failure):
            fail(failure, telling: .protocolViolation, at: now)
            return .accepted
        }
    }

    private mutating func progressed(at now: Instant) {
        lastProgress = now
        ackIsDue = true
        progressIsDue = true
    }

    private mutating func take(_ probe: Packet.Probe, at now: Instant) -> Received {
        guard case .receiving = state else { return .ignored(.unexpected) }
        inbox.note(probe.packet, at: now)
        ackIsDue = true
        return .accepted
    }
}

// MARK: Inside

extension Receiver {
    var firstSilence: Interval { max(Limits.firstSilence, (roundTrip.smoothed ?? .zero) * 3) }

    private func earlier(
        _ one: Deadline<DeadlineReason>, _ other: Deadline<DeadlineReason>
    ) -> Deadline<DeadlineReason> {
        other.instant < one.instant ? other : one
    }

    private mutating func giveUp(at now: Instant) -> Bool {
        guard lastProgress + Limits.noProgress <= now else { return false }
        fail(.noProgress(Limits.noProgress), telling: .noProgress, at: now)
        return true
    }

    mutating func acknowledge(at now: Instant) {
        ackIsDue = false
        guard let ack = inbox.ack(receiveWindow: advisedWindow, localDrops: localDrops, at: now) else { return }
        schedule.left(Packet.Ack.size(ranges: ack.ranges.count), at: now)
        say(.ack(ack))
    }

    mutating func say(_ packet: Packet) { datagrams.append(packet.encoded(id: id)) }

    mutating func fail(_ failure: TransferFailure, telling reason: AbortReason?, at now: Instant) {
        if let reason {
            say(.abort(reason))
            trace(.abort, at: now, detail: reason.text)
        }
        finish(.failed(failure), at: now)
    }
}
