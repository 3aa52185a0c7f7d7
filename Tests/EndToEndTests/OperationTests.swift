import TestSupport
import Testing

extension EndToEnd {
    @Suite("the server's operator") struct OperationTests {
        /// A server whose configuration is a file that a test can change.
        private func configured(_ text: String) throws -> (stage: Stage, file: String, home: TemporaryDirectory) {
            let home = try TemporaryDirectory()
            let file = home.path("server.conf")
            try FileSystem.write(text, to: file)
            return (try Stage(["a.txt": [1]], serverArguments: ["--config", file]), file, home)
        }

        private func user(_ stage: Stage, _ nick: String, capabilities: String = "batch") throws -> LoopbackSocket {
            let socket = try LoopbackSocket.connected(.tcp, to: .loopback(port: stage.port))
            try socket.send("CAP REQ :\(capabilities)\r\nNICK \(nick)\r\nUSER u 0 * :u\r\nCAP END\r\nPING in\r\n")
            _ = try socket.read(until: "PONG")
            return socket
        }

        private func answers(_ socket: LoopbackSocket, to line: String) throws -> String {
            try socket.send(line + "\r\nPING answered\r\n")
            return try socket.read(until: ":answered")
        }

        @Test("SIGHUP takes a changed file over and tells what changed; a wrong one is refused by line, the old stays")
        func hangup() throws {
            let (stage, file, home) = try configured("# a club\nnetwork one\nno-flood-control\n")
            let dana = try user(stage, "dana")
            #expect(try answers(dana, to: "VERSION").contains("NETWORK=one "))
            try FileSystem.write("hello\n", to: home.path("motd"))
            let hash = try passwordHash(of: "sesame")
            let good = """
                network two
                no-flood-control
                motd \(home.path("motd"))
                recovery gbn
                operator root \(hash) *@*

                """
            try FileSystem.write(good, to: file)
            stage.server.kill(1)
            try stage.server.waitForErrors("SIGHUP: changed: network, motd, operator")
            try stage.server.waitForErrors("SIGHUP: for the next start: recovery")
            #expect(try answers(dana, to: "VERSION").contains("NETWORK=two "))
            #expect(try answers(dana, to: "MOTD").contains(" 372 dana :- hello"))

            try FileSystem.write("network three\nfrobnicate 7\n", to: file)
            stage.server.kill(1)
            try stage.server.waitForErrors("line 2: Unknown option '--frobnicate'")
            #expect(stage.server.errors.contains("SIGHUP: nothing changed: configuration '\(file)', line 2"))
            try FileSystem.write("network three\n\nhistory many\n", to: file)
            stage.server.kill(1)
            try stage.server.waitForErrors("', line 3: ")
            #expect(try answers(dana, to: "VERSION").contains("NETWORK=two "))

            // The password of the file that was taken over, compared beside the loop.
            try dana.send("OPER root wrong\r\n")
            _ = try dana.read(until: " 464 dana ")
            try eventually("a second later the next try counts") {
                try answers(dana, to: "OPER root sesame").contains(" 381 dana ")
            }
            try FileSystem.write(good, to: file)
            try dana.send("REHASH\r\n")
            try stage.server.waitForErrors("REHASH: nothing changed\n")
            _ = try dana.read(until: "NOTICE dana :REHASH: nothing changed")
            try FileSystem.write("network two\nhistory 7\n", to: file)
            try dana.send("REHASH\r\n")
            _ = try dana.read(until: "NOTICE dana :REHASH: changed: motd, no-flood-control, history, operator")
            try FileSystem.write("histery 7\n", to: file)
            stage.server.kill(1)
            let refusal = try dana.read(until: "--histery")
            #expect(refusal.contains("NOTICE dana :SIGHUP: nothing changed: configuration '\(file)', line 1: "))
        }

        @Test("SIGUSR1 logs the status, which an operator reads by STATS as well")
        func status() throws {
            let hash = try passwordHash(of: "sesame")
            let (stage, _, _) = try configured("operator root \(hash)\n")
            let dana = try user(stage, "dana")
            try dana.send("JOIN #tea\r\nPING joined\r\n")
            _ = try dana.read(until: ":joined")
            _ = try LoopbackSocket.connected(.udp, to: .loopback(port: stage.port)).send("garbage")
            try eventually("the status counts the garbage", state: { stage.server.report }) {
                stage.server.kill(10)
                return stage.server.errors.contains("status: datagrams dropped: too short: 1")
            }
            for text in ["users=1 ", "queued=0 ", "closed: none", "connections=1 ", "transfers=0"] {
                #expect(stage.server.errors.contains(text), "\(text)\n\(stage.server.report)")
            }
            #expect(try answers(dana, to: "STATS m").contains(" 481 dana "))
            try dana.send("OPER root sesame\r\n")
            _ = try dana.read(until: " 381 ")
            let stats = try answers(dana, to: "STATS m")
            for text in ["users=1 ", "connections=1 ", "turns=", "longest-us=", " 249 dana "] {
                #expect(stats.contains(text), "\(stats)")
            }
        }

        @Test("passwords in one packet are compared one by one, and leave nothing behind that is polled")
        func passwords() throws {
            let (stage, _, _) = try configured("operator root \(try passwordHash(of: "sesame"))\n")
            let dana = try user(stage, "dana")
            /// What the `number`-th status says.
            func polled(_ number: Int) throws -> String {
                stage.server.kill(10)
                return try eventually("status \(number)", state: { stage.server.report }) {
                    let lines = stage.server.errors.split(separator: "\n").filter { $0.contains(" polled=") }
                    return lines.count == number ? lines.last.map { String($0.drop { $0 != "=" }) } : nil
                }
            }
            let before = try polled(1)
            try dana.send("OPER root a\r\nOPER nobody sesame\r\nOPER root sesame\r\nPING all\r\n")
            let answers = try dana.read(until: ":all")
            let refusals = answers.split(separator: "\r\n").count { $0.contains(" 464 dana ") }
            #expect(refusals == 2 && answers.contains(" 381 dana "), "\(answers)")
            #expect(try polled(2) == before)
        }

        private func check(_ arguments: [String]) throws -> ChildProcess {
            let process = try ChildProcess(Programs.rdtchatd, ["--check"] + arguments, name: "check")
            _ = try process.waitForExit()
            return process
        }

        @Test("--check says whether configuration and shelf are good, and serves nothing")
        func checks() throws {
            let home = try TemporaryDirectory()
            let (file, shelf) = (home.path("server.conf"), home.path("shelf"))
            try FileSystem.makeDirectory(shelf)
            try FileSystem.write([1, 2, 3], to: shelf + "/a.txt")
            try FileSystem.write("shelf \(shelf)\nmotd \(home.path("motd"))\n", to: file)
            let early = try check(["--config", file])
            #expect(try early.waitForExit() == .exited(1))
            #expect(early.errors.contains("message of the day '\(home.path("motd"))'"), "\(early.report)")
            try FileSystem.write("one\ntwo\n", to: home.path("motd"))
            let good = try check(["--config", file])
            #expect(try good.waitForExit() == .exited(0))
            #expect(good.output == "rdtchatd: good: shelf of 1 files, 2 lines of motd, 0 operators\n", "\(good.report)")
            try FileSystem.write("shelf \(shelf)\n# next is wrong\noperator root sesame\n", to: file)
            let wrong = try check(["--config", file])
            #expect(try wrong.waitForExit() == .exited(1))
            #expect(wrong.errors.contains("'\(file)', line 3: "), "\(wrong.report)")
            #expect(wrong.errors.contains("hash-password"), "\(wrong.report)")
            #expect(wrong.lines.isEmpty)
            let missing = try check(["--shelf", home.path("nowhere")])
            #expect(try missing.waitForExit() == .exited(1))
            #expect(missing.errors.contains("--shelf names a directory"), "\(missing.report)")
        }

        @Test("who knows files is told when the shelf changes, and sees the change at once")
        func shelf() throws {
            let (stage, _, _) = try configured("no-flood-control\n")
            let dana = try user(stage, "dana", capabilities: "rdtchat/files")
            let plain = try user(stage, "plain")
            try FileSystem.write([1, 2], to: stage.shelf + "/new.txt")
            _ = try dana.read(until: "FILESCHANGED")
            #expect(try answers(dana, to: "FILES").contains(":new.txt"))
            #expect(try !answers(plain, to: "TIME").contains("FILESCHANGED"))
        }
    }
}
