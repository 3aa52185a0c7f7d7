/// A transfer drawn as an SVG document that needs nothing else: it follows the reader's light or dark scheme.
package struct SVGDrawing {
    private static let width = 960.0
    private static let left = 70.0
    private static let right = 20.0
    private static let panelHeight = 170.0
    private static let panelGap = 46.0
    private static let top = 64.0
    private static let bottom = 56.0
    private static var plotWidth: Double { width - left - right }
    /// Parts of the time for which a rate is drawn.
    private static let parts = 160

    private let transfer: TracedTransfer
    private let seconds: Double

    package init(_ transfer: TracedTransfer) {
        self.transfer = transfer
        seconds = max(transfer.seconds, 1e-6)
    }

    /// The whole document.
    package var text: String {
        let panels = Panel.all(of: transfer, parts: Self.parts)
        let bands = transfer.phases.isEmpty ? 0 : 22.0
        let height =
            Self.top + bands + Double(panels.count) * (Self.panelHeight + Self.panelGap) - Self.panelGap + Self.bottom
        var text = Self.head(height: height, title: "transfer \(transfer.id), \(transfer.summary)")
        var y = Self.top
        if bands > 0 {
            text += phases(y: y)
            y += bands
        }
        for panel in panels {
            text += self.panel(panel, y: y)
            y += Self.panelHeight + Self.panelGap
        }
        return text + timeAxis(y: y - Self.panelGap) + "</svg>\n"
    }

    private static func head(height: Double, title: String) -> String {
        let size = "\(number(width)) \(number(height))"
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(size)" width="\(number(width))" \
            height="\(number(height))" role="img">
            <title>\(escaped(title))</title>
            <style>
            svg { color-scheme: light dark; }
            text { font-family: system-ui, sans-serif; font-size: 13px; fill: #1f2328; }
            .ground { fill: #ffffff; }
            .strong { font-weight: 600; }
            .soft { fill: #59636e; }
            .grid { stroke: #d0d7de; stroke-width: 1; }
            .surface { fill: #54aeff; fill-opacity: 0.55; stroke: #54aeff; stroke-width: 1; }
            .line { fill: none; stroke: #953800; stroke-width: 1.6; }
            .loss { stroke: #cf222e; stroke-width: 1; }
            .back { stroke: #8250df; stroke-width: 1.4; stroke-dasharray: 5 3; }
            .wait { stroke: #9a6700; stroke-width: 1.4; stroke-dasharray: 2 3; }
            .band { fill: #eaeef2; stroke: #ffffff; stroke-width: 1; }
            @media (prefers-color-scheme: dark) {
              text { fill: #e6edf3; }
              .ground { fill: #0d1117; }
              .soft { fill: #9198a1; }
              .grid { stroke: #30363d; }
              .surface { fill: #388bfd; stroke: #388bfd; }
              .line { stroke: #ffa657; }
              .loss { stroke: #ff7b72; }
              .back { stroke: #d2a8ff; }
              .wait { stroke: #e3b341; }
              .band { fill: #21262d; stroke: #0d1117; }
            }
            </style>
            <rect width="\(number(width))" height="\(number(height))" class="ground"/>
            <text x="\(number(left))" y="26" class="strong">\(escaped(title))</text>

            """
    }

    // MARK: A panel

    private func panel(_ panel: Panel, y: Double) -> String {
        var text = "<g>\n"
        for tick in panel.scale.ticks {
            let at = y + Self.panelHeight * (1 - panel.scale.share(tick))
            text += Self.line(Self.left, at, Self.width - Self.right, at, "grid")
            text += Self.text(panel.scale.label(tick), x: Self.left - 8, y: at + 4.5, "soft", anchor: "end")
        }
        if !panel.surface.points.isEmpty { text += surface(panel.surface, panel.scale, y: y) }
        if !panel.line.points.isEmpty {
            text += "<path class=\"line\" d=\"\(path(panel.line, panel.scale, y: y))\"/>\n"
        }
        for mark in thinned(transfer.marks) {
            let x = x(of: mark.at)
            let bottom = y + Self.panelHeight
            switch mark.mark {
            case .loss: text += Self.line(x, bottom, x, bottom - 9, "loss")
            case .goBack: text += Self.line(x, bottom, x, y, "back")
            case .timeout: text += Self.line(x, bottom, x, y, "wait")
            }
        }
        return text + legend(panel, y: y - 10) + "</g>\n"
    }

    private func surface(_ series: Panel.Series, _ scale: Scale, y: Double) -> String {
        let points = thinned(series)
        guard let first = points.first, let last = points.last else { return "" }
        let ground = Self.number(y + Self.panelHeight)
        let edge = path(series, scale, y: y)
        let start = "M\(Self.number(x(of: first.at))) \(ground)L\(edge.dropFirst())"
        return "<path class=\"surface\" d=\"\(start)V\(ground)H\(Self.number(x(of: last.at)))Z\"/>\n"
    }

    private func path(_ series: Panel.Series, _ scale: Scale, y: Double) -> String {
        var path = ""
        for point in thinned(series) {
            let x = Self.number(x(of: point.at))
            let height = Self.number(y + Self.panelHeight * (1 - scale.share(point.value)))
            path += path.isEmpty ? "M\(x) \(height)" : series.isStep ? "H\(x)V\(height)" : "L\(x) \(height)"
        }
        return series.isStep ? path + "H\(Self.number(x(of: seconds)))" : path
    }

    /// Not more than the first, greatest, least and last point of each pixel.
    private func thinned(_ series: Panel.Series) -> [TracedTransfer.Point] {
        var points: [TracedTransfer.Point] = []
        var pixel: [TracedTransfer.Point] = []
        func flush() {
            guard pixel.count > 4, let first = pixel.first, let last = pixel.last,
                let greatest = pixel.max(by: { $0.value < $1.value }),
                let least = pixel.min(by: { $0.value < $1.value })
            else {
                points += pixel
                return
            }
            points += [first, greatest, least, last]
        }
        for point in series.points {
            if let last = pixel.last, Int(x(of: last.at)) != Int(x(of: point.at)) {
                flush()
                pixel = []
            }
            pixel.append(point)
        }
        flush()
        return points
    }

    /// One of a kind in each pixel.
    private func thinned(
        _ marks: [(mark: TracedTransfer.Mark, at: Double)]
    ) -> [(mark: TracedTransfer.Mark, at: Double)] {
        var seen: [TracedTransfer.Mark: Int] = [:]
        return marks.filter { mark in
            let pixel = Int(x(of: mark.at))
            defer { seen[mark.mark] = pixel }
            return seen[mark.mark] != pixel
        }
    }

    private func legend(_ panel: Panel, y: Double) -> String {
        var x = Self.left
        var text = Self.text("\(panel.title), \(panel.scale.name)", x: x, y: y, "strong")
        x += 150
        func entry(_ name: String, _ sample: String) {
            text += sample + Self.text(name, x: x + 24, y: y, "soft")
            x += 24 + Double(name.count) * 7.2 + 22
        }
        if !panel.surface.points.isEmpty {
            let box =
                "<rect class=\"surface\" x=\"\(Self.number(x))\" y=\"\(Self.number(y - 9))\" width=\"18\" height=\"9\"/>\n"
            entry(panel.surface.name, box)
        }
        if !panel.line.points.isEmpty { entry(panel.line.name, Self.line(x, y - 4, x + 18, y - 4, "line")) }
        for (mark, name, style) in [
            (TracedTransfer.Mark.loss, "lost", "loss"), (.goBack, "go-back", "back"), (.timeout, "timeout", "wait"),
        ] where transfer.marks.contains(where: { $0.mark == mark }) {
            entry(name, Self.line(x + 9, y, x + 9, y - 10, style))
        }
        return text
    }

    // MARK: Around the panels

    private func phases(y: Double) -> String {
        var text = "<g>\n"
        for (index, phase) in transfer.phases.enumerated() {
            let start = x(of: phase.at)
            let end = x(of: index + 1 < transfer.phases.count ? transfer.phases[index + 1].at : seconds)
            let size = "width=\"\(Self.number(max(0.5, end - start)))\" height=\"16\""
            text += "<rect class=\"band\" x=\"\(Self.number(start))\" y=\"\(Self.number(y - 26))\" \(size)>"
            text += "<title>\(Self.escaped(phase.name))</title></rect>\n"
            if end - start > Double(phase.name.count) * 7.5 + 6 {
                text += Self.text(phase.name, x: start + 4, y: y - 13.5, "soft")
            }
        }
        return text + "</g>\n"
    }

    private func timeAxis(y: Double) -> String {
        let scale = Scale(.seconds, to: seconds, ticks: 10)
        var text = "<g>\n" + Self.line(Self.left, y, Self.width - Self.right, y, "grid")
        for tick in scale.ticks where tick <= seconds * 1.0001 {
            text += Self.line(x(of: tick), y, x(of: tick), y + 5, "grid")
            text += Self.text(scale.label(tick), x: x(of: tick), y: y + 20, "soft", anchor: "middle")
        }
        let middle = Self.left + Self.plotWidth / 2
        return text + Self.text("time, \(scale.name)", x: middle, y: y + 42, "", anchor: "middle") + "</g>\n"
    }

    private func x(of time: Double) -> Double { Self.left + Self.plotWidth * min(max(time / seconds, 0), 1) }

    // MARK: Pieces

    private static func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ style: String) -> String {
        "<path class=\"\(style)\" d=\"M\(number(x1)) \(number(y1))L\(number(x2)) \(number(y2))\"/>\n"
    }

    private static func text(
        _ text: String, x: Double, y: Double, _ style: String, anchor: String = "start"
    ) -> String {
        let look = style.isEmpty ? "" : " class=\"\(style)\""
        let place = "x=\"\(number(x))\" y=\"\(number(y))\""
        return "<text \(place) text-anchor=\"\(anchor)\"\(look)>\(escaped(text))</text>\n"
    }

    /// With one decimal at most: a tenth of a pixel is seen by nobody.
    private static func number(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        let sign = tenths < 0 ? "-" : ""
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(sign)\(abs(tenths) / 10).\(abs(tenths) % 10)"
    }

    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            default: result.append(character)
            }
        }
    }
}
