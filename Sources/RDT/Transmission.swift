/// Segments of one size, the last perhaps shorter, with consecutive packet numbers and offsets: the loop reads them from
/// the file at once, and one send with segmentation offload carries them all.
package struct SegmentRun: Hashable, Sendable {
    package let firstPacket: PacketNumber
    /// Where in the file the run begins.
    package let offset: UInt64
    /// Bytes of the file in all segments together; at least 1.
    package let length: Int
    /// Bytes of the file in each segment but the last.
    package let segmentSize: Int
    /// The part of the run that is sent for the first time: always in file order, each byte of the file once.
    package let newBytes: Range<UInt64>

    package var count: Int { (length + segmentSize - 1) / segmentSize }
    /// Whether bytes leave in this run that had not left before.
    package var isNew: Bool { !newBytes.isEmpty }

    /// From the start of one datagram to the start of the next, when they lie in a buffer one after the other.
    package var stride: Int { segmentSize + DataPacket.headerSize }
    /// Bytes of all datagrams with their headers.
    package var bytesOnWire: Int { length + count * DataPacket.headerSize }
    /// Where datagram `index` lies in such a buffer.
    package func datagram(_ index: Int) -> Range<Int> {
        let payload = payload(index)
        return payload.lowerBound - DataPacket.headerSize..<payload.upperBound
    }
    /// Where the file's bytes of datagram `index` belong in such a buffer.
    package func payload(_ index: Int) -> Range<Int> {
        let start = index * stride + DataPacket.headerSize
        return start..<start + min(segmentSize, length - index * segmentSize)
    }

    /// Writes the headers of all datagrams into `buffer`, where the payloads lie already at `payload(_:)`.
    package func seal(id: TransferID, in buffer: inout MutableRawSpan) {
        for index in 0..<count {
            DataPacket.seal(
                in: &buffer, at: datagram(index), id: id, packet: firstPacket.advanced(by: index),
                offset: FileOffset(offset).advanced(by: index * segmentSize))
        }
    }
}

/// What may leave now.
package enum Transmission: Hashable, Sendable {
    /// A whole datagram.
    case control([UInt8])
    case data(SegmentRun)
}

/// A transmission with its transfer and where it goes.
package struct Outgoing<Address: PeerAddress>: Sendable {
    package let id: TransferID
    package let to: Address
    package let transmission: Transmission
}
