package import Timeline

/// What the owner of a download learns.
package enum ReceiverEvent: Hashable, Sendable {
    /// What the server says of the file; comes before the first write.
    case info(FileOffer)
    /// Bytes that have arrived, whatever their order; at most one in a batch.
    case progress(bytes: UInt64)
    case trace(TraceRecord)
    /// Every byte has been written: compare the file's hash with this and say `verified(_:at:)`.
    case complete(digest: FileDigest)
    /// Exactly once, and the last event: send what `nextDatagram()` still gives, then close the socket.
    case finished(Outcome, TransferStatistics)
}

/// What came of a datagram.
package enum Received: Hashable, Sendable {
    case ignored(DropReason)
    case accepted
    /// The bytes of `payload`, a range of the datagram, belong at `offset` of the file.
    case write(offset: UInt64, payload: Range<Int>)
}

/// One download at the client (rdt(7), CLIENT): writes every good segment to its place and acknowledges.
///
/// One law: one input, then drain `nextDatagram()` and `nextEvent()` until both are nil, then wait for a datagram or
/// `nextDeadline`. After the last datagram of a batch comes `batchEnded(at:)`.
package struct Receiver: Sendable {
    /// `receiveWindow`: bytes that may be on their way to this socket. `largestDatagram`: what it can take.
    /// `expecting`: the size that the ticket announced.
    package init(
        id: TransferID, nonce: UInt64, recovery: RecoveryChoice, receiveWindow: Int, largestDatagram: Int,
        expecting size: UInt64, tracing: Bool, at now: Instant
    ) {}

    /// What to do with a datagram from the server's address: `payload` is a range of it, to be written before the next call.
    package mutating func receive(_ datagram: borrowing RawSpan, at now: Instant) -> Received { .accepted }
    /// The loop has handled all that had arrived: the ACK that is due leaves.
    package mutating func batchEnded(at now: Instant) {}
    package mutating func timeoutFired(at now: Instant) {}
    /// The answer to `.complete`: whether the bytes on disk have the hash.
    package mutating func verified(_ good: Bool, at now: Instant) {}
    package mutating func cancel(_ reason: AbortReason, at now: Instant) {}
    /// Datagrams that the system dropped at this socket since the start, for the ACKs.
    package mutating func dropped(_ count: UInt32) {}

    package mutating func nextDatagram() -> [UInt8]? { nil }
    package mutating func nextEvent() -> ReceiverEvent? { nil }
    package var nextDeadline: Deadline<DeadlineReason>? { nil }
    /// Datagrams dropped so far, by reason.
    package private(set) var drops: [DropReason: Int] = [:]
    package func statistics(at now: Instant) -> TransferStatistics { TransferStatistics() }
}
