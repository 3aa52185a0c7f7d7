package import Timeline

/// Why one end gives a transfer up; ABORT carries it as one byte.
package enum AbortReason: UInt8, CaseIterable, Error, Sendable {
    /// A peer of a later version gave a reason that this one does not know.
    case unspecified = 0
    case cancelled = 1
    case fileChanged = 2
    case fileUnreadable = 3
    case noSpace = 4
    case cannotWrite = 5
    case targetExists = 6
    case noProgress = 7
    case protocolViolation = 8
    case serverStopping = 9
    case connectionLost = 10
    case badStart = 11
    case tooLong = 12

    package var text: String {
        switch self {
        case .unspecified: "no reason given"
        case .cancelled: "cancelled"
        case .fileChanged: "the file changed while it was sent"
        case .fileUnreadable: "the file could not be read"
        case .noSpace: "no space left"
        case .cannotWrite: "the file could not be written"
        case .targetExists: "the target exists already"
        case .noProgress: "no progress"
        case .protocolViolation: "the other end broke the protocol"
        case .serverStopping: "the server is stopping"
        case .connectionLost: "the chat connection was lost"
        case .badStart: "the server cannot start there"
        case .tooLong: "the file needs more packets than there are numbers"
        }
    }
}

/// Why a transfer failed.
package enum TransferFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// This end gave up.
    case aborted(AbortReason)
    /// The other end gave up and said so.
    case abortedByPeer(AbortReason)
    /// No HELLO came while the ticket was good.
    case ticketExpired
    /// HELLO came, and the handshake was not completed in time.
    case handshakeTimedOut
    /// The server never answered.
    case noAnswer
    /// Nothing new came, or nothing new was acknowledged, for so long.
    case noProgress(Interval)
    /// DATA past the end that INFO announced.
    case beyondEnd(FileOffset, size: FileOffset)
    /// INFO or END with another size than was announced before.
    case sizeChanged(announced: FileOffset, now: FileOffset)
    /// An acknowledgement of something that was never sent.
    case acknowledgedUnsent
    /// All bytes came, and they are not the file's.
    case digestMismatch

    package var description: String {
        switch self {
        case .aborted(let reason): reason.text
        case .abortedByPeer(let reason): "the other end gave up: \(reason.text)"
        case .ticketExpired: "the ticket was not used in time"
        case .handshakeTimedOut: "the handshake was not completed in time"
        case .noAnswer: "no answer over UDP"
        case .noProgress(let interval): "no progress for \(interval.nanoseconds / 1_000_000_000) s"
        case .beyondEnd(let offset, let size): "data at byte \(offset) of a file of \(size)"
        case .sizeChanged(let announced, let now): "announced with \(announced) bytes, now \(now)"
        case .acknowledgedUnsent: "acknowledgement of data that was never sent"
        case .digestMismatch: "the bytes are not the file's (hash differs)"
        }
    }
}

/// How a transfer ended.
package enum Outcome: Hashable, Sendable {
    /// Every byte arrived and the receiver found the file's hash right.
    case completed
    /// The other end's last word was not heard. At the server every byte was acknowledged; at the client the file is right.
    case unconfirmed
    case failed(TransferFailure)

    /// In a few words, for traces and logs.
    package var text: String {
        switch self {
        case .completed: "completed"
        case .unconfirmed: "sent, not confirmed"
        case .failed(let failure): failure.description
        }
    }
}

/// What a transfer took, for a log line, `done` and the benchmarks.
package struct TransferStatistics: Hashable, Sendable {
    /// Bytes of the file that arrived (client) or were acknowledged (server).
    package var bytes: UInt64 = 0
    package var seconds: Double = 0
    /// DATA datagrams that never arrived, as far as this end can tell.
    package var lost: Int = 0
    /// DATA datagrams that carried bytes sent before.
    package var resent: Int = 0
    /// What is at work, which need not be what was asked for.
    package var recovery: RecoveryChoice = .gbn
    /// Server only.
    package var goBacks: Int = 0
    /// Server: retransmission timeouts; client: reminders to a silent server.
    package var timeouts: Int = 0
    /// Nil until there was a sample.
    package var smoothedRoundTrip: Interval?
    /// The path without its queues, as far as it was seen in the last seconds.
    package var shortestRoundTrip: Interval?
    /// Server only: bytes that may be on their way, and bytes that are.
    package var window: Int = 0
    package var inFlight: Int = 0
    /// Server only: bytes a second at which they leave; nil for as fast as they can.
    package var pacingRate: Double?
    /// Server only: what the congestion control is doing, and the share of loss that it takes for the path's own; nil
    /// when it knows neither.
    package var phase: ControlPhase?
    package var backgroundLoss: Double?
    /// DATA datagrams that have left (server), or come (client).
    package var packets: Int = 0
    /// Bytes of the file in each of them but the last.
    package var segmentSize: Int = 0
    /// Bytes in all datagrams that arrived: a second copy crossed the path as well.
    package var delivered: UInt64 = 0
    /// Server only: what the client takes at a time, and the bytes a second that arrived there in the last 5 to 10 s.
    package var receiveWindow: Int = 0
    package var deliveryRate: Double?
    /// Datagrams that the client's own system dropped.
    package var localDrops: Int = 0
    /// Server only: what the time went into, all of it and that of the last 5 to 10 s, and the window over that time.
    package var spent = TimeSpent()
    package var spentRecently = TimeSpent()
    package var history = WindowHistory()
    /// Client only: datagrams that came after a later one, and such that had come before.
    package var outOfOrder: Int = 0
    package var duplicates: Int = 0
    /// Client only: ACKs that left, and the longest time between two datagrams.
    package var acks: Int = 0
    package var longestSilence = Interval.zero

    package init() {}
}
