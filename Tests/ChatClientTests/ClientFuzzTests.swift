import IRC
import Testing
import Timeline

@testable import ChatClient

@Suite("Nothing that comes in stops the client")
struct ClientFuzzTests {
    private static let commands = [
        "PING", "PONG", "PRIVMSG", "NOTICE", "JOIN", "PART", "QUIT", "KICK", "NICK", "TOPIC", "INVITE", "ERROR", "CAP",
        "FILE",
        "FILEEND", "TICKET", "FAIL", "001", "005", "301", "305", "306", "322", "323", "311", "317", "318", "319", "331",
        "332", "353", "366", "372",
        "401", "FIGURES", "WINDOWS",
        "403", "433", "421", "451", "599",
    ]
    private static let words = [
        "dana", "ann", "#lobby", "#help", ":", "::", "*", "GET", "FILES", "TOO_MANY", "NO_SUCH_FILE", "a", "b c", "0",
        "-1",
        "18446744073709551616", "0000000000000001", "6667", "done-1", "done-2", "ACK", "rdtchat/files", "echo-message",
        "\u{1}", "WHY", "window=1", "state=ended", "phase=\u{202E}", "lost=99999999999999999999", "1 2 3",
        ":\u{1}ACTION", ":\u{1}ACTION x\u{1}", ":@ann +bob", "", "\u{202E}", "😀", ":dana ann", "Bob", "=",
    ]
    private static let lines = [
        "/help", "/nicknames", "/whois ann", "/nick bob", "/msg ann x", "/reply x", "/me x", "/join #help", "/part",
        "/topic",
        "/topic x", "/query ann", "/query", "/away", "/away x", "/back", "/ignore", "/ignore ann", "/ignore ann 1s",
        "/ignore ann off", "/rooms", "/recall x", "/recall *", "/resend", "/resend drop", "/files", "/files *",
        "/download a", "/download a \"b c\" > d/ &", "/transfers", "/wait", "/wait 1",
        "/cancel 1", "/cancel 2", "/set", "/set times off", "/set output-dir", "/set all", "/set bell default",
        "/alias", "/alias x /x", "/x", "/alias x off", "print x",
        "assert x", "assert ! x", "hello", "//x", "", " ", "/", "to ann x",
        "download \"", "\\", "\"", "wait-for x 1", "sleep 1", "/wait-for ** 2", "-/x", "y",
        "/why", "/why 1", "/why 2", "why 1",
    ]

    private func line(_ random: inout SeededGenerator) -> [UInt8] {
        var text =
            Bool.random(using: &random) ? ":\(["dana!d@h", "ann!a@h", "srv"].randomElement(using: &random) ?? "") " : ""
        text += Self.commands.randomElement(using: &random) ?? ""
        for _ in 0..<Int.random(in: 0...6, using: &random) {
            text += " " + (Self.words.randomElement(using: &random) ?? "")
        }
        var bytes = Array(text.utf8)
        if Int.random(in: 0..<10, using: &random) == 0, !bytes.isEmpty {
            bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
        }
        return bytes + [13, 10]
    }

    @Test("any server and any person, in any order", arguments: 0..<150)
    func everything(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var desk = Desk(isScript: seed % 3 == 0) { $0.reportsProgress = true }
        if seed % 4 != 0 { desk.enter(files: ["a", "b c"]) }
        for _ in 0..<200 {
            let number = TransferNumber(Int.random(in: 1...4, using: &random))
            switch Int.random(in: 0..<13, using: &random) {
            case 0..<5:
                let bytes = line(&random)
                desk.tell { $0.receive(bytes[...], at: $1, wall: UnixTime(seconds: 0)) }
            case 5..<8: desk.type(Self.lines.randomElement(using: &random) ?? "")
            case 8:
                let line = Self.lines.randomElement(using: &random) ?? ""
                desk.tell { $0.feedScript(Array("\(line)\n".utf8)[...], at: $1) }
            case 9: desk.pass(seconds: Double.random(in: 0...40, using: &random))
            case 10: desk.tell { $0.transferProgressed(number, bytes: seed, at: $1) }
            case 11 where Bool.random(using: &random):
                desk.arrivals[number] = ArrivalFigures()
                desk.tell { $0.transferExamined(number, ArrivalFigures(), at: $1) }
            case 11: desk.tell { $0.transferFinished(number, Desk.report("x"), at: $1) }
            default: desk.tell { $0.interrupted(at: $1) }
            }
            _ = desk.client.prompt
            _ = desk.client.rows(columns: 30, at: desk.now) { $0.count }
            for event in desk.events { _ = EventJSON.line(for: event) }
            _ = desk.screen
            desk.events = []
        }
    }

    @Test("any bytes from the server and any text from the person", arguments: 0..<50)
    func noise(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var desk = Desk.entered(files: ["a b", "\"", "-x"])
        for _ in 0..<100 {
            let bytes = (0..<Int.random(in: 0...700, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            desk.tell { $0.receive(bytes[...], at: $1, wall: UnixTime(seconds: 0)) }
            let starts = ["/download ", "/", "download ", "/msg ", "/set ", "to ", ""]
            let noise = String(decoding: bytes.prefix(40), as: UTF8.self)
            let quotes = ["\"", "'", "\\", " ", ">"].randomElement(using: &random) ?? ""
            let text = (starts.randomElement(using: &random) ?? "") + quotes + noise
            _ = desk.complete(text)
            _ = desk.client.isTalk(text)
            desk.type(text)
        }
    }
}
