/// A real terminal of a fixed size that a test types into and looks at, on a tmux server of its own.
package final class Tmux {
    /// Where the command runs.
    private let directory: String
    /// The socket and the settings of the tmux server.
    private let own: TemporaryDirectory

    /// Starts `command` (a line for `sh`) in a terminal of that size.
    package init(
        directory: String, columns: Int = 80, rows: Int = 24, environment: [String: String] = [:], command: String
    ) throws {
        self.directory = directory
        own = try TemporaryDirectory()
        let settings = own.path("tmux.conf")
        try FileSystem.write(
            "set -g default-terminal tmux-256color\nset -g escape-time 0\nset -g status off\n"
                + "set -g default-shell /bin/sh\nset -g remain-on-exit on\nset -g history-limit 10000\n",
            to: settings)
        _ = try run(
            [
                "-f", settings, "new-session", "-d", "-c", directory, "-s", "test", "-x", "\(columns)", "-y", "\(rows)",
                "trap : INT; \(command); echo $? >'\(own.path("code"))'",
            ],
            environment: environment)
    }

    deinit { close() }

    /// Closes the terminal, as somebody who closes its window.
    package func close() {
        _ = try? run(["kill-server"])
    }

    /// Types the text as it is.
    package func type(_ text: String) throws {
        _ = try run(["send-keys", "-t", "test", "-l", "--", text])
    }

    /// Pastes the text between the terminal's marks, its lines parted as a terminal parts them.
    package func paste(_ text: String) throws {
        _ = try run(["set-buffer", "--", text])
        _ = try run(["paste-buffer", "-p", "-t", "test"])
    }

    /// Presses keys by tmux's names: `Enter`, `Tab`, `C-c`, `Left`.
    package func press(_ keys: String...) throws {
        _ = try run(["send-keys", "-t", "test"] + keys)
    }

    package func resize(columns: Int, rows: Int) throws {
        _ = try run(["resize-window", "-t", "test", "-x", "\(columns)", "-y", "\(rows)"])
    }

    /// The rows of the screen, without trailing blanks.
    package func screen() throws -> [String] {
        rows(try run(["capture-pane", "-t", "test", "-p"]))
    }

    /// The screen and all that scrolled off it.
    package func everything() throws -> [String] {
        rows(try run(["capture-pane", "-t", "test", "-p", "-S", "-"]))
    }

    /// The cursor's column and row, from 0.
    package func cursor() throws -> (column: Int, row: Int) {
        let numbers = try format("#{cursor_x} #{cursor_y}").split(separator: " ").compactMap { Int($0) }
        guard numbers.count == 2 else { throw TestFailure("tmux gave no cursor") }
        return (numbers[0], numbers[1])
    }

    /// The exit code of the command, when it has ended: by a file, for tmux itself loses one now and then.
    package func exitCode() throws -> Int? {
        let path = own.path("code")
        return FileSystem.exists(path) ? Int(try FileSystem.text(path).filter(\.isNumber)) : nil
    }

    package func waitForScreen(_ text: String, seconds: Double = 30) throws {
        try eventually("the screen shows \"\(text)\"", seconds: seconds, state: { self.report }) {
            try screen().contains { $0.contains(text) }
        }
    }

    package func waitForScreen(
        _ what: String, seconds: Double = 30, where holds: ([String]) throws -> Bool
    ) throws {
        try eventually(what, seconds: seconds, state: { self.report }) { try holds(try screen()) }
    }

    package var report: String {
        "--- screen:\n" + ((try? screen()) ?? ["none"]).joined(separator: "\n")
    }

    private func format(_ text: String) throws -> String {
        try run(["display-message", "-t", "test", "-p", text]).split(separator: "\n").first.map(String.init) ?? ""
    }

    private func rows(_ text: String) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { row in
            String(row.reversed().drop { $0 == " " }.reversed())
        }
    }

    private func run(_ arguments: [String], environment: [String: String] = [:]) throws -> String {
        let tmux = try ChildProcess(
            "tmux", ["-u", "-S", own.path("socket")] + arguments, name: "tmux", directory: own.path,
            environment: ["HOME": directory].merging(environment) { $1 })
        let status = try tmux.waitForExit(seconds: 30)
        guard status == .exited(0) else { throw TestFailure("tmux \(arguments): \(status)\n\(tmux.report)") }
        return tmux.output
    }
}
