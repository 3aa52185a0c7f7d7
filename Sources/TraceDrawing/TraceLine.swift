/// One line of a trace: a flat JSON object of strings and numbers (rdt(7), TRACES).
struct TraceLine: Hashable {
    enum End: String {
        case server, client
    }

    var time: Double
    var id: String
    var end: End
    var event: String
    var offset: Double
    var window: Double
    var detail: String

    /// Nil for what is no line of a trace.
    init?(_ bytes: ArraySlice<UInt8>) {
        var reader = FlatJSON(bytes)
        guard let members = reader.object(), case .number(let time)? = members["time"],
            case .text(let id)? = members["id"],
            case .text(let end)? = members["end"], let end = End(rawValue: end),
            case .text(let event)? = members["event"], case .number(let offset)? = members["offset"],
            case .number(let window)? = members["window"], offset >= 0, window >= 0, Self.isID(id),
            abs(time) < Self.latest
        else { return nil }
        self.time = time
        self.id = id
        self.end = end
        self.event = event
        self.offset = offset
        self.window = window
        if case .text(let detail)? = members["detail"] { self.detail = detail } else { detail = "" }
    }

    /// A clock of seconds does not show more: thirty thousand years.
    private static let latest = 1e12

    private static func isID(_ text: String) -> Bool {
        text.utf8.count == 16
            && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }

    /// The figures of `detail`: `rate=1200 rtt=0.05 phase=cruise`.
    var figures: [Substring: Substring] {
        var figures: [Substring: Substring] = [:]
        for word in detail.split(separator: " ") {
            let parts = word.split(separator: "=", maxSplits: 1)
            if parts.count == 2 { figures[parts[0]] = parts[1] }
        }
        return figures
    }
}

/// Reads one JSON object (RFC 8259) whose members are strings and numbers; with anything else it is none.
struct FlatJSON {
    enum Value: Hashable {
        case text(String)
        case number(Double)
    }

    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    mutating func object() -> [String: Value]? {
        var members: [String: Value] = [:]
        guard take("{") else { return nil }
        repeat {
            guard take("\""), let key = text(), take(":"), let value = value() else { return nil }
            members[key] = value
        } while take(",")
        guard take("}") else { return nil }
        skipBlanks()
        return rest.isEmpty ? members : nil
    }

    private mutating func skipBlanks() {
        rest = rest.drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D || $0 == 0x0A }
    }

    private mutating func take(_ mark: Unicode.Scalar) -> Bool {
        skipBlanks()
        guard rest.first == UInt8(ascii: mark) else { return false }
        rest = rest.dropFirst()
        return true
    }

    private mutating func value() -> Value? {
        if take("\"") { return text().map { .text($0) } }
        let end = rest.firstIndex { !Self.numeric.contains($0) } ?? rest.endIndex
        let digits = String(decoding: rest[..<end], as: UTF8.self)
        rest = rest[end...]
        return Double(digits).flatMap { $0.isFinite ? .number($0) : nil }
    }

    private static let numeric = Set("0123456789+-.eE".utf8)

    /// What stands up to the closing quote; the opening one was taken.
    private mutating func text() -> String? {
        var bytes: [UInt8] = []
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""): return String(validating: bytes, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let escaped = escape() else { return nil }
                bytes += Array(String(escaped).utf8)
            case ..<0x20: return nil
            default: bytes.append(byte)
            }
        }
        return nil
    }

    private mutating func escape() -> Unicode.Scalar? {
        switch rest.popFirst() {
        case UInt8(ascii: "\"")?: return "\""
        case UInt8(ascii: "\\")?: return "\\"
        case UInt8(ascii: "/")?: return "/"
        case UInt8(ascii: "n")?: return "\n"
        case UInt8(ascii: "t")?: return "\t"
        case UInt8(ascii: "u")?:
            let digits = rest.prefix(4)
            rest = rest.dropFirst(4)
            guard digits.count == 4, let code = UInt32(String(decoding: digits, as: UTF8.self), radix: 16) else {
                return nil
            }
            return Unicode.Scalar(code)
        default: return nil
        }
    }
}
