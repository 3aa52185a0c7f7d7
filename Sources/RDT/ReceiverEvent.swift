/// What the owner of a download learns.
package enum ReceiverEvent: Hashable, Sendable {
    /// What the server says of the file; comes before the first write.
    case info(FileOffer)
    /// Bytes that have arrived, whatever their order; at most one in a batch.
    case progress(bytes: UInt64)
    /// The server reads what the client says it has: `done` bytes of `total` so far.
    case checking(done: UInt64, total: UInt64)
    /// The first so many bytes are kept from an earlier time, 0 when none were right; only when there was something to keep.
    case kept(bytes: UInt64, beyond: [Range<UInt64>])
    case trace(TraceRecord)
    /// Every byte has been written: compare the file's hash with this and say `verified(_:at:)`.
    case complete(digest: FileDigest)
    /// The file is right, and the server has been told. Its END is still to come, with which the transfer finishes: whoever
    /// needs the file need not wait for that.
    case confirmed(TransferStatistics)
    /// Exactly once, and the last event: send what `nextDatagram()` still gives, then close the socket.
    case finished(Outcome, TransferStatistics)
}

/// What came of a datagram.
package enum Received: Hashable, Sendable {
    case ignored(DropReason)
    case accepted
    /// The bytes of `payload`, a range of the datagram, belong at `offset` of the file. None of them came before.
    case write(offset: UInt64, payload: Range<Int>)
    /// The same of each of these, in file order; a part of the datagram was there.
    case writeParts([Part])

    package struct Part: Hashable, Sendable {
        package let offset: UInt64
        package let payload: Range<Int>

        package init(offset: UInt64, payload: Range<Int>) {
            self.offset = offset
            self.payload = payload
        }
    }
}

extension Packet.DataHeader {
    /// Where the bytes at `range` of the file, some of these, lie in the datagram.
    func part(_ range: Range<UInt64>) -> Received.Part {
        let start = payload.lowerBound + Int(range.lowerBound - offset.rawValue)
        return Received.Part(offset: range.lowerBound, payload: start..<start + range.count)
    }
}
