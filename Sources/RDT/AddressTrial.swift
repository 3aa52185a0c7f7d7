import CXXHash
import Timeline

/// Which of two ACKs of a transfer the client made later.
///
/// Of two with the same largest packet number the later one tells of a longer delay since that arrived, so a reminder after
/// a silence is newer than all before it, and the copy of an old datagram never is.
struct AckAge: Comparable, Sendable {
    private let largest: PacketNumber
    private let delay: UInt32

    init(_ ack: Packet.Ack) {
        largest = ack.largest
        delay = ack.delay
    }

    static func < (left: AckAge, right: AckAge) -> Bool { (left.largest, left.delay) < (right.largest, right.delay) }
}

/// An address from which a client seems to go on, until it has proven that it is there (rdt(7), ADDRESS CHANGE; RFC 9000
/// §8.2 and §9).
struct AddressTrial<Address: PeerAddress>: Sendable {
    let address: Address
    private let token: Nonce
    private var bytesIn = 0
    private var bytesOut = 0
    private var said: Instant?

    init(_ address: Address, token: Nonce) {
        self.address = address
        self.token = token
    }

    /// CHALLENGE in answer to so many bytes; nil when one has just left, or when it would be more than
    /// `Limits.amplification` bytes for each that came.
    mutating func challenge(_ id: TransferID, answering bytes: Int, at now: Instant) -> [UInt8]? {
        bytesIn += bytes
        if let said, now - said < Limits.leastTimeout { return nil }
        let datagram = Packet.challenge(token).encoded(id: id)
        guard bytesOut + datagram.count <= Limits.amplification * bytesIn else { return nil }
        bytesOut += datagram.count
        said = now
        return datagram
    }

    func isPassed(by answer: Nonce, from address: Address) -> Bool { answer == token && address == self.address }
}

/// Numbers for CHALLENGE that only who knows the key can tell beforehand; the core has no random source of its own.
struct TokenSource: Sendable {
    private let key: UInt64
    private var count: UInt64 = 0

    init(key: UInt64) {
        self.key = key
    }

    mutating func next() -> Nonce {
        count += 1
        return Nonce(
            rawValue: unsafe withUnsafeBytes(of: count) {
                unsafe cxxhash_64($0.baseAddress, $0.count, key)
            })
    }
}
