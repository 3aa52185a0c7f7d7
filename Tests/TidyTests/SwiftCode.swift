/// A Swift file with its comments and the text in its strings blanked, so that words and braces can be counted.
struct SwiftCode {
    /// The blanked lines, as many as the file has.
    let lines: [String]

    init(_ text: String) {
        var blanker = Blanker(Array(text.unicodeScalars))
        lines = blanker.blanked().split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    /// The modules that the file imports.
    var imports: [String] {
        lines.compactMap { line in
            let words = line.split(separator: " ").drop { $0.hasPrefix("@") || Self.accessLevels.contains($0) }
            guard words.first == "import", let module = words.dropFirst().last else { return nil }
            return module.split(separator: ".").first.map(String.init)
        }
    }

    private static let accessLevels: Set<Substring> = ["package", "internal", "private", "fileprivate", "public"]

    /// Words of a line: identifiers and keywords.
    static func words(_ line: String) -> [Substring] {
        line.split { !($0.isLetter || $0.isNumber || $0 == "_") }
    }

    /// A function, initialiser or deinitialiser with a body.
    struct Function {
        let firstLine: Int
        let lineCount: Int
    }

    var functions: [Function] {
        lines.indices.compactMap { index in
            let words = Self.words(lines[index])
            guard
                words.contains("func") || words.first(where: { !Self.modifiers.contains($0) }).map(Self.starts) == true
            else { return nil }
            return end(of: index).map { Function(firstLine: index + 1, lineCount: $0 - index + 1) }
        }
    }

    private static let modifiers: Set<Substring> = ["package", "private", "fileprivate", "convenience", "required"]

    private static func starts(_ word: Substring) -> Bool {
        word == "init" || word == "deinit"
    }

    /// The line of the brace that closes the first one opened from `start` on; nil for a requirement without a body.
    private func end(of start: Int) -> Int? {
        var depth = 0
        var parentheses = 0
        var opened = false
        for index in start..<lines.count {
            for character in lines[index] {
                switch character {
                case "(": parentheses += 1
                case ")": parentheses -= 1
                case "{" where parentheses == 0 || opened:
                    depth += 1
                    opened = true
                case "}" where opened:
                    depth -= 1
                    if depth == 0 { return index }
                case "}" where parentheses == 0: return nil
                default: break
                }
            }
            if !opened && parentheses == 0 && index > start && Self.words(lines[index]).contains("func") { return nil }
        }
        return nil
    }
}

/// Replaces comments and string text by blanks; code inside `\(…)` stays code.
private struct Blanker {
    private enum Place {
        /// `parentheses` counts the open ones inside an interpolation; nil outside of any.
        case code(parentheses: Int?)
        case string(hashes: Int, isMultiline: Bool)
    }

    private let text: [Unicode.Scalar]
    private var index = 0
    private var places: [Place] = [.code(parentheses: nil)]
    private var output = String.UnicodeScalarView()

    init(_ text: [Unicode.Scalar]) {
        self.text = text
    }

    mutating func blanked() -> String {
        while index < text.count {
            switch places.last {
            case .code(let parentheses)?: code(parentheses)
            case .string(let hashes, let isMultiline)?: string(hashes, isMultiline)
            case nil: places = [.code(parentheses: nil)]
            }
        }
        return String(output)
    }

    private func starts(_ pattern: String, at start: Int) -> Bool {
        text[min(start, text.count)...].starts(with: pattern.unicodeScalars)
    }

    private mutating func blank(_ count: Int) {
        for _ in 0..<min(count, text.count - index) {
            output.append(text[index] == "\n" ? "\n" : " ")
            index += 1
        }
    }

    private mutating func keep() {
        output.append(text[index])
        index += 1
    }

    private mutating func code(_ parentheses: Int?) {
        if starts("//", at: index) {
            blank((text[index...].firstIndex(of: "\n") ?? text.count) - index)
        } else if starts("/*", at: index) {
            blankComment()
        } else if let (hashes, isMultiline) = openingQuote() {
            places.append(.string(hashes: hashes, isMultiline: isMultiline))
            blank(hashes + (isMultiline ? 3 : 1))
        } else if let parentheses {
            inInterpolation(parentheses)
        } else {
            keep()
        }
    }

    private mutating func inInterpolation(_ parentheses: Int) {
        if text[index] == ")" && parentheses == 0 {
            places.removeLast()
            blank(1)
            return
        }
        let change = text[index] == "(" ? 1 : text[index] == ")" ? -1 : 0
        places[places.count - 1] = .code(parentheses: parentheses + change)
        keep()
    }

    private mutating func blankComment() {
        var depth = 0
        repeat {
            let isOpening = starts("/*", at: index)
            let isClosing = starts("*/", at: index)
            depth += isOpening ? 1 : isClosing ? -1 : 0
            blank(isOpening || isClosing ? 2 : 1)
        } while depth > 0 && index < text.count
    }

    private func openingQuote() -> (hashes: Int, isMultiline: Bool)? {
        let hashes = text[index...].prefix { $0 == "#" }.count
        guard starts("\"", at: index + hashes) else { return nil }
        return (hashes, starts("\"\"\"", at: index + hashes))
    }

    private mutating func string(_ hashes: Int, _ isMultiline: Bool) {
        let marks = String(repeating: "#", count: hashes)
        let closing = (isMultiline ? "\"\"\"" : "\"") + marks
        if starts(closing, at: index) {
            places.removeLast()
            blank(closing.unicodeScalars.count)
        } else if starts("\\" + marks + "(", at: index) {
            places.append(.code(parentheses: 0))
            blank(hashes + 2)
        } else if starts("\\" + marks, at: index) {
            blank(hashes + 2)
        } else {
            blank(1)
        }
    }
}
