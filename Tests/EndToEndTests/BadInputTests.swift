import Glibc
import TestSupport
import Testing

extension EndToEnd {
    /// Every row: one clear line, the right exit code, nothing lost.
    @Suite("bad input") struct BadInputTests {
        private func run(_ program: String, _ arguments: [String], input: String = "") throws -> ChildProcess {
            let process = try ChildProcess(program, arguments, name: "program", input: .text(input))
            try process.waitForExit()
            return process
        }

        /// The line that tells what is wrong holds all of `words`, and is the only one besides the usage.
        private func expectError(
            _ process: ChildProcess, _ code: Int32, _ words: [String], sourceLocation: SourceLocation = #_sourceLocation
        ) throws {
            #expect(
                try process.waitForExit() == .exited(code), "\(process.report)", sourceLocation: sourceLocation)
            let lines = process.errors.split(separator: "\n").filter { line in
                !["Usage:", "  See ", "Help:"].contains { line.hasPrefix($0) }
            }
            #expect(
                lines.contains { line in words.allSatisfy { line.contains($0) } }, "\(words): \(process.report)",
                sourceLocation: sourceLocation)
            #expect(!process.errors.contains("Fatal error"), sourceLocation: sourceLocation)
        }

        @Test(
            "rdtchat's wrong options are usage errors",
            arguments: [
                (["--frob"], ["--frob"]),
                (["--nick"], ["--nick"]),
                (["localhost:0"], ["localhost:0", "port"]),
                (["localhost:99999"], ["localhost:99999", "port"]),
                (["localhost:port"], ["localhost:port", "port"]),
                (["a", "b"], ["b"]),
                (["--recovery", "magic"], ["magic", "gbn"]),
                (["--progress", "magic"], ["magic", "line"]),
            ])
        func clientUsage(_ arguments: [String], _ words: [String]) throws {
            try expectError(try run(Programs.rdtchat, arguments), 64, words)
        }

        @Test(
            "rdtchatd's wrong options are usage errors",
            arguments: [
                (["--frob"], ["--frob"]),
                (["--port", "99999"], ["99999"]),
                (["--port=-1"], ["-1"]),
                (["--port", "x"], ["x"]),
                (["--recovery", "magic"], ["magic", "gbn"]),
                (["--log-level", "loud"], ["loud", "info"]),
                (["surplus"], ["surplus"]),
            ])
        func serverUsage(_ arguments: [String], _ words: [String]) throws {
            try expectError(try run(Programs.rdtchatd, arguments), 64, words)
        }

        @Test("a server that cannot serve says why")
        func serverStart() throws {
            let stage = try Stage()
            let shelf = stage.shelf
            try expectError(
                try run(Programs.rdtchatd, ["--port", "\(stage.port)", "--shelf", shelf]), 1,
                ["\(stage.port)", "Address already in use"])
            try expectError(
                try run(Programs.rdtchatd, ["--port", "0", "--shelf", shelf + "/none"]), 1,
                [shelf + "/none", "No such file"])
            try FileSystem.write("x", to: shelf + "/plain")
            try expectError(
                try run(Programs.rdtchatd, ["--port", "0", "--shelf", shelf + "/plain"]), 1,
                [shelf + "/plain", "Not a directory"])
            try expectError(
                try run(Programs.rdtchatd, ["--port", "0", "--shelf", shelf, "--motd", shelf + "/none"]), 1,
                [shelf + "/none", "No such file"])
            try expectError(
                try run(Programs.rdtchatd, ["--port", "0", "--shelf", shelf, "--trace", "/proc/none"]), 1,
                ["/proc/none"])
            try expectError(
                try run(Programs.rdtchatd, ["--port", "0", "--shelf", shelf, "--host", "no.such.host.invalid"]), 1,
                ["no.such.host.invalid"])
        }

        @Test(
            "a shelf that may not be read is named, and a port below 1024 that may not be taken",
            .enabled(if: geteuid() == 0))
        func permission() throws {
            let directory = try TemporaryDirectory()
            try FileSystem.setMode(directory.path, 0o755)
            let program = directory.path("rdtchatd")
            try FileSystem.write(try FileSystem.bytes(Programs.rdtchatd), to: program)
            try FileSystem.setMode(program, 0o755)
            try FileSystem.makeDirectory(directory.path("closed"))
            try FileSystem.setMode(directory.path("closed"), 0o700)
            let nobody = ["--reuid", "65534", "--regid", "65534", "--clear-groups", program]
            let process = try ChildProcess(
                "setpriv", nobody + ["--port", "0", "--shelf", directory.path("closed")], name: "nobody",
                directory: directory.path)
            try expectError(process, 1, [directory.path("closed"), "Permission denied"])
        }

        @Test("no server, no name for it, or no nickname: exit code 3")
        func unreachable() throws {
            let free = try LoopbackSocket.bound(.tcp, to: .loopback(port: 0)).port
            try expectError(
                try run(Programs.rdtchat, ["--nick", "alice", "-c", "hi", "127.0.0.1:\(free)"]), 3,
                ["127.0.0.1:\(free)", "Connection refused"])
            try expectError(
                try run(Programs.rdtchat, ["--nick", "alice", "-c", "hi", "no.such.host.invalid"]), 3,
                ["no.such.host.invalid"])
            let stage = try Stage()
            let alice = try stage.clients("alice")[0]
            try expectError(
                try run(Programs.rdtchat, ["--nick", "Alice", "-c", "hi", stage.address]), 3, ["Alice", "taken"])
            for nick in ["a b", "1st", "", "x:y", String(repeating: "n", count: 31)] {
                let refused = try run(Programs.rdtchat, ["--nick", nick, "-c", "hi", stage.address])
                try expectError(refused, 64, ["nickname"])
            }
            try alice.finish()
        }

        @Test(
            "a command that cannot be done is one line and exit code 1, and nothing of it is said",
            arguments: [
                ("/frobnicate", ["frobnicate"]),
                ("/dwonload file.bin", ["dwonload", "download"]),
                ("/msg nobody hi", ["nobody"]),
                ("/msg", ["msg"]),
                ("/whois nobody", ["nobody"]),
                ("/nick 1st", ["1st", "nickname"]),
                ("/nick bob", ["bob", "taken"]),
                ("/join #a,b", ["#a,b", "a room is #"]),
                ("/download none.bin", ["none.bin"]),
                ("/download ../secret", ["../secret"]),
                ("/download /etc/passwd", ["/etc/passwd"]),
                ("/download .hidden", [".hidden"]),
                ("/download", ["download"]),
                ("/download \"file.bin", ["quote"]),
                ("/download file.bin > /none/file.bin", ["file.bin", "/none", "No such file"]),
                ("/cancel 99", ["99"]),
                ("/wait 99", ["99"]),
                ("/set nothing 1", ["nothing"]),
                ("/set recovery magic", ["magic"]),
                ("/help frobnicate", ["frobnicate"]),
                ("wait-for never 0.1", ["never"]),
                ("/sleep long", ["/sleep SECONDS"]),
            ])
        func commands(_ line: String, _ words: [String]) throws {
            let stage = try Stage(["file.bin": seededBytes(100), ".hidden": [1]])
            let bob = try stage.clients("bob")[0]
            let directory = try TemporaryDirectory()
            let alice = try ChildProcess(
                Programs.rdtchat, ["--nick", "alice", stage.address], name: "alice", directory: directory.path,
                input: .text(line + "\n"))
            try expectError(alice, 1, words)
            #expect(alice.errors.split(separator: "\n").count == 1, "\(alice.report)")
            try bob.type("/nicknames")
            #expect(bob.texts("message").isEmpty)
            #expect(try FileSystem.names(in: directory.path) == ["alice.err", "alice.in", "alice.out"])
            try bob.finish()
        }

        @Test("a directory for downloads that is missing or closed is an error of the download")
        func outputDirectory() throws {
            let stage = try Stage(["file.bin": seededBytes(100)])
            for directory in [stage.directory.path("none"), "/proc"] {
                let process = try run(
                    Programs.rdtchat, ["--nick", "alice", "--output-dir", directory, stage.address],
                    input: "/download file.bin\n")
                #expect([.exited(1), .exited(64)].contains(try process.waitForExit()), "\(process.report)")
                #expect(process.errors.contains(directory), "\(process.report)")
            }
        }

        @Test("a full disk is told, and leaves no file under the final name", .enabled(if: FullDisk.isPossible))
        func noSpace() throws {
            let stage = try Stage(["big.bin": seededBytes(4 << 20)])
            let home = stage.directory.path("alice")
            try FileSystem.makeDirectory(home)
            let client = try ChildProcess(
                "unshare",
                FullDisk.namespace + [
                    "mount -t tmpfs -o size=1m none \"$1\"; cd \"$1\"; \"$2\" --nick alice -c 'download big.bin' \"$3\"; "
                        + "code=$?; ls -A; exit $code", "sh", home, Programs.rdtchat, stage.address,
                ], name: "alice", directory: stage.directory.path)
            try expectError(client, 1, ["big.bin", "space"])
            #expect(!client.lines.contains("big.bin"), "\(client.report)")
        }
    }
}

/// A file system of 1 MiB in a mount namespace of its own: not every container allows it.
enum FullDisk {
    static let namespace = ["--mount", "--map-root-user", "sh", "-c"]

    static var isPossible: Bool {
        guard let directory = try? TemporaryDirectory(),
            let probe = try? ChildProcess(
                "unshare", namespace + ["mount -t tmpfs -o size=1m none \"$1\"", "sh", directory.path], name: "probe",
                directory: directory.path)
        else { return false }
        return (try? probe.waitForExit()) == .exited(0)
    }
}
