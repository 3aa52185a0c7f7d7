/// One chat connection. The loop never gives a number twice, so that a late word about an old connection cannot meet a
/// new one.
///
/// The low bits are a slot, which is used again when its connection has gone: tables by connection are flat arrays, and
/// what a line costs for each of its receivers is an index and not a hash.
package struct ConnectionID: Hashable, Sendable, Comparable {
    /// A million connections; Linux's own limit of descriptors a process (fs.nr_open) is the same.
    @inlinable package static var slotBits: UInt64 { 20 }

    package let rawValue: UInt64

    package init(rawValue: UInt64) { self.rawValue = rawValue }

    /// `count` counts connections up, so that `<` is the order in which they came.
    package init(slot: Int, count: UInt64) { rawValue = count << Self.slotBits | UInt64(slot) }

    @inlinable package var slot: Int { Int(truncatingIfNeeded: rawValue & (1 << Self.slotBits - 1)) }

    package static func < (left: ConnectionID, right: ConnectionID) -> Bool { left.rawValue < right.rawValue }
}

/// A question to the shelf or the loop that is answered once.
package struct RequestID: Hashable, Sendable {
    package let rawValue: UInt64
}
