import Glibc

/// How a process ended.
package enum ProcessEnd: Equatable, CustomStringConvertible {
    case exited(Int32)
    case signalled(Int32)

    /// Reads the status word of `waitpid`: POSIX leaves its layout to macros, which Swift cannot import.
    init(waitStatus: Int32) {
        let signal = waitStatus & 0x7f
        self = signal == 0 ? .exited((waitStatus >> 8) & 0xff) : .signalled(signal)
    }

    package var description: String {
        switch self {
        case .exited(let code): "exit code \(code)"
        case .signalled(let signal): "killed by signal \(signal)"
        }
    }
}

/// One call of `posix_spawn`: a program with its arguments, environment, directory and three descriptors.
struct Spawn {
    enum Descriptors {
        case three(input: Int32, output: Int32, error: Int32)
        /// The path of a pseudo-terminal, which becomes the controlling terminal of a session of its own.
        case terminal(path: String)
    }

    var program: String
    var arguments: [String]
    var environment: [String: String]
    var directory: String
    var descriptors: Descriptors

    /// Starts it, with every signal unblocked and at its default, and gives the process's id.
    func start() throws -> RunningProcess {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }

        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe posix_spawnattr_setsigmask(&attributes, &signals)
        unsafe sigfillset(&signals)
        unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
        var flags = Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF)

        unsafe posix_spawn_file_actions_addchdir_np(&actions, directory)
        switch descriptors {
        case .three(let input, let output, let error):
            flags |= Int32(POSIX_SPAWN_SETPGROUP)
            unsafe posix_spawn_file_actions_adddup2(&actions, input, 0)
            unsafe posix_spawn_file_actions_adddup2(&actions, output, 1)
            unsafe posix_spawn_file_actions_adddup2(&actions, error, 2)
        case .terminal(let path):
            flags |= Int32(POSIX_SPAWN_SETSID)
            unsafe posix_spawn_file_actions_addopen(&actions, 0, path, O_RDWR, 0)
            unsafe posix_spawn_file_actions_adddup2(&actions, 0, 1)
            unsafe posix_spawn_file_actions_adddup2(&actions, 0, 2)
        }
        unsafe posix_spawnattr_setflags(&attributes, Int16(flags))

        var process = pid_t()
        let code = unsafe Self.withCStrings([program] + arguments) { argv in
            unsafe Self.withCStrings(environment.map { "\($0.key)=\($0.value)" }.sorted()) { envp in
                unsafe posix_spawnp(&process, program, &actions, &attributes, argv, envp)
            }
        }
        guard code == 0 else { throw TestFailure.call("start \(program)", code) }
        return RunningProcess(id: process)
    }

    /// A NULL-terminated array of C strings for the length of a call.
    private static func withCStrings<Result>(
        _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) throws -> Result
    ) rethrows -> Result {
        let copies = unsafe strings.map { unsafe strdup($0) }
        defer { unsafe copies.forEach { unsafe free($0) } }
        return try unsafe body(copies + [nil])
    }
}

/// A started process, killed and collected when its owner goes.
final class RunningProcess {
    let id: pid_t
    private var collected: ProcessEnd?

    init(id: pid_t) {
        self.id = id
    }

    deinit {
        guard status == nil else { return }
        Glibc.kill(id, SIGKILL)
        waitpid(id, nil, 0)
    }

    /// How it ended; nil while it runs.
    var status: ProcessEnd? {
        if let collected { return collected }
        var word: Int32 = 0
        if unsafe waitpid(id, &word, WNOHANG) == id { collected = ProcessEnd(waitStatus: word) }
        return collected
    }

    func kill(_ signal: Int32) {
        if status == nil { Glibc.kill(id, signal) }
    }
}
