import CPosix
import Glibc

/// The owner of an open file descriptor: it is closed when the owner goes away, exactly once.
package struct Descriptor: ~Copyable, Sendable {
    package let number: Int32
    private let closes: Bool

    /// Takes over a descriptor that something else has opened.
    package init(owning number: Int32) {
        self.number = number
        closes = true
    }

    private init(standard number: Int32) {
        self.number = number
        closes = false
    }

    /// Opens what is at `path` for reading, which may be a pipe or a terminal as well as a file.
    package init(reading path: String) throws(Errno) {
        self.init(owning: try systemCall("open \(path)") { unsafe open(path, O_RDONLY | O_NOCTTY | O_CLOEXEC) })
    }

    deinit {
        // Linux frees the number even when close() is interrupted, so a second try could close somebody else's.
        if closes { _ = Glibc.close(number) }
    }

    /// The process's standard streams, which stay open when this value goes away.
    package static var standardInput: Descriptor { Descriptor(standard: STDIN_FILENO) }
    package static var standardOutput: Descriptor { Descriptor(standard: STDOUT_FILENO) }
    package static var standardError: Descriptor { Descriptor(standard: STDERR_FILENO) }

    /// Opens /dev/null for each standard stream that whoever started us has closed: else the next socket or file would
    /// get its number, and what is printed would go there. What is printed on a closed standard output is an error still,
    /// for nobody gets it.
    package static func fillStandardStreams() {
        for number in STDIN_FILENO...STDERR_FILENO where fcntl(number, F_GETFD) < 0 {
            _ = unsafe open("/dev/null", number == STDOUT_FILENO ? O_RDONLY : O_RDWR)
        }
    }

    package var isTerminal: Bool { isatty(number) == 1 }

    /// A line without its end, at most `limit` bytes; what is typed at a terminal is not shown.
    package func readLineWithoutEcho(limit: Int) -> [UInt8] {
        var before = termios()
        let hidesEcho = unsafe tcgetattr(number, &before) == 0
        if hidesEcho {
            var silent = before
            silent.c_lflag &= ~tcflag_t(ECHO)
            _ = unsafe tcsetattr(number, TCSAFLUSH, &silent)
        }
        defer { if hidesEcho { _ = unsafe tcsetattr(number, TCSAFLUSH, &before) } }
        var line: [UInt8] = []
        var byte: [UInt8] = [0]
        while line.count < limit, case .bytes = read(into: &byte), byte[0] != UInt8(ascii: "\n") {
            line.append(byte[0])
        }
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        return line
    }

    /// Reads what is there into the front of `buffer`.
    package func read(into buffer: inout [UInt8]) -> StreamResult {
        let count = attempt { unsafe Glibc.read(number, &buffer, buffer.count) }
        return StreamResult(count, zeroMeansClosed: !buffer.isEmpty)
    }

    /// Writes as much as goes at once.
    package func write(_ bytes: RawSpan) -> StreamResult {
        let count = attempt {
            unsafe bytes.withUnsafeBytes { buffer in unsafe Glibc.write(number, buffer.baseAddress, buffer.count) }
        }
        return StreamResult(count, zeroMeansClosed: false)
    }

    /// Writes a line of at most PIPE_BUF bytes (4,096 on Linux) if that needs no waiting, as into a pipe that nobody
    /// reads; false when there was no room for it.
    package func writeIfRoom(_ text: String) -> Bool {
        var entry = pollfd(fd: number, events: Int16(POLLOUT), revents: 0)
        guard unsafe poll(&entry, 1, 0) == 1, entry.revents & Int16(POLLOUT) != 0 else { return false }
        var bytes = Array(text.utf8.prefix(Int(PIPE_BUF)))
        if bytes.count < text.utf8.count { bytes[bytes.count - 1] = UInt8(ascii: "\n") }
        return write(unsafe bytes.span.bytes) == .bytes(bytes.count)
    }

    /// Writes everything, waiting for room where there is none: for standard output and error, not for sockets.
    package func writeAll(_ bytes: RawSpan) throws(Errno) {
        var done = 0
        while done < bytes.byteCount {
            switch write(bytes.extracting(droppingFirst: done)) {
            case .bytes(let count):
                done += count
            case .wouldBlock:
                var entry = pollfd(fd: number, events: Int16(POLLOUT), revents: 0)
                try systemCall("wait for descriptor \(number)") { unsafe poll(&entry, 1, -1) }
            case .closed(let code):
                throw Errno(code ?? .brokenPipe, "write to descriptor \(number)")
            }
        }
    }

    /// Waits until there is something to read, or no more will come.
    package func waitUntilReadable() throws(Errno) {
        var entry = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
        try systemCall("wait for descriptor \(number)") { unsafe poll(&entry, 1, -1) }
    }

    package func writeAll(_ text: String) throws(Errno) {
        try writeAll(unsafe Array(text.utf8).span.bytes)
    }
}

/// What a stream said: bytes moved, not now, or over. None of these is an error of the program.
package enum StreamResult: Equatable, Sendable {
    case bytes(Int)
    case wouldBlock
    /// The other end has closed in order (nil), or the stream broke for the reason given.
    case closed(Errno.Code?)

    init(_ count: Result<Int, Errno.Code>, zeroMeansClosed: Bool) {
        switch count {
        case .success(0) where zeroMeansClosed: self = .closed(nil)
        case .success(let count): self = .bytes(count)
        case .failure(.wouldBlock): self = .wouldBlock
        case .failure(let code): self = .closed(code)
        }
    }
}
