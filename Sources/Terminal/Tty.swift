internal import Glibc
internal import Posix

/// The terminal itself: bytes in, bytes out, its size and its modes.
///
/// Nothing else in the program writes to it. Its modes are process-wide state outside the process, so they are put
/// back on every way out: `restore`, and `CrashGuard` when there is no time for it.
final class Tty {
    let input: Int32
    let output: Int32
    private let saved: termios
    /// The modes while lines are edited, to be had again when somebody else had the terminal.
    private var editing: termios?
    private(set) var isGone = false

    init?(input: Int32, output: Int32) {
        var modes = termios()
        guard isatty(input) == 1, isatty(output) == 1, unsafe tcgetattr(input, &modes) == 0 else { return nil }
        self.input = input
        self.output = output
        saved = modes
    }

    /// Columns and rows; 80 by 24 where the terminal does not say, as on a serial line.
    var size: Screen.Size { Tty.size(of: output) ?? Screen.Size(width: 80, height: 24) }

    fileprivate static func size(of descriptor: Int32) -> Screen.Size? {
        var size = winsize()
        guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
            return nil
        }
        return Screen.Size(width: Int(size.ws_col), height: Int(size.ws_row))
    }

    /// What has been typed, at most 4 KiB: a terminal's line discipline holds no more (N_TTY_BUF_SIZE). Empty when
    /// nothing is there, nil when the terminal is gone.
    func read() -> [UInt8]? {
        var entry = pollfd(fd: input, events: Int16(POLLIN), revents: 0)
        guard unsafe poll(&entry, 1, 0) > 0 else { return [] }
        var buffer = [UInt8](repeating: 0, count: 4_096)
        let count = unsafe Glibc.read(input, &buffer, buffer.count)
        if count > 0 { return Array(buffer[..<count]) }
        if count < 0, errno == EINTR || errno == EAGAIN { return [] }
        isGone = true
        return nil
    }

    func write(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty, !isGone {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(output, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                var entry = pollfd(fd: output, events: Int16(POLLOUT), revents: 0)
                _ = unsafe poll(&entry, 1, -1)
            } else if errno != EINTR {
                isGone = true
            }
        }
    }

    /// Puts the modes back that the program found when it started.
    func restore() {
        var modes = saved
        _ = unsafe tcsetattr(input, TCSADRAIN, &modes)
    }

    /// Remembers the modes as they are now, when a line is being edited.
    func noteModes() {
        var modes = termios()
        if editing == nil, unsafe tcgetattr(input, &modes) == 0 { editing = modes }
    }

    /// Whether somebody else has changed the modes: a shell that we did not tell of our stop, as after SIGSTOP.
    var isDisturbed: Bool {
        var modes = termios()
        guard let editing, unsafe tcgetattr(input, &modes) == 0 else { return false }
        return modes.c_lflag != editing.c_lflag || modes.c_iflag != editing.c_iflag
    }

    /// Lends the terminal to somebody else until `resume`.
    func suspend() {
        noteModes()
        restore()
    }

    func resume() {
        guard var modes = editing else { return }
        _ = unsafe tcsetattr(input, TCSADRAIN, &modes)
    }

    func guardAgainstCrashes() { CrashGuard.arm(input: input, output: output, modes: saved) }
}

extension LineEditor {
    /// Whether standard input and output are a terminal that can move its cursor.
    package static func isInteractive() -> Bool {
        guard Descriptor.standardInput.isTerminal, Descriptor.standardOutput.isTerminal else { return false }
        return Environment.value("TERM").map { $0 != "dumb" } ?? false
    }

    /// Whether the person has not asked for text without colours (no-color.org).
    package static func wantsColour() -> Bool { Environment.value("NO_COLOR") == nil }
}

/// The columns of the terminal that standard output is; 80 where there is none or it does not say.
package func terminalColumns() -> Int { Tty.size(of: STDOUT_FILENO)?.width ?? 80 }
