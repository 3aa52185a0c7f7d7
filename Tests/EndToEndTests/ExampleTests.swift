import TestSupport
import Testing

extension EndToEnd {
    /// Each example of rdtchat(1), read from the page and run by a shell as it stands there: only the server's name is
    /// another.
    @Suite("the man page's examples") struct ExampleTests {
        private static let host = "files.example.org"

        private let stage: Stage
        private let home: String

        init() throws {
            stage = try Stage([
                "annual report.pdf": seededBytes(70_000), "lecture.pdf": seededBytes(90_000, seed: 2),
                "film.mkv": seededBytes(3 << 20, seed: 3),
            ])
            home = stage.directory.path("reader")
            try FileSystem.makeDirectory(home)
            // A printer that says what it was given.
            try FileSystem.makeDirectory(home + "/bin")
            try FileSystem.write("#!/bin/sh\nprintf 'printed %s\\n' \"$@\"\n", to: home + "/bin/lp")
            try FileSystem.setMode(home + "/bin/lp", 0o755)
            try FileSystem.write("#!/bin/sh\nexec '\(Programs.rdtchat)' \"$@\"\n", to: home + "/bin/rdtchat")
            try FileSystem.setMode(home + "/bin/rdtchat", 0o755)
        }

        /// The examples of the page, each under its first word that tells it from the others.
        private static func examples() throws -> [String] {
            let root = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }
            let page = try FileSystem.text(root + "/man/rdtchat.1").split(
                separator: "\n", omittingEmptySubsequences: false)
            let section = page.drop { $0 != ".Sh EXAMPLES" }.dropFirst().prefix { !$0.hasPrefix(".Sh ") }
            var examples: [String] = []
            var block: [Substring]?
            for line in section {
                if line.hasPrefix(".Dl ") {
                    examples.append(plain(line.dropFirst(4)))
                } else if line.hasPrefix(".Bd ") {
                    block = []
                } else if line == ".Ed" {
                    examples.append(plain((block ?? []).joined(separator: "\n")))
                    block = nil
                } else {
                    block?.append(line)
                }
            }
            return examples
        }

        /// What roff's escapes stand for.
        private static func plain(_ text: some StringProtocol) -> String {
            [("\\(dq", "\""), ("\\e", "\\"), ("\\-", "-")].reduce(String(text)) { text, escape in
                text.split(separator: escape.0, omittingEmptySubsequences: false).joined(separator: escape.1)
            }
        }

        /// The example that begins so, with the stage's server in it.
        private func example(_ beginning: String) throws -> String {
            let found = try Self.examples().filter { $0.hasPrefix(beginning) }
            let text = try #require(found.count == 1 ? found.first : nil, "\(beginning): \(found)")
            return text.split(separator: Self.host, omittingEmptySubsequences: false).joined(
                separator: stage.address)
        }

        private func start(_ command: String) throws -> ChildProcess {
            try ChildProcess(
                "bash", ["-e", "-o", "pipefail", "-c", command], name: "bash", directory: home,
                environment: ["PATH": home + "/bin:/usr/local/bin:/usr/bin:/bin"])
        }

        private func run(_ command: String) throws -> ChildProcess {
            let shell = try start(command)
            #expect(try shell.waitForExit() == .exited(0), "\(shell.report)")
            return shell
        }

        @Test("there is no example that no test here runs")
        func all() throws {
            let beginnings = [
                "rdtchat --nick", "rdtchat get", "rdtchat -c", "%.pdf:", "rdtchat --json", "printf", "rdtchat --trace",
            ]
            for beginning in beginnings { _ = try example(beginning) }
            #expect(try Self.examples().count == beginnings.count)
        }

        @Test("the shell opens with the nickname")
        func chat() throws {
            let command = try example("rdtchat --nick")
            let tmux = try Tmux(directory: home, command: "\(home)/bin/\(command) \(stage.address)")
            try tmux.waitForScreen("as alice")
            try tmux.waitForScreen("#lobby>")
            try tmux.press("C-d")
            try eventually("the shell ends", state: { tmux.report }) { try tmux.exitCode() == 0 }
        }

        @Test("a file that came whole is printed, and one that did not is not")
        func get() throws {
            let command = try example("rdtchat get")
            #expect(try run(command).lines == ["annual report.pdf", "printed annual report.pdf"])
            #expect(try FileSystem.bytes(home + "/annual report.pdf") == seededBytes(70_000))
            let again = try start(command)
            #expect(try again.waitForExit() == .exited(1))
            #expect(!again.output.contains("printed"))
        }

        @Test("an archive is unpacked while it arrives")
        func unpack() throws {
            _ = try run("mkdir made && cp 'bin/lp' made/ && tar c -C made . >'\(stage.shelf)/a.tar' && rm -r made")
            _ = try run(try example("rdtchat -c"))
            #expect(try FileSystem.text(home + "/lp") == FileSystem.text(home + "/bin/lp"))
        }

        @Test("make fetches what a rule asks for", .enabled(if: Programs.find("make") != nil))
        func rule() throws {
            try FileSystem.write(try example("%.pdf:") + "\n", to: home + "/Makefile")
            _ = try run("make -s lecture.pdf")
            #expect(try FileSystem.bytes(home + "/lecture.pdf") == seededBytes(90_000, seed: 2))
        }

        @Test("jq reads the names of the shelf", .enabled(if: Programs.find("jq") != nil))
        func json() throws {
            let names = try run(try example("rdtchat --json")).lines
            #expect(names == ["annual report.pdf", "film.mkv", "lecture.pdf"])
        }

        @Test("the bot welcomes whoever says the word, in capitals too")
        func bot() throws {
            let alice = try stage.client("alice")
            try alice.waitFor("welcome")
            let bot = try start(try example("printf"))
            try alice.waitFor("join") { $0["nick"]?.string == "greeter" }
            try alice.type("Hello everybody")
            try alice.waitFor("message") { $0["from"]?.string == "greeter" && $0["text"]?.string == "welcome!" }
            #expect(try bot.waitForExit() == .exited(0), "\(bot.report)")
            try alice.finish()
        }

        @Test("a download's trace is written and drawn as text and as a picture")
        func trace() throws {
            let drawn = try run(try example("rdtchat --trace"))
            #expect(try FileSystem.bytes(home + "/film.mkv") == seededBytes(3 << 20, seed: 3))
            #expect(drawn.output.contains("window") && drawn.output.contains("rate"), "\(drawn.report)")
            #expect(try FileSystem.text(home + "/film.svg").hasPrefix("<svg"))
        }
    }
}
