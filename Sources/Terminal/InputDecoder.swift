internal import Timeline

/// Turns the bytes that the terminal sends into characters and pastes.
///
/// Malformed UTF-8 and the C1 controls are dropped. A bracketed paste (xterm's mode 2004: `ESC [ 200 ~` text
/// `ESC [ 201 ~`) comes out as one text, whatever keys it holds.
struct InputDecoder {
    enum Input: Equatable {
        case character(Unicode.Scalar)
        case paste(String)
    }

    /// How long an ESC may wait for the rest of a mark that was split between two reads.
    static let escapePatience = Interval.milliseconds(25)
    /// A paste whose end mark is lost ends by itself when nothing has come for this long (irssi issue 942).
    static let pastePatience = Interval.milliseconds(10_000)

    private static let pasteBegins = Array("\u{1B}[200~".utf8)
    private static let pasteEnds = Array("\u{1B}[201~".utf8)

    private enum Mode {
        case typing
        /// Between the marks, with what has come so far.
        case pasting([UInt8])
    }

    private var mode = Mode.typing
    private var bytes: ArraySlice<UInt8> = []
    private var latestByte = Instant(nanoseconds: 0)
    /// Bytes of a paste whose end has not come yet; nil while there is none.
    var arrivingPaste: Int? { if case .pasting(let text) = mode { text.count } else { nil } }
    /// When to stop waiting for the rest of what has come in part.
    private(set) var deadline: Instant?

    mutating func feed(_ new: ArraySlice<UInt8>, at now: Instant) {
        bytes += new
        latestByte = now
        deadline = nil
    }

    /// Forgets what has come, half a sequence or paste included, as the kernel does with its own buffer at Ctrl-C.
    mutating func reset() {
        bytes = []
        mode = .typing
        deadline = nil
    }

    /// The next thing typed, or nil when more must come first.
    mutating func next(at now: Instant) -> Input? {
        switch mode {
        case .typing: nextTyped(at: now)
        case .pasting(let text): nextPasted(text, at: now)
        }
    }

    private mutating func nextTyped(at now: Instant) -> Input? {
        while let first = bytes.first {
            if first == 0x1B {
                if bytes.starts(with: Self.pasteBegins) {
                    bytes = bytes.dropFirst(Self.pasteBegins.count)
                    mode = .pasting([])
                    return nextPasted([], at: now)
                }
                let limit = latestByte + Self.escapePatience
                if Self.pasteBegins.starts(with: bytes), now < limit {
                    deadline = limit
                    return nil
                }
                deadline = nil
            }
            switch decodeScalar() {
            case .scalar(let scalar): return .character(scalar)
            case .malformed: continue
            case .incomplete: return nil
            }
        }
        return nil
    }

    private mutating func nextPasted(_ before: [UInt8], at now: Instant) -> Input? {
        var text = before
        while let byte = bytes.first {
            if byte == 0x1B {
                if bytes.starts(with: Self.pasteEnds) {
                    bytes = bytes.dropFirst(Self.pasteEnds.count)
                    return finishPaste(text)
                }
                if Self.pasteEnds.starts(with: bytes), now < latestByte + Self.pastePatience { break }
            }
            text.append(byte)
            bytes = bytes.dropFirst()
        }
        let limit = latestByte + Self.pastePatience
        if now >= limit { return finishPaste(text) }
        mode = .pasting(text)
        deadline = limit
        return nil
    }

    private mutating func finishPaste(_ text: [UInt8]) -> Input {
        mode = .typing
        deadline = nil
        return .paste(Self.cleaned(text))
    }

    /// The text of a paste: line ends become newlines (libedit makes the terminal swap CR and LF), the last one goes,
    /// a tab becomes four blanks, other controls vanish.
    static func cleaned(_ bytes: [UInt8]) -> String {
        var result = String.UnicodeScalarView()
        var previous: Unicode.Scalar = " "
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            var isSecondOfPair = false
            switch scalar {
            case "\n", "\r":
                isSecondOfPair = (previous == "\r" || previous == "\n") && previous != scalar
                if !isSecondOfPair { result.append("\n") }
            case "\t": result.append(contentsOf: "    ".unicodeScalars)
            default:
                let isControl = scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value)
                if !isControl, scalar != "\u{FFFD}" { result.append(scalar) }
            }
            previous = isSecondOfPair ? " " : scalar
        }
        if result.last == "\n" { result.removeLast() }
        return String(result)
    }

    // MARK: UTF-8

    private enum Decoded {
        case scalar(Unicode.Scalar)
        case malformed
        case incomplete
    }

    /// Takes one scalar, or the malformed bytes at the beginning.
    private mutating func decodeScalar() -> Decoded {
        guard let lead = bytes.popFirst() else { return .incomplete }
        if lead < 0x80 { return .scalar(Unicode.Scalar(lead)) }
        let length: Int
        switch lead {
        case 0xC2...0xDF: length = 2
        case 0xE0...0xEF: length = 3
        case 0xF0...0xF4: length = 4
        default: return .malformed
        }
        var value = UInt32(lead) & (0x7F >> UInt32(length))
        for (index, byte) in bytes.prefix(length - 1).enumerated() {
            guard byte & 0xC0 == 0x80 else {
                bytes = bytes.dropFirst(index)
                return .malformed
            }
            value = value << 6 | UInt32(byte & 0x3F)
        }
        guard bytes.count >= length - 1 else {
            bytes = [lead] + bytes
            return .incomplete
        }
        bytes = bytes.dropFirst(length - 1)
        let smallest: UInt32 = length == 2 ? 0xA0 : length == 3 ? 0x800 : 0x1_0000
        guard value >= smallest, let scalar = Unicode.Scalar(value) else { return .malformed }
        return .scalar(scalar)
    }
}
