import ChatServer
import IRC
import TestSupport
import Testing
import Timeline

@Suite("whatever clients do")
struct RandomTests {
    private static let words = [
        "CAP", "LS", "302", "REQ", ":rdtchat/files echo-message", "END", "NICK", "a", "b", "c", "A", "USER", "u 0 * :r",
        "JOIN", "#a", "#b", "#A,#c", "0", "PART", "PRIVMSG", ":text שלום", "NOTICE", "MODE", "+i", "+b", "WHO", "*",
        "WHOIS", "WHOWAS",
        "TOPIC", ":", "AWAY", "LIST", "NAMES", "QUIT", "PING", "x", "FILES", "GET 0 auto :f",
        "GETSTOP 0000000000000001", "WHY", "WHY 0000000000000001",
        "@t=1", ":src", "LUSERS", "USERHOST", "ISON", "KICK", "GIBBERISH",
        "INVITE", "MONITOR + a,b", "+ov", "-o", "+imnst", "+k", "-k *", "+l 1", "-l", "+b *!*@*", "-b *!*@*",
        "TAGMSG", "@+x=y;label=q", "HELP", "SETNAME", "CHATHISTORY LATEST #a * 5", "OPER root right", "KILL a",
        "STATS m", "files", ":list", "%tnf,7", "REHASH", "INFO", ">0", "message-tags batch labeled-response",
    ]
    private static let likely = [
        "NICK a", "NICK b", "NICK c", "USER u 0 * :r", "CAP REQ :rdtchat/files", "CAP END", "JOIN #a,#b",
        "PRIVMSG #a :hello",
        "PART #a", "GET 0 auto :f", "FILES", "NICK a2", "JOIN #c", "JOIN 0", "QUIT :bye", "GETSTOP 0000000000000001",
        "WHY 0000000000000001", "WHY 0000000000000002",
        "MODE #a +o b", "KICK #a b", "MODE #a +i", "INVITE c #a", "OPER root right", "PRIVMSG files :list",
        "CAP REQ :message-tags batch labeled-response server-time setname", "@label=1 FILES", "@label=2 OPER root x",
        "@label=3 PING x", "@label=4;+t=u PRIVMSG #a :x", "MONITOR + a", "MODE a +B", "STATS m", "JOIN #lobby",
    ]

    /// One seed's life of a server; the stage checks the invariants after every step.
    private func run(seed: Int, flood: Bool) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        var configuration = Stage.calm
        configuration.floodControl = flood
        configuration.connectionsPerAddress = 4
        configuration.operators = [OperatorAccount(name: "root", passwordHash: "right", masks: [Mask("*@192.0.2.1")])]
        var stage = Stage(configuration)
        var clients: [Stage.Client] = []
        var questions: [Effect] = []
        var tickets: [UInt64] = []
        var nextTicket: UInt64 = 0
        let file = FileEntry(name: try FileName("f"), size: 1, modified: UnixTime(seconds: 1))
        for _ in 0..<300 {
            clients.removeAll { stage.closed[$0] != nil }
            switch Int.random(in: 0..<20, using: &random) {
            case 0 where clients.count < 8, 1 where clients.count < 8:
                clients.append(stage.connect(from: "192.0.2.\(Int.random(in: 0..<2, using: &random))"))
            case 2 where !clients.isEmpty:
                let gone = clients.remove(at: Int.random(in: 0..<clients.count, using: &random))
                if Int.random(in: 0..<3, using: &random) == 0 { stage.leave(gone) } else { clients.append(gone) }
            case 3: stage.wait(.milliseconds(Int64(Int.random(in: 0..<40_000, using: &random))))
            case 4 where !clients.isEmpty: stage.blocked.insert(pick(from: clients, &random))
            case 5: if let client = stage.blocked.first { stage.unblock(client) }
            case 6 where !questions.isEmpty:
                nextTicket += 1
                answer(
                    questions.remove(at: Int.random(in: 0..<questions.count, using: &random)), &stage, nextTicket, file,
                    Int.random(in: 0..<3, using: &random) == 0)
                tickets.append(nextTicket)
            case 7 where !tickets.isEmpty:
                let ticket = tickets.remove(at: Int.random(in: 0..<tickets.count, using: &random))
                stage.act { $0.transferEnded(FilesExtension.Figures(ticket: ticket), at: $1) }
            case 8 where !clients.isEmpty:
                let bytes = random.bytes(Int.random(in: 0..<600, using: &random))
                feed(pick(from: clients, &random), bytes, &stage)
            case 9 where !clients.isEmpty:
                feed(
                    pick(from: clients, &random),
                    [UInt8](repeating: 120, count: Int.random(in: 0..<5_000, using: &random)), &stage)
            case 10...12 where !clients.isEmpty:
                let line = (0...Int.random(in: 0..<4, using: &random)).map { _ in pick(from: Self.words, &random) }
                    .joined(separator: " ")
                feed(pick(from: clients, &random), Array((line + "\n").utf8), &stage)
            default:
                guard !clients.isEmpty else { continue }
                let lines = (0...Int.random(in: 0..<3, using: &random)).map { _ in
                    pick(from: Self.likely, &random) + "\r\n"
                }.joined()
                feed(pick(from: clients, &random), Array(lines.utf8), &stage)
            }
            for effect in stage.takeOthers() {
                switch effect {
                case .listShelf, .openFile, .explainTransfer, .verifyPassword, .tellStatus: questions.append(effect)
                case .stopTransfer(let ticket):
                    tickets.removeAll { $0 == ticket }
                    stage.act { $0.transferEnded(FilesExtension.Figures(ticket: ticket), at: $1) }
                case .send, .relay, .close, .pauseReading, .resumeReading, .reload, .log: break
                }
            }
        }
    }

    private func pick<Element>(from list: [Element], _ random: inout SeededGenerator) -> Element {
        list[Int.random(in: list.indices, using: &random)]
    }

    /// A loop that obeys: it does not read from who is paused.
    private func feed(_ client: Stage.Client, _ bytes: [UInt8], _ stage: inout Stage) {
        if !stage.paused.contains(client) { stage.feed(client, bytes) }
    }

    private func answer(_ question: Effect, _ stage: inout Stage, _ ticket: UInt64, _ file: FileEntry, _ refuses: Bool)
    {
        switch question {
        case .listShelf(let request, mask: _): stage.act { $0.shelfListed(request, entries: [file], at: $1) }
        case .openFile(let request, _, name: _, offset: _, mode: _, nick: _):
            stage.act {
                if refuses {
                    $0.fileRefused(request, .noSuchFile, at: $1)
                } else {
                    $0.fileOpened(request, ticket: ticket, port: 1, entry: file, at: $1)
                }
            }
        case .explainTransfer(let request, let asked):
            stage.act { $0.transferExplained(request, refuses ? nil : FilesExtension.Figures(ticket: asked), at: $1) }
        case .verifyPassword(let request, let password, let hash):
            stage.act { $0.passwordVerified(request, matches: password == hash, at: $1) }
        case .tellStatus(let request): stage.act { $0.statusTold(request, lines: ["turns=1"], at: $1) }
        case .send, .relay, .close, .pauseReading, .resumeReading, .stopTransfer, .reload, .log: break
        }
    }

    @Test("the tables agree after every step of seeded lives", arguments: 0..<40)
    func lives(seed: Int) throws {
        try run(seed: seed, flood: seed % 2 == 0)
    }
}
