import Posix

/// Where a script's commands come from: standard input, a file or a pipe named by `-f`, or the words of `-c`.
///
/// It is read only when the script wants more, so that a script of any length needs constant memory and a pipe's
/// writer is held back.
final class ScriptInput {
    enum Piece {
        case bytes(ArraySlice<UInt8>)
        case notYet
        case end
        /// What is left of the script cannot be read.
        case failed(Errno)
    }

    private static let readSize = 64 << 10

    /// The words of `-c`, until they were read.
    private var words: [UInt8]?
    private let stream: Descriptor?
    private var buffer: [UInt8] = []

    init(commands: [String]) {
        words = Array(commands.joined(separator: "\n").utf8)
        stream = nil
    }

    init(file path: String) throws(Errno) {
        stream = try Descriptor(reading: path)
    }

    /// Standard input.
    init() {
        stream = Descriptor.standardInput
    }

    /// Whether `read` answers at once, without a poll.
    var isImmediate: Bool { stream == nil }

    func withDescriptor(_ body: (borrowing Descriptor) -> Void) {
        switch stream {
        case .some(let stream): body(stream)
        case nil: break
        }
    }

    func read() -> Piece {
        if let words {
            self.words = nil
            return .bytes(words[...])
        }
        if buffer.isEmpty { buffer = [UInt8](repeating: 0, count: ScriptInput.readSize) }
        switch stream?.read(into: &buffer) {
        case .bytes(let count)?: return .bytes(buffer[..<count])
        case .wouldBlock?: return .notYet
        case .closed(let code?)?: return .failed(Errno(code, "read the script"))
        case .closed(nil)?, nil: return .end
        }
    }
}
