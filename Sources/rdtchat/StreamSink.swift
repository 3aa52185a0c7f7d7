import ChatClient
import Posix
import RDT
import Timeline

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
    /// Bytes in order that the reader had no room for yet; those before `written` are with it by now.
    private var buffer: [UInt8] = []
    private var written = 0
    /// Since when the reader takes nothing; nil while it does, or has everything.
    private(set) var waitsSince: Instant?
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
        // What the reader has room for goes to it from where it lies.
        var done = offset == next && isEmpty ? write(bytes, pieces) : 0
        var place = offset
        for piece in pieces {
            let part = bytes.extracting(piece)
            if place == next {
                append(part, after: min(done, piece.count))
            } else {
                early[place] = unsafe part.withUnsafeBytes { unsafe Array($0) }
            }
            done -= min(done, piece.count)
            place += UInt64(piece.count)
        }
        while !early.isEmpty, let waiting = early.removeValue(forKey: next) {
            append(unsafe waiting.span.bytes, after: 0)
        }
    }

    /// How many bytes the reader took; why it took no more will be seen when the rest is handed on.
    private func write(_ bytes: RawSpan, _ pieces: [Range<Int>]) -> Int {
        switch target.write(bytes, pieces: pieces) {
        case .bytes(let count): count
        case .wouldBlock, .closed: 0
        }
    }

    /// The next bytes in order, of which the reader has the first `done`.
    private func append(_ part: RawSpan, after done: Int) {
        hasher.update(part)
        next += UInt64(part.byteCount)
        guard done < part.byteCount else { return }
        unsafe part.extracting(droppingFirst: done).withUnsafeBytes { unsafe buffer.append(contentsOf: $0) }
    }

    /// Hands on what the reader takes.
    func flush(at now: Instant) throws(Errno) -> Flushed {
        defer { forgetDone() }
        while written < buffer.count {
            switch writeRest() {
            case .bytes(let count):
                written += count
                waitsSince = nil
            case .wouldBlock:
                waitsSince = waitsSince ?? now
                return .waits
            case .closed(.brokenPipe?), .closed(nil): return .closed
            case .closed(let code?): throw Errno(code, "write the file's bytes")
            }
        }
        waitsSince = nil
        return .everything
    }

    /// What is with the reader makes room, a good part at a time.
    private func forgetDone() {
        guard written >= StreamSink.mostWaiting || isEmpty, written > 0 else { return }
        buffer.removeFirst(written)
        written = 0
    }

    private func writeRest() -> StreamResult {
        let bytes = buffer
        return target.write(unsafe bytes.span.bytes.extracting(written..<bytes.count))
    }

    /// The hash of all that came.
    func digest() -> FileDigest { hasher.finish() }
}
