import Glibc

/// A file that grows by lines, written in pieces: for traces, where a line must not cost a system call.
package struct LineFile: ~Copyable, Sendable {
    /// Bytes that wait at most, before a line writes them out.
    private static let pieceSize = 64 << 10

    private let descriptor: Descriptor
    private let path: String
    private var waiting: [UInt8] = []

    /// Begins the file anew. A pipe or terminal will do as well.
    package init(path: String) throws(Errno) {
        let number = try systemCall("write \(path)") {
            unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0o644)
        }
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
        defer { waiting.removeAll(keepingCapacity: true) }
        try descriptor.writeAll(unsafe waiting.span.bytes)
    }
}
