import ChatClient
import ChatServer
import IRC
import Timeline

enum LinesHarness {
    static func run(_ input: [UInt8]) {
        var decoder = LineDecoder()
        var choices = Choices(input)
        while !choices.isEmpty {
            decoder.feed(choices.bytes()[...])
            while let line = decoder.next() {
                if case .line(let bytes) = line { check(bytes) }
            }
        }
        check(input)
        let text = String(decoding: input, as: UTF8.self)
        let shown = DisplayText(sanitising: text)
        precondition(DisplayText(sanitising: shown.text) == shown, "what was made safe is not safe")
        let half = text.unicodeScalars.count / 2
        let mask = Mask(String(text.unicodeScalars.prefix(half)))
        _ = mask.matches(String(text.unicodeScalars.dropFirst(half)))
        if let name = try? FileName(text) {
            precondition(DisplayText(sanitising: name.text).text == name.text, "a file's name cannot be shown")
        }
        _ = try? Nickname(text)
        _ = try? ChannelName(text)
    }

    private static func check(_ line: [UInt8]) {
        guard let message = try? Message(parsing: line) else { return }
        let encoded = message.encoded()
        precondition(encoded.suffix(2) == [13, 10], "a message does not end its line")
        precondition(!encoded.dropLast(2).contains { [0, 10, 13].contains($0) }, "a message is more than a line")
        let limited = message.encodedWithinLimit()
        let head = limited.first == 0x40 ? (limited.firstIndex(of: 0x20) ?? 0) + 1 : 0
        precondition(limited.count - head <= WireLimits.line, "a line is too long")
        precondition((try? Message(parsing: encoded.dropLast(2))) != nil, "what was written cannot be read")
        _ = try? FilesExtension.FilesRequest(message)
        _ = try? FilesExtension.FileLine(message)
        _ = try? FilesExtension.FilesEnd(message)
        _ = try? FilesExtension.GetRequest(message)
        _ = try? FilesExtension.Ticket(message)
        _ = try? FilesExtension.GetStop(message)
        _ = FilesExtension.Failure(message)
    }
}

/// A hub with a loop that obeys it: it reads nobody who is paused, and answers what the hub asks in its own time.
enum HubHarness {
    private static let lines = [
        "NICK a", "NICK b", "USER u 0 * :r", "CAP REQ :message-tags batch labeled-response server-time echo-message",
        "CAP REQ :rdtchat/files multi-prefix", "CAP END", "JOIN #a,#lobby", "JOIN #b key", "PART #a", "PRIVMSG #a :x",
        "@label=1;+t=x PRIVMSG a :x", "@label=2 FILES", "GET 0 auto :f", "MODE #a +ovkl b b key 1", "MODE #a +b *!*@*",
        "KICK #a b", "INVITE b #a", "OPER root x", "KILL b", "MONITOR + a,b", "CHATHISTORY LATEST #a * 9",
        "WHO * %tn,1",
        "PRIVMSG files :list", "QUIT", "AWAY :x", "TOPIC #a :t", "STATS m", "WHOWAS a", "LIST >0", "TAGMSG #a",
    ]

    private struct World {
        var hub: Hub
        var now = Instant(nanoseconds: 0)
        var last: UInt64 = 0
        var here: [ConnectionID] = []
        var paused: Set<ConnectionID> = []
        var unwritten: [ConnectionID: Int] = [:]
        var asked: [ChatServer.Effect] = []
        var tickets: UInt64 = 0

        mutating func drain() {
            while let effect = hub.nextEffect() {
                switch effect {
                case .send(let id, let line): unwritten[id, default: 0] += line.count
                case .relay(let line, let ids): for id in ids { unwritten[id, default: 0] += line.count }
                case .close(let id, reason: _):
                    here.removeAll { $0 == id }
                    paused.remove(id)
                case .pauseReading(let id): paused.insert(id)
                case .resumeReading(let id): paused.remove(id)
                case .listShelf, .openFile, .verifyPassword, .tellStatus, .explainTransfer: asked.append(effect)
                case .stopTransfer, .reload, .log: break
                }
            }
            let faults = hub.checkInvariants()
            precondition(faults.isEmpty, faults.joined(separator: "; "))
        }

        mutating func answer(_ effect: ChatServer.Effect, well: Bool) {
            switch effect {
            case .listShelf(let request, mask: _): hub.shelfListed(request, entries: entries, at: now)
            case .openFile(let request, _, name: _, offset: _, mode: _, nick: _):
                guard well, let entry = entries.first else { return hub.fileRefused(request, .noSuchFile, at: now) }
                tickets += 1
                hub.fileOpened(request, ticket: tickets, port: 1, entry: entry, at: now)
            case .verifyPassword(let request, password: _, hash: _):
                hub.passwordVerified(request, matches: well, at: now)
            case .tellStatus(let request): hub.statusTold(request, lines: ["x"], at: now)
            case .explainTransfer(let request, let ticket):
                hub.transferExplained(request, well ? FilesExtension.Figures(ticket: ticket) : nil, at: now)
            case .send, .relay, .close, .pauseReading, .resumeReading, .stopTransfer, .reload, .log: break
            }
        }

        private var entries: [FileEntry] {
            (try? FileName("f")).map { [FileEntry(name: $0, size: 1, modified: UnixTime(seconds: 1))] } ?? []
        }
    }

    static func run(_ input: [UInt8]) {
        var configuration = HubConfiguration(network: "net", motd: ["m"], version: "v")
        configuration.connectionsPerAddress = 3
        configuration.operators = [OperatorAccount(name: "root", passwordHash: "h", masks: [Mask("*@*")])]
        var choices = Choices(input)
        configuration.floodControl = choices.byte() & 1 == 0
        var world = World(hub: Hub(configuration, at: Instant(nanoseconds: 0), wall: UnixTime(seconds: 1)))
        while !choices.isEmpty { step(&world, &choices) }
        world.hub.shutDown(reason: "end", at: world.now)
        world.drain()
    }

    private static func step(_ world: inout World, _ choices: inout Choices) {
        let client = world.here.isEmpty ? nil : world.here[choices.number(below: world.here.count)]
        switch choices.number(below: 9) {
        case 0 where world.here.count < 8:
            world.last += 1
            let id = ConnectionID(rawValue: world.last)
            world.here.append(id)
            world.hub.connected(id, address: choices.pick(["192.0.2.1", "::1"]), at: world.now)
        case 1:
            guard let client else { break }
            world.here.removeAll { $0 == client }
            world.paused.remove(client)
            world.hub.disconnected(client, reason: "lost", at: world.now)
        case 2:
            guard let client, !world.paused.contains(client) else { break }
            world.hub.receive(choices.bytes()[...], from: client, at: world.now)
        case 3, 4, 5:
            guard let client, !world.paused.contains(client) else { break }
            world.hub.receive(Array((choices.pick(lines) + "\n").utf8)[...], from: client, at: world.now)
        case 6:
            guard let client, let count = world.unwritten.removeValue(forKey: client) else { break }
            world.hub.written(count, to: client, at: world.now)
        case 7:
            world.now += .milliseconds(Int64(choices.byte()) * 500)
            if let next = world.hub.nextDeadline, next.instant <= world.now { world.hub.timeoutFired(at: world.now) }
        default:
            guard !world.asked.isEmpty else { break }
            world.answer(world.asked.removeFirst(), well: choices.byte() & 1 == 0)
        }
        world.drain()
    }
}

enum ClientHarness {
    static func run(_ input: [UInt8]) {
        var choices = Choices(input)
        var now = Instant(nanoseconds: 0)
        var configuration = ClientConfiguration(
            nickname: "dana", offeredNickname: "dan", userName: "dan", server: "127.0.0.1:6667")
        configuration.isScript = choices.byte() & 1 == 0
        var client = Client(configuration, at: now)
        while !choices.isEmpty {
            switch choices.number(below: 6) {
            case 0: client.receive(choices.bytes()[...], at: now, wall: UnixTime(seconds: 0))
            case 1: client.perform(String(decoding: choices.bytes(), as: UTF8.self), at: now)
            case 2: client.feedScript(choices.bytes()[...], at: now)
            case 3:
                let line = ":srv \(choices.pick(["001 dana :hi", "CAP dana ACK :rdtchat/files", "FILE 1 1 * :f"]))\r\n"
                client.receive(Array(line.utf8)[...], at: now, wall: UnixTime(seconds: 0))
            case 4:
                now += .milliseconds(Int64(choices.byte()) * 100)
                client.timeoutFired(at: now)
            default:
                client.perform(choices.pick(["/files", "/download f", "hello", "/wait", "/nick x", "/set"]), at: now)
            }
            while let effect = client.nextEffect() {
                if case .emit(let event) = effect { _ = EventJSON.line(for: event) }
            }
        }
    }
}
