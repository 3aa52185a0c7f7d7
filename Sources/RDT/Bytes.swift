/// A place in a datagram from which numbers in network byte order are read; whoever runs past the end gets `badLength`.
struct ByteReader {
    private(set) var at: Int

    init(from start: Int) {
        at = start
    }

    mutating func number<Number: FixedWidthInteger>(
        _ bytes: borrowing RawSpan, as type: Number.Type = Number.self
    ) throws(PacketError) -> Number {
        Number(truncatingIfNeeded: try number(bytes, count: Number.bitWidth / 8))
    }

    /// An unsigned number of `count` bytes.
    mutating func number(_ bytes: borrowing RawSpan, count: Int) throws(PacketError) -> UInt64 {
        guard bytes.byteCount - at >= count else { throw .badLength }
        var value: UInt64 = 0
        for index in at..<at + count { value = value << 8 | UInt64(bytes.byte(index)) }
        at += count
        return value
    }

    /// Passes over `count` bytes that the caller knows to be there.
    mutating func skip(_ count: Int) { at += count }
}

extension RawSpan {
    /// The byte at `index`, which is checked: every bit pattern is a byte, so nothing here can go wrong silently.
    func byte(_ index: Int) -> UInt8 { unsafe unsafeLoad(fromByteOffset: index, as: UInt8.self) }
}

/// Appends numbers in network byte order.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    mutating func number(_ value: some FixedWidthInteger) {
        number(UInt64(truncatingIfNeeded: value), bytes: value.bitWidth / 8)
    }
    mutating func number(_ value: UInt64, bytes count: Int) {
        for index in (0..<count).reversed() { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * UInt64(index)))) }
    }
    mutating func append(_ more: some Sequence<UInt8>) { bytes.append(contentsOf: more) }
    mutating func pad(to size: Int) {
        if bytes.count < size { bytes.append(contentsOf: repeatElement(0, count: size - bytes.count)) }
    }
}
