import Posix
import RDT
import Timeline

/// Of whose files something is being read to be hashed, in the order of their turns.
struct Prefixes {
    var ids: [TransferID] = []
    var buffer: [UInt8] = []
    /// Nothing is read before.
    private(set) var pausesUntil = Instant(nanoseconds: 0)

    mutating func add(_ id: TransferID) {
        if !ids.contains(id) { ids.append(id) }
    }

    func isDue(at now: Instant) -> Bool { !ids.isEmpty && now >= pausesUntil }

    /// A slice was read. While others have transfers a pause as long follows: a file may have terabytes of holes, and
    /// whoever says that it has them takes half of the time at most.
    mutating func sliceRead(from begin: Instant, to end: Instant, besideOthers: Bool) {
        pausesUntil = besideOthers ? end + (end - begin) : end
    }
}

extension FileService {
    /// Reads one slice of what one client says it has; true when there is more to be read at once.
    mutating func readPrefix(at now: Instant) -> Bool {
        guard prefixes.isDue(at: now) else { return false }
        let begin = Clock.now()
        readSlice(at: now)
        let end = Clock.now()
        prefixes.sliceRead(from: begin, to: end, besideOthers: files.count > prefixes.ids.count)
        return prefixes.isDue(at: end)
    }

    /// When the next slice is due; nil when nobody waits for one.
    var nextPrefix: Instant? { prefixes.ids.isEmpty ? nil : prefixes.pausesUntil }

    private mutating func readSlice(at now: Instant) {
        let id = prefixes.ids.removeFirst()
        do throws(AbortReason) {
            switch try files[id]?.readPrefix(&prefixes.buffer) {
            case .hashed(let bytes)?:
                table.prefixProgressed(id, to: bytes)
                prefixes.ids.append(id)
            case .found(let digest, let bytes)?: table.prefixHashed(id, bytes: bytes, digest, at: now)
            case .cut?: break
            case nil: try catchUp(id, at: now)
            }
        } catch {
            table.cancel(id, reason: error, at: now)
        }
        if prefixes.ids.isEmpty { prefixes.buffer = [] }
    }

    /// What a client had behind gaps does not leave, and is in the file's hash all the same.
    private mutating func catchUp(_ id: TransferID, at now: Instant) throws(AbortReason) {
        guard let file = files[id] else { return }
        switch try file.catchUp(&prefixes.buffer) {
        case .hashed?: if file.isBehind { prefixes.ids.append(id) }
        case .found(let digest, _)?:
            shelf.digests.remember(digest, of: file.identity)
            table.hashed(id, digest, at: now)
        case .cut?, nil: break
        }
    }
}
