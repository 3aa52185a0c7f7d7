import TestSupport
import Testing

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

    /// Bytes of memory that are the server's own.
    var memory: Int {
        let status = (try? FileSystem.text("/proc/\(process.id)/status")) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("RssAnon:") }
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
            let before = server.memory
            let halves = try (0..<1_000).map { _ in try server.connection() }
            for socket in halves { try? socket.send("NICK half") }
            let deaf = try server.user("deaf")
            try deaf.send("JOIN #tea\r\n")
            try say(alice, (0..<10_000).map { "NICK alice\($0)" })
            try say(alice, Array(repeating: "PRIVMSG #tea :\(String(repeating: "x", count: 400))", count: 20_000))
            try say(alice, Array(repeating: "JOIN #a\r\nPART #a", count: 50_000))
            try alice.send("PING end\r\n")
            _ = try alice.read(until: "PONG rdtchat.local :end", seconds: 60)
            let bob = try server.user("bob")
            try bob.send("PING still\r\n")
            _ = try bob.read(until: "still")
            #expect(server.memory - before < 32 << 20)
            _ = deaf.descriptor + (halves.last?.descriptor ?? 0)
            try server.stop()
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
