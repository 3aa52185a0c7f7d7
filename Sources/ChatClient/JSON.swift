/// A JSON value (RFC 8259), and its text on one line.
enum JSON: Hashable {
    case string(String)
    case count(UInt64)
    case signed(Int64)
    case real(Double)
    case bool(Bool)
    case array([JSON])
    /// In this order.
    case object([Member])

    struct Member: Hashable {
        let name: String
        let value: JSON
    }

    static func object(_ members: KeyValuePairs<String, JSON>) -> JSON {
        .object(members.map { Member(name: $0.key, value: $0.value) })
    }

    var text: String {
        switch self {
        case .string(let text): Self.quoted(text)
        case .count(let number): String(number)
        case .signed(let number): String(number)
        case .real(let number): Self.text(of: number)
        case .bool(let truth): truth ? "true" : "false"
        case .array(let values): "[" + values.map(\.text).joined(separator: ",") + "]"
        case .object(let members):
            "{" + members.map { "\(Self.quoted($0.name)):\($0.value.text)" }.joined(separator: ",") + "}"
        }
    }

    /// With six decimals at most: JSON has no infinity, and nobody needs 1e-07 s.
    private static func text(of number: Double) -> String {
        guard number.isFinite, abs(number) < 1e9 else { return "0" }
        let millionths = Int64((abs(number) * 1e6).rounded())
        let digits = String(millionths % 1_000_000)
        var decimals = (String(repeating: "0", count: 6 - digits.count) + digits)[...]
        while decimals.count > 1, decimals.hasSuffix("0") { decimals = decimals.dropLast() }
        return "\(number < 0 && millionths > 0 ? "-" : "")\(millionths / 1_000_000).\(decimals)"
    }

    /// The text within quotes. Everything that a terminal might act on or a reader might not see is written by number, so
    /// that the text comes out exactly and a line can be looked at.
    private static func quoted(_ text: String) -> String {
        var result = String.UnicodeScalarView("\"".unicodeScalars)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result.append(contentsOf: ["\\", scalar])
            case "\n": result.append(contentsOf: "\\n".unicodeScalars)
            case "\t": result.append(contentsOf: "\\t".unicodeScalars)
            case " "..."~": result.append(scalar)
            default:
                if isHidden(scalar) {
                    for unit in String(scalar).utf16 { result.append(contentsOf: escape(unit).unicodeScalars) }
                } else {
                    result.append(scalar)
                }
            }
        }
        result.append("\"")
        return String(result)
    }

    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        let properties = scalar.properties
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned: return true
        default: return properties.isDefaultIgnorableCodePoint
        }
    }

    private static func escape(_ unit: UInt16) -> String {
        let digits = String(unit, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
}
