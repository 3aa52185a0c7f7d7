import TestSupport
import Testing
import Timeline

/// A server that a shell has put into a narrow place, and clients by hand.
private struct NarrowServer {
    let directory = Result { try TemporaryDirectory() }
    let process: ChildProcess
    let port: UInt16

    /// `place` is what the shell does before it becomes the server; its standard error can be redirected there.
    init(_ place: String, _ arguments: [String] = [], file: [UInt8] = [1, 2, 3]) throws {
        let directory = try directory.get()
        try FileSystem.makeDirectory(directory.path("shelf"))
        try FileSystem.write(file, to: directory.path("shelf/file.bin"))
        process = try ChildProcess(
            "sh",
            [
                "-c", place + "; exec \"$0\" \"$@\"", Programs.rdtchatd, "--port", "0", "--shelf",
                directory.path("shelf"), "--no-flood-control", "--connections-per-address", "100000",
            ] + arguments, name: "server", directory: directory.path)
        port = try Stage.port(of: process)
    }

    func connection() throws -> LoopbackSocket { try LoopbackSocket.connected(.tcp, to: .loopback(port: port)) }

    func user(_ nick: String) throws -> LoopbackSocket {
        let socket = try connection()
        try socket.send("CAP REQ :rdtchat/files\r\nNICK \(nick)\r\nUSER u 0 * :u\r\nCAP END\r\nPING in\r\n")
        _ = try socket.read(until: "PONG")
        return socket
    }

    /// Bytes of memory that the server has had at the most.
    var peakMemory: Int {
        let status = (try? FileSystem.text("/proc/\(process.id)/status")) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return (line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 1_024
    }

    func stop() throws {
        process.kill(15)
        #expect(try process.waitForExit(seconds: 10) == .exited(0))
    }
}

extension EndToEnd {
    @Suite("what would knock a server over") struct EnduranceTests {
        @Test("without free descriptors those who are here are served, files too, and a place that gets free is taken")
        func descriptors() throws {
            let server = try NarrowServer("ulimit -n 90")
            let alice = try server.user("alice")
            var crowd = try (0..<60).map { _ in try server.connection() }
            try alice.send("FILES\r\nGET 0 auto :file.bin\r\nPING after\r\n")
            let answer = try alice.read(until: "PONG")
            #expect(answer.contains("FILEEND") && answer.contains("TICKET"))
            try server.process.waitForErrors("nobody can connect")
            #expect(crowd.count == 60)
            crowd = []
            let bob = try server.user("bob")
            try bob.send("PRIVMSG alice :made it\r\n")
            _ = try alice.read(until: "made it")
            try server.stop()
        }

        @Test("a log that nobody reads does not stop the server")
        func unreadLog() throws {
            let server = try NarrowServer("mkfifo log; exec 3<>log 2>&3", ["--log-level", "debug"])
            // A pipe holds 64 KiB: these are some three lines each.
            for _ in 0..<800 { _ = try server.connection() }
            let alice = try server.user("alice")
            try alice.send("PING still\r\n")
            _ = try alice.read(until: "still")
            try server.stop()
        }

        @Test("a trace that nobody reads does not stop a download")
        func unreadTrace() throws {
            let bytes = seededBytes(4 << 20)
            let server = try NarrowServer("mkfifo trace; exec 3<>trace", ["--trace", "trace"], file: bytes)
            let directory = try TemporaryDirectory()
            let client = try ChildProcess(
                Programs.rdtchat, ["--nick", "alice", "127.0.0.1:\(server.port)"], name: "alice",
                directory: directory.path, input: .text("/download file.bin\n"))
            #expect(try client.waitForExit(seconds: 60) == .exited(0), "\(client.report)")
            #expect(try FileSystem.bytes(directory.path("file.bin")) == bytes)
            try server.stop()
        }

        @Test("a crowd that registers by halves, sends what it likes or reads nothing leaves the memory bounded")
        func crowd() throws {
            let server = try NarrowServer(":")
            let alice = try server.user("alice")
            try alice.send("JOIN #tea\r\nPING on\r\n")
            _ = try alice.read(until: ":on")
            let before = server.peakMemory
            let halves = try (0..<1_000).map { _ in try server.connection() }
            for socket in halves { try? socket.send("NICK half") }
            for byte: UInt8 in [0, 0x41, 0x80, 0xFF] {
                try? server.connection().send([UInt8](repeating: byte, count: 1 << 20))
                let talker = try server.user("garbage\(byte)")
                try? talker.send([UInt8](repeating: byte, count: 1 << 20))
            }
            let deaf = try server.user("deaf")
            try deaf.send("JOIN #tea\r\n")
            let share = Programs.areSanitized ? 10 : 1
            try say(alice, (0..<10_000 / share).map { "NICK alice\($0)" })
            let long = Array(repeating: "PRIVMSG #tea :\(String(repeating: "x", count: 400))", count: 1_000)
            // The kernel keeps some megabytes for who reads nothing, the server 96 KiB.
            try eventually("who reads nothing is put out", seconds: 60, state: { server.process.report }) {
                try say(alice, long)
                return server.process.errors.contains("deaf!u@127.0.0.1 left: send queue full")
            }
            try say(alice, Array(repeating: "JOIN #a\r\nPART #a", count: 100_000 / share))
            try alice.send("PING end\r\n")
            _ = try alice.read(until: "PONG rdtchat.local :end", seconds: 60)
            let bob = try server.user("bob")
            try bob.send("PRIVMSG alice\(10_000 / share - 1) :still\r\n")
            _ = try alice.read(until: "still")
            #expect(server.peakMemory - before < 32 << 20 || Programs.areSanitized)
            _ = deaf.descriptor + (halves.last?.descriptor ?? 0)
            try server.stop()
        }

        @Test("a flood of garbage datagrams does not end the chat, nor a download, and none of it is answered")
        func datagramFlood() throws {
            let bytes = seededBytes(8 << 20)
            let server = try NarrowServer(":", file: bytes)
            let (alice, bob) = (try server.user("alice"), try server.user("bob"))
            let before = server.peakMemory
            let directory = try TemporaryDirectory()
            let client = try ChildProcess(
                Programs.rdtchat, ["--nick", "carol", "127.0.0.1:\(server.port)"], name: "carol",
                directory: directory.path, input: .text("/download file.bin\n"))
            let stranger = try LoopbackSocket.connected(.udp, to: .loopback(port: server.port))
            var generator = SeededGenerator(seed: 11)
            let garbage = [1, 14, 60, 1_200].map { generator.bytes($0) }
            var rounds = 0
            while client.isRunning || rounds < 20 {
                for number in 0..<2_000 { try stranger.send(garbage[number % garbage.count]) }
                try alice.send("PRIVMSG bob :round \(rounds).\r\n")
                _ = try bob.read(until: "round \(rounds).")
                rounds += 1
                guard rounds < 5_000 else { throw TestFailure("the download does not end\n\(client.report)") }
            }
            #expect(try client.waitForExit() == .exited(0), "\(client.report)")
            #expect(try FileSystem.bytes(directory.path("file.bin")) == bytes)
            #expect(!stranger.isReadable(within: 0))
            #expect(server.peakMemory - before < 32 << 20 || Programs.areSanitized)
            try server.stop()
            #expect(server.process.errors.contains("too short: "), "\(server.process.report)")
        }

        /// Says all, and reads what comes meanwhile.
        private func say(_ socket: LoopbackSocket, _ lines: [String]) throws {
            for line in lines {
                try socket.send(line + "\r\n")
                while socket.isReadable(within: 0) { _ = socket.receive() }
            }
        }
    }
}
