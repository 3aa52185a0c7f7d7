import Glibc
import TestSupport
import Testing
import Timeline

@testable import Terminal

/// What makes a `LineEditor`: one test after the other, for two editors at once would share what libtinfo knows of the
/// terminal, which it keeps for the whole process.
@Suite("the real line editor", .serialized) struct RealEditor {}

/// A line editor on a pseudo-terminal inside the test: each turn the next keys are typed, and what the editor writes
/// goes to a `VirtualTerminal`. Time stands still but for what a deadline asks for.
final class TerminalSession {
    enum Step {
        /// Bytes that arrive in one read.
        case type(String)
        /// What else the loop may do, or a look at the screen.
        case act((TerminalSession) throws -> Void)
    }

    private let master: Int32
    private let slave: Int32
    private(set) var editor: LineEditor?
    private(set) var terminal: VirtualTerminal
    private var steps: ArraySlice<Step> = []
    private(set) var now = Instant(nanoseconds: 1_000_000_000)
    private(set) var failure: (any Error)?
    /// The terminal's modes before there was an editor.
    private(set) var modesAtFirst = ""

    init(width: UInt16 = 60, height: UInt16 = 12, historyPath: String? = nil) throws {
        master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)
        var name = [CChar](repeating: 0, count: 64)
        guard master >= 0, grantpt(master) == 0, unlockpt(master) == 0,
            unsafe ptsname_r(master, &name, name.count) == 0
        else { throw TestFailure("no pseudo-terminal") }
        slave = unsafe open(name, O_RDWR | O_NOCTTY | O_CLOEXEC)
        terminal = VirtualTerminal(width: Int(width), height: Int(height))
        setSize(width, height)
        modesAtFirst = modes
        let configuration = LineEditor.Configuration(
            programName: "rdtchat-tests", historyPath: historyPath, isColoured: true, input: slave, output: slave,
            now: { [unowned self] in now }, guardsAgainstCrashes: false)
        editor = LineEditor(configuration) { [unowned self] _ in turn() }
        guard editor != nil else { throw TestFailure("no line editor on a pseudo-terminal") }
        editor?.setPrompt("> ")
    }

    deinit {
        editor = nil
        close(slave)
        close(master)
    }

    /// Reads one line while the steps happen, one a turn; when they are used up reading is stopped.
    func run(_ steps: [Step]) throws -> LineEditor.Event {
        self.steps = steps[...]
        guard let editor else { throw TestFailure("closed") }
        let event = editor.readLine()
        editor.flush()
        collect()
        if let failure { throw failure }
        return event
    }

    /// The line that `keys` make.
    func line(_ keys: String...) throws -> String? {
        let steps = keys.map { Step.type($0) } + [.type("\r")]
        guard case .line(let line) = try run(steps) else { return nil }
        return line
    }

    func resize(_ width: UInt16, _ height: UInt16) {
        setSize(width, height)
        terminal.resize(width: Int(width), height: Int(height))
        editor?.windowChanged()
    }

    func pass(_ interval: Interval) { now += interval }

    var modes: String {
        var modes = termios()
        guard unsafe tcgetattr(slave, &modes) == 0 else { return "none" }
        return "\(modes.c_iflag) \(modes.c_oflag) \(modes.c_lflag)"
    }

    private func turn() {
        collect()
        guard let step = steps.popFirst() else {
            // A key that waits for more bytes gets its time first.
            if let deadline = editor?.nextDeadline, deadline > now { now = deadline } else { editor?.stopReading() }
            return
        }
        do {
            switch step {
            case .type(let text):
                var bytes = Array(text.utf8)
                _ = unsafe write(master, &bytes, bytes.count)
                editor?.terminalReadable()
            case .act(let action): try action(self)
            }
        } catch {
            failure = error
            editor?.stopReading()
        }
    }

    /// What the editor has written, into the model.
    func collect() {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            var ready = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
            guard unsafe poll(&ready, 1, 0) == 1, ready.revents & Int16(POLLIN) != 0 else { return }
            let count = unsafe read(master, &buffer, buffer.count)
            guard count > 0 else { return }
            terminal.write(Array(buffer[..<count]))
        }
    }

    private func setSize(_ width: UInt16, _ height: UInt16) {
        var size = winsize(ws_row: height, ws_col: width, ws_xpixel: 0, ws_ypixel: 0)
        _ = unsafe ioctl(master, UInt(TIOCSWINSZ), &size)
    }
}
