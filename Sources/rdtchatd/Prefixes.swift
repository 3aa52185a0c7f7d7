import RDT
import Timeline

/// Whose beginnings are being hashed, in the order of their turns.
struct Prefixes {
    var ids: [TransferID] = []
    var buffer: [UInt8] = []

    mutating func add(_ id: TransferID) {
        if !ids.contains(id) { ids.append(id) }
    }
}

extension FileService {
    /// Reads one slice of what one client says it has; true when there is more to be read.
    mutating func readPrefix(at now: Instant) -> Bool {
        guard !prefixes.ids.isEmpty else { return false }
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
        return !prefixes.ids.isEmpty
    }
}
