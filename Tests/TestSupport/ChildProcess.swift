import Glibc

/// A program that a test runs: what it says goes to two files, so that it never waits for its reader.
package final class ChildProcess {
    /// What it reads.
    package enum Input {
        case nothing
        case text(String)
        /// A pipe, for `type` and `endInput`.
        case pipe
    }

    package let name: String
    private let process: RunningProcess
    private let outputPath: String
    private let errorPath: String
    private var typing: Int32?
    /// A directory of its own, for a program that was given none.
    private let ownDirectory: TemporaryDirectory?

    /// Starts `program` in `directory`, which also keeps what it says, as `NAME.out` and `NAME.err`; without one it gets a
    /// directory that goes with it.
    package init(
        _ program: String, _ arguments: [String], name: String, directory given: String? = nil, input: Input = .nothing,
        environment: [String: String] = [:]
    ) throws {
        self.name = name
        ownDirectory = given == nil ? try TemporaryDirectory() : nil
        let directory = given ?? ownDirectory?.path ?? "/"
        outputPath = directory + "/" + name + ".out"
        errorPath = directory + "/" + name + ".err"
        var opened: [Int32] = []
        defer { opened.forEach { close($0) } }
        func created(_ path: String) throws -> Int32 {
            let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0o644)
            guard descriptor >= 0 else { throw TestFailure.call("open \(path)") }
            opened.append(descriptor)
            return descriptor
        }
        let output = try created(outputPath)
        let error = try created(errorPath)
        let source: Int32
        switch input {
        case .nothing:
            source = unsafe open("/dev/null", O_RDONLY | O_CLOEXEC)
        case .text(let text):
            let path = directory + "/" + name + ".in"
            try FileSystem.write(text, to: path)
            source = unsafe open(path, O_RDONLY | O_CLOEXEC)
        case .pipe:
            var ends: [Int32] = [-1, -1]
            guard unsafe pipe2(&ends, O_CLOEXEC) == 0 else { throw TestFailure.call("pipe2") }
            source = ends[0]
            typing = ends[1]
        }
        opened.append(source)
        process = try Spawn(
            program: program, arguments: arguments,
            environment: Self.plainEnvironment(home: directory).merging(environment) { $1 }, directory: directory,
            descriptors: .three(input: source, output: output, error: error)
        ).start()
    }

    deinit {
        endInput()
    }

    /// The same surroundings for every run, whoever the tester is.
    package static func plainEnvironment(home: String) -> [String: String] {
        let path = unsafe getenv("PATH").map { unsafe String(cString: $0) } ?? "/usr/bin:/bin"
        let plain = ["PATH": path, "HOME": home, "LANG": "C.UTF-8", "TZ": "UTC", "USER": "tester", "TERM": "dumb"]
        return plain.merging(Programs.sanitizing) { $1 }
    }

    package var output: String { (try? FileSystem.text(outputPath)) ?? "" }
    package var errors: String { (try? FileSystem.text(errorPath)) ?? "" }
    package var lines: [String] { output.split(separator: "\n").map(String.init) }
    package var isRunning: Bool { process.status == nil }
    package var id: Int32 { process.id }

    package func type(_ text: String) throws {
        guard let typing else { throw TestFailure("\(name) has no pipe to type into") }
        signal(SIGPIPE, SIG_IGN)
        try FileSystem.writeAll(Array(text.utf8), to: typing)
    }

    package func endInput() {
        if let typing { close(typing) }
        typing = nil
    }

    package func kill(_ signal: Int32) {
        process.kill(signal)
    }

    @discardableResult
    package func waitForExit(seconds: Double = 60) throws -> ProcessEnd {
        try eventually("\(name) ends", seconds: seconds, state: { self.report }) { process.status }
    }

    package func waitForOutput(_ text: String, seconds: Double = 30) throws {
        try eventually("\(name) says \"\(text)\"", seconds: seconds, state: { self.report }) {
            if output.contains(text) { return true }
            if !isRunning && !output.contains(text) {
                throw TestFailure("\(name) ended without \"\(text)\"\n\(report)")
            }
            return false
        }
    }

    package func waitForErrors(_ text: String, seconds: Double = 30) throws {
        try eventually("\(name) logs \"\(text)\"", seconds: seconds, state: { self.report }) { errors.contains(text) }
    }

    /// All it said, for a failed test's message.
    package var report: String {
        "--- \(name), standard output:\n\(output)\n--- \(name), standard error:\n\(errors)"
    }
}
