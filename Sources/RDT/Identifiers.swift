/// The name of one transfer: the ticket from the chat connection, 64 random bits that nobody else can guess.
package struct TransferID: Hashable, Sendable, CustomStringConvertible {
    package let rawValue: UInt64

    package init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// 16 lower-case hexadecimal digits, as the chat carries them.
    package var description: String { hexadecimal(rawValue, digits: 16) }
}

/// The number of one DATA datagram, counted from 0 and never used again, so that an acknowledgement says which of two
/// copies of the same bytes arrived.
package struct PacketNumber: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let first = PacketNumber(rawValue: 0)

    package static func < (left: PacketNumber, right: PacketNumber) -> Bool { left.rawValue < right.rawValue }

    /// The number `count` packets later; the sender ends a transfer before the numbers do (see `Limits.packets`).
    package func advanced(by count: Int) -> PacketNumber {
        PacketNumber(rawValue: rawValue + UInt32(count))
    }
    package func distance(to other: PacketNumber) -> Int { Int(other.rawValue) - Int(rawValue) }

    package var description: String { String(rawValue) }
}

/// A place in the file in bytes from its start, or a size; the wire has 48 bits for it.
package struct FileOffset: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let rawValue: UInt64

    package init(_ rawValue: UInt64) {
        self.rawValue = rawValue
    }

    package static let zero = FileOffset(0)
    /// The largest offset and size that six bytes hold: 256 TiB less one.
    package static let largest = FileOffset(1 << 48 - 1)

    package static func < (left: FileOffset, right: FileOffset) -> Bool { left.rawValue < right.rawValue }
    package func advanced(by count: Int) -> FileOffset { FileOffset(rawValue + UInt64(count)) }
    package func distance(to other: FileOffset) -> Int { Int(other.rawValue) - Int(rawValue) }

    package var description: String { String(rawValue) }
}

/// A random number that proves that its sender saw the other's datagram.
package struct Nonce: Hashable, Sendable {
    package let rawValue: UInt64

    package init(rawValue: UInt64) {
        self.rawValue = rawValue
    }
}

/// `value` in lower-case hexadecimal, padded with zeros to `digits`.
func hexadecimal(_ value: UInt64, digits: Int) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
}
