/// A script that nicknames may be written in where a server allows more than ASCII.
///
/// One script a name, and only characters that Unicode's NFC leaves as they are: so that no name looks like another that
/// it is not. The ranges are those of the letters that people write their names with, not of everything that the script
/// has.
enum NicknameScript: CaseIterable {
    case latin, greek, cyrillic, hebrew, arabic, armenian, georgian, devanagari, thai, hangul, japanese

    private var ranges: [ClosedRange<UInt32>] {
        switch self {
        // Without the letters for clicks, which have the shapes of `|` and `!`.
        case .latin: [0x41...0x5A, 0x61...0x7A, 0xC0...0xD6, 0xD8...0xF6, 0xF8...0x1BF, 0x1C4...0x24F]
        case .greek: [0x386...0x386, 0x388...0x3CE]
        case .cyrillic: [0x400...0x481, 0x48A...0x52F]
        case .hebrew: [0x5D0...0x5EA]
        case .arabic: [0x620...0x63F, 0x641...0x64A, 0x66E...0x6D3]
        case .armenian: [0x531...0x556, 0x561...0x586]
        case .georgian: [0x10D0...0x10FA]
        case .devanagari: [0x900...0x939, 0x93E...0x94D]
        case .thai: [0xE01...0xE32, 0xE34...0xE3A, 0xE40...0xE4E]
        case .hangul: [0xAC00...0xD7A3]
        case .japanese: [0x3041...0x3096, 0x30A1...0x30FA, 0x30FC...0x30FC, 0x4E00...0x9FFF]
        }
    }

    /// Letters whose shape is a Latin one (Unicode's confusables.txt): a name of nothing else would pass for a Latin name.
    private var latinShapes: Set<Unicode.Scalar> {
        switch self {
        case .greek: Set("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαγικνορστυχ".unicodeScalars)
        case .cyrillic: Set("АВЕЅІЈКМНОРСТУХЬавеѕіјкмнорстухьԁԛԝһҺѴѵѡӀӏ".unicodeScalars)
        case .armenian: Set("ԼՍՏՕգզհյնոսցօ".unicodeScalars)
        case .latin, .hebrew, .arabic, .georgian, .devanagari, .thai, .hangul, .japanese: []
        }
    }

    /// The script of a character; nil for what no nickname may have.
    init?(of scalar: Unicode.Scalar) {
        guard let script = Self.allCases.first(where: { $0.ranges.contains { $0.contains(scalar.value) } }),
            Self.isPlain(scalar)
        else { return nil }
        self = script
    }

    func isLatinShape(_ scalar: Unicode.Scalar) -> Bool { latinShapes.contains(scalar) }

    /// No ligature, no variant of another letter: the small form of the letter stands for itself alone.
    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.lowercaseMapping.unicodeScalars.allSatisfy { !$0.properties.changesWhenNFKCCaseFolded }
    }
}

extension Nickname {
    /// What is wrong with a name that is not all ASCII; nil when nothing is.
    static func fault(ofUnicode text: String) -> Fault? {
        var script: NicknameScript?
        var hasOwnShape = false
        for (index, scalar) in text.unicodeScalars.enumerated() {
            if isDigitOrMark(scalar) {
                if index == 0 { return .badStart(scalar) }
                continue
            }
            guard let own = NicknameScript(of: scalar) else {
                return index == 0 ? .badStart(scalar) : .badCharacter(scalar)
            }
            if let script, script != own { return .mixedScripts }
            script = own
            hasOwnShape = hasOwnShape || !own.isLatinShape(scalar)
        }
        return hasOwnShape ? nil : .lookAlike
    }

    private static func isDigitOrMark(_ scalar: Unicode.Scalar) -> Bool {
        ("0"..."9").contains(scalar) || scalar == "-" || scalar == "_"
    }

    /// The name in small letters of whatever script: `Дана` and `дана` are one, whatever CASEMAPPING says.
    static func folded(_ text: String) -> String {
        text.utf8.allSatisfy { $0 < 0x80 } ? text.asciiLowercased : text.lowercased()
    }
}
