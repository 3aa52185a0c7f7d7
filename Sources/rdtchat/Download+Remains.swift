import ChatClient
import IRC
import Posix
import RDT
import Timeline

/// What an earlier download has left: it is hashed, and the server says how much of it stays.
extension Download {
    /// Hashes a slice of what an earlier download has left.
    func look(at now: Instant) {
        guard case .looking(var hasher) = stage else { return }
        stage = .receiving
        let count = Int(min(UInt64(Download.lookSlice), remains.bytes - hasher.size))
        var buffer = [UInt8](repeating: 0, count: count)
        let read = (try? part?.read(at: hasher.size, into: &buffer, range: 0..<count)) ?? 0
        hasher.update(unsafe buffer.span.bytes.extracting(0..<read))
        if read == count, hasher.size < remains.bytes {
            news.append(.looking(done: hasher.size, total: remains.bytes))
            stage = .looking(hasher)
        } else {
            kept = hasher
            receiver.keep(KeptPrefix(hasher), at: now)
            drain(at: now)
        }
    }

    func continued(_ bytes: UInt64) {
        if var known = kept.take() {
            if bytes < known.size { known.cut(toBlocks: Int(bytes / UInt64(FileHasher.blockSize))) }
            if known.size == bytes { hasher = ScatteredHasher(size: start.entry.size, after: known) }
        }
        if var file = part.take() {
            keeper.begin(bytes, in: &file, at: Clock.now())
            part = consume file
        }
        let isLess = bytes < remains.bytes
        news.append(
            .continued(
                bytes: bytes, doubt: isLess && remains.doubt.isEmpty ? "the rest is not the server's" : remains.doubt))
    }
}
