import ChatServer
import IRC
import Testing
import Timeline

@Suite("files through the hub")
struct ShelfTests {
    private func entry(_ name: String, size: UInt64 = 5) throws -> FileEntry {
        FileEntry(name: try FileName(name), size: size, modified: UnixTime(seconds: 7))
    }

    private func member(_ stage: inout Stage, _ nick: String = "dana") -> Stage.Client {
        stage.join(nick, capabilities: "rdtchat/files")
    }

    private func request(_ effect: Effect?) throws -> RequestID {
        switch try #require(effect) {
        case .listShelf(let request, mask: _), .openFile(let request, _, name: _, offset: _, mode: _, nick: _): request
        case .explainTransfer(let request, ticket: _): request
        case .send, .relay, .close, .pauseReading, .resumeReading, .stopTransfer, .verifyPassword, .tellStatus, .reload,
            .log:
            try #require(nil, "no question to the shelf")
        }
    }

    /// Asks for a file that the shelf opens with this ticket.
    private func download(_ stage: inout Stage, _ client: Stage.Client, ticket: UInt64, size: UInt64 = 5) throws {
        stage.say(client, "GET 0 auto :a")
        let request = try request(stage.takeOthers().first)
        let entry = try entry("a", size: size)
        stage.act { $0.fileOpened(request, ticket: ticket, port: 6667, entry: entry, at: $1) }
    }

    @Test("FILES lists what matches, and what is asked after it is answered after it")
    func list() throws {
        var stage = Stage()
        let dana = member(&stage)
        stage.say(dana, "FILES :*.txt", "PING x")
        #expect(stage.take(dana).isEmpty)
        #expect(stage.paused == [dana])
        let question = stage.takeOthers()
        guard case .listShelf(let request, mask: "*.txt")? = question.first else {
            Issue.record("\(question)")
            return
        }
        let entries = [try entry("a b.txt"), try entry("c.TXT"), try entry("sub/d.txt", size: 0)]
        stage.act { $0.shelfListed(request, entries: entries, at: $1) }
        #expect(
            stage.take(dana) == [
                ":rdtchat.local FILE 5 7 * :a b.txt", ":rdtchat.local FILE 0 7 * :sub/d.txt",
                ":rdtchat.local FILEEND :2",
                ":rdtchat.local PONG rdtchat.local :x",
            ])
        #expect(stage.paused.isEmpty)
    }

    @Test("a shelf of five thousand files does not overflow the queue of a slow reader")
    func manyFiles() throws {
        var stage = Stage()
        let dana = member(&stage)
        stage.say(dana, "FILES")
        let entries = try (0..<5_000).map { try entry("file number \($0).txt") }
        stage.blocked.insert(dana)
        let request = try request(stage.takeOthers().first)
        stage.act { $0.shelfListed(request, entries: entries, at: $1) }
        #expect((stage.unread[dana] ?? 0) < 2 * HubLimits.answerMark)
        stage.unblock(dana)
        #expect(stage.take(dana).count == 5_001)
        #expect(stage.closed.isEmpty)
    }

    @Test("who lists a large shelf again and again is held up by flood control")
    func dearListing() throws {
        var configuration = Stage.calm
        configuration.floodControl = true
        var stage = Stage(configuration)
        let dana = member(&stage)
        stage.wait(.seconds(60))
        _ = stage.take(dana)
        // 40 µs a file, and 10 ms for the line: two seconds of an allowance of five.
        let entries = [FileEntry](repeating: try entry("a"), count: 50_000)
        for _ in 0..<3 {
            stage.say(dana, "FILES :b*")
            let request = try request(stage.takeOthers().first)
            stage.act { $0.shelfListed(request, entries: entries, at: $1) }
        }
        #expect(stage.paused == [dana])
        stage.say(dana, "PING x")
        #expect(stage.take(dana).count == 3)
        stage.wait(.milliseconds(1_529))
        #expect(stage.take(dana).isEmpty)
        stage.wait(.milliseconds(1))
        #expect(stage.take(dana) == [":rdtchat.local PONG rdtchat.local :x"])
    }

    @Test("GET is a question to the shelf and its answer a ticket")
    func get() throws {
        var stage = Stage()
        let dana = member(&stage)
        stage.say(dana, "GET 17 gbn :two words")
        guard case .openFile(let request, let client, let name, 17, "gbn", "dana")? = stage.takeOthers().first else {
            Issue.record("no question")
            return
        }
        #expect(client == dana)
        #expect(name == (try FileName("two words")))
        let file = try entry("two words")
        stage.act { $0.fileOpened(request, ticket: 255, port: 6667, entry: file, at: $1) }
        #expect(stage.take(dana) == [":rdtchat.local TICKET 00000000000000ff 6667 5 7 * :two words"])
    }

    @Test("a GET that cannot be read is refused with its reason, without asking the shelf")
    func badRequests() throws {
        var stage = Stage()
        let dana = member(&stage)
        stage.say(
            dana, "GET 0 auto", "GET x auto :a b", "GET 0 fast :a", "GET 0 sr :../a", "GET 0 sr :/etc/passwd",
            "GET 0 sr :")
        let got = stage.take(dana)
        #expect(got[0] == ":rdtchat.local 461 dana GET :Not enough parameters")
        #expect(got[1] == ":rdtchat.local FAIL GET BAD_OFFSET a%20b :'x' is no offset: a number of bytes is")
        #expect(got[2] == ":rdtchat.local FAIL GET BAD_MODE a :'fast' is none of auto, gbn, sr")
        #expect(got[3].hasPrefix(":rdtchat.local FAIL GET BAD_NAME ../a :file name '../a' has a part that begins with"))
        #expect(got[4].hasPrefix(":rdtchat.local FAIL GET BAD_NAME /etc/passwd :file name '/etc/passwd' is absolute"))
        #expect(got[5].hasPrefix(":rdtchat.local FAIL GET BAD_NAME % :file name '' is empty"))
        #expect(stage.takeOthers().isEmpty)
    }

    @Test("the shelf's refusal is told with its code")
    func refusals() throws {
        var stage = Stage()
        let dana = member(&stage)
        let cases: [(FileRefusal, String)] = [
            (.noSuchFile, "NO_SUCH_FILE a :no such file on the shelf"),
            (.unreadable("Permission denied"), "UNREADABLE a :the file cannot be read: Permission denied"),
            (.badOffset(size: 9), "BAD_OFFSET a :the offset lies beyond the file's end, 9 bytes"),
            (.tooMany, "TOO_MANY a :the server has as many downloads as it can serve; try again later"),
        ]
        for (refusal, text) in cases {
            stage.say(dana, "GET 0 auto :a")
            let request = try request(stage.takeOthers().first)
            stage.act { $0.fileRefused(request, refusal, at: $1) }
            #expect(stage.take(dana) == [":rdtchat.local FAIL GET " + text])
        }
    }

    @Test("two large downloads of a user run at a time, a third waits until one has ended")
    func limit() throws {
        var stage = Stage()
        let (dana, noa) = (member(&stage), member(&stage, "noa"))
        let large = FilesExtension.smallFile + 1
        try download(&stage, dana, ticket: 1, size: large)
        try download(&stage, dana, ticket: 2, size: large)
        try download(&stage, dana, ticket: 3, size: FilesExtension.smallFile)
        _ = stage.take(dana)
        try download(&stage, dana, ticket: 4, size: large)
        #expect(stage.take(dana) == [":rdtchat.local FAIL GET TOO_MANY a :2 of your downloads run already"])
        #expect(stage.takeOthers() == [.stopTransfer(ticket: 4)])
        stage.act { $0.transferEnded(FilesExtension.Figures(ticket: 4), at: $1) }
        try download(&stage, noa, ticket: 5, size: large)
        stage.act { $0.transferEnded(FilesExtension.Figures(ticket: 1), at: $1) }
        stage.act { $0.transferEnded(FilesExtension.Figures(ticket: 77), at: $1) }
        try download(&stage, dana, ticket: 6, size: large)
        #expect(stage.take(dana).last?.contains(" TICKET 0000000000000006 ") == true)
    }

    @Test("a dozen downloads of small files run at a time, the next is not even opened")
    func smallLimit() throws {
        var stage = Stage()
        let dana = member(&stage)
        for ticket in 1...UInt64(HubLimits.ticketsPerUser) {
            try download(&stage, dana, ticket: ticket, size: FilesExtension.smallFile)
        }
        _ = stage.take(dana)
        stage.say(dana, "GET 0 auto :a")
        #expect(stage.take(dana) == [":rdtchat.local FAIL GET TOO_MANY a :12 of your downloads run already"])
        #expect(stage.takeOthers().isEmpty)
        stage.act { $0.transferEnded(FilesExtension.Figures(ticket: 8), at: $1) }
        try download(&stage, dana, ticket: 99)
        #expect(stage.take(dana).last?.contains(" TICKET 0000000000000063 ") == true)
    }

    @Test("GETSTOP stops the own transfer and nobody else's")
    func stop() throws {
        var stage = Stage()
        let (dana, noa) = (member(&stage), member(&stage, "noa"))
        try download(&stage, dana, ticket: 255)
        stage.say(noa, "GETSTOP 00000000000000ff", "GETSTOP ff", "GETSTOP")
        #expect(
            stage.take(noa) == [
                ":rdtchat.local FAIL GETSTOP NO_SUCH_TICKET 00000000000000ff :you have no running download with this ticket",
                ":rdtchat.local FAIL GETSTOP NO_SUCH_TICKET ff :you have no running download with this ticket",
                ":rdtchat.local 461 noa GETSTOP :Not enough parameters",
            ])
        #expect(stage.takeOthers().isEmpty)
        stage.say(dana, "GETSTOP 00000000000000ff")
        #expect(stage.takeOthers() == [.stopTransfer(ticket: 255)])
        #expect(stage.take(dana).count == 1)
    }

    @Test("transfers end 10 s after their user has gone, unless they end before")
    func grace() throws {
        var stage = Stage()
        let dana = member(&stage)
        try download(&stage, dana, ticket: 1)
        try download(&stage, dana, ticket: 2)
        stage.leave(dana)
        stage.act { $0.transferEnded(FilesExtension.Figures(ticket: 1), at: $1) }
        stage.wait(.milliseconds(9_999))
        #expect(stage.takeOthers().isEmpty)
        stage.wait(.milliseconds(1))
        #expect(stage.takeOthers() == [.stopTransfer(ticket: 2)])
        stage.act { $0.transferEnded(FilesExtension.Figures(ticket: 2), at: $1) }
        #expect(stage.hub.nextDeadline == nil)
    }

    @Test("a file that opens after its user has gone is not served")
    func late() throws {
        var stage = Stage()
        let dana = member(&stage)
        stage.say(dana, "GET 0 auto :a")
        let request = try request(stage.takeOthers().first)
        stage.leave(dana)
        let file = try entry("a")
        stage.act { $0.fileOpened(request, ticket: 9, port: 6667, entry: file, at: $1) }
        #expect(stage.takeOthers() == [.stopTransfer(ticket: 9)])
        stage.act { $0.shelfListed(request, entries: [file], at: $1) }
    }

    @Test("to a client without the capability the commands do not exist, and nothing happens to it")
    func withoutCapability() {
        var stage = Stage()
        let irssi = stage.join("irssi")
        stage.say(irssi, "FILES", "GET 0 auto :a", "GETSTOP x", "PING x")
        #expect(
            stage.take(irssi) == [
                ":rdtchat.local 421 irssi FILES :Unknown command without the capability rdtchat/files",
                ":rdtchat.local 421 irssi GET :Unknown command without the capability rdtchat/files",
                ":rdtchat.local 421 irssi GETSTOP :Unknown command without the capability rdtchat/files",
                ":rdtchat.local PONG rdtchat.local :x",
            ])
        #expect(stage.takeOthers().isEmpty)
    }
}
