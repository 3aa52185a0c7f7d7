import IRC
import Testing
import Timeline

@testable import ChatClient

/// A client on a desk: the test is the person, the server and the loop, and sees every effect.
struct Desk {
    var client: Client
    var now = Instant(nanoseconds: 0)
    /// Lines sent and not looked at yet.
    var sent: [String] = []
    var events: [ClientEvent] = []
    var starts: [TransferStart] = []
    var cancelled: [TransferNumber] = []
    /// What the loop knows of each download.
    var arrivals: [TransferNumber: ArrivalFigures] = [:]
    var finished: [CommandID: CommandResult] = [:]
    var connects = 0
    var hangUps: [String] = []
    var moves: [ServerAddress] = []
    var kept: [RunCommands.Kept] = []
    /// Directories that the person was to be told of if nothing can go there.
    var looks: [String] = []
    /// What was written down last of the downloads; nil before.
    var queue: [KeptDownload]?
    var status: ChatClient.ExitStatus?

    init(nickname: String? = "dana", isScript: Bool = false, change: (inout ClientConfiguration) -> Void = { _ in }) {
        var configuration = ClientConfiguration(
            nickname: nickname, offeredNickname: "dan", userName: "dan", server: "127.0.0.1:6667")
        configuration.isScript = isScript
        change(&configuration)
        client = Client(configuration, at: now)
        drain()
    }

    mutating func drain() {
        while let effect = client.nextEffect() {
            switch effect {
            case .connect: connects += 1
            case .send(let bytes):
                sent += String(decoding: bytes, as: UTF8.self).split(separator: "\r\n").map { Self.plain(String($0)) }
            case .disconnect(let reason): hangUps.append(reason)
            case .emit(let event): events.append(event)
            case .startTransfer(let start): starts.append(start)
            case .cancelTransfer(let number): cancelled.append(number)
            case .examineTransfer(let number): client.transferExamined(number, arrivals[number], at: now)
            case .finished(let id, let result): finished[id] = result
            case .keep(let line): kept.append(line)
            case .keepQueue(let list): queue = list
            case .lookAtDirectory(let path): looks.append(path)
            case .move(let address): moves.append(address)
            case .quit(let code): status = code
            }
        }
    }

    /// The line without the colon of a last parameter that would be one without it, too.
    private static func plain(_ line: String) -> String {
        guard let mark = line.firstRange(of: " :") else { return line }
        let last = line[mark.upperBound...]
        return last.isEmpty || last.contains(" ") || last.hasPrefix(":") ? line : "\(line[..<mark.lowerBound]) \(last)"
    }

    mutating func tell(_ body: (inout Client, Instant) -> Void) {
        body(&client, now)
        drain()
        if let broken = client.brokenInvariant() { Issue.record("not true any more: \(broken)") }
    }

    /// The server says these lines.
    mutating func server(_ lines: String...) {
        let bytes = Array((lines.joined(separator: "\r\n") + "\r\n").utf8)
        tell { $0.receive(bytes[...], at: $1, wall: UnixTime(seconds: 0)) }
    }

    mutating func type(_ line: String, as id: CommandID? = nil) { tell { $0.perform(line, as: id, at: $1) } }

    mutating func script(_ text: String, ends: Bool = true) {
        tell { $0.feedScript(Array(text.utf8)[...], at: $1) }
        if ends { tell { $0.endScript(at: $1) } }
    }

    /// Time goes by, and every deadline on the way is met.
    mutating func pass(seconds: Double) {
        let end = now + .seconds(seconds)
        while let deadline = client.nextDeadline, deadline <= end {
            now = deadline
            tell { $0.timeoutFired(at: $1) }
        }
        now = end
    }

    /// Connects, registers, joins #lobby where ann and Bob are, and lists `files` of `size` bytes each.
    mutating func enter(
        files: [String] = [], size: UInt64 = 1000, capabilities: [String] = ["rdtchat/files", "echo-message"]
    ) {
        tell { $0.connected(at: $1) }
        for capability in capabilities { server(":srv CAP * ACK :\(capability)") }
        server(":srv 001 dana :Welcome")
        server(
            ":dana!dan@host JOIN #lobby", ":srv 353 dana = #lobby :dana @ann Bob", ":srv 366 dana #lobby :End of names")
        list(files, size: size)
        sent = []
        events = []
    }

    /// The server lists its files.
    mutating func list(_ files: [String], size: UInt64 = 1000) {
        for file in files { server(":srv FILE \(size) 1700000000 * :\(file)") }
        server(":srv FILEEND \(files.count)")
    }

    static func entered(isScript: Bool = false, files: [String] = [], size: UInt64 = 1000) -> Desk {
        var desk = Desk(isScript: isScript)
        desk.enter(files: files, size: size)
        return desk
    }

    /// What Tab offers now.
    func complete(_ text: String, local: LocalPlace = .nowhere) -> Completion? {
        client.complete(text, local: local, at: now)
    }

    /// The errors that were told, oldest first.
    var errors: [String] {
        events.compactMap { event in
            if case .error(_, let text, _) = event { text } else { nil }
        }
    }

    /// What a person reads.
    var screen: [String] {
        events.flatMap { EventText.lines(for: $0, time: nil, room: "#lobby") }.map { $0.map(\.text).joined() }
    }

    /// The server grants the newest GET with this ticket.
    mutating func grant(_ ticket: UInt64, name: String, size: UInt64 = 1000) {
        server(
            ":srv TICKET \(FilesExtension.text(ofTicket: ticket)) 6667 \(size) 1700000000 * :\(name)")
    }

    static func report(_ name: String, bytes: UInt64 = 1000) -> TransferReport {
        TransferReport(path: name, bytes: bytes, seconds: 0.5, lost: 1, resent: 2, recovery: "gbn")
    }
}

extension SeededGenerator {
    /// A name that may lie on the shelf, of the characters that are hard to quote.
    mutating func fileName() -> FileName? {
        let pieces = [
            " ", "  ", "\"", "'", "\\", "#", "-", "/", ">", "&", "--force", "[", "]", "*", "?", "$", "`", "a", "b", "Z",
            ".txt",
            "é", "e\u{301}", "\u{301}", "שלום", "😀", "👩‍👩‍👧", "日本", "\u{A0}", "to", "%20", ":", "@", "~", "!",
        ]
        let count = Int.random(in: 1...7, using: &self)
        let text = (0..<count).map { _ in pieces.randomElement(using: &self) ?? "a" }.joined()
        return try? FileName(text)
    }
}
