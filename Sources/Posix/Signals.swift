import CPosix
import Glibc

/// The signals that a program of ours handles.
package enum Signal: CaseIterable, Sendable {
    case interrupt
    case terminate
    case hangup
    case suspend
    case resume
    case windowChange
    case user1

    package var number: Int32 {
        switch self {
        case .interrupt: SIGINT
        case .terminate: SIGTERM
        case .hangup: SIGHUP
        case .suspend: SIGTSTP
        case .resume: SIGCONT
        case .windowChange: SIGWINCH
        case .user1: SIGUSR1
        }
    }

    package var name: String {
        switch self {
        case .interrupt: "SIGINT"
        case .terminate: "SIGTERM"
        case .hangup: "SIGHUP"
        case .suspend: "SIGTSTP"
        case .resume: "SIGCONT"
        case .windowChange: "SIGWINCH"
        case .user1: "SIGUSR1"
        }
    }

    /// Writing to a closed pipe or socket, and past a limit on the size of files (setrlimit(2)), becomes an answer of the call
    /// instead of the end of the process.
    package static func ignoreRefusedWrites() {
        _ = cposix_ignore_signal(SIGPIPE)
        _ = cposix_ignore_signal(SIGXFSZ)
    }

    /// Takes the signal's default effect on this process, as if nobody handled it: `.suspend` stops it until it is
    /// continued, the fatal ones end it with the status that a shell expects.
    package func takeDefaultEffect() {
        _ = signal(number, SIG_DFL)
        _ = raise(number)
        var one = number
        _ = unsafe cposix_signal_mask(&one, 1, 0)
    }

    /// Holds the signal back, or lets it through again, on this thread.
    package func setBlocked(_ blocked: Bool) {
        var one = number
        _ = unsafe cposix_signal_mask(&one, 1, blocked ? 1 : 0)
    }
}

/// Signals as something to poll and read (signalfd), so that no handler ever interrupts the program.
///
/// They are blocked for the thread that makes this value and for the threads and children it starts, until it goes
/// away. A signal that whoever started the program has ignored, as nohup(1) does with SIGHUP, stays ignored: blocked, it
/// would come all the same.
package struct SignalDescriptor: ~Copyable {
    package let descriptor: Descriptor
    private let signals: [Signal]

    package init(_ signals: [Signal]) throws(Errno) {
        let signals = signals.filter { cposix_is_ignored($0.number) == 0 }
        var numbers = signals.map(\.number)
        self.signals = signals
        try systemCall("block signals") { unsafe cposix_signal_mask(&numbers, Int32(numbers.count), 1) }
        let number = try systemCall("open a signal descriptor") {
            unsafe cposix_signal_descriptor(&numbers, Int32(numbers.count))
        }
        descriptor = Descriptor(owning: number)
    }

    deinit {
        for signal in signals { signal.setBlocked(false) }
    }

    /// The next signal that has come, or nil.
    package func next() -> Signal? {
        guard case .success(let number) = attempt({ cposix_next_signal(descriptor.number) }) else { return nil }
        return signals.first { $0.number == number }
    }
}
