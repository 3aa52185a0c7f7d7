import CXXHash

/// The header that every datagram has: version and kind 1, flags 1, checksum 4, transfer 8 (rdt(7), DATAGRAMS).
package struct DatagramHeader: Hashable, Sendable {
    package static let size = 14
    package static let version: UInt8 = 1
    static let checksumRange = 2..<6

    package let kind: PacketKind
    package let flags: UInt8
    package let id: TransferID

    /// Checks all that every datagram has in common, the checksum included.
    package init(parsing datagram: borrowing RawSpan) throws(PacketError) {
        guard datagram.byteCount >= Self.size else { throw .tooShort }
        let first = datagram.byte(0)
        guard first >> 4 == Self.version else { throw .unknownVersion }
        guard let kind = PacketKind(rawValue: first & 0x0F) else { throw .unknownKind }
        let stored = unsafe datagram.unsafeLoadUnaligned(fromByteOffset: 2, as: UInt32.self)
        guard UInt32(bigEndian: stored) == Checksum.of(datagram) else { throw .badChecksum }
        self.kind = kind
        flags = datagram.byte(1)
        id = TransferID(
            rawValue: UInt64(bigEndian: unsafe datagram.unsafeLoadUnaligned(fromByteOffset: 6, as: UInt64.self)))
    }
}

/// The checksum of a datagram: the low 32 bits of XXH3-64 over what follows the checksum field, seeded with the two bytes
/// before it. The field itself is left out, so neither end has to copy or to change a datagram in order to check it.
enum Checksum {
    static func of(_ datagram: borrowing RawSpan) -> UInt32 {
        let seed =
            UInt64(datagram.byte(0)) << 8
            | UInt64(datagram.byte(1))
        let start = DatagramHeader.checksumRange.upperBound
        let hash = unsafe datagram.withUnsafeBytes {
            unsafe cxxhash_64($0.baseAddress.map { unsafe $0 + start }, $0.count - start, seed)
        }
        return UInt32(truncatingIfNeeded: hash)
    }

    /// Puts the checksum into a datagram that is complete but for it.
    static func seal(_ datagram: inout [UInt8]) {
        let sum = unsafe of(datagram.span.bytes)
        for index in 0..<4 { datagram[2 + index] = UInt8(truncatingIfNeeded: sum >> (24 - 8 * UInt32(index))) }
    }
}

/// Writes DATA, the one packet that is not made in an array of its own: its payload is read from the file into its place.
package enum DataPacket {
    /// The common header, packet number 4, offset 6.
    package static let headerSize = DatagramHeader.size + 10

    /// Writes the header, and last the checksum, before the payload that lies already in `buffer`.
    package static func seal(
        in buffer: inout MutableRawSpan, at place: Range<Int>, id: TransferID, packet: PacketNumber, offset: FileOffset
    ) {
        let first = DatagramHeader.version << 4 | PacketKind.data.rawValue
        let start = place.lowerBound
        buffer.storeBytes(of: first, toByteOffset: start, as: UInt8.self)
        buffer.storeBytes(of: 0, toByteOffset: start + 1, as: UInt8.self)
        buffer.storeBytes(of: id.rawValue.bigEndian, toByteOffset: start + 6, as: UInt64.self)
        buffer.storeBytes(of: packet.rawValue.bigEndian, toByteOffset: start + 14, as: UInt32.self)
        let high = UInt16(truncatingIfNeeded: offset.rawValue >> 32)
        buffer.storeBytes(of: high.bigEndian, toByteOffset: start + 18, as: UInt16.self)
        let low = UInt32(truncatingIfNeeded: offset.rawValue)
        buffer.storeBytes(of: low.bigEndian, toByteOffset: start + 20, as: UInt32.self)
        let sum = Checksum.of(buffer.bytes.extracting(place))
        buffer.storeBytes(of: sum.bigEndian, toByteOffset: start + 2, as: UInt32.self)
    }

    /// A whole DATA datagram, for tests and simulations.
    package static func encoded(
        id: TransferID, packet: PacketNumber, offset: FileOffset, payload: some Sequence<UInt8>
    ) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: headerSize)
        bytes.append(contentsOf: payload)
        var span = bytes.mutableSpan
        var raw = unsafe span.mutableBytes
        seal(in: &raw, at: 0..<raw.byteCount, id: id, packet: packet, offset: offset)
        return bytes
    }
}
