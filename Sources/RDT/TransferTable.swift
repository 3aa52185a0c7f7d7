import DequeModule
package import Timeline

/// Why the table does not take a transfer.
package enum OpenError: Error, Hashable, Sendable {
    case tooManyTransfers
    case tooManyOfHost
    case nameTooLong
    case fileTooLarge
    /// A transfer of this id is running or has just ended.
    case idInUse
}

/// Why a datagram was dropped; each reason has its counter, none has an answer.
package enum DropReason: Hashable, Sendable {
    case malformed(PacketError)
    /// No transfer of this id.
    case unknownTransfer
    /// From another host than the chat connection's, or another port than the handshake's, and with nothing newer to say.
    case foreignAddress
    /// A HELLO with another nonce for a ticket that has been used.
    case ticketUsed
    /// Right in itself, wrong at this point, or for this end.
    case unexpected
    /// Says what is known already.
    case duplicate
    /// With a nonce that this end did not send.
    case wrongNonce
}

/// What the timer of a transfer stands for.
package enum DeadlineReason: Hashable, Sendable {
    case ticket, handshake, retransmission, progress, pacing, tombstone, silence, acknowledgement
}

/// What the owner of a transfer at the server learns.
package enum SenderEvent: Hashable, Sendable {
    /// The handshake is complete and data flows, from byte `from` on, `without` what the client has beyond that.
    case started(RecoveryChoice, from: UInt64, without: [Range<UInt64>])
    /// The client says that it has the first `bytes` and what lies `beyond`: hash all of it, one after the other, and tell
    /// by `prefixHashed`. A later one of these takes the place of the earlier.
    case prefixWanted(bytes: UInt64, beyond: [Range<UInt64>])
    case trace(TraceRecord)
    /// Exactly once for each opened transfer, and its last event but for traces of its tombstone.
    case finished(Outcome, TransferStatistics)
}

/// Every transfer of a server's one UDP socket (rdt(7), SERVER).
///
/// One law: one input, then drain `nextTransmission(at:)` and `nextEvent()` until both are nil, then wait for a datagram
/// or `nextDeadline`.
package struct TransferTable<Address: PeerAddress>: Sendable {
    /// Recovery and congestion control are chosen in these two types, by `RecoveryChoice`.
    fileprivate typealias ServerSender = Sender<ServerRecovery, ServerControl>

    private struct Slot: Sendable {
        /// The chat connection's address; its port does not count.
        let host: Address
        /// Where the HELLO came from, or a later address that was proven; from then on the one that counts.
        var peer: Address?
        /// What the newest ACK from there was, and another address that has said something newer.
        var newest: AckAge?
        var trial: AddressTrial<Address>?
        var sender: ServerSender
        /// Whether the slot stands in `ready`.
        var isReady = false
        /// Whether the loop cannot send it anything now.
        var isHeld = false

        // A slot is kilobytes, and to read it through the array copies it. What each run of segments asks is mutating, which
        // leaves it in its place.

        /// What leaves next, and where to; nil when nothing may.
        mutating func next(at now: Instant) -> Outgoing<Address>? {
            guard !isHeld, let peer, let transmission = sender.nextTransmission(at: now) else { return nil }
            return Outgoing(id: sender.id, to: peer, transmission: transmission)
        }

        /// Its turn found nothing to send: until when it rests.
        mutating func rest() -> (id: TransferID, until: Instant?) {
            isReady = false
            return (sender.id, deadline?.instant)
        }

        /// Hands over its events; true when it is to get a turn, and has none yet.
        mutating func settle(_ events: inout Deque<(TransferID, SenderEvent)>) -> Bool {
            while let event = sender.nextEvent() { events.append((sender.id, event)) }
            defer { isReady = true }
            return !isReady
        }

        /// What cannot leave now has no pacer to wait for: that one is due again and again while the disk reads.
        var deadline: Deadline<DeadlineReason>? { isHeld ? sender.deadlineWhileHeld : sender.nextDeadline }
    }

    private let datagrams: ClosedRange<Int>
    private let tracing: Bool
    private var tokens: TokenSource
    /// What leaves for addresses on trial.
    private var challenges = Deque<Outgoing<Address>>()
    private var slots: [Slot?] = []
    private var free: [Int] = []
    private var index: [TransferID: Int] = [:]
    /// Slots that may have something to send, each once, in the order of their turns.
    private var ready = Deque<Int>()
    private var timers = TimerTable<TransferID>()
    private var events = Deque<(TransferID, SenderEvent)>()

    /// Datagrams dropped so far, by reason.
    package private(set) var drops: [DropReason: Int] = [:]

    /// `maximumDatagram` is the largest datagram that the loop knows how to send, headers of UDP and IP not counted;
    /// `firstDatagram` is what every path is taken to carry; `key` is random, and nobody else's.
    package init(maximumDatagram: Int, firstDatagram: Int = Limits.helloSize, key: UInt64, tracing: Bool) {
        precondition(firstDatagram >= Limits.helloSize, "a path for RDT carries \(Limits.helloSize) bytes")
        precondition(maximumDatagram >= Limits.helloSize, "a path for RDT carries \(Limits.helloSize) bytes")
        datagrams = min(firstDatagram, maximumDatagram)...maximumDatagram
        self.tracing = tracing
        tokens = TokenSource(key: key)
    }

    // MARK: Commands

    /// Grants a ticket. `from` is the chat connection's address, whose port does not count; `nonce` is random. With
    /// `recovery` auto, HELLO may wish for one. `control` is for simulations.
    package mutating func open(
        _ id: TransferID, offer: FileOffer, from host: Address, recovery: RecoveryChoice,
        control: ControlChoice = .own, hint: PathHint = PathHint(), nonce: UInt64, at now: Instant
    ) throws(OpenError) {
        guard index[id] == nil else { throw .idInUse }
        guard offer.name.utf8.count <= Limits.nameBytes else { throw .nameTooLong }
        guard offer.size <= FileOffset.largest.rawValue else { throw .fileTooLarge }
        guard count(ofNetwork: host) < Limits.transfersOfHost else { throw .tooManyOfHost }
        guard count < Limits.transfers || expireTicket(at: now) else { throw .tooManyTransfers }
        let slot = Slot(
            host: host,
            sender: ServerSender(
                id: id, offer: offer, recovery: recovery, control: control, nonce: Nonce(rawValue: nonce),
                datagrams: datagrams, hint: hint, tracing: tracing, at: now))
        let place = free.popLast() ?? slots.count
        if place == slots.count { slots.append(slot) } else { slots[place] = slot }
        index[id] = place
        timers.set(id, to: now + Limits.ticketLife)
    }

    /// Ends a transfer at once and tells the client; unknown and ended ids are passed over.
    package mutating func cancel(_ id: TransferID, reason: AbortReason, at now: Instant) {
        guard let place = index[id] else { return }
        slots[place]?.sender.cancel(reason, at: now)
        settle(place)
    }

    /// The hash of the whole file, which the loop knows when everything has been sent once: END waits for it. Not needed
    /// when the offer had a hash, or for an empty file.
    package mutating func hashed(_ id: TransferID, _ digest: FileDigest, at now: Instant) {
        guard let place = index[id] else { return }
        slots[place]?.sender.hashed(digest, at: now)
        settle(place)
    }

    /// How far the loop is with what `.prefixWanted` asks for, so that the client sees that it goes on.
    package mutating func prefixProgressed(_ id: TransferID, to bytes: UInt64) {
        guard let place = index[id] else { return }
        slots[place]?.sender.prefixProgressed(to: FileOffset(bytes))
    }

    /// The hash of what `.prefixWanted` asked for, `bytes` in all.
    package mutating func prefixHashed(_ id: TransferID, bytes: UInt64, _ digest: FileDigest, at now: Instant) {
        guard let place = index[id] else { return }
        slots[place]?.sender.prefixHashed(FileOffset(bytes), digest, at: now)
        settle(place)
    }

    /// Nothing leaves of this transfer until it is released: the loop still has to read what it was given last. The
    /// others go on.
    package mutating func hold(_ id: TransferID) {
        guard let place = index[id] else { return }
        slots[place]?.isHeld = true
    }

    package mutating func release(_ id: TransferID) {
        guard let place = index[id] else { return }
        slots[place]?.isHeld = false
        settle(place)
    }

    // MARK: What the world did

    package mutating func receive(_ datagram: borrowing RawSpan, from address: Address, at now: Instant) {
        do throws(PacketError) {
            let header = try DatagramHeader(parsing: datagram)
            guard let place = index[header.id] else { return drop(.unknownTransfer) }
            let isFromPeer = isFrom(address, place: place, kind: header.kind)
            guard isFromPeer || mayBeAt(address, place: place) else { return drop(.foreignAddress) }
            let packet = try Packet(parsing: datagram, header: header)
            guard isFromPeer else { return take(packet, bytes: datagram.byteCount, at: place, from: address, at: now) }
            let dropped = slots[place]?.sender.receive(packet, bytes: datagram.byteCount, at: now)
            if case .ack(let ack) = packet, dropped == nil {
                let (age, newest) = (AckAge(ack), slots[place]?.newest)
                slots[place]?.newest = newest.map { max($0, age) } ?? age
            }
            if header.kind == .hello, dropped == nil { slots[place]?.peer = address }
            if let dropped { drop(dropped) }
            settle(place)
        } catch {
            drop(.malformed(error))
        }
    }

    package mutating func timeoutFired(at now: Instant) {
        while let id = timers.popDue(at: now) {
            guard let place = index[id] else { continue }
            if let until = slots[place]?.sender.forgottenAt, until <= now {
                forget(id, place: place)
            } else {
                slots[place]?.sender.timeoutFired(at: now)
                settle(place)
            }
        }
    }

    // MARK: Outputs

    /// The next thing to send, one from each transfer in turn; nil when nothing may leave now.
    package mutating func nextTransmission(at now: Instant) -> Outgoing<Address>? {
        if let challenge = challenges.popFirst() { return challenge }
        while let place = ready.popFirst() {
            if let outgoing = slots[place]?.next(at: now) {
                ready.append(place)
                settle(place)
                return outgoing
            }
            if let (id, until) = slots[place]?.rest() { timers.set(id, to: until) }
        }
        return nil
    }

    package mutating func nextEvent() -> (TransferID, SenderEvent)? { events.popFirst() }

    package var nextDeadline: Deadline<DeadlineReason>? {
        guard let instant = timers.next, let id = timers.nextKey, let place = index[id] else { return nil }
        return Deadline(instant, slots[place]?.deadline?.reason ?? .tombstone)
    }
    /// The same without its reason, which costs a loop that asks for it each turn more.
    package var nextWakeUp: Instant? { timers.next }

    /// Transfers that have not ended.
    package var count: Int {
        slots.count { $0?.sender.hasEnded == false }
    }

    /// What a running or just ended transfer has done so far; nil for an unknown one.
    package func statistics(of id: TransferID, at now: Instant) -> TransferStatistics? {
        index[id].flatMap { slots[$0]?.sender.statistics(at: now) }
    }

    /// Asks every transfer whether all is as it must be; tests do so after every step.
    package func checkInvariants() throws(InvariantViolation) {
        for slot in slots {
            try slot?.sender.checkInvariants()
            if let sender = slot?.sender {
                try require(sender.nextDeadline != nil, "transfer \(sender.id) waits for nothing")
            }
        }
    }

    // MARK: Inside

    private func count(ofNetwork host: Address) -> Int {
        slots.count { $0.map { !$0.sender.hasEnded && $0.host.isSameNetwork(as: host) } ?? false }
    }

    /// Makes room for a ticket: of the network that has the most without a HELLO, the oldest expires. So nobody who
    /// collects tickets keeps others from theirs. False when every transfer has begun.
    private mutating func expireTicket(at now: Instant) -> Bool {
        let waiting = slots.indices.filter { slots[$0]?.sender.ticketEnds != nil }
        func rank(_ place: Int) -> (tickets: Int, age: Int64) {
            guard let slot = slots[place], let end = slot.sender.ticketEnds else { return (0, 0) }
            let tickets = waiting.count { slots[$0]?.host.isSameNetwork(as: slot.host) == true }
            return (tickets, -end.nanoseconds)
        }
        guard let place = waiting.max(by: { rank($0) < rank($1) }), let id = slots[place]?.sender.id else {
            return false
        }
        slots[place]?.sender.expire(at: now)
        settle(place)
        forget(id, place: place)
        timers.set(id, to: nil)
        return true
    }

    /// A HELLO that opens must come from the chat connection's host, all else from where the HELLO came from.
    private func isFrom(_ address: Address, place: Int, kind: PacketKind) -> Bool {
        if let peer = slots[place]?.peer { return peer == address }
        return kind == .hello && slots[place]?.host.isSameHost(as: address) == true
    }

    private mutating func drop(_ reason: DropReason) { drops[reason, default: 0] += 1 }

    /// After each change of a transfer: its events and its turn. Its timer is set when its turn finds nothing to send,
    /// which also sees to it that a transfer whose pacer lets go is not woken again before it has sent.
    private mutating func settle(_ place: Int) {
        if slots[place]?.settle(&events) == true { ready.append(place) }
    }

    private mutating func forget(_ id: TransferID, place: Int) {
        index[id] = nil
        ready.removeAll { $0 == place }
        slots[place] = nil
        free.append(place)
    }
}

// MARK: Another address

extension TransferTable {
    /// Whether a datagram from elsewhere may be the client's, whose NAT has given it another port.
    private func mayBeAt(_ address: Address, place: Int) -> Bool {
        slots[place].map { $0.peer != nil && $0.host.isSameHost(as: address) } ?? false
    }

    /// Nothing that comes from another address counts before that is proven, so that an old datagram, or one with a forged
    /// sender, changes nothing and is worth at most a CHALLENGE.
    private mutating func take(_ packet: Packet, bytes: Int, at place: Int, from address: Address, at now: Instant) {
        guard let slot = slots[place] else { return }
        if case .response(let token) = packet {
            guard slot.trial?.isPassed(by: token, from: address) == true else { return drop(.wrongNonce) }
            slots[place]?.peer = address
            slots[place]?.trial = nil
            slots[place]?.sender.moved(at: now)
            return settle(place)
        }
        guard slot.sender.isOfClient(packet, newest: slot.newest) else { return drop(.foreignAddress) }
        var trial = slot.trial
        if trial?.address != address { trial = AddressTrial(address, token: tokens.next()) }
        let datagram = trial?.challenge(slot.sender.id, answering: bytes, at: now)
        slots[place]?.trial = trial
        guard let datagram else { return drop(.duplicate) }
        challenges.append(Outgoing(id: slot.sender.id, to: address, transmission: .control(datagram)))
    }
}
