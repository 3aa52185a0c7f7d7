package import Timeline

/// How a sender makes good what was lost; the receiver is the same for all (rdt(7), RECOVERY).
package enum RecoveryChoice: String, CaseIterable, Sendable {
    /// Go-Back-N until the second loss event, then selective repeat.
    case auto
    /// Go-Back-N: the whole window again from the first unacknowledged byte.
    case gbn
    /// Selective repeat: only what was lost.
    case sr
}

/// A file as the server offers it: the facts that INFO carries.
package struct FileOffer: Hashable, Sendable {
    package var name: String
    package var size: UInt64
    package var modified: UnixTime
    /// Nil while the server has never read the file whole; END then carries the hash.
    package var hash: FileDigest?

    package init(name: String, size: UInt64, modified: UnixTime, hash: FileDigest? = nil) {
        self.name = name
        self.size = size
        self.modified = modified
        self.hash = hash
    }
}

/// The address of a peer, as the loop's sockets know it; the core only compares.
package protocol PeerAddress: Hashable, Sendable {
    /// Whether both are addresses of one host: a ticket is good for the host of the chat connection, whatever the port.
    func isSameHost(as other: Self) -> Bool
    /// Whether one household or machine may have both addresses: what transfers are counted by.
    func isSameNetwork(as other: Self) -> Bool
}

extension PeerAddress {
    package func isSameNetwork(as other: Self) -> Bool { isSameHost(as: other) }
}
