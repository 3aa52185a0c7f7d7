import IRC
import Testing
import Timeline

@testable import ChatServer

@Suite("what one client can make the server spend")
struct SpendingTests {
    @Test("a line that asks for the ban list five hundred times gets it once, and what is no mode is told once")
    func banLists() throws {
        var stage = Stage()
        let dana = stage.join("dana", channels: "#tea")
        let noa = stage.join("noa")
        stage.say(dana, "MODE #tea +b rude")
        _ = stage.take(dana)
        stage.say(noa, "MODE #tea " + String(repeating: "b", count: 490), "MODE #tea b", "MODE #tea +b-b")
        #expect(try stage.takeCommands(noa) == ["367", "368", "367", "368", "367", "368"])
        stage.say(dana, "MODE #tea +" + String(repeating: "Xb", count: 200) + "X")
        #expect(try stage.takeCommands(dana) == ["472", "367", "368"])
    }

    @Test("NAMES tells a channel once a line however it is written, and ten channels a line")
    func names() throws {
        var stage = Stage()
        let dana = stage.join("dana", channels: "#tea")
        stage.say(dana, "NAMES #tea,#TEA,#tea,#none,#tea")
        #expect(try stage.takeCommands(dana) == ["353", "366", "366"])
        let channels = { (count: Int) in (1...count).map { "#\($0)" }.joined(separator: ",") }
        stage.say(dana, "NAMES " + channels(10))
        #expect(try stage.takeCommands(dana) == [String](repeating: "366", count: 10))
        stage.say(dana, "NAMES " + channels(11))
        #expect(try stage.takeCommands(dana) == [String](repeating: "366", count: 10) + ["407"])
    }

    @Test("what is on the shelf waits for a slow reader as one place in the list, in a labelled answer too")
    func listing() throws {
        let entries = try (0..<5_000).map { number in
            FileEntry(
                name: try FileName("file number \(number).txt"), size: 5, modified: UnixTime(seconds: 7))
        }
        for (label, most, count) in [("", 1, 5_001), ("@label=x ", 2, 5_003)] {
            var stage = Stage()
            let dana = stage.join("dana", capabilities: "rdtchat/files labeled-response batch")
            stage.blocked.insert(dana)
            stage.say(dana, label + "FILES")
            guard case .listShelf(let request, mask: _)? = stage.takeOthers().first else {
                Issue.record("nobody looked at the shelf")
                return
            }
            stage.act { $0.shelfListed(request, entries: entries, at: $1) }
            #expect(stage.hub.connections[dana]?.answers.count == most)
            #expect(stage.paused == [dana])
            stage.unblock(dana)
            let lines = stage.take(dana)
            #expect(lines.count == count)
            #expect(lines.filter { $0.hasPrefix("@batch=1 ") }.count == (label.isEmpty ? 0 : 5_001))
            #expect(lines.contains { $0.hasSuffix(":rdtchat.local FILEEND :5000") })
            #expect(stage.paused.isEmpty)
        }
    }

    @Test("who reads a long answer at a crawl is heard of by what it has read, and given up when it reads no more")
    func crawl() throws {
        let entries = try (0..<5_000).map { number in
            FileEntry(name: try FileName("file number \(number).txt"), size: 5, modified: UnixTime(seconds: 7))
        }
        var stage = Stage()
        let dana = stage.join("dana", capabilities: "rdtchat/files")
        stage.blocked.insert(dana)
        stage.say(dana, "FILES")
        guard case .listShelf(let request, mask: _)? = stage.takeOthers().first else {
            Issue.record("nobody looked at the shelf")
            return
        }
        stage.act { $0.shelfListed(request, entries: entries, at: $1) }
        for _ in 0..<10 {
            stage.wait(.seconds(60))
            stage.act { $0.written(1_000, to: dana, at: $1) }
        }
        #expect(stage.closed.isEmpty)
        stage.wait(.seconds(151))
        #expect(stage.closed[dana] == "ping timeout: 150 s")
        #expect(stage.hub.statusLines.contains("closed: ping-timeout=1"))
    }

    @Test("4 KiB of tags cost nine times what a short line does, and half a KiB nothing")
    func tags() {
        var configuration = Stage.calm
        configuration.floodControl = true
        var stage = Stage(configuration)
        let dana = stage.join("dana")
        stage.wait(.seconds(60))
        _ = stage.take(dana)
        func ask(_ lines: Int, tags: Int) -> Int {
            let line = "@" + String(repeating: "a", count: tags) + " PING x\r\n"
            for _ in 0..<lines { stage.feed(dana, Array(line.utf8)) }
            return stage.take(dana).count
        }
        #expect(ask(452, tags: 500) == 451)
        stage.wait(.seconds(60))
        _ = stage.take(dana)
        #expect(ask(53, tags: 4_090) == 51)
    }

    @Test("who wrote ahead and sends nothing more is asked after 90 s whether it is there, and still heard")
    func writtenAhead() {
        var configuration = Stage.calm
        configuration.floodControl = true
        var stage = Stage(configuration)
        let noa = stage.join("noa", channels: "#tea")
        let dana = stage.join("dana", channels: "#tea")
        // Not when the timer of its registration fires, and not a round of that timer later.
        stage.wait(.seconds(30))
        stage.feed(dana, Array(String(repeating: "PRIVMSG #tea :x\r\n", count: 600).utf8))
        stage.say(noa, "PING x")
        stage.wait(.milliseconds(89_999))
        #expect(!stage.take(dana).contains("PING :rdtchat.local"))
        stage.wait(.milliseconds(1))
        #expect(stage.take(dana).contains("PING :rdtchat.local"))
        stage.say(noa, "PING x")
        stage.wait(.seconds(80))
        #expect(stage.closed.isEmpty)
    }

    @Test("a client that has written its last while its lines wait is asked whether it is there")
    func probe() {
        var stage = Stage()
        let dana = stage.join("dana")
        stage.act { $0.probe(dana, at: $1) }
        #expect(stage.take(dana) == ["PING :rdtchat.local"])
        stage.leave(dana)
        stage.act { $0.probe(dana, at: $1) }
        #expect(stage.take(dana).isEmpty)
    }
}
