import Glibc

/// A file that grows by lines, written in pieces: for traces, where a line must not cost a system call.
package struct LineFile: ~Copyable, Sendable {
    /// Bytes that wait at most, before a line writes them out.
    private static let pieceSize = 64 << 10

    /// Bytes that wait for a slow reader of a pipe, where the writer does not.
    private static let mostWaiting = 1 << 20

    private let descriptor: Descriptor
    private let path: String
    private let waits: Bool
    private var waiting: [UInt8] = []

    /// Begins the file anew. A pipe or terminal will do as well. With `waits` false nothing ever waits for its reader:
    /// a pipe needs one from the start, and one that is a mebibyte behind is an error.
    package init(path: String, waits: Bool = true) throws(Errno) {
        let flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY | (waits ? 0 : O_NONBLOCK)
        let number = try systemCall("write \(path)") { unsafe open(path, flags, 0o644) }
        self.waits = waits
        descriptor = Descriptor(owning: number)
        self.path = path
    }

    package mutating func append(_ line: String) throws(Errno) {
        waiting.append(contentsOf: line.utf8)
        waiting.append(UInt8(ascii: "\n"))
        if waiting.count >= LineFile.pieceSize { try flush() }
    }

    /// Writes out what waits; the owner calls it before it goes.
    package mutating func flush() throws(Errno) {
        guard !waiting.isEmpty else { return }
        guard waits else { return try flushWithoutWaiting() }
        defer { waiting.removeAll(keepingCapacity: true) }
        try descriptor.writeAll(unsafe waiting.span.bytes)
    }

    private mutating func flushWithoutWaiting() throws(Errno) {
        switch descriptor.write(unsafe waiting.span.bytes) {
        case .bytes(let count): waiting.removeFirst(count)
        case .wouldBlock:
            if waiting.count > LineFile.mostWaiting { throw Errno(.noBuffers, "write \(path): its reader is too slow") }
        case .closed(let code): throw Errno(code ?? .brokenPipe, "write \(path)")
        }
    }
}
