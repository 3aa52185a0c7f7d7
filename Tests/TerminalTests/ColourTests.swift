import Glibc
import Testing

@testable import Terminal

@Suite("Colours")
struct ColourTests {
    /// A terminal's light ground, its dark ground, and its bright red, blue and magenta, as 0xRRGGBB.
    private struct Palette {
        let name: String
        let light: Int
        let dark: Int
        let red: Int
        let blue: Int
        let magenta: Int

        func shade(of colour: Colour) -> Int {
            switch colour {
            case .brightRed: red
            case .brightBlue: blue
            case .brightMagenta: magenta
            }
        }
    }

    /// What terminals come with.
    private static let palettes = [
        Palette(name: "xterm", light: 0xFFFFFF, dark: 0, red: 0xFF0000, blue: 0x5C5CFF, magenta: 0xFF00FF),
        Palette(name: "VGA", light: 0xFFFFFF, dark: 0, red: 0xFF5555, blue: 0x5555FF, magenta: 0xFF55FF),
        Palette(name: "Tango", light: 0xFFFFFF, dark: 0x300A24, red: 0xEF2929, blue: 0x729FCF, magenta: 0xAD7FA8),
        Palette(name: "GNOME", light: 0xFFFFFF, dark: 0x171421, red: 0xF66151, blue: 0x2A7BDE, magenta: 0xC061CB),
        Palette(name: "Campbell", light: 0xF2F2F2, dark: 0x0C0C0C, red: 0xE74856, blue: 0x3B78FF, magenta: 0xB4009E),
        Palette(name: "macOS", light: 0xFFFFFF, dark: 0, red: 0xFC391F, blue: 0x5833FF, magenta: 0xF935F8),
        Palette(name: "Solarized", light: 0xFDF6E3, dark: 0x002B36, red: 0xCB4B16, blue: 0x839496, magenta: 0x6C71C4),
    ]

    /// Web Content Accessibility Guidelines 2.1, "relative luminance".
    private static func luminance(_ shade: Int) -> Double {
        func linear(_ shift: Int) -> Double {
            let part = Double(shade >> shift & 0xFF) / 255
            return part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4)
        }
        return 0.2126 * linear(16) + 0.7152 * linear(8) + 0.0722 * linear(0)
    }

    private static func contrast(_ one: Int, _ other: Int) -> Double {
        let (first, second) = (luminance(one) + 0.05, luminance(other) + 0.05)
        return max(first, second) / min(first, second)
    }

    @Test("each colour stands out by 2.5 to 1 on a light ground and on a dark one, in every usual palette")
    func contrast() {
        for palette in Self.palettes {
            for colour in Colour.allCases {
                let shade = palette.shade(of: colour)
                #expect(Self.contrast(shade, palette.light) >= 2.5, "\(colour) on \(palette.name)'s light ground")
                #expect(Self.contrast(shade, palette.dark) >= 2.5, "\(colour) on \(palette.name)'s dark ground")
            }
        }
    }

    @Test("each has the parameter of one of the sixteen, and is turned off with the rest")
    func sequences() {
        #expect(Colour.allCases.map { Style.colour($0).sequence } == ["\u{1B}[91m", "\u{1B}[94m", "\u{1B}[95m"])
        #expect(Style(bold: true, reversed: true).sequence == "\u{1B}[1;7m" && Style.reset == "\u{1B}[0m")
    }
}
