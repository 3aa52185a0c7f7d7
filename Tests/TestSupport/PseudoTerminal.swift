import Glibc

/// A program in a terminal of a fixed size: what it writes is collected raw, escape sequences included.
package final class PseudoTerminal {
    private let process: RunningProcess
    private let master: Int32
    private var collected: [UInt8] = []

    package init(
        _ program: String, _ arguments: [String], directory: String, columns: UInt16 = 80, rows: UInt16 = 24,
        environment: [String: String] = [:]
    ) throws {
        master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard master >= 0, grantpt(master) == 0, unlockpt(master) == 0 else { throw TestFailure.call("posix_openpt") }
        var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        _ = unsafe ioctl(master, UInt(TIOCSWINSZ), &size)
        var name = [CChar](repeating: 0, count: 64)
        guard unsafe ptsname_r(master, &name, name.count) == 0 else { throw TestFailure.call("ptsname_r") }
        let path = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        process = try Spawn(
            program: program, arguments: arguments,
            environment: ChildProcess.plainEnvironment(home: directory)
                .merging(["TERM": "xterm-256color"]) { $1 }.merging(environment) { $1 },
            directory: directory, descriptors: .terminal(path: path)
        ).start()
    }

    deinit {
        close(master)
    }

    package func type(_ text: String) throws {
        try FileSystem.writeAll(Array(text.utf8), to: master)
    }

    package func kill(_ signal: Int32) {
        process.kill(signal)
    }

    /// A new size, as when a person drags the window's corner: the kernel tells the program by SIGWINCH.
    package func resize(columns: UInt16, rows: UInt16) {
        var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        _ = unsafe ioctl(master, UInt(TIOCSWINSZ), &size)
    }

    /// All bytes written so far.
    package var output: String {
        drain()
        return String(decoding: collected, as: UTF8.self)
    }

    package func waitForOutput(_ text: String, seconds: Double = 30) throws {
        try eventually("the terminal shows \"\(text)\"", seconds: seconds, state: { self.output }) {
            output.contains(text)
        }
    }

    package func waitForExit(seconds: Double = 30) throws -> ProcessEnd {
        try eventually("the program in the terminal ends", seconds: seconds, state: { self.output }) {
            drain()
            return process.status
        }
    }

    /// The terminal's settings as a line, to compare before and after.
    package var settings: String {
        var modes = termios()
        guard unsafe tcgetattr(master, &modes) == 0 else { return "closed" }
        return "\(modes.c_iflag) \(modes.c_oflag) \(modes.c_cflag) \(modes.c_lflag)"
    }

    private func drain() {
        var buffer = [UInt8](repeating: 0, count: 1 << 14)
        while true {
            var ready = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
            guard unsafe poll(&ready, 1, 0) == 1, ready.revents & Int16(POLLIN) != 0 else { return }
            let count = unsafe read(master, &buffer, buffer.count)
            guard count > 0 else { return }
            collected.append(contentsOf: buffer[..<count])
        }
    }
}
