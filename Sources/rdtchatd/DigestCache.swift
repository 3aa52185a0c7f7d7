import Posix
import RDT

/// The hashes of files that have been sent whole, by what the file was then, so that the next client learns the hash
/// before the first byte. Bounded: the oldest makes room.
struct DigestCache {
    /// About 100 bytes each.
    static let standardCapacity = 4_096

    private let capacity: Int
    private var digests: [FileIdentity: FileDigest] = [:]
    private var order: [FileIdentity] = []
    private var oldest = 0

    init(capacity: Int = DigestCache.standardCapacity) {
        self.capacity = capacity
    }

    subscript(identity: FileIdentity) -> FileDigest? { digests[identity] }

    mutating func remember(_ digest: FileDigest, of identity: FileIdentity) {
        guard digests.updateValue(digest, forKey: identity) == nil else { return }
        if order.count < capacity {
            order.append(identity)
        } else {
            digests[order[oldest]] = nil
            order[oldest] = identity
            oldest = (oldest + 1) % capacity
        }
    }
}
