import CPosix
import Glibc

/// Something that takes bytes in their order and cannot be gone back in: standard output, a pipe, a device.
///
/// A reader that is slow must not stop the program's loop: what it has no room for is `.wouldBlock`.
package struct StreamTarget: ~Copyable {
    package let descriptor: Descriptor
    /// What goes at once without waiting: anything, where the descriptor says itself that there is no room; else what a
    /// pipe that is ready has room for (pipe(7), PIPE_BUF).
    private let most: Int
    private let mustAsk: Bool

    private static let atomic = 4_096

    /// Whether `path` names something that is there and is neither a file nor a directory.
    package static func isStream(_ path: String) -> Bool {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return false }
        let kind = status.st_mode & S_IFMT
        return kind != S_IFREG && kind != S_IFDIR
    }

    /// Opens the pipe or the device at `path`. A pipe that nobody reads is an error and not waited for (`.noDevice`).
    package init(path: String) throws(Errno) {
        let flags = O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC
        descriptor = Descriptor(owning: try systemCall("open \(path)") { unsafe open(path, flags) })
        most = Int.max
        mustAsk = false
    }

    /// Standard output.
    ///
    /// Others may share it, whom `O_NONBLOCK` would surprise; so a pipe or a device is opened once more. What cannot be
    /// opened again is asked before each write.
    package init() {
        var status = stat()
        let kind = unsafe fstat(STDOUT_FILENO, &status) == 0 ? status.st_mode & S_IFMT : S_IFREG
        // What was opened for reading only, as by <&-, must not become writable.
        let isForReading = fcntl(STDOUT_FILENO, F_GETFL) & O_ACCMODE == O_RDONLY
        let again =
            [S_IFIFO, S_IFCHR].contains(kind) && !isForReading
            ? unsafe open("/proc/self/fd/\(STDOUT_FILENO)", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC) : -1
        descriptor = again >= 0 ? Descriptor(owning: again) : Descriptor.standardOutput
        mustAsk = again < 0 && kind != S_IFREG
        most = mustAsk ? StreamTarget.atomic : Int.max
    }

    /// Writes as much as goes at once of pieces of `bytes`, at most `PartFile.mostPieces`; nothing where the descriptor
    /// has to be asked first.
    package func write(_ bytes: RawSpan, pieces: [Range<Int>]) -> StreamResult {
        precondition(pieces.count <= PartFile.mostPieces)
        precondition(pieces.allSatisfy { $0.lowerBound >= 0 && $0.upperBound <= bytes.byteCount })
        guard !mustAsk else { return .wouldBlock }
        let parts = pieces.map { cposix_piece(start: $0.lowerBound, length: $0.count) }
        let count = attempt {
            unsafe bytes.withUnsafeBytes { buffer in
                unsafe cposix_stream_pieces(descriptor.number, buffer.baseAddress, parts, Int32(parts.count))
            }
        }
        return StreamResult(count, zeroMeansClosed: false)
    }

    /// Writes as much as the reader has room for.
    package func write(_ bytes: RawSpan) -> StreamResult {
        guard mustAsk else { return descriptor.write(bytes) }
        var entry = pollfd(fd: descriptor.number, events: Int16(POLLOUT), revents: 0)
        guard unsafe poll(&entry, 1, 0) > 0 else { return .wouldBlock }
        return descriptor.write(bytes.extracting(first: min(bytes.byteCount, most)))
    }
}
