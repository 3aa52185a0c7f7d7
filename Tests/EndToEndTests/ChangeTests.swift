import Glibc
import TestSupport
import Testing

extension EndToEnd {
    @Suite("a shelf that changes while it is served") struct ChangeTests {
        private static let size = 12 << 20

        enum Change: CaseIterable, Sendable {
            case grown, shrunk, written, touched, replaced, deleted, shelfRenamed
        }

        private func done(_ result: Int32) throws {
            if result != 0 { throw TestFailure("a call of the test failed: \(result)") }
        }

        private func change(_ change: Change, _ stage: Stage, _ bytes: [UInt8]) throws {
            let path = stage.shelf + "/file.bin"
            switch change {
            case .grown: try FileSystem.write(bytes + [1, 2, 3], to: path)
            case .shrunk: try done(unsafe truncate(path, 7 << 20))
            case .written: try FileSystem.write(seededBytes(Self.size, seed: 2), to: path)
            case .touched: try done(unsafe utimes(path, nil))
            case .replaced:
                try FileSystem.write(seededBytes(Self.size, seed: 3), to: stage.shelf + "/new")
                try done(unsafe rename(stage.shelf + "/new", path))
            case .deleted: FileSystem.remove(path)
            case .shelfRenamed: try done(unsafe rename(stage.shelf, stage.directory.path("elsewhere")))
            }
        }

        @Test("the download is the file as it was, or ends clearly and leaves no mixture", arguments: Change.allCases)
        func changes(_ change: Change) throws {
            let bytes = seededBytes(Self.size)
            let stage = try Stage(["file.bin": bytes])
            let relay = try stage.relay(seed: 5, .init(holdAfter: 5 << 20))
            let client = try stage.client("alice", script: "/download file.bin\n", at: relay.address)
            try eventually("the relay holds the transfer", state: { client.process.report }) { relay.counts.held > 0 }
            try self.change(change, stage, bytes)
            relay.set(.init())
            switch change {
            case .replaced, .deleted, .shelfRenamed:
                try client.finish()
                #expect(try client.bytes("file.bin") == bytes)
                try client.expectFiles("file.bin")
            case .grown, .shrunk, .written, .touched:
                try client.finish(.exited(1))
                #expect(client.texts("error").contains { $0.contains("the file changed") }, "\(client.texts("error"))")
                #expect(!FileSystem.exists(client.home + "/file.bin"))
                let now = try FileSystem.bytes(stage.shelf + "/file.bin")
                try stage.client("alice", script: "/download file.bin\n").finish()
                #expect(try client.bytes("file.bin") == now)
                try client.expectFiles("file.bin")
            }
        }

        @Test("a disk that was full and has room again gets the whole file", .enabled(if: FullDisk.isPossible))
        func roomAgain() throws {
            let bytes = seededBytes(4 << 20)
            let stage = try Stage(["big.bin": bytes])
            let home = stage.directory.path("alice")
            try FileSystem.makeDirectory(home)
            let get = "\"$2\" --nick alice -c 'download big.bin' \"$3\""
            let client = try ChildProcess(
                "unshare",
                FullDisk.namespace + [
                    "mount -t tmpfs -o size=2m none \"$1\"; cd \"$1\"; \(get); echo first $?; ls -A; "
                        + "mount -o remount,size=8m \"$1\"; \(get); echo second $?; cmp big.bin \"$4\"; echo same $?",
                    "sh", home,
                    Programs.rdtchat, stage.address, stage.shelf + "/big.bin",
                ], name: "alice", directory: stage.directory.path)
            try client.waitForExit()
            #expect(client.lines.contains("first 1") && client.lines.contains("second 0"), "\(client.report)")
            #expect(client.lines.contains("same 0") && client.errors.contains("space"), "\(client.report)")
        }

        @Test("a file comes with the server's time, by the umask, and into a directory that is still there")
        func metadata() throws {
            let stage = try Stage(["file.bin": seededBytes(3 << 20), "small": [1]])
            var times = [timeval(tv_sec: 1_600_000_000, tv_usec: 0), timeval(tv_sec: 1_600_000_000, tv_usec: 0)]
            try done(unsafe utimes(stage.shelf + "/file.bin", &times))
            let home = stage.directory.path("alice")
            for (mask, mode) in [("077", 0o600), ("022", 0o644), ("002", 0o664)] {
                let directory = home + mask
                try FileSystem.makeDirectory(directory)
                let client = try ChildProcess(
                    "sh",
                    [
                        "-c", "umask \(mask); exec \"$0\" --nick a\(mask) -c 'download file.bin' \"$1\"",
                        Programs.rdtchat, stage.address,
                    ],
                    name: "alice", directory: directory)
                #expect(try client.waitForExit() == .exited(0), "\(client.report)")
                var status = stat()
                try done(unsafe stat(directory + "/file.bin", &status))
                #expect(status.st_mtim.tv_sec == 1_600_000_000 && Int(status.st_mode & 0o777) == mode, "\(mask)")
            }
        }

        @Test("a directory that goes away in the middle is told, and nothing is written elsewhere")
        func directoryGone() throws {
            let stage = try Stage(["file.bin": seededBytes(Self.size)])
            let relay = try stage.relay(seed: 5, .init(holdAfter: 5 << 20))
            let target = stage.directory.path("target")
            try FileSystem.makeDirectory(target)
            let client = try stage.client(
                "alice", script: "/download file.bin\n", ["--output-dir", target], at: relay.address)
            try eventually("the relay holds the transfer", state: { client.process.report }) { relay.counts.held > 0 }
            for name in try FileSystem.names(in: target) { FileSystem.remove(target + "/" + name) }
            try done(unsafe rmdir(target))
            relay.set(.init())
            try client.finish(.exited(1))
            #expect(
                client.texts("error").contains { $0.contains("file.bin") && $0.contains("was removed") },
                "\(client.texts("error"))")
            try client.expectFiles()
        }

        @Test(
            "who may not write or read is told so, and a name that is too long has a way out",
            .enabled(if: geteuid() == 0))
        func permissions() throws {
            let long = String(repeating: "x", count: 255)
            let stage = try Stage(["file.bin": seededBytes(100), long: [7], "-rf": [8]])
            try FileSystem.setMode(stage.directory.path, 0o755)
            let program = stage.directory.path("rdtchat")
            try FileSystem.write(try FileSystem.bytes(Programs.rdtchat), to: program)
            try FileSystem.setMode(program, 0o755)
            let closed = stage.directory.path("closed")
            try FileSystem.makeDirectory(closed)
            try FileSystem.setMode(closed, 0o555)
            let nobody = [
                "--reuid", "65534", "--regid", "65534", "--clear-groups", program, "--nick", "nobody", "--output-dir",
                closed,
            ]
            let client = try ChildProcess(
                "setpriv", nobody + ["-c", "download file.bin", stage.address], name: "nobody",
                directory: stage.directory.path)
            #expect(try client.waitForExit() == .exited(1))
            #expect(
                client.errors.contains("Permission denied") && client.errors.contains("/set output-dir"),
                "\(client.report)")
            let names = try stage.client(
                "alice", script: "/download \(long)\n/download \"-rf\"\n/download file.bin > \(long)y\n")
            try names.finish(.exited(1))
            #expect(try names.bytes(long) == [7] && names.bytes("-rf") == [8])
            #expect(
                names.texts("error").contains { $0.contains("too long") && $0.contains("> OTHER") },
                "\(names.texts("error"))")
        }
    }
}
