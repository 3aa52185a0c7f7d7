import TestSupport
import Testing

extension EndToEnd {
    @Suite("one-shot verbs") struct VerbTests {
        /// Runs rdtchat in a directory of its own below the stage's.
        private func run(_ stage: Stage, _ name: String, _ arguments: [String]) throws -> (ChildProcess, ProcessEnd) {
            let home = stage.directory.path(name)
            if !FileSystem.exists(home) { try FileSystem.makeDirectory(home) }
            let process = try ChildProcess(Programs.rdtchat, arguments, name: name, directory: home)
            return (process, try process.waitForExit())
        }

        private static let names = [
            "a b.txt", "-lead", "[x] \"q\".txt", "it's", "שלום.txt", "odd/$HOME.txt", "file#1.txt",
            "red\u{1B}[31m.txt", "gpj.\u{202E}exe", "two\nlines",
        ]

        /// How a name is told, and what its download is called: what cannot be seen in it is written out.
        private static func told(_ name: String) -> String {
            name.unicodeScalars.map { scalar in
                switch scalar {
                case "\u{1B}": "<U+001B>"
                case "\u{202E}": "<U+202E>"
                case "\n": "<U+000A>"
                case _: String(scalar)
                }
            }.joined()
        }

        @Test("get fetches names of any kind, prints their paths, and is seen by nobody")
        func get() throws {
            let stage = try Stage()
            try FileSystem.makeDirectory(stage.shelf + "/odd")
            for name in Self.names { try FileSystem.write(seededBytes(900), to: stage.shelf + "/" + name) }
            let listener = try stage.clients("listener")[0]
            let (process, exit) = try run(stage, "fetcher", ["get", "--", stage.address] + Self.names.map(Self.told))
            #expect(exit == .exited(0))
            let paths = Set(Self.names.map { Self.told($0).split(separator: "/").last.map(String.init) ?? "" })
            #expect(Set(process.lines) == paths)
            for path in paths {
                #expect(try FileSystem.bytes(stage.directory.path("fetcher/" + path)) == seededBytes(900), "\(path)")
            }
            try listener.finish()
            #expect(listener.events("join").allSatisfy { $0["nick"]?.string == "listener" })
        }

        @Test("get fails with 1 for what is not there or here already, 3 without a server, 64 without names")
        func failures() throws {
            let stage = try Stage(["a": seededBytes(5)])
            #expect(try run(stage, "one", ["get", stage.address, "nothing"]).1 == .exited(1))
            #expect(try run(stage, "one", ["get", stage.address, "a"]).1 == .exited(0))
            #expect(try run(stage, "one", ["get", stage.address, "a"]).1 == .exited(1))
            #expect(try run(stage, "one", ["get", "--force", stage.address, "a"]).1 == .exited(0))
            #expect(try run(stage, "one", ["get", "127.0.0.1:1", "a"]).1 == .exited(3))
            #expect(try run(stage, "one", ["get", stage.address]).1 == .exited(64))
        }

        @Test("a word with one - that is no option is 64, and a name behind --")
        func dashes() throws {
            let stage = try Stage(["-dash": seededBytes(5)])
            #expect(try run(stage, "one", ["get", stage.address, "-dash"]).1 == .exited(64))
            #expect(try run(stage, "one", ["-zh", stage.address]).1 == .exited(64))
            #expect(try run(stage, "one", ["get", "-h"]).1 == .exited(0))
            #expect(try run(stage, "one", ["get", "--", stage.address, "-dash"]).1 == .exited(0))
        }

        @Test("output that was closed from the start is an error, for nobody gets what was asked for")
        func outputClosedFromTheStart() throws {
            let stage = try Stage(["a": seededBytes(5)])
            for arguments in ["ls \(stage.address)", "-c 'download a > -' \(stage.address)"] {
                let bash = try ChildProcess(
                    "bash", ["-c", "'\(Programs.rdtchat)' \(arguments) >&-"], name: "bash",
                    directory: stage.directory.path)
                #expect(try bash.waitForExit() == .exited(1))
                #expect(bash.errors.contains("Bad file descriptor"), "\(bash.report)")
            }
        }

        @Test("a reader that has left is no failure, unless files are still to come")
        func readerLeft() throws {
            let large = seededBytes(2 << 20)
            let stage = try Stage(["a": seededBytes(5), "b": large, "c": large, "d": large])
            func status(_ arguments: String...) throws -> ProcessEnd {
                let bash = try ChildProcess(
                    "bash", ["-c", "exec 3> >(:); wait $!; exec \"$0\" \"$@\" >&3", Programs.rdtchat] + arguments,
                    name: "bash", directory: stage.directory.path)
                return try bash.waitForExit()
            }
            #expect(try status("ls", stage.address) == .exited(0))
            #expect(try status("get", "--output-dir", stage.directory.path, stage.address, "a") == .exited(0))
            #expect(try status("get", stage.address, "b", "c", "d") == .exited(1))
        }

        @Test("an output without room is a failure, for the last line too")
        func fullOutput() throws {
            let stage = try Stage(["a": seededBytes(5)])
            for verb in [
                ["ls", stage.address], ["get", stage.address, "a"], ["--nick", "n", "-c", "help", stage.address],
            ] {
                let bash = try ChildProcess(
                    "bash", ["-c", "exec \"$0\" \"$@\" >/dev/full", Programs.rdtchat] + verb, name: "bash",
                    directory: stage.directory.path)
                #expect(try bash.waitForExit() == .exited(1))
            }
        }

        @Test("ls prints names alone, or with their size and time; who tells who is in the room")
        func lists() throws {
            let stage = try Stage(["b c": seededBytes(5), "a": seededBytes(2_000)])
            let listener = try stage.clients("listener")[0]
            #expect(try run(stage, "lister", ["ls", stage.address]).0.lines == ["a", "b c"])
            let long = try run(stage, "lister", ["ls", "-l", stage.address, "a"]).0.lines
            #expect(long.count == 1 && long[0].hasSuffix("2.0 KiB  a"))
            #expect(try run(stage, "lister", ["ls", stage.address, "x*"]).1 == .exited(1))
            #expect(try run(stage, "lister", ["who", stage.address]).0.lines == ["listener"])
            try listener.finish()
        }

        @Test("bash completes the server's file names and its people, and gives up on a server that is not there")
        func completion() throws {
            let stage = try Stage(["big film.mkv": [1], "big.iso": [2], "notes": [3]])
            let directory = Programs.rdtchat.split(separator: "/").dropLast().map { "/" + $0 }.joined()
            let root = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
            func complete(_ words: String...) throws -> [String] {
                let script = """
                    PATH=\(directory):$PATH; . "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _rdtchat
                    printf '%s\\n' "${COMPREPLY[@]}"
                    """
                let bash = try ChildProcess(
                    "bash", ["-c", script, "bash", root + "/completions/rdtchat.bash", "rdtchat"] + words,
                    name: "bash", directory: stage.directory.path)
                #expect(try bash.waitForExit() == .exited(0))
                return bash.lines
            }
            // On a loaded machine an answer may take longer than the 0.2 s that completion waits.
            try eventually("the names are completed") {
                try complete("get", "127.0.0.1", ":", "\(stage.port)", "big") == ["big film.mkv", "big.iso"]
            }
            #expect(try complete("get", "127.0.0.1:1", "b") == [])
            #expect(try complete("ls", "--l") == ["--long"])
        }

        /// The most memory that rdtchat had while it printed so many lines, in KiB.
        private func memory(_ stage: Stage, lines: Int) throws -> Int {
            let path = stage.directory.path("long\(lines)")
            try FileSystem.write(String(repeating: "print a line\n", count: lines) + "print end\nsleep 600\n", to: path)
            let process = try ChildProcess(
                Programs.rdtchat, ["-f", path, stage.address], name: "long", directory: stage.directory.path)
            try eventually("all is printed", seconds: 120) { process.lines.last == "end" }
            let status = try FileSystem.text("/proc/\(process.id)/status")
            process.kill(15)
            try process.waitForExit()
            #expect(process.lines.filter { $0 == "a line" }.count == lines)
            let peak = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
            return try #require(peak?.split(separator: " ").compactMap { Int($0) }.first)
        }

        @Test("a script of 100,000 lines takes no more memory than a short one")
        func longScript() throws {
            let stage = try Stage()
            // Kept whole, the lines alone would take 4.5 MB more.
            let room = Programs.areSanitized ? 1 << 20 : 3_000
            #expect(try memory(stage, lines: 100_000) < memory(stage, lines: 1_000) + room)
        }

        @Test("a closed output is a quiet end")
        func closedOutput() throws {
            let stage = try Stage()
            let script = "\"$@\" -f <(yes 'print again') \(stage.address) | head -n 3; echo ${PIPESTATUS[0]}"
            let closed = try ChildProcess(
                "bash", ["-c", script, "bash", Programs.rdtchat], name: "closed", directory: stage.directory.path)
            #expect(try closed.waitForExit(seconds: 120) == .exited(0))
            #expect(closed.lines.count == 4 && closed.lines.last == "0" && closed.errors == "")
        }
    }
}
