import RDT
import Simulation
import Testing
import Timeline

@testable import TraceDrawing

/// A trace made by hand.
enum Lines {
    static let id = "00000000000000ab"

    static func line(
        _ time: Double, _ event: String, id: String = id, end: String = "server", offset: Int = 0, window: Int = 0,
        detail: String = ""
    ) -> String {
        let tail = detail.isEmpty ? "" : ",\"detail\":\"\(detail)\""
        return "{\"time\":\(time),\"id\":\"\(id)\",\"end\":\"\(end)\",\"event\":\"\(event)\",\"offset\":\(offset)"
            + ",\"window\":\(window)\(tail)}"
    }

    /// Two seconds: a start that doubles, a loss, a go-back, and a steady rest.
    static var transfer: String {
        var lines = [line(100, "hello"), line(100.05, "start")]
        for step in 1...20 {
            let time = 100 + Double(step) / 10
            let window = step < 6 ? 10_000 << step : 200_000
            let rate = step < 6 ? 200_000 << step : 2_000_000
            let detail =
                "in-flight=\(window * 3 / 4) delivered=\(step * step * 20_000) lost=\(step / 5) resent=\(step / 4) "
                + "rate=\(rate) rtt=0.0\(step == 8 ? 9 : 6) least-rtt=0.05 phase=\(step < 6 ? "startup" : "cruise")"
            lines.append(line(time, "status", offset: step * step * 18_000, window: window, detail: detail))
            if step == 8 { lines.append(line(time + 0.01, "lost", window: window, detail: "1 of packets 3 to 3")) }
            if step == 12 { lines.append(line(time + 0.01, "go-back", window: window)) }
        }
        lines.append(line(102, "finished", offset: 8_000_000, detail: "completed"))
        return lines.joined(separator: "\n") + "\n"
    }

    static func trace(_ text: String) -> Trace {
        var trace = Trace()
        trace.read(Array(text.utf8)[...])
        trace.finish()
        return trace
    }
}

@Suite("traces are read")
struct TraceTests {
    @Test("every line that both ends of seeded transfers write is read, and each end is a transfer")
    func ownLines() throws {
        for seed in UInt64(1)...40 {
            var scenario = Scenario(seed: seed)
            scenario.tracing = true
            var world = World(scenario)
            try world.run()
            let trace = Lines.trace(world.traces.map { $0.json + "\n" }.joined())
            #expect(trace.lines == world.traces.count && trace.skipped == 0)
            #expect(Set(trace.transfers.map(\.id)) == Set(world.traces.map { "\($0.id)" }))
            for transfer in trace.transfers {
                _ = TextDrawing(transfer, columns: 80)
                _ = SVGDrawing(transfer).text
            }
        }
    }

    @Test("a client that leaves before the server's last word has completed what it said was right")
    func leaves() {
        let hello = Lines.line(1, "hello", end: "client") + "\n"
        let done = Lines.line(2, "done", end: "client", offset: 100) + "\n"
        let wrong = Lines.line(2, "finished", end: "client", offset: 100, detail: "digest mismatch") + "\n"
        #expect(Lines.trace(hello + done).transfers.first?.summary.hasSuffix(", completed") == true)
        #expect(Lines.trace(hello + done + wrong).transfers.first?.summary.hasSuffix(", digest mismatch") == true)
        #expect(Lines.trace(hello).transfers.first?.summary.hasSuffix(", not ended") == true)
    }

    @Test("both ends tell figures over time")
    func figures() throws {
        var scenario = Scenario(seed: 3, sizes: [800_000])
        scenario.toClient.rate = 1_250_000
        scenario.tracing = true
        var world = World(scenario)
        try world.run()
        let trace = Lines.trace(world.traces.map { $0.json + "\n" }.joined())
        let server = try #require(trace.transfers.first { $0.isServer })
        let client = try #require(trace.transfers.first { !$0.isServer })
        for points in [server.windows, server.inFlight, server.roundTrips, server.delivered, client.delivered] {
            #expect(points.count > 10)
        }
        #expect(client.delivered.last.map { $0.value > 700_000 } == true)
    }

    @Test("lines that are none are skipped and counted, wherever the file is cut")
    func badLines() {
        let good = Lines.line(1, "hello")
        let bad = [
            "{", "garbage", "[1]", "{}", good + "x", String(good.dropLast()), good.replacing("server", with: "router"),
            good.replacing("00ab", with: "00AB"), good.replacing("\"time\":1.0", with: "\"time\":1e999"),
            good.replacing("\"time\":1.0", with: "\"time\":\"1\""),
            good.replacing("\"offset\":0", with: "\"offset\":-1"),
            good.replacing("hello", with: "he\\u00zz"), String(repeating: "x", count: Trace.longestLine + 1),
        ]
        let text = good + "\n\n" + bad.joined(separator: "\n") + "\n" + good + "\r\n" + good
        let whole = Lines.trace(text)
        #expect(whole.skipped == bad.count && whole.firstSkipped == 3)
        #expect(whole.transfers.count == 1 && whole.lines == bad.count + 4)
        for size in [1, 7, 64] {
            var trace = Trace()
            let bytes = Array(text.utf8)
            for start in stride(from: 0, to: bytes.count, by: size) {
                trace.read(bytes[start..<min(start + size, bytes.count)])
            }
            trace.finish()
            #expect(trace.skipped == whole.skipped && trace.lines == whole.lines)
        }
    }

    @Test("any bytes and any figures are drawn without a fault", arguments: UInt64(1)...30)
    func noise(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let pieces = [
            "{\"time\":", "1", "0.5", "-7", "1e300", "9e11", ",\"id\":\"00000000000000ab\"", ",\"end\":\"server\"",
            ",\"event\":\"status\"", ",\"event\":\"lost\"", ",\"offset\":", ",\"window\":", ",\"detail\":\"",
            "rate=1e308 ", "rtt=nan ", "rtt=0 ", "in-flight=-5 ", "delivered=1e300 ", "phase=<b>& ", "lost=1e300 ",
            "\"", "}", "\n", "\\u202e", "é", "\u{1}",
        ]
        var text = Lines.transfer
        for _ in 0..<300 { text += random.pick(pieces) }
        let tails = ["rate=1e308 rtt=1e308", "delivered=1e300 lost=1e300", "phase=<&\\\" in-flight=0", "rtt=1e-300"]
        for tail in tails { text += "\n" + Lines.line(Double(random.below(1_000)), "status", window: 1, detail: tail) }
        for transfer in Lines.trace(text).transfers {
            for row in TextDrawing(transfer, columns: random.below(200)).rows {
                #expect(row.reduce(0) { $0 + $1.text.count } <= 240)
            }
            #expect(!SVGDrawing(transfer).text.contains("nan"))
        }
    }

    @Test("transfers are chosen by their number or by how their id begins")
    func choosing() {
        let trace = Lines.trace(
            [
                Lines.line(1, "hello", id: "00000000000000ab"), Lines.line(1, "hello", id: "0100000000000000"),
                Lines.line(2, "hello", id: "ff00000000000000", end: "client"),
                Lines.line(
                    9, "finished", id: "ff00000000000000", end: "client", offset: 2_048, detail: "no\\u0007 way"),
            ].joined(separator: "\n"))
        #expect(trace.transfers(named: "2").map(\.id) == ["0100000000000000"])
        #expect(trace.transfers(named: "ff").map(\.id) == ["ff00000000000000"])
        #expect(trace.transfers(named: "0").count == 2)
        #expect(trace.transfers(named: "4").isEmpty && trace.transfers(named: "").isEmpty)
        #expect(
            trace.summaries == [
                "1  00000000000000ab  server  0 B in 0 s; 0 lost, 0 sent again, not ended",
                "2  0100000000000000  server  0 B in 0 s; 0 lost, 0 sent again, not ended",
                "3  ff00000000000000  client  2 KiB in 7 s, 293 B/s, no way",
            ])
    }
}
