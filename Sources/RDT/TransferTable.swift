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
    /// From another host than the chat connection's, or another port than the handshake's.
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
    case ticket, handshake, retransmission, progress, pacing, tombstone, silence
}

/// What the owner of a transfer at the server learns.
package enum SenderEvent: Hashable, Sendable {
    /// The handshake is complete and data flows.
    case started(RecoveryChoice)
    case trace(TraceRecord)
    /// Exactly once for each opened transfer, and its last event but for traces of its tombstone.
    case finished(Outcome, TransferStatistics)
}

/// Every transfer of a server's one UDP socket (rdt(7), SERVER).
///
/// One law: one input, then drain `nextTransmission(at:)` and `nextEvent()` until both are nil, then wait for a datagram
/// or `nextDeadline`.
package struct TransferTable<Address: PeerAddress>: Sendable {
    /// `maximumDatagram` is the largest datagram that the loop knows how to send, headers of UDP and IP not counted.
    package init(maximumDatagram: Int, tracing: Bool) {}

    /// Grants a ticket. `from` is the chat connection's address, whose port does not count; `nonce` is random.
    package mutating func open(
        _ id: TransferID, offer: FileOffer, from: Address, recovery: RecoveryChoice, nonce: UInt64, at now: Instant
    ) throws(OpenError) {}
    /// Ends a transfer at once and tells the client; unknown ids are passed over.
    package mutating func cancel(_ id: TransferID, reason: AbortReason, at now: Instant) {}
    /// The hash of the whole file, which the loop knows when everything has been sent once: END waits for it. Not needed
    /// when the offer had a hash, or for an empty file.
    package mutating func hashed(_ id: TransferID, _ digest: FileDigest, at now: Instant) {}

    package mutating func receive(_ datagram: borrowing RawSpan, from: Address, at now: Instant) {}
    package mutating func timeoutFired(at now: Instant) {}

    package mutating func nextTransmission(at now: Instant) -> Outgoing<Address>? { nil }
    package mutating func nextEvent() -> (TransferID, SenderEvent)? { nil }
    package var nextDeadline: Deadline<DeadlineReason>? { nil }

    /// Datagrams dropped so far, by reason.
    package private(set) var drops: [DropReason: Int] = [:]
    /// What a running transfer has done so far; nil for one that is not.
    package func statistics(of id: TransferID, at now: Instant) -> TransferStatistics? { nil }
    package var count: Int { 0 }
}
