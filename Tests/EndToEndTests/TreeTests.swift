import Glibc
import TestSupport
import Testing

extension EndToEnd {
    @Suite("patterns and directories") struct TreeTests {
        private static let files: [String: [UInt8]] = [
            "photos/a.jpg": seededBytes(3_000, seed: 1), "photos/b b.jpg": seededBytes(700_000, seed: 2),
            "photos/2024/c.jpg": seededBytes(2 << 20, seed: 3), "photos/2024/empty": [],
            "other.txt": seededBytes(10, seed: 4),
        ]

        private static func stage() throws -> Stage {
            let stage = try Stage()
            for directory in ["photos", "photos/2024"] { try FileSystem.makeDirectory(stage.shelf + "/" + directory) }
            for (name, bytes) in files { try FileSystem.write(bytes, to: stage.shelf + "/" + name) }
            return stage
        }

        private func expectTree(
            _ client: Client, _ prefix: String = "", sourceLocation: SourceLocation = #_sourceLocation
        ) throws {
            for (name, bytes) in Self.files where name.hasPrefix("photos/") {
                #expect(try client.bytes(prefix + name) == bytes, "\(name)", sourceLocation: sourceLocation)
            }
            let names = try FileSystem.files(below: client.home + "/" + prefix + "photos")
            #expect(names.count == 4, "\(names)", sourceLocation: sourceLocation)
        }

        @Test("a directory comes with its tree, and what is here already is passed over the next time")
        func directory() throws {
            let stage = try Self.stage()
            let client = try stage.client("alice", script: "/download photos/\n")
            try client.finish()
            try expectTree(client)
            let done = try client.waitFor("group-done")
            #expect(done["came"]?.number == 4 && done["failed"]?.number == 0 && done["here"]?.number == 0)
            #expect(!FileSystem.exists(client.home + "/other.txt"))
            FileSystem.remove(client.home + "/photos/a.jpg")
            let again = try stage.client("alice", script: "/download photos/\n")
            try again.finish()
            try expectTree(again)
            #expect(again.events("group-done").last?["here"]?.number == 3)
            #expect(again.events("group-done").last?["came"]?.number == 1)
        }

        @Test("a pattern goes into a directory of one's own, with the tree below it")
        func pattern() throws {
            let stage = try Self.stage()
            let home = stage.directory.path("bob")
            try FileSystem.makeDirectory(home)
            try FileSystem.makeDirectory(home + "/pics")
            let client = try stage.client("bob", script: "/download *.jpg > pics/\n")
            try client.finish()
            #expect(
                try FileSystem.files(below: home + "/pics").sorted() == [
                    "photos/2024/c.jpg", "photos/a.jpg", "photos/b b.jpg",
                ])
            #expect(try client.bytes("pics/photos/2024/c.jpg") == Self.files["photos/2024/c.jpg"])
        }

        @Test("a directory of the server's that is called ~ is one in the output directory, and no home")
        func home() throws {
            let stage = try Stage(["~x": [9]])
            try FileSystem.makeDirectory(stage.shelf + "/~")
            try FileSystem.write([1, 2, 3], to: stage.shelf + "/~/evil.txt")
            let client = try stage.client("erin", script: "/download *\n/download \"~/evil.txt\" > there\n")
            try client.finish()
            #expect(try client.bytes("~/evil.txt") == [1, 2, 3] && client.bytes("~x") == [9])
            #expect(!FileSystem.exists(client.home + "/evil.txt"))
            let other = try stage.client("frank", script: "/download ~/\n", ["--output-dir", client.home + "/in"])
            try FileSystem.makeDirectory(client.home + "/in")
            try other.finish()
            #expect(try FileSystem.files(below: other.home) == FileSystem.names(in: other.home))
        }

        @Test("a file that is called as another's partial never takes its place, with --force neither")
        func partNames() throws {
            let stage = try Stage(["bar": seededBytes(6 << 20), "bar.part": [1, 2, 3], "bar.part.rdt": [4, 5]])
            let relay = try stage.relay(seed: 3, .init(holdAfter: 3 << 20))
            let client = try stage.client("gina", at: relay.address)
            try client.type("/download bar &")
            try eventually("the relay holds the transfer", state: { client.process.report }) { relay.counts.held > 0 }
            try client.type("-/download --force bar.part bar.part.rdt")
            try eventually("both are refused", state: { client.process.report }) {
                client.texts("error").count { $0.contains("is the partial file of another download") } == 2
            }
            relay.set(.init())
            try client.finish()
            #expect(try client.bytes("bar") == seededBytes(6 << 20))
            try client.expectFiles("bar")
        }

        @Test("a file in the way of one fails that one, with its reason and exit code 1, and the others come")
        func inTheWay() throws {
            let stage = try Self.stage()
            let home = stage.directory.path("carol")
            for name in ["", "/photos"] { try FileSystem.makeDirectory(home + name) }
            try FileSystem.write([1, 2, 3], to: home + "/photos/a.jpg")
            try FileSystem.write([], to: home + "/photos/2024")
            let client = try stage.client("carol", script: "/download photos/\n")
            try client.finish(.exited(1))
            #expect(try client.bytes("photos/a.jpg") == [1, 2, 3])
            #expect(try client.bytes("photos/b b.jpg") == Self.files["photos/b b.jpg"])
            #expect(client.events("group-done").last?["failed"]?.number == 3)
            #expect(
                client.texts("error").contains { $0.contains("photos/a.jpg' exists already") },
                "\(client.texts("error"))")
        }

        @Test("a directory that was killed in its middle comes whole the next time")
        func killed() throws {
            let stage = try Self.stage()
            let relay = try stage.relay(seed: 3, .init(holdAfter: 1 << 20))
            let client = try stage.client("dora", script: "/download photos/\n", at: relay.address)
            try eventually("the relay holds the transfer", state: { client.process.report }) { relay.counts.held > 0 }
            client.process.kill(SIGKILL)
            try client.process.waitForExit()
            relay.set(.init())
            let again = try stage.client("dora", script: "/download photos/\n", at: relay.address)
            try again.finish()
            try expectTree(again)
        }
    }
}
