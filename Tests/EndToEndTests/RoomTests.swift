import Glibc
import TestSupport
import Testing

extension EndToEnd {
    /// Where the room for a download ends: a full disk, a limit, a place that is taken.
    @Suite("room for a download") struct RoomTests {
        private static let size = 6 << 20

        /// Runs `script` as a shell in a mount namespace with a tmpfs of `megabytes` as its directory: `$1` is that, `$2`
        /// rdtchat, `$3` the server.
        private func run(_ stage: Stage, megabytes: Int, _ script: String, at address: String) throws -> ChildProcess {
            let home = stage.directory.path("alice")
            if !FileSystem.exists(home) { try FileSystem.makeDirectory(home) }
            return try ChildProcess(
                "unshare",
                FullDisk.namespace + [
                    "mount -t tmpfs -o size=\(megabytes)m none \"$1\"; cd \"$1\"; \(script)", "sh", home,
                    Programs.rdtchat, address,
                ], name: "alice", directory: stage.directory.path)
        }

        @Test(
            "a disk that somebody fills in the middle does not stop a download, whose room was asked for at once",
            .enabled(if: FullDisk.isPossible))
        func filled() throws {
            let bytes = seededBytes(Self.size)
            let stage = try Stage(["big.bin": bytes])
            let relay = try stage.relay(seed: 1, .init(holdAfter: 2 << 20))
            let client = try run(
                stage, megabytes: 8,
                "\"$2\" --nick alice -c 'download big.bin' \"$3\" & while [ ! -e ../go ]; do sleep 0.05; done; "
                    + "cat /dev/zero > filler; wait $!; echo code $?; ls -A; cmp big.bin ../shelf/big.bin; echo same $?",
                at: relay.address)
            try eventually("the relay holds the transfer", state: { client.report }) { relay.counts.held > 0 }
            try FileSystem.write("", to: stage.directory.path("go"))
            try eventually("the disk is full", state: { client.report }) { client.errors.contains("cat:") }
            relay.set(.init())
            try client.waitForExit()
            #expect(client.lines.contains("code 0") && client.lines.contains("same 0"), "\(client.report)")
            #expect(!client.lines.contains("big.bin.part"), "\(client.report)")
        }

        @Test("a limit on the size of files is told, ends nothing else, and leaves what came for the next time")
        func fileSizeLimit() throws {
            let bytes = seededBytes(Self.size)
            let stage = try Stage(["big.bin": bytes, "small": [1]])
            let home = stage.directory.path("alice")
            try FileSystem.makeDirectory(home)
            let limited = try ChildProcess(
                "sh",
                [
                    "-c", "ulimit -f 4096; exec \"$0\" --nick alice -c '-download big.bin' -c 'download small' \"$1\"",
                    Programs.rdtchat, stage.address,
                ], name: "alice", directory: home)
            #expect(try limited.waitForExit() == .exited(0), "\(limited.report)")
            #expect(
                limited.errors.contains("big.bin") && limited.errors.contains("File too large"), "\(limited.report)")
            #expect(try FileSystem.bytes(home + "/small") == [1])
            #expect(!FileSystem.exists(home + "/big.bin"))
        }

        @Test(
            "what has the part's name and is no part is left alone, and the way out is told", arguments: [0, 1, 2, 3])
        func inTheWay(_ kind: Int) throws {
            let bytes = seededBytes(100_000)
            let stage = try Stage(["file.bin": bytes])
            let home = stage.directory.path("alice")
            try FileSystem.makeDirectory(home)
            let part = home + "/file.bin.part"
            switch kind {
            case 0: try FileSystem.makeDirectory(part)
            case 1: unsafe #expect(mkfifo(part, 0o600) == 0)
            case 2:
                try FileSystem.write("mine", to: home + "/target")
                unsafe #expect(symlink("target", part) == 0)
            default: try FileSystem.write("mine", to: part)
            }
            let client = try stage.client("alice", script: "/download file.bin\n/download file.bin > other\n")
            try client.finish(.exited(1))
            #expect(
                client.texts("error").contains { $0.contains("file.bin.part' is in the way") },
                "\(client.texts("error"))")
            #expect(!FileSystem.exists(home + "/file.bin") && FileSystem.exists(part))
            if kind == 2 { #expect(try FileSystem.text(home + "/target") == "mine") }
            if kind == 3 { #expect(try FileSystem.text(part) == "mine") }
        }

        @Test("what has the record's name and is none costs the record, and not the download", arguments: [0, 1, 2])
        func recordInTheWay(_ kind: Int) throws {
            let bytes = seededBytes(4 << 20)
            let stage = try Stage(["file.bin": bytes])
            let home = stage.directory.path("alice")
            try FileSystem.makeDirectory(home)
            let record = home + "/file.bin.part.rdt"
            switch kind {
            case 0: try FileSystem.makeDirectory(record)
            case 1:
                try FileSystem.write("mine", to: home + "/target")
                unsafe #expect(symlink("target", record) == 0)
            default: try FileSystem.write("mine", to: record)
            }
            let client = try stage.client("alice", script: "/download file.bin\n")
            try client.finish()
            #expect(try client.bytes("file.bin") == bytes)
            if kind == 1 { #expect(try FileSystem.text(home + "/target") == "mine") }
            if kind == 2 { #expect(try FileSystem.text(record) == "mine") }
        }

        @Test(
            "of two clients that fetch one file into one directory one gets it and one is told"
        )
        func twoClients() throws {
            let bytes = seededBytes(Self.size)
            let stage = try Stage(["file.bin": bytes])
            let relay = try stage.relay(seed: 1, .init(holdAfter: 2 << 20))
            let target = stage.directory.path("target")
            try FileSystem.makeDirectory(target)
            let first = try stage.client(
                "alice", script: "/download file.bin\n", ["--output-dir", target], at: relay.address)
            try eventually("the relay holds the transfer", state: { first.process.report }) { relay.counts.held > 0 }
            let second = try stage.client("bob", script: "/download file.bin\n", ["--output-dir", target])
            try second.finish(.exited(1))
            #expect(second.texts("error").contains { $0.contains("is being downloaded already") })
            relay.set(.init())
            try first.finish()
            #expect(try FileSystem.bytes(target + "/file.bin") == bytes)
            #expect(try FileSystem.names(in: target) == ["file.bin"])
        }

        @Test("a file on the shelf that the server may not read is told as that", .enabled(if: geteuid() == 0))
        func unreadable() throws {
            let place = try TemporaryDirectory()
            try FileSystem.setMode(place.path, 0o755)
            try FileSystem.makeDirectory(place.path("shelf"))
            for name in ["open", "secret"] { try FileSystem.write([1, 2, 3], to: place.path("shelf/" + name)) }
            try FileSystem.setMode(place.path("shelf/secret"), 0)
            let program = place.path("rdtchatd")
            try FileSystem.write(try FileSystem.bytes(Programs.rdtchatd), to: program)
            try FileSystem.setMode(program, 0o755)
            let server = try ChildProcess(
                "setpriv",
                [
                    "--reuid", "65534", "--regid", "65534", "--clear-groups", program, "--port", "0", "--shelf",
                    place.path("shelf"),
                ], name: "server", directory: place.path)
            let address = "127.0.0.1:\(try Stage.port(of: server))"
            let client = try ChildProcess(
                Programs.rdtchat, ["--nick", "alice", "-c", "-download secret", "-c", "download open", address],
                name: "alice", directory: place.path)
            #expect(try client.waitForExit() == .exited(0), "\(client.report)")
            #expect(client.errors.contains("secret: the file cannot be read: Permission denied"), "\(client.report)")
            #expect(try FileSystem.bytes(place.path("open")) == [1, 2, 3])
            server.kill(SIGTERM)
            try server.waitForExit()
        }

        @Test("files of no bytes, of another century and whose names differ by case only come as they are")
        func oddFiles() throws {
            let stage = try Stage(["empty": [], "Name": [1], "name": [2], "old": [3], "future": [4]])
            for (name, seconds) in [("old", -3_000_000_000), ("future", 7_000_000_000)] {
                var times = [timeval(tv_sec: seconds, tv_usec: 0), timeval(tv_sec: seconds, tv_usec: 0)]
                unsafe #expect(utimes(stage.shelf + "/" + name, &times) == 0)
            }
            let client = try stage.client("alice", script: "/download *\n")
            try client.finish()
            try client.expectFiles("Name", "empty", "future", "name", "old")
            let files: [String: [UInt8]] = ["empty": [], "Name": [1], "name": [2], "old": [3], "future": [4]]
            for (name, bytes) in files {
                #expect(try client.bytes(name) == bytes)
                var (ours, theirs) = (stat(), stat())
                unsafe #expect(
                    stat(client.home + "/" + name, &ours) == 0 && stat(stage.shelf + "/" + name, &theirs) == 0)
                #expect(ours.st_mtim.tv_sec == theirs.st_mtim.tv_sec)
            }
        }
    }
}
