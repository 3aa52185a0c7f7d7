import IRC
import Testing
import Timeline

@testable import ChatClient

@Suite("/why")
struct WhyTests {
    private static let ticket = "00000000000000ab"

    private func downloading(isScript: Bool = false) -> Desk {
        var desk = Desk.entered(isScript: isScript, files: ["a"])
        if isScript { desk.script("download a &\n", ends: false) } else { desk.type("/download a") }
        desk.grant(0xAB, name: "a")
        var arrival = ArrivalFigures()
        arrival.seconds = 10
        arrival.packets = 9_880
        arrival.missing = 120
        arrival.acks = 400
        arrival.longestSilence = 0.0512
        arrival.writing = 0.3
        desk.arrivals = [TransferNumber(1): arrival]
        desk.sent = []
        desk.events = []
        return desk
    }

    private static let figures = """
        state=sending recovery=sr phase=cruise elapsed=10000 bytes=1 segment=1176 packets=10000 lost=120 resent=122 \
        go-backs=1 timeouts=2 window=1048576 in-flight=524288 receive-window=4194304 rtt=51200 least-rtt=50000 \
        pacing=12500000 delivery=12000000 path-loss=11000
        """

    @Test("it asks the server and shows both ends, what limits first")
    func running() {
        var desk = downloading()
        desk.type("/why 1", as: CommandID(1))
        #expect(desk.sent == ["WHY \(Self.ticket)"])
        #expect(desk.finished[CommandID(1)] == nil)
        desk.server(
            ":srv FIGURES \(Self.ticket) :\(Self.figures)",
            ":srv FIGURES \(Self.ticket) :start=400 rate=9000 now-rate=4900 now-start=0 now-sender=100",
            ":srv WINDOWS \(Self.ticket) 100 :131072 524288 1048576 1000000")
        #expect(
            desk.screen == [
                "download 1 a (running): limited by the path's rate (98 % of the last seconds)",
                "  loss        1.2 %, 120 of 10000 datagrams; 1.1 % is the path's own",
                "  round trip  51.2 ms smoothed, 50.0 ms least",
                "  window      1.0 MiB, 512.0 KiB in flight, the receiver takes 4.0 MiB",
                "              ▁▄██  each 100.0 ms, at most 1.0 MiB",
                "  rate        11.4 MiB/s arrived of late, paced at 11.9 MiB/s",
                "  recovery    selective repeat, cruise; 122 sent again, 1 go-back, 2 timeouts",
                "  here        9880 came, 120 did not, 0 out of order, 0 twice, 0 dropped by this system",
                "              400 ACKs, at most 51.2 ms without a datagram, 3.0 % of the time writing",
            ])
        #expect(desk.finished[CommandID(1)] == .succeeded)
    }

    @Test("the JSON event has every figure of both ends")
    func json() {
        var desk = downloading()
        desk.type("/why")
        desk.server(
            ":srv FIGURES \(Self.ticket) :state=ended lost=1 packets=2 rate=5", ":srv WINDOWS \(Self.ticket) 10 :7 8")
        #expect(
            desk.events.map(EventJSON.line) == [
                #"{"event":"why","number":1,"name":"a","state":"running","limit":"rate","#
                    + #""text":"limited by the path's rate (100 % of the time)","#
                    + #""sender":{"state":"ended","packets":2,"lost":1,"rate":5},"#
                    + #""windows":{"milliseconds":10,"bytes":[7,8]},"#
                    + #""receiver":{"seconds":10.0,"packets":9880,"missing":120,"out-of-order":0,"duplicates":0,"#
                    + #""local-drops":0,"acks":400,"longest-silence":0.0512,"writing":0.3}}"#
            ])
    }

    @Test("a download that has ended is explained by what was told last")
    func ended() {
        var desk = downloading()
        let last = desk.arrivals[TransferNumber(1)]
        desk.tell { $0.transferExamined(TransferNumber(1), last, at: $1) }
        desk.tell { $0.transferFinished(TransferNumber(1), Desk.report("a"), at: $1) }
        desk.arrivals = [:]
        desk.events = []
        desk.type("/why 1")
        desk.server(
            ":srv FIGURES \(Self.ticket) :state=ended packets=9 rate=1 full=3", ":srv WINDOWS \(Self.ticket) 10 :")
        #expect(
            desk.screen.first
                == "download 1 a (done): limited by the window that the path seems to hold (75 % of the time)")
        #expect(desk.screen.contains { $0.hasPrefix("  here        9880 came") })
    }

    @Test("a server that does not know the question leaves what this end knows")
    func unknown() {
        for answer in [":srv 421 dana WHY :Unknown command", ":srv FAIL WHY NO_SUCH_TICKET \(Self.ticket) :none"] {
            var desk = downloading()
            desk.type("/why 1", as: CommandID(1))
            desk.server(answer)
            #expect(desk.screen.first == "download 1 a (running): the server does not tell what limits it")
            #expect(desk.finished[CommandID(1)] == .succeeded)
        }
    }

    @Test("without a connection it tells what is known here, at once")
    func offline() {
        var desk = downloading()
        desk.tell { $0.disconnected(reason: "gone", at: $1) }
        desk.events = []
        desk.type("/why 1", as: CommandID(1))
        #expect(desk.screen.count == 3)
        #expect(desk.finished[CommandID(1)] == .succeeded)
    }

    @Test("what is no download is an error that says so")
    func wrong() {
        var desk = Desk.entered(files: ["a"])
        desk.type("/why")
        desk.type("/why 7")
        desk.type("/why x")
        #expect(
            desk.errors == [
                "no downloads yet; /download NAME fetches a file",
                "there is no download 7; /transfers shows your downloads",
                "'x' is no number of a download; /transfers shows them",
            ])
    }

    @Test("in a script it works without the slash, and the next command waits for it")
    func script() {
        var desk = downloading(isScript: true)
        desk.script("why 1\n/me waves\n", ends: false)
        #expect(desk.sent == ["WHY \(Self.ticket)"])
        desk.server(":srv WINDOWS \(Self.ticket) 10 :")
        #expect(desk.sent.last?.contains("ACTION waves") == true)
    }

    private func verdict(
        _ numbers: [FilesExtension.Figure: UInt64], recovery: String = "gbn",
        change: (inout ArrivalFigures) -> Void = { _ in }
    ) throws -> Verdict {
        var figures = FilesExtension.Figures(ticket: 1)
        figures.numbers = numbers
        figures.words = [.state: "ended", .recovery: recovery]
        var arrival = ArrivalFigures()
        arrival.seconds = 10
        arrival.packets = 1_000
        change(&arrival)
        return Verdict(
            Explanation(
                number: TransferNumber(1), name: try FileName("a"), state: "done", isRunning: false, arrival: arrival,
                sender: figures))
    }

    @Test("the verdict names the disk, this machine, loss, the receive window, the server or silence")
    func verdicts() throws {
        #expect(try verdict([.rate: 9]) { $0.writing = 5 }.limit == .disk)
        #expect(try verdict([.rate: 9]) { $0.writing = 4.9 }.limit == .rate)
        #expect(try verdict([.rate: 9]) { $0.localDrops = 2 }.limit == .buffer)
        #expect(try verdict([.limitWindow: 9, .packets: 1_000, .lost: 12]).limit == .loss)
        #expect(
            try verdict([.limitWindow: 9, .packets: 1_000, .lost: 12]).text
                == "limited by loss, 1.2 %: the window halves at each (100 % of the time)")
        #expect(try verdict([.limitWindow: 9, .packets: 1_000, .lost: 4]).limit == .window)
        #expect(try verdict([.limitWindow: 9, .packets: 1_000, .lost: 12], recovery: "sr").limit == .window)
        #expect(try verdict([.receiver: 9, .rate: 1, .receiveWindow: 212_992]).limit == .receiver)
        #expect(try verdict([.sender: 2, .rate: 1]).limit == .sender)
        #expect(try verdict([.silence: 2]).limit == .silence)
        #expect(try verdict([.start: 2]).limit == .start)
        #expect(try verdict([:]).limit == .none)
    }

    @Test("a sparkline goes from the lowest block to the highest")
    func sparkline() {
        #expect(Sparkline([0, 1, 2, 3, 4, 5, 6, 7, 8])?.text == "▁▁▂▃▄▅▆▇█")
        #expect(Sparkline([]) == nil && Sparkline([0, 0]) == nil)
        #expect(Sparkline([.max, 1])?.text == "█▁")
    }

    @Test("shares and spans of time have the digits that count")
    func digits() {
        #expect(
            [0, 0.00001, 0.0003, 0.00997, 0.012, 0.0994, 0.0996, 1].map(Verdict.percent)
                == ["0 %", "under 0.01 %", "0.03 %", "1.0 %", "1.2 %", "9.9 %", "10 %", "100 %"])
        #expect(
            [0.00085, 0.0512, 0.9999, 3, 240].map(Amount.duration)
                == ["850 µs", "51.2 ms", "999.9 ms", "3.0 s", "240 s"])
    }
}
