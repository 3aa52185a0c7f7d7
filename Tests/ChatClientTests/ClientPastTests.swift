import IRC
import Testing
import Timeline

@testable import ChatClient

@Suite("Lines from before we came")
struct ClientPastTests {
    private static let capabilities = ["rdtchat/files", "echo-message", "server-time batch draft/chathistory"]

    private func line(_ second: Int, _ nick: String, _ text: String, batch: String? = "7") -> String {
        let tags = ["time=2026-11-22T10:00:0\(second).000Z"] + (batch.map { ["batch=\($0)"] } ?? [])
        return "@\(tags.joined(separator: ";")) :\(nick)!u@h PRIVMSG #lobby :\(text)"
    }

    private func entered(isScript: Bool = false) -> Desk {
        var desk = Desk(isScript: isScript)
        desk.enter(capabilities: Self.capabilities)
        return desk
    }

    @Test("who enters a room asks for the lines before that moment, as many as the setting says; a script does not")
    func asks() {
        var desk = entered()
        desk.server("@time=2026-11-22T10:00:05.000Z :dana!d@h JOIN #work")
        #expect(desk.sent == ["CHATHISTORY BEFORE #work timestamp=2026-11-22T10:00:05.000Z 10"])
        desk.type("/set history 3")
        desk.sent = []
        desk.server(":dana!d@h JOIN #more")
        #expect(desk.sent == ["CHATHISTORY LATEST #more * 3"])
        desk.type("/set history 0")
        desk.sent = []
        desk.server(":dana!d@h JOIN #none")
        #expect(desk.sent == [])
        var script = entered(isScript: true)
        script.server(":dana!d@h JOIN #work")
        #expect(script.sent == [])
    }

    @Test("they are told with their times after a word, mention nobody aloud, and /recall finds them")
    func told() {
        var desk = entered()
        desk.server(
            ":srv BATCH +7 chathistory #lobby", line(1, "ann", "dana, are you there?"),
            line(2, "dana", "\u{1}ACTION waves\u{1}"),
            ":ann!a@h PRIVMSG #lobby :now")
        #expect(desk.screen == ["<ann> now"])
        desk.events = []
        desk.server(":srv BATCH -7")
        #expect(
            desk.screen == ["said in #lobby before you came:", "<!ann> dana, are you there?", "* dana waves"])
        let times = desk.events.compactMap { if case .recalled(let time, _) = $0 { time.seconds % 60 } else { nil } }
        #expect(times == [1, 2] && desk.events.allSatisfy { !$0.isForUs })
        desk.events = []
        desk.type("/recall are you there")
        #expect(desk.screen == ["<!ann> dana, are you there?"])
    }

    @Test("after a lost connection only what was missed is told")
    func missed() {
        var desk = Desk { $0.reconnectsFor = nil }
        desk.enter(capabilities: Self.capabilities)
        desk.server(line(3, "ann", "seen", batch: nil))
        desk.tell { $0.disconnected(reason: "gone", at: $1) }
        desk.pass(seconds: 2)
        desk.tell { $0.connected(at: $1) }
        for name in Self.capabilities { desk.server(":srv CAP * ACK :\(name)") }
        desk.server(":srv 001 dana :Welcome")
        desk.sent = []
        desk.server("@time=2026-11-22T10:00:09.000Z :dana!d@h JOIN #lobby")
        #expect(desk.sent == ["CHATHISTORY BEFORE #lobby timestamp=2026-11-22T10:00:09.000Z 100"])
        desk.events = []
        desk.server(
            ":srv BATCH +7 chathistory #lobby", line(2, "ann", "older"), line(3, "ann", "seen"),
            line(4, "Bob", "missed"),
            ":srv BATCH -7")
        #expect(desk.screen == ["said in #lobby while you were not connected:", "<Bob> missed"])
    }

    @Test("what a server says in batches without end or sense costs a bounded memory and no line")
    func hostile() {
        var desk = entered()
        for number in 0..<50 { desk.server(":srv BATCH +\(number) chathistory #lobby") }
        #expect(desk.client.past.batches.count == Past.mostBatches)
        for _ in 0..<(Past.mostLines + 50) { desk.server(line(1, "ann", "x", batch: "0")) }
        #expect(desk.client.past.batches["0"]?.lines.count == Past.mostLines)
        desk.server(
            ":srv BATCH", ":srv BATCH +", ":srv BATCH -none", ":srv BATCH +n netsplit a b",
            ":srv FAIL CHATHISTORY X :no")
        #expect(desk.screen == [])
    }
}
