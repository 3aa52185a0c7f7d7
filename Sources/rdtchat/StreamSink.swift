import ChatClient
import Posix
import RDT

/// The bytes of a download on their way into a pipe: put in order, hashed, and handed on as its reader takes them.
///
/// What came out of order waits in memory, and so does what the reader has no room for: at most about what may be on its
/// way to the socket, for when this is full the socket is left alone.
final class StreamSink {
    enum Flushed {
        case everything
        /// The reader has no room.
        case waits
        /// There is no reader any more.
        case closed
    }

    /// Bytes that wait for the reader before no more are taken from the socket.
    private static let mostWaiting = 1 << 20

    private let target: StreamTarget
    private var early: [UInt64: [UInt8]] = [:]
    /// Bytes in order: those before `written` are with the reader, those before `hashed` in the hash.
    private var buffer: [UInt8] = []
    private var written = 0
    private var hashed = 0
    private var next: UInt64 = 0
    private var hasher = FileHasher()

    /// Nil when the download goes into a file.
    init?(_ start: TransferStart, path: String) throws(Errno) {
        if start.takesStandardOutput {
            target = StreamTarget()
        } else if StreamTarget.isStream(path) {
            target = try StreamTarget(path: path)
        } else {
            return nil
        }
    }

    func withDescriptor(_ body: (borrowing Descriptor) -> Void) { body(target.descriptor) }

    /// Whether the reader is behind.
    var isFull: Bool { buffer.count - written > StreamSink.mostWaiting }
    var isEmpty: Bool { written == buffer.count }

    /// Takes pieces of `bytes` that follow each other in the file from `offset` on; each byte comes once.
    func take(_ bytes: RawSpan, pieces: [Range<Int>], at offset: UInt64) {
        var place = offset
        for piece in pieces {
            let part = bytes.extracting(piece)
            if place == next {
                append(part)
            } else {
                early[place] = unsafe part.withUnsafeBytes { unsafe Array($0) }
            }
            place += UInt64(piece.count)
        }
        while !early.isEmpty, let waiting = early.removeValue(forKey: next) {
            append(unsafe waiting.span.bytes)
        }
        hashWholeBlocks()
    }

    private func append(_ part: RawSpan) {
        unsafe part.withUnsafeBytes { unsafe buffer.append(contentsOf: $0) }
        next += UInt64(part.byteCount)
    }

    /// Whole blocks are hashed where they lie; a part of one would be copied first.
    private func hashWholeBlocks() {
        while buffer.count - hashed >= FileHasher.blockSize {
            hasher.update(unsafe buffer.span.bytes.extracting(hashed..<hashed + FileHasher.blockSize))
            hashed += FileHasher.blockSize
        }
    }

    /// Hands on what the reader takes.
    func flush() throws(Errno) -> Flushed {
        defer { forgetDone() }
        while written < buffer.count {
            switch writeRest() {
            case .bytes(let count): written += count
            case .wouldBlock: return .waits
            case .closed(.brokenPipe?), .closed(nil): return .closed
            case .closed(let code?): throw Errno(code, "write the file's bytes")
            }
        }
        return .everything
    }

    /// What is with the reader and in the hash makes room, a block at a time.
    private func forgetDone() {
        let done = min(written, hashed)
        guard done >= FileHasher.blockSize || done == buffer.count else { return }
        buffer.removeFirst(done)
        written -= done
        hashed -= done
    }

    private func writeRest() -> StreamResult {
        let bytes = buffer
        return target.write(unsafe bytes.span.bytes.extracting(written..<bytes.count))
    }

    /// The hash of all that came.
    func digest() -> FileDigest {
        var hasher = hasher
        let bytes = buffer
        hasher.update(unsafe bytes.span.bytes.extracting(hashed..<bytes.count))
        return hasher.finish()
    }
}
