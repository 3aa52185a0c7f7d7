import Glibc
import TestSupport
import Testing

/// The editor in a process and a terminal of its own: what only signals and crashes can show.
struct TerminalDriverTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func start() throws -> PseudoTerminal {
        let bundle = CommandLine.arguments[0]
        let place = bundle.lastIndex(of: "/").map { String(bundle[..<$0]) } ?? "."
        let driver = try PseudoTerminal(
            place + "/TerminalDriver", [directory.path("history")], directory: directory.path, columns: 60, rows: 12,
            environment: ["EDITRC": "/dev/null", "SWIFT_BACKTRACE": "enable=no"])
        try driver.waitForOutput("#lobby> ")
        return driver
    }

    /// What a terminal is like that no program has touched.
    private func untouched() throws -> String {
        try PseudoTerminal("/bin/cat", [], directory: directory.path, columns: 60, rows: 12).settings
    }

    @Test("SIGTERM and SIGHUP end it with the terminal as it was", arguments: [SIGTERM, SIGHUP])
    func ends(signal: Int32) throws {
        let driver = try start()
        try driver.type("half a line")
        try driver.waitForOutput("half a line")
        driver.kill(signal)
        #expect(try driver.waitForExit() == .exited(0))
        #expect(driver.output.contains("stopped (half a line)"))
        #expect(driver.settings == (try untouched()))
    }

    @Test("a crash leaves the terminal as it was and the signal its effect", arguments: [SIGSEGV, SIGABRT, SIGBUS])
    func crashes(signal: Int32) throws {
        let driver = try start()
        driver.kill(signal)
        #expect(try driver.waitForExit() == .signalled(signal))
        #expect(driver.settings == (try untouched()))
        #expect(driver.output.contains("\u{1B}[?2004l"))
    }

    @Test("a stack overflow leaves the terminal as it was")
    func overflow() throws {
        let driver = try start()
        try driver.type("!overflow\r")
        #expect(try driver.waitForExit() == .signalled(SIGSEGV))
        #expect(driver.settings == (try untouched()))
    }

    @Test("Ctrl-C, Ctrl-Z without a shell to go back to, and a new size do not disturb it")
    func signals() throws {
        let driver = try start()
        // A signal key throws away what the kernel still holds: only what was shown has arrived.
        try driver.type("one")
        try driver.waitForOutput("one")
        try driver.type("\u{3}")
        try driver.waitForOutput("interrupted (one)")
        try driver.type("two")
        try driver.waitForOutput("two")
        try driver.type("\u{1A}")
        driver.resize(columns: 30, rows: 8)
        try driver.type(" three\r")
        try driver.waitForOutput("[two three]")
        try driver.type("\u{4}")
        #expect(try driver.waitForExit() == .exited(0))
        #expect(driver.settings == (try untouched()))
    }
}
