import TestSupport
import Testing

extension EndToEnd {
    @Suite("downloads") struct DownloadTests {
        /// The block of the file's hash, 1 MiB.
        private static let block = 1 << 20

        @Test(
            "a download has the server's bytes, whatever their number",
            arguments: [0, 1, block - 1, block, block + 1, 50 * block])
        func sizes(_ size: Int) throws {
            let bytes = seededBytes(size)
            let stage = try Stage(["file.bin": bytes])
            let client = try stage.client("alice", script: "/files\n/download file.bin\n")
            try client.finish()
            let file = try client.waitFor("file")
            #expect(file["name"]?.string == "file.bin")
            #expect(file["size"]?.number == Double(size))
            #expect(file["mtime"]?.number != nil)
            let done = try client.waitFor("done")
            #expect(done["name"]?.string == "file.bin")
            #expect(done["path"]?.string?.hasSuffix("file.bin") == true)
            #expect(done["bytes"]?.number == Double(size))
            #expect(done["seconds"]?.number != nil)
            #expect(done["lost"]?.number != nil)
            #expect(done["resent"]?.number != nil)
            #expect(["auto", "gbn", "sr"].contains(done["recovery"]?.string))
            #expect(try client.bytes("file.bin") == bytes)
            try client.expectFiles("file.bin")
            #expect(stage.server.errors.contains("file.bin"))
        }

        @Test(
            "a name arrives as it is",
            arguments: [
                ("with some spaces.txt", #""with some spaces.txt""#),
                ("it's \"quoted\".txt", #""it's \"quoted\".txt""#),
                ("שלום לכולם.txt", #"שלום\ לכולם.txt"#),
                ("party 🎉👩‍👩‍👧.bin", #""party 🎉👩‍👩‍👧.bin""#),
                ("cafe\u{301}.txt", "cafe\u{301}.txt"),
                ("#1 [draft] 50%.txt", "\"#1 [draft] 50%.txt\""),
                (#"back\slash"#, #"back\\slash"#),
            ])
        func names(_ name: String, _ typed: String) throws {
            let bytes = seededBytes(3_000)
            let stage = try Stage([name: bytes])
            let client = try stage.client("alice", script: "/files\ndownload \(typed)\n")
            try client.finish()
            #expect(try client.waitFor("file")["name"]?.string.map { Array($0.utf8) } == Array(name.utf8))
            #expect(try client.bytes(name) == bytes)
        }

        @Test("several downloads run at once, and the end of a script waits for them")
        func several() throws {
            var files: [String: [UInt8]] = [:]
            for number in 1...4 { files["part\(number)"] = seededBytes(number * 700_000, seed: UInt64(number)) }
            let stage = try Stage(files)
            let script = (1...4).map { "/download part\($0) &\n" }.joined()
            let clients = try ["alice", "bob", "carol"].map { try stage.client($0, script: script) }
            for client in clients {
                try client.finish()
                for (name, bytes) in files { #expect(try client.bytes(name) == bytes) }
                #expect(client.events("done").count == 4)
                try client.expectFiles("part1", "part2", "part3", "part4")
            }
        }

        @Test("a file that is there is left alone, and the error names the ways out")
        func existing() throws {
            let bytes = seededBytes(10_000)
            let stage = try Stage(["file.bin": bytes])
            let home = stage.directory.path("alice")
            try FileSystem.makeDirectory(home)
            try FileSystem.write("mine", to: home + "/file.bin")
            let first = try stage.client("alice", script: "/download file.bin\n")
            try first.finish(.exited(1))
            let text = try first.waitFor("error")["text"]?.string ?? ""
            #expect(text.contains("file.bin") && text.contains("--force") && text.contains(">"))
            #expect(try FileSystem.text(home + "/file.bin") == "mine")

            try stage.client("alice", script: "/download file.bin > other.bin\n").finish()
            #expect(try FileSystem.bytes(home + "/other.bin") == bytes)
            #expect(try FileSystem.text(home + "/file.bin") == "mine")

            let forced = try stage.client("alice", script: "/download file.bin --force\n")
            try forced.finish()
            #expect(try FileSystem.bytes(home + "/file.bin") == bytes)
            try forced.expectFiles("file.bin", "other.bin")
        }

        @Test("downloads go where --output-dir says, and the shelf is read live")
        func outputDirectory() throws {
            let stage = try Stage()
            let elsewhere = stage.directory.path("else where")
            try FileSystem.makeDirectory(elsewhere)
            let bytes = seededBytes(5_000)
            let client = try stage.client("alice", ["--output-dir", elsewhere])
            try client.waitFor("join")
            try FileSystem.write(bytes, to: stage.shelf + "/late.bin")
            try client.type("/download late.bin")
            try client.waitFor("done")
            try client.finish()
            #expect(try FileSystem.bytes(elsewhere + "/late.bin") == bytes)
            try client.expectFiles()
        }

        @Test("chat and files work over IPv6 as well")
        func version6() throws {
            let bytes = seededBytes(300_000)
            let stage = try Stage(["file.bin": bytes], serverArguments: ["--host", "::1"])
            let client = try stage.client("alice", script: "/download file.bin\n", at: "[::1]:\(stage.port)")
            try client.finish()
            #expect(try client.bytes("file.bin") == bytes)
        }

        @Test("a cancelled download ends at both ends and leaves nothing under its name")
        func cancelled() throws {
            let stage = try Stage(["big.bin": seededBytes(8 << 20)])
            let relay = try stage.relay(seed: 1, .init(holdAfter: 1 << 20))
            let client = try stage.client("alice", at: relay.address)
            try client.type("/download big.bin &")
            try eventually("the transfer is under way") { relay.counts.held > 0 }
            try client.type("/transfers")
            try client.type("/cancel 1")
            try stage.server.waitForErrors("cancel")
            relay.set(.init())
            try client.type("/quit")
            #expect([.exited(0), .exited(1)].contains(try client.process.waitForExit()), "\(client.process.report)")
            #expect(!FileSystem.exists(client.home + "/big.bin"))
        }
    }
}
