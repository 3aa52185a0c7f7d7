import ChatClient
import IRC
import Posix
import RDT
import Timeline

/// What an earlier download has left: it is hashed, and the server says how much of it stays.
extension Download {
    /// Hashes a slice of what an earlier download has left.
    func look(at now: Instant) {
        guard case .looking(var look) = stage else { return }
        // Two owners of the hash would copy it.
        stage = .receiving
        if let place = look.next(Download.lookSlice) {
            var buffer = [UInt8](repeating: 0, count: place.count)
            let read = (try? part?.read(at: place.lowerBound, into: &buffer, range: 0..<place.count)) ?? 0
            look.read(unsafe buffer.span.bytes.extracting(0..<read))
            if read == place.count, look.done < look.total {
                news.append(.looking(done: look.done, total: look.total))
                stage = .looking(look)
                return
            }
        }
        kept = look.hasher
        receiver.keep(look.kept, at: now)
        drain(at: now)
    }

    func continued(_ bytes: UInt64, beyond: [Range<UInt64>]) {
        if var known = kept.take() {
            if bytes < known.size { known.cut(toBlocks: Int(bytes / UInt64(FileHasher.blockSize))) }
            if known.size == bytes { hasher = ScatteredHasher(size: start.entry.size, after: known) }
        }
        for range in beyond { hasher.has(range) }
        if var file = part.take() {
            keeper.begin(bytes, beyond: beyond, in: &file, at: Clock.now())
            part = consume file
        }
        let isLess = bytes < remains.bytes || beyond.count < remains.beyond.count
        let what = bytes > 0 || !beyond.isEmpty ? "the rest" : "what was here"
        news.append(
            .continued(
                bytes: beyond.reduce(bytes) { $0 + UInt64($1.count) },
                doubt: isLess && remains.doubt.isEmpty ? "\(what) is not the server's" : remains.doubt))
    }
}
