import TestSupport
import Testing

extension EndToEnd {
    @Suite("scripts") struct ScriptTests {
        @Test("a script stops at the first failure with 1; a leading - and --keep-going go on")
        func failures() throws {
            let stage = try Stage()
            let script = "/download nothing.bin\nsaid after\n"
            let stopped = try stage.client("alice", script: script)
            try stopped.finish(.exited(1))
            #expect(stopped.texts("message").isEmpty)
            let error = try stopped.waitFor("error")
            #expect(error["command"]?.string?.contains("download") == true)
            #expect(error["text"]?.string?.contains("nothing.bin") == true)

            let listener = try stage.clients("listener")[0]
            try stage.client("bob", script: "-" + script).finish()
            try listener.waitFor("message") { $0["from"]?.string == "bob" && $0["text"]?.string == "said after" }
            try stage.client("carol", script: script, ["--keep-going"]).finish(.exited(1))
            try listener.waitFor("message") { $0["from"]?.string == "carol" && $0["text"]?.string == "said after" }
            try listener.finish()
        }

        @Test("-c and -f run commands like standard input does, and comments are skipped")
        func sources() throws {
            let stage = try Stage(["a b.bin": seededBytes(100)])
            let listener = try stage.clients("listener")[0]
            try stage.client("alice", script: "not read\n", ["-c", "first", "-c", "download \"a b.bin\""]).finish()
            try listener.waitForText("message", "first")
            let file = stage.directory.path("script")
            try FileSystem.write("# comment\n\nsecond # not a comment\n/quit\n", to: file)
            try stage.client("bob", script: "not read\n", ["-f", file]).finish()
            try listener.waitForText("message", "second # not a comment")
            #expect(!listener.texts("message").contains("not read"))
            #expect(FileSystem.size(stage.directory.path("alice/a b.bin")) == 100)
            try listener.finish()
        }

        @Test("wait-for answers to what others say, and fails when it does not come")
        func waiting() throws {
            let stage = try Stage()
            let alice = try stage.client("alice", script: "wait-for knock 60\nwho is there?\nwait-for never 0.2\n")
            let bob = try stage.clients("bob")[0]
            try bob.waitFor("nicknames") { _ in true }
            try eventually("alice is there", state: { bob.process.report }) {
                try bob.type("/nicknames")
                pause(seconds: 0.05)
                return bob.events("nicknames").last?["names"]?.array?.contains(.string("alice")) == true
            }
            try bob.type("knock, knock")
            try bob.waitForText("message", "who is there?")
            try alice.finish(.exited(1))
            try bob.finish()
        }

        @Test("a line of 3,000 bytes is one command")
        func longLine() throws {
            let stage = try Stage()
            let listener = try stage.clients("listener")[0]
            let text = String(repeating: "long ", count: 600) + "/quit"
            let client = try stage.client("alice", script: text + "\nafter\n")
            try client.finish()
            try listener.waitForText("message", "after")
            let said = listener.events("message").filter { $0["from"]?.string == "alice" }
                .compactMap { $0["text"]?.string }
            #expect(said.dropLast().joined().filter { $0 == "l" }.count == 600)
            try listener.finish()
        }

        @Test("each style of progress says it where it belongs: lines or objects on standard error, events with --json")
        func progress() throws {
            let size = 6 << 20
            let stage = try Stage(["file.bin": seededBytes(size)])
            func run(_ name: String, _ arguments: [String]) throws -> ChildProcess {
                let home = stage.directory.path(name)
                try FileSystem.makeDirectory(home)
                let client = try ChildProcess(
                    Programs.rdtchat, arguments + ["-c", "download file.bin", stage.address], name: name,
                    directory: home)
                #expect(try client.waitForExit() == .exited(0), "\(client.report)")
                return client
            }
            let objects = try run("objects", ["--progress", "json"])
            #expect(!objects.errors.isEmpty && objects.output.contains("done") && !objects.output.contains("{"))
            var before = -1.0
            for line in objects.errors.split(separator: "\n") {
                let event = try JSONValue(parsing: String(line))
                let bytes = try #require(event["bytes"]?.number)
                #expect(event["event"]?.string == "progress" && event["name"]?.string == "file.bin")
                #expect(event["size"]?.number == Double(size) && bytes > before && bytes < Double(size))
                before = bytes
            }
            let lines = try run("lines", ["--progress", "line"])
            #expect(lines.errors.split(separator: "\n").allSatisfy { $0.hasPrefix("file.bin: ") && $0.contains("%, ") })
            #expect(!lines.errors.isEmpty)
            #expect(try run("silent", ["--progress", "none"]).errors.isEmpty)
            #expect(try run("pipe", []).errors.isEmpty)
            let events = try run("events", ["--json"])
            #expect(events.errors.isEmpty && events.output.contains(#"{"event":"progress""#))
            #expect(try !run("no-events", ["--json", "--progress", "none"]).output.contains(#""progress""#))
        }

        @Test("without JSON what is said stands on standard output, errors on standard error, and no escape in either")
        func plain() throws {
            let stage = try Stage(["file.bin": seededBytes(2_000)])
            let client = try ChildProcess(
                Programs.rdtchat, ["--nick", "alice", stage.address], name: "alice", directory: stage.directory.path,
                input: .text("hello\n/files\n/download file.bin\n/download none.bin\n"))
            #expect(try client.waitForExit() == .exited(1))
            #expect(client.output.contains("hello") && client.output.contains("file.bin"))
            #expect(client.errors.contains("none.bin") && client.errors.split(separator: "\n").count == 1)
            #expect(!(client.output + client.errors).unicodeScalars.contains("\u{1b}"))
        }

        @Test("the session of make run downloads the right bytes and ends with rdtchat's code, its server with it")
        func session() throws {
            let directory = try TemporaryDirectory()
            func run(_ script: String, name: String) throws -> ChildProcess {
                let programs = Programs.rdtchat.split(separator: "/").dropLast().joined(separator: "/")
                let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
                return try ChildProcess(
                    "/\(root)/Tests/Scripts/run-session", [], name: name, directory: directory.path,
                    input: .text(script), environment: ["PROGRAMS": "/" + programs])
            }
            let good = try run("hello\n/files\n/download \"a name with spaces.txt\"\n/quit\n", name: "good")
            #expect(try good.waitForExit() == .exited(0), "\(good.report)")
            #expect(good.output.contains("numbers.txt"))
            #expect(try FileSystem.text(directory.path("a name with spaces.txt")).hasPrefix("Tab quotes"))
            let bad = try run("/download nothing\n", name: "bad")
            #expect(try bad.waitForExit() == .exited(1), "\(bad.report)")
        }
    }
}
