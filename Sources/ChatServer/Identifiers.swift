/// One chat connection. The loop counts them up and never gives a number twice, so that a late word about an old
/// connection cannot meet a new one.
package struct ConnectionID: Hashable, Sendable, Comparable {
    package let rawValue: UInt64

    package init(rawValue: UInt64) { self.rawValue = rawValue }

    package static func < (left: ConnectionID, right: ConnectionID) -> Bool { left.rawValue < right.rawValue }
}

/// A question to the shelf that the loop answers once.
package struct RequestID: Hashable, Sendable {
    package let rawValue: UInt64
}
