/// Those of the sixteen colours of every terminal that can be read on a light ground and on a dark one.
///
/// The user's palette decides what they look like. In the palettes that terminals come with (xterm, VGA, Tango, GNOME,
/// Campbell, macOS, Solarized) these three have a contrast of 2.6 to 1 at least on both grounds, and each of the others
/// falls to 2.4 or less on one: yellow on white to 1.7, cyan to 2.0, green to 2.2, blue on black to 1.6.
package enum Colour: Int, Hashable, Sendable, CaseIterable {
    case brightRed = 9
    case brightBlue = 12
    case brightMagenta = 13

    /// The parameter of SGR: 90 to 97 are aixterm's, known to every terminal of today.
    fileprivate var parameter: Int { rawValue - 8 + 90 }
}

/// How a piece of text looks; it never carries a meaning that the text itself does not say.
package struct Style: Hashable, Sendable {
    package var isBold: Bool
    package var isDim: Bool
    package var isReversed: Bool
    package var colour: Colour?

    package init(bold: Bool = false, dim: Bool = false, reversed: Bool = false, colour: Colour? = nil) {
        isBold = bold
        isDim = dim
        isReversed = reversed
        self.colour = colour
    }

    package static let plain = Style()
    package static let bold = Style(bold: true)
    package static let dim = Style(dim: true)
    package static let reversed = Style(reversed: true)
    package static func colour(_ colour: Colour) -> Style { Style(colour: colour) }

    /// The sequence that turns this style on, empty for plain text; `Style.reset` turns it off.
    var sequence: String {
        var parameters: [String] = []
        if isBold { parameters.append("1") }
        if isDim { parameters.append("2") }
        if isReversed { parameters.append("7") }
        if let colour { parameters.append(String(colour.parameter)) }
        return parameters.isEmpty ? "" : "\u{1B}[\(parameters.joined(separator: ";"))m"
    }

    static let reset = "\u{1B}[0m"
}

/// Text in pieces, each with its style: what everybody hands to the editor, which alone knows whether the terminal
/// wants colours.
package struct StyledText: Hashable, Sendable, ExpressibleByStringLiteral {
    package struct Span: Hashable, Sendable {
        package var text: String
        package var style: Style

        package init(_ text: String, _ style: Style = .plain) {
            self.text = text
            self.style = style
        }
    }

    package private(set) var spans: [Span] = []

    package init() {}
    package init(_ text: String, _ style: Style = .plain) { append(text, style) }
    package init(stringLiteral text: String) { append(text) }
    package init(spans: [Span]) {
        for span in spans { append(span.text, span.style) }
    }

    package mutating func append(_ text: String, _ style: Style = .plain) {
        guard !text.isEmpty else { return }
        if let last = spans.last, last.style == style {
            spans[spans.count - 1].text += text
        } else {
            spans.append(Span(text, style))
        }
    }

    package static func + (left: StyledText, right: StyledText) -> StyledText {
        StyledText(spans: left.spans + right.spans)
    }

    /// The text alone, as a script or a terminal without styles sees it.
    package var text: String { spans.map(\.text).joined() }
    package var isEmpty: Bool { spans.isEmpty }
}
