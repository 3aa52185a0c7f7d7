import TestSupport
import Testing

/// One client of a dialogue, by hand: what the oracle answers must not pass through a parser of ours.
private final class Voice {
    private let socket: LoopbackSocket
    private var rest: [UInt8] = []
    private var syncs = 0
    private(set) var isGone = false
    let nick: String

    init(_ nick: String, port: UInt16) throws {
        self.nick = nick
        socket = try LoopbackSocket.connected(.tcp, to: .loopback(port: port))
        say("NICK \(nick)\r\nUSER \(nick) 0 * :\(nick)")
        _ = heard()
    }

    func say(_ line: String) {
        if (try? socket.send(line + "\r\n")) == nil { isGone = true }
    }

    func leave() {
        say("QUIT")
        while socket.isReadable(within: 10), socket.receive() != nil {}
        isGone = true
    }

    /// The commands and numerics of all lines up to the answer to a PING; a server's notices are its own affair.
    func heard() -> [String] {
        guard !isGone else { return [] }
        syncs += 1
        let sign = "sync\(syncs)"
        say("PING \(sign)")
        var commands: [String] = []
        while let line = nextLine() {
            if line.contains(sign) { return commands }
            let words = line.split(separator: " ").drop { $0.hasPrefix("@") }
            let source = words.first.flatMap { $0.hasPrefix(":") ? $0 : nil }
            let command = words.dropFirst(source == nil ? 0 : 1).first.map(String.init) ?? ""
            // ngircd has a channel of its own for its log.
            let isOwnAffair = command == "NOTICE" && source?.contains("!") != true || line.contains(" &SERVER ")
            if !isOwnAffair { commands.append(command) }
        }
        isGone = true
        return commands
    }

    private func nextLine() -> String? {
        while true {
            if let end = rest.firstIndex(of: 10) {
                let line = String(decoding: rest[..<end], as: UTF8.self)
                rest.removeSubrange(...end)
                return line
            }
            // ngircd answers nobody for some seconds who has given a wrong password.
            guard socket.isReadable(within: 20), let more = socket.receive() else { return nil }
            rest += more
        }
    }
}

/// What one client got after one line of a dialogue.
private struct Reaction: Hashable {
    let line: String
    let nick: String
    let commands: [String]
}

private struct Dialogue {
    let name: String
    var lines: [String] = []

    static let all: [Dialogue] = Dialogues.text.split(separator: "\n").reduce(into: []) { all, line in
        if line.hasPrefix("= ") {
            all.append(Dialogue(name: String(line.dropFirst(2))))
        } else {
            all[all.count - 1].lines.append(String(line))
        }
    }

    func run(port: UInt16) throws -> [Reaction] {
        let nicks = Set(lines.compactMap { $0.split(separator: " ").first.map(String.init) }).sorted()
        let voices = try nicks.map { try Voice($0, port: port) }
        for voice in voices { _ = voice.heard() }
        var reactions: [Reaction] = []
        for line in lines {
            let words = line.split(separator: " ", maxSplits: 1).map(String.init)
            guard let speaker = voices.first(where: { $0.nick == words[0] }) else { continue }
            // Between two passwords the server wants a pause.
            if words.last?.hasPrefix("OPER") == true { pause(seconds: 0.3) }
            if words.count > 1 { speaker.say(words[1]) } else { speaker.leave() }
            for voice in [speaker] + voices.filter({ $0 !== speaker }) {
                reactions.append(Reaction(line: line, nick: voice.nick, commands: voice.heard()))
            }
        }
        for voice in voices where !voice.isGone { voice.leave() }
        return reactions
    }
}

extension EndToEnd {
    @Suite("beside ngircd", .enabled(if: Programs.find("ngircd") != nil)) struct OracleTests {
        /// Where the two differ, by dialogue and line, and why ours stays as it is.
        private static let exceptions: [String: [String: String]] = [
            "talk in a channel": [
                "a PRIVMSG #none :hello": "403 names a channel that is none; ngircd says 401, nobody"
            ],
            "private talk": ["a PRIVMSG b :": "RFC 2812 wants 412 for no text; ngircd delivers nothing to say"],
            "nick changes": ["b NICK": "RFC 2812 has 431 for this; ngircd says 461"],
            "secret": ["a WHOIS a": "ngircd adds 378 and 379, the own host and modes, which MODE and USERHOST tell"],
            "mode faults": [
                "a MODE #none": "403 names a channel that is none; ngircd says 401",
                "a MODE #none +m": "403 names a channel that is none; ngircd says 401",
            ],
            "whowas": ["a WHOWAS b": "ngircd forgets who stayed less than 30 seconds"],
            "the server": ["a LUSERS": "ngircd counts its channel &SERVER in 254, and adds 250"],
            "operators have power": [
                "a KILL c :enough": "ours also sends KILL itself, by which clients know who it was",
                "a KILL nobody :enough": "401 says that there is nobody; ngircd says nothing",
            ],
        ]

        @Test("44 dialogues bring the same numerics in the same order, but for the exceptions that are listed")
        func dialogues() throws {
            #expect(Dialogue.all.count >= 40)
            let hash = try passwordHash(of: "sesame")
            let words = try TemporaryDirectory()
            try FileSystem.write("hello\n", to: words.path("motd"))
            let stage = try Stage(
                serverArguments: [
                    "--no-flood-control", "--connections-per-address", "1000", "--operator", "root \(hash)", "--motd",
                    words.path("motd"),
                ])
            let (ngircd, port) = try oracle(stage.directory)
            var unused = Self.exceptions
            for dialogue in Dialogue.all {
                let ours = try dialogue.run(port: stage.port)
                let theirs = try dialogue.run(port: port)
                #expect(ours.count == theirs.count, "\(dialogue.name)")
                for (own, other) in zip(ours, theirs) where own != other {
                    let reason = Self.exceptions[dialogue.name]?[own.line]
                    #expect(reason != nil, "\(dialogue.name): \(own) ngircd: \(other.commands)")
                    unused[dialogue.name]?[own.line] = nil
                }
            }
            let stale = unused.filter { !$0.value.isEmpty }
            #expect(stale.isEmpty, "no difference any more")
            ngircd.kill(15)
            try ngircd.waitForExit()
        }

        /// ngircd on a port that was free a moment ago.
        private func oracle(_ directory: TemporaryDirectory) throws -> (ChildProcess, UInt16) {
            let port = try LoopbackSocket.bound(.tcp, to: .loopback(port: 0)).port
            let file = directory.path("ngircd.conf")
            try FileSystem.write(
                """
                [Global]
                Name = rdtchat.local
                Info = oracle
                Listen = 127.0.0.1
                Ports = \(port)
                MotdPhrase = hello
                ServerUID = nobody
                ServerGID = nogroup
                [Limits]
                MaxConnections = 0
                MaxConnectionsIP = 0
                MaxPenaltyTime = 0
                [Options]
                DNS = no
                Ident = no
                PAM = no
                OperCanUseMode = yes
                [Operator]
                Name = root
                Password = sesame
                """, to: file)
            // It reads the file as root and goes on as nobody.
            try FileSystem.setMode(directory.path, 0o755)
            try FileSystem.setMode(file, 0o644)
            let process = try ChildProcess(
                try #require(Programs.find("ngircd")), ["-n", "-f", file], name: "ngircd", directory: directory.path)
            try eventually("ngircd serves", state: { process.report }) {
                (try? LoopbackSocket.connected(.tcp, to: .loopback(port: port))) != nil
            }
            return (process, port)
        }
    }
}
