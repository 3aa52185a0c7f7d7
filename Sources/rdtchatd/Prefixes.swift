import Posix
import RDT
import Timeline

/// Whose beginnings are being hashed, in the order of their turns.
struct Prefixes {
    var ids: [TransferID] = []
    var buffer: [UInt8] = []
    /// Nothing is read before.
    var pausesUntil = Instant(nanoseconds: 0)

    mutating func add(_ id: TransferID) {
        if !ids.contains(id) { ids.append(id) }
    }
}

extension FileService {
    /// Reads one slice of what one client says it has; true when there is more to be read at once.
    ///
    /// While others have transfers a slice is followed by a pause as long as it took: a file may have terabytes of holes,
    /// and whoever says that it has them takes half of the time at most.
    mutating func readPrefix(at now: Instant) -> Bool {
        guard !prefixes.ids.isEmpty, now >= prefixes.pausesUntil else { return false }
        let begin = Clock.now()
        readSlice(at: now)
        let end = Clock.now()
        prefixes.pausesUntil = files.count > prefixes.ids.count ? end + (end - begin) : end
        return !prefixes.ids.isEmpty && prefixes.pausesUntil <= end
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
            case .cut?, nil: break
            }
        } catch {
            table.cancel(id, reason: error, at: now)
        }
        if prefixes.ids.isEmpty { prefixes.buffer = [] }
    }
}
