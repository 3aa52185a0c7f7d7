import IRC
import Testing
import Timeline

@testable import ChatClient

@Suite("coming back") struct ClientComebackTests {
    /// A person in #lobby and #work whose first download runs, second waits for its ticket and third for its turn.
    private static func busy(isScript: Bool = false, for time: Interval? = nil) -> Desk {
        var desk = Desk(isScript: isScript) {
            $0.reconnectsFor = time
            $0.random = SeededGenerator(seed: 7)
        }
        desk.enter(files: ["a", "b", "c"], size: 8 << 20)
        desk.type("/join #work")
        desk.server(
            ":dana!dan@host JOIN #work", ":srv 353 dana = #work :dana", ":srv 366 dana #work :End of names")
        if isScript { desk.script("/download a\n") } else { desk.type("/download a b c") }
        desk.grant(1, name: "a", size: 8 << 20)
        desk.tell { $0.transferProgressed(TransferNumber(1), bytes: 2 << 20, at: $1) }
        desk.sent = []
        desk.events = []
        return desk
    }

    @Test("a lost connection is tried for again after 1, 2, 4 and so on up to 60 s, a quarter more or less")
    func pauses() {
        var desk = Self.busy()
        desk.tell { $0.disconnected(reason: "gone", at: $1) }
        for pause in [1, 2, 4, 8, 16, 32, 60, 60] as [Double] {
            let (before, tries) = (desk.now, desk.connects)
            desk.pass(seconds: pause * 0.75 - 0.01)
            #expect(desk.connects == tries)
            while desk.connects == tries, desk.now - before < .seconds(100) { desk.pass(seconds: 0.01) }
            #expect((desk.now - before).seconds <= pause * 1.25 + 0.02)
            desk.tell { $0.disconnected(reason: "refused", at: $1) }
        }
        #expect(desk.errors == ["the connection to 127.0.0.1:6667 was lost: gone"] && desk.status == nil)
    }

    @Test("who was away is away again, with the same words, and who was back is not")
    func away() {
        var desk = Self.busy()
        desk.type("/away at lunch")
        desk.server(":srv 306 dana :You have been marked as being away")
        func comeBack() {
            desk.tell { $0.disconnected(reason: "gone", at: $1) }
            desk.pass(seconds: 2)
            desk.sent = []
            desk.tell { $0.connected(at: $1) }
            desk.server(":srv CAP * ACK :rdtchat/files", ":srv 001 dana :Welcome", ":dana!dan@host JOIN #lobby")
        }
        comeBack()
        #expect(desk.sent.contains("AWAY :at lunch") && desk.client.prompt.text == "#lobby> ")
        desk.server(":srv 306 dana :You have been marked as being away")
        #expect(desk.client.prompt.text == "#lobby (away)> ")
        desk.type("/back")
        desk.server(":srv 305 dana :You are no longer marked as being away")
        comeBack()
        #expect(!desk.sent.contains { $0.hasPrefix("AWAY") })
    }

    @Test("the prompt counts the seconds, one at a time")
    func countdown() {
        var desk = Self.busy()
        desk.tell { $0.disconnected(reason: "gone", at: $1) }
        var shown: [String] = []
        for _ in 0..<3 {
            while desk.client.prompt.text != "(connecting again) " {
                if shown.last != desk.client.prompt.text { shown.append(desk.client.prompt.text) }
                desk.pass(seconds: 0.05)
            }
            desk.tell { $0.disconnected(reason: "refused", at: $1) }
        }
        let seconds = shown.map { $0.filter(\.isNumber) }
        #expect(shown.allSatisfy { $0.hasPrefix("(connecting again in ") } && seconds.suffix(3) == ["3", "2", "1"])
    }

    @Test("rooms and nickname come back, the download that runs is left alone, and the others are asked for again")
    func back() {
        var desk = Self.busy()
        desk.tell { $0.disconnected(reason: "gone", at: $1) }
        desk.pass(seconds: 2)
        desk.sent = []
        desk.tell { $0.connected(at: $1) }
        #expect(
            desk.sent.contains("NICK dana") && desk.sent.contains("JOIN #lobby") && desk.sent.contains("JOIN #work"))
        desk.server(":srv CAP * ACK :rdtchat/files", ":srv 001 dana :Welcome")
        #expect(desk.sent.contains("GET 0 auto b") && !desk.sent.contains("GET 0 auto a"))
        #expect(desk.cancelled.isEmpty && desk.client.prompt.text == "> ")
        desk.server(":dana!dan@host JOIN #lobby", ":dana!dan@host JOIN #work")
        #expect(desk.client.prompt.text == "#work> ")
        desk.tell { $0.transferFinished(TransferNumber(1), Desk.report("a"), at: $1) }
        #expect(desk.screen.contains { $0.hasPrefix("download 1 done: a") })
    }

    @Test("while our ghost has the name another is taken, and the name is asked for until it is ours")
    func ghost() {
        var desk = Self.busy()
        desk.tell { $0.disconnected(reason: "gone", at: $1) }
        desk.pass(seconds: 2)
        desk.tell { $0.connected(at: $1) }
        desk.server(":srv 433 * dana :Nickname is already in use")
        #expect(desk.sent.last == "NICK dana_")
        desk.server(":srv 001 dana_ :Welcome")
        desk.sent = []
        desk.pass(seconds: 5)
        #expect(desk.sent.contains("NICK dana"))
        let errors = desk.errors
        desk.server(":srv 433 dana_ dana :Nickname is already in use")
        #expect(desk.errors == errors)
        desk.sent = []
        desk.pass(seconds: 5)
        #expect(desk.sent.contains("NICK dana"))
        desk.server(":dana_!dan@host NICK dana")
        desk.sent = []
        desk.pass(seconds: 20)
        #expect(!desk.sent.contains("NICK dana"))
    }

    @Test("what is said while the connection is being tried for is kept, and said by /resend when it is back")
    func saidMeanwhile() {
        var desk = Self.busy()
        desk.tell { $0.disconnected(reason: "gone", at: $1) }
        desk.type("one")
        #expect(
            desk.errors.last == "not connected; connecting again in 1 s; what you say is kept, and /resend says it then"
        )
        desk.type("/files")
        #expect(desk.errors.last == "not connected; connecting again in 1 s")
        desk.type("/me waves")
        desk.type("/msg ann two")
        while desk.connects < 2 { desk.pass(seconds: 0.1) }
        desk.type("three")
        desk.tell { $0.connected(at: $1) }
        desk.type("four")
        desk.type("/resend")
        #expect(desk.errors.last == "not connected; connecting again")
        desk.server(":srv CAP * ACK :echo-message", ":srv 001 dana :Welcome")
        #expect(desk.screen.last?.hasPrefix("5 lines were not delivered") == true)
        desk.sent = []
        desk.type("/resend")
        #expect(
            desk.sent == [
                "PRIVMSG #work one", "PRIVMSG #work :\u{1}ACTION waves\u{1}", "PRIVMSG ann two", "PRIVMSG #work three",
                "PRIVMSG #work four",
            ])
    }

    @Test("a download that the server ended with the old connection goes on with a new ticket")
    func newTicket() {
        var desk = Self.busy()
        desk.tell { $0.disconnected(reason: "gone", at: $1) }
        desk.tell {
            $0.transferFailed(TransferNumber(1), TransferFailure(.linkLost, "the chat connection was lost"), at: $1)
        }
        desk.pass(seconds: 2)
        desk.tell { $0.connected(at: $1) }
        desk.server(":srv CAP * ACK :rdtchat/files", ":srv 001 dana :Welcome")
        #expect(desk.sent.contains("GET 0 auto a"))
        desk.grant(2, name: "a", size: 8 << 20)
        #expect(desk.starts.last?.number == TransferNumber(1) && desk.starts.last?.ticket == 2)
    }

    @Test("a download of the old connection that stands still gets a new ticket, one that goes on does not")
    func renewal() {
        for isMoving in [true, false] {
            var desk = Self.busy()
            desk.tell { $0.disconnected(reason: "gone", at: $1) }
            desk.pass(seconds: 2)
            desk.tell { $0.connected(at: $1) }
            desk.server(":srv CAP * ACK :rdtchat/files", ":srv 001 dana :Welcome")
            desk.sent = []
            for step in 1...8 as ClosedRange<UInt64> {
                desk.pass(seconds: 1)
                guard isMoving else { continue }
                desk.tell { $0.transferProgressed(TransferNumber(1), bytes: (2 + step) << 19 + 2 << 20, at: $1) }
            }
            #expect(desk.cancelled == (isMoving ? [] : [TransferNumber(1)]))
        }
    }

    @Test("a silent path is tried five times in vain, then the download has failed")
    func inVain() {
        var desk = Desk { $0.reconnectsFor = nil }
        desk.enter(files: ["a"])
        desk.type("/download a")
        for ticket in 1...7 as ClosedRange<UInt64> {
            if desk.sent.contains("GET 0 auto a") { desk.grant(ticket, name: "a") }
            desk.sent = []
            desk.tell { $0.transferFailed(TransferNumber(1), TransferFailure(.interrupted, "no answer"), at: $1) }
            for _ in 0..<40 where !desk.sent.contains("GET 0 auto a") { desk.pass(seconds: 1) }
            desk.server("PING :alive")
        }
        #expect(desk.starts.count == 6 && desk.errors == ["a: no answer"])
    }

    @Test("a download taken up in an outage of the whole path waits for the path, and so does what stands behind it")
    func outage() {
        for outage in [60, 100, 140] as [Double] {
            var desk = Self.busy()
            desk.server("PING :x")
            desk.tell { $0.transferFailed(TransferNumber(1), TransferFailure(.interrupted, "no answer"), at: $1) }
            desk.pass(seconds: outage)
            #expect(desk.hangUps.isEmpty && desk.errors.isEmpty)
            desk.grant(2, name: "b")
            desk.grant(3, name: "c")
            desk.grant(4, name: "a")
            #expect(Set(desk.starts.suffix(3).map(\.number.rawValue)) == [1, 2, 3])
        }
    }

    @Test("a server that talks and has no answer to a GET is asked again a few times")
    func ignoredGet() {
        var desk = Self.busy()
        for _ in 0..<500 {
            desk.pass(seconds: 1)
            desk.server("PING :x")
        }
        #expect(desk.sent.count { $0 == "GET 0 auto b" } == 5 && desk.errors.count == 2)
    }

    @Test("a script waits for the connection as long as it may, and then ends with 4")
    func script() {
        var desk = Self.busy(isScript: true, for: .seconds(30))
        desk.tell { $0.disconnected(reason: "gone", at: $1) }
        #expect(desk.status == nil)
        desk.tell { $0.transferFailed(TransferNumber(1), TransferFailure(.serverLeft, "it stops"), at: $1) }
        for _ in 0..<100 where desk.status == nil {
            desk.pass(seconds: 1)
            desk.tell { $0.disconnected(reason: "refused", at: $1) }
        }
        #expect(desk.status == .linkLost && desk.now - Instant(nanoseconds: 0) <= .seconds(31))
    }

    @Test("a script whose download ends while the connection is lost is through")
    func throughWithout() {
        var desk = Self.busy(isScript: true, for: .seconds(30))
        desk.tell { $0.disconnected(reason: "gone", at: $1) }
        desk.tell { $0.transferFinished(TransferNumber(1), Desk.report("a"), at: $1) }
        #expect(desk.status == .success)
    }

    @Test("/pause holds a download and frees its place, /resume lets it go on, and each says what is not so")
    func pause() {
        var desk = Self.busy()
        desk.type("/pause 1")
        #expect(desk.cancelled == [TransferNumber(1)] && desk.sent.contains("GETSTOP 0000000000000001"))
        desk.type("/transfers")
        #expect(desk.screen.contains { $0.hasPrefix("1  a  paused 25% of 8.0 MiB") })
        desk.type("/pause 1")
        #expect(desk.errors.last == "download 1 is paused")
        desk.type("/resume 3")
        #expect(desk.errors.last == "download 3 is queued" || desk.errors.last == "download 3 is asked")
        desk.type("/resume")
        #expect(desk.sent.contains("GET 0 auto a") || desk.client.transferLines(at: desk.now)[0].state == "queued")
        let count = desk.client.transfers.transfers.count
        desk.type("/cancel 1")
        #expect(desk.screen.last == "download 1 cancelled: a; /resume 1 goes on")
        desk.type("/resume 1")
        #expect(desk.client.transfers[TransferNumber(1)]?.isActive == true)
        #expect(desk.client.transfers.transfers.count == count)
        desk.type("/resume 9")
        #expect(desk.errors.last == "there is no download 9; /transfers shows your downloads")
    }
}
