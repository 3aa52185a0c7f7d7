internal import Glibc

/// Puts the terminal back when the program crashes: by signal handlers that do nothing but two system calls, with what
/// they need lying ready, and then hand the signal on to whoever handled it before.
enum CrashGuard {
    /// What a crash raises: Swift's traps are SIGILL on x86-64 and SIGTRAP on ARM.
    private static let signals = [SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE, SIGABRT]
    /// A stack of their own lets the handlers run when the stack overflow was the crash (4 pages above MINSIGSTKSZ).
    private static let stackSize = 1 << 16

    static func arm(input: Int32, output: Int32, modes: termios) {
        guard unsafe saved == nil else { return }
        let state = UnsafeMutablePointer<State>.allocate(capacity: 1)
        let farewell = Array("\u{1B}[?2004l\u{1B}[0m\r\n".utf8)
        let text = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: farewell.count)
        _ = unsafe text.initialize(from: farewell)
        let old = UnsafeMutablePointer<sigaction>.allocate(capacity: 65)
        unsafe old.initialize(repeating: sigaction(), count: 65)
        var stack = unsafe stack_t()
        unsafe stack.ss_sp = UnsafeMutableRawPointer.allocate(byteCount: stackSize, alignment: 16)
        unsafe stack.ss_size = stackSize
        unsafe state.initialize(
            to: State(
                input: input, output: output, modes: modes, farewell: UnsafeBufferPointer(text), old: old, stack: stack)
        )
        unsafe saved = state
        _ = unsafe sigaltstack(&stack, nil)
        var action = sigaction()
        unsafe action.__sigaction_handler.sa_handler = { signal in CrashGuard.handle(signal) }
        action.sa_flags = SA_ONSTACK
        for signal in signals { _ = unsafe sigaction(signal, &action, old + Int(signal)) }
    }

    /// The terminal is in order: a later crash leaves it alone.
    static func disarm() {
        guard let state = unsafe saved else { return }
        unsafe state.pointee.isArmed = false
    }

    static func rearm() {
        guard let state = unsafe saved else { return }
        unsafe state.pointee.isArmed = true
    }

    @unsafe private struct State {
        let input: Int32
        let output: Int32
        var modes: termios
        let farewell: UnsafeBufferPointer<UInt8>
        /// The handlers that were there before, by signal number.
        let old: UnsafeMutablePointer<sigaction>
        /// Kept here for leak checkers, which do not see what the kernel holds.
        let stack: stack_t
        var isArmed = true
    }

    /// Set once, before the handlers are: they read it and allocate nothing.
    nonisolated(unsafe) private static var saved: UnsafeMutablePointer<State>?

    private static func handle(_ signal: Int32) {
        guard let state = unsafe saved else { return }
        if unsafe state.pointee.isArmed {
            unsafe state.pointee.isArmed = false
            _ = unsafe tcsetattr(state.pointee.input, TCSANOW, &state.pointee.modes)
            let farewell = unsafe state.pointee.farewell
            _ = unsafe write(state.pointee.output, farewell.baseAddress, farewell.count)
        }
        _ = unsafe sigaction(signal, state.pointee.old + Int(signal), nil)
        _ = raise(signal)
    }
}
