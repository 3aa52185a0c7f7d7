import Testing

@testable import TraceDrawing

@Suite("traces are drawn")
struct DrawingTests {
    private func transfer() throws -> TracedTransfer { try #require(Lines.trace(Lines.transfer).transfers.first) }

    @Test("as text: surfaces, lines, marks, phases and the time below")
    func text() throws {
        let rows = TextDrawing(try transfer(), columns: 60).rows.map { $0.map(\.text).joined() }
        #expect(rows == Self.expected, "\(rows.joined(separator: "\n"))")
    }

    @Test("no row is wider than the terminal, and a narrow one gets the least")
    func width() throws {
        for columns in [0, 39, 40, 41, 80, 133, 400] {
            for row in TextDrawing(try transfer(), columns: columns).rows.dropFirst() {
                #expect(row.reduce(0) { $0 + $1.text.count } <= max(columns, TextDrawing.leastColumns))
            }
        }
    }

    @Test("as SVG: a document of its own with axes, units, a legend and both schemes")
    func svg() throws {
        let text = SVGDrawing(try transfer()).text
        #expect(
            text.hasPrefix("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 960 ") && text.hasSuffix("</svg>\n")
        )
        for part in [
            "window, KiB</text>", "rate, MiB/s</text>", "round trip, ms</text>", "time, s</text>", ">in flight</text>",
            ">paced at</text>", ">least</text>", ">lost</text>", ">go-back</text>", ">startup</text>", ">cruise</text>",
            "prefers-color-scheme: dark", "<title>transfer 00000000000000ab",
        ] {
            #expect(text.contains(part), "\(part)")
        }
        #expect(!text.contains(">timeout</text>"))
        for element in ["g>", "text ", "style", "title"] {
            let opened = text.split(separator: "<\(element)").count
            #expect(text.split(separator: "</\(element.filter(\.isLetter))>").count == opened, "\(element)")
        }
    }

    @Test("a drawing of a million points stays small")
    func thinning() throws {
        var lines = ""
        for step in 0..<60_000 {
            lines +=
                Lines.line(Double(step) / 100, "status", window: 1_000 + step % 977, detail: "in-flight=\(step % 1009)")
                + "\n"
        }
        let transfer = try #require(Lines.trace(lines).transfers.first)
        #expect(SVGDrawing(transfer).text.utf8.count < 200_000)
    }

    @Test("a transfer of one instant, or without figures, is drawn as well")
    func little() throws {
        for text in [Lines.line(5, "hello"), Lines.line(5, "status", window: 0, detail: "rtt=0")] {
            let transfer = try #require(Lines.trace(text).transfers.first)
            #expect(TextDrawing(transfer, columns: 80).rows.count >= 3)
            #expect(SVGDrawing(transfer).text.hasSuffix("</svg>\n"))
        }
    }

    @Test("axes end at round numbers just above the greatest value")
    func scales() {
        func shown(_ scale: Scale) -> [String] { scale.ticks.map(scale.label) + [scale.name] }
        #expect(shown(Scale(.bytes, to: 0)) == ["0", "0.5", "1", "B"])
        #expect(shown(Scale(.bytes, to: 1_000_000)) == ["0", "500", "1000", "KiB"])
        #expect(shown(Scale(.bytesPerSecond, to: 6.1e6)) == ["0", "2", "4", "6", "MiB/s"])
        #expect(shown(Scale(.seconds, to: 0.0512)) == ["0", "20", "40", "60", "ms"])
        #expect(shown(Scale(.seconds, to: 1.2e9)).last == "s")
        #expect(
            [0.004, 0.05, 12.34, 99.96, 300, 1e9].map(Scale.short) == [
                "0.004", "0.05", "12.3", "100", "300", "1000000000",
            ])
    }

    private static let expected = [
        "00000000000000ab  server  7.63 MiB in 2 s, 3.81 MiB/s; 4 lost, 5 sent again, completed",
        "",
        "window, KiB   █ in flight   ─ window",
        "    400 ┤",
        "        │            ───",
        "        │            ▁▁▁",
        "    200 ┤            ███────────────────────────────────────",
        "        │          ──███▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅",
        "        │       ───█████████████████████████████████████████",
        "      0 ┤  ─────████████████████████████████████████████████",
        "",
        "rate, MiB/s   █ arrived   ─ paced at",
        "     10 ┤",
        "        │                                                 ▂▂",
        "        │            ───                        ▁▁▃▃▅▅▆▆████",
        "      5 ┤                             ▁▁▃▃▄▄▆▆██████████████",
        "        │          ──         ▂▂▄▄▅▅▇▇██████████████████████",
        "        │       ─── ▂▂▃▃────────────────────────────────────",
        "      0 ┤ ▁─────▆▆▇▇████████████████████████████████████████",
        "",
        "round trip, ms   █ smoothed   ─ least",
        "    100 ┤                    ▂▂",
        "        │                    ██",
        "        │  ▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂██▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂",
        "     50 ┤  ─────────────────────────────────────────────────",
        "        │  █████████████████████████████████████████████████",
        "        │  █████████████████████████████████████████████████",
        "      0 ┤  █████████████████████████████████████████████████",
        "",
        "   phase   |startup     |cruise",
        "    lost                     ×",
        " go-back                               ◂",
        "        └┴────────────────────────┴────────────────────────┴",
        "         0 s                      1                        2",
    ]
}
