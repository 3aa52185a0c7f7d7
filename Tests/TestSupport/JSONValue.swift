/// A JSON text (RFC 8259), parsed strictly: what the programs write is checked by rules that are not theirs.
package enum JSONValue: Equatable {
    case null
    case boolean(Bool)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    package init(parsing text: String) throws {
        var parser = JSONParser(Array(text.utf8))
        self = try parser.wholeText()
    }

    package subscript(key: String) -> JSONValue? {
        if case .object(let members) = self { members[key] } else { nil }
    }

    package var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    package var number: Double? {
        if case .number(let number) = self { number } else { nil }
    }

    package var array: [JSONValue]? {
        if case .array(let elements) = self { elements } else { nil }
    }
}

private struct JSONParser {
    private let bytes: [UInt8]
    private var index = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func wholeText() throws -> JSONValue {
        let value = try value()
        skipBlanks()
        guard index == bytes.count else { throw wrong("text after the value") }
        return value
    }

    private func wrong(_ what: String) -> TestFailure {
        TestFailure("not JSON at byte \(index): \(what): \(String(decoding: bytes, as: UTF8.self))")
    }

    private var next: UInt8? {
        index < bytes.count ? bytes[index] : nil
    }

    private mutating func skipBlanks() {
        while let byte = next, [0x20, 0x09, 0x0a, 0x0d].contains(byte) { index += 1 }
    }

    private mutating func take(_ text: StaticString) throws {
        for byte in "\(text)".utf8 {
            guard next == byte else { throw wrong("expected \(text)") }
            index += 1
        }
    }

    private mutating func value() throws -> JSONValue {
        skipBlanks()
        switch next {
        case UInt8(ascii: "{"): return .object(try object())
        case UInt8(ascii: "["): return .array(try array())
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"):
            try take("true")
            return .boolean(true)
        case UInt8(ascii: "f"):
            try take("false")
            return .boolean(false)
        case UInt8(ascii: "n"):
            try take("null")
            return .null
        case .some, .none: return .number(try number())
        }
    }

    private mutating func object() throws -> [String: JSONValue] {
        var members: [String: JSONValue] = [:]
        try elements(from: "{", to: UInt8(ascii: "}")) { parser in
            let key = try parser.string()
            guard members[key] == nil else { throw parser.wrong("\(key) twice") }
            parser.skipBlanks()
            try parser.take(":")
            members[key] = try parser.value()
        }
        return members
    }

    private mutating func array() throws -> [JSONValue] {
        var values: [JSONValue] = []
        try elements(from: "[", to: UInt8(ascii: "]")) { values.append(try $0.value()) }
        return values
    }

    private mutating func elements(
        from opening: StaticString, to closing: UInt8, _ element: (inout JSONParser) throws -> Void
    ) throws {
        try take(opening)
        skipBlanks()
        if next == closing {
            index += 1
            return
        }
        while true {
            skipBlanks()
            try element(&self)
            skipBlanks()
            if next == closing {
                index += 1
                return
            }
            try take(",")
        }
    }

    private mutating func string() throws -> String {
        try take("\"")
        var scalars: [UInt8] = []
        while let byte = next {
            index += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: scalars, as: UTF8.self) else { throw wrong("not UTF-8") }
                return text
            case UInt8(ascii: "\\"): scalars += try escape()
            case 0..<0x20: throw wrong("a control character in a string")
            default: scalars.append(byte)
            }
        }
        throw wrong("a string without an end")
    }

    private mutating func escape() throws -> [UInt8] {
        guard let byte = next else { throw wrong("an escape without an end") }
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0c]
        case UInt8(ascii: "n"): return [0x0a]
        case UInt8(ascii: "r"): return [0x0d]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"): return Array(String(try escapedScalar()).utf8)
        default: throw wrong("unknown escape")
        }
    }

    private mutating func escapedScalar() throws -> Unicode.Scalar {
        let first = try hexUnit()
        guard (0xd800..<0xdc00).contains(first) else {
            guard let scalar = Unicode.Scalar(first) else { throw wrong("half a surrogate pair") }
            return scalar
        }
        try take("\\u")
        let second = try hexUnit()
        guard (0xdc00..<0xe000).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xd800) << 10 + (second - 0xdc00))
        else { throw wrong("half a surrogate pair") }
        return scalar
    }

    private mutating func hexUnit() throws -> UInt32 {
        let digits = String(decoding: bytes[index..<min(index + 4, bytes.count)], as: UTF8.self)
        guard digits.utf8.count == 4, let unit = UInt32(digits, radix: 16) else { throw wrong("four hex digits") }
        index += 4
        return unit
    }

    private mutating func number() throws -> Double {
        let start = index
        while let byte = next, "+-.0123456789eE".utf8.contains(byte) { index += 1 }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        let digits = text.drop { $0 == "-" }
        guard let number = Double(text), digits.first?.isNumber == true, digits == "0" || digits.prefix(2) != "00",
            text.last?.isNumber == true
        else { throw wrong("a number") }
        return number
    }
}
