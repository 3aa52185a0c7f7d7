extension Message {
    /// Reads one line, which comes without its CR LF.
    ///
    /// Spaces between the parts may be many, as some servers send them; of two tags with one key the last counts.
    package init(parsing line: [UInt8]) throws(MessageError) {
        guard !line.contains(where: { [Byte.null, Byte.carriageReturn, Byte.lineFeed].contains($0) }) else {
            throw .forbiddenByte
        }
        guard String(validating: line, as: UTF8.self) != nil else { throw .invalidUTF8 }
        var cursor = Cursor(rest: line[...])
        var tags: [Tag] = []
        var source: Source?
        if cursor.skip(Byte.at) { tags = Tag.list(parsing: cursor.word()) }
        if cursor.skip(Byte.colon) { source = Source(parsing: String(decoding: cursor.word(), as: UTF8.self)) }
        cursor.skipSpaces()
        let command = String(decoding: cursor.word().map(\.asciiUppercased), as: UTF8.self)
        guard !command.isEmpty else { throw .noCommand }
        var parameters: [String] = []
        while let parameter = cursor.parameter() { parameters.append(String(decoding: parameter, as: UTF8.self)) }
        self.init(tags: tags, source: source, command: command, parameters: parameters)
    }

    /// What is still to be read of a line.
    private struct Cursor {
        var rest: ArraySlice<UInt8>

        mutating func skipSpaces() { rest = rest.drop { $0 == Byte.space } }

        /// Takes `byte` when it is the next that is no space.
        mutating func skip(_ byte: UInt8) -> Bool {
            skipSpaces()
            guard rest.first == byte else { return false }
            rest = rest.dropFirst()
            return true
        }

        mutating func word() -> ArraySlice<UInt8> {
            let word = rest.prefix { $0 != Byte.space }
            rest = rest[word.endIndex...]
            return word
        }

        /// The next parameter: a word, or after a colon all that is left.
        mutating func parameter() -> ArraySlice<UInt8>? {
            if skip(Byte.colon) {
                defer { rest = [] }
                return rest
            }
            return rest.isEmpty ? nil : word()
        }
    }
}

extension Message.Tag {
    static func list(parsing bytes: ArraySlice<UInt8>) -> [Message.Tag] {
        var tags: [Message.Tag] = []
        // By key, because a line has room for two thousand of them.
        var places: [ByteText: Int] = [:]
        for part in bytes.split(separator: Byte.semicolon) {
            let key = part.prefix { $0 != Byte.equals }
            guard !key.isEmpty else { continue }
            let tag = Message.Tag(
                key: String(decoding: key, as: UTF8.self), value: unescaped(part[key.endIndex...].dropFirst()))
            if let known = places[ByteText(text: tag.key)] {
                tags[known] = tag
            } else {
                places[ByteText(text: tag.key)] = tags.count
                tags.append(tag)
            }
        }
        return tags
    }

    /// A backslash before any byte but those of the table stands for nothing, and so does one at the end.
    private static func unescaped(_ bytes: ArraySlice<UInt8>) -> String {
        var result: [UInt8] = []
        var escaping = false
        for byte in bytes {
            guard escaping else {
                if byte == Byte.backslash { escaping = true } else { result.append(byte) }
                continue
            }
            escaping = false
            switch byte {
            case Byte.colon: result.append(Byte.semicolon)
            case UInt8(ascii: "s"): result.append(Byte.space)
            case UInt8(ascii: "r"): result.append(Byte.carriageReturn)
            case UInt8(ascii: "n"): result.append(Byte.lineFeed)
            default: result.append(byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    var escapedValue: [UInt8] {
        value.utf8.flatMap { byte -> [UInt8] in
            switch byte {
            case Byte.semicolon: [Byte.backslash, Byte.colon]
            case Byte.space: [Byte.backslash, UInt8(ascii: "s")]
            case Byte.backslash: [Byte.backslash, Byte.backslash]
            case Byte.carriageReturn: [Byte.backslash, UInt8(ascii: "r")]
            case Byte.lineFeed: [Byte.backslash, UInt8(ascii: "n")]
            case Byte.null: []
            default: [byte]
            }
        }
    }
}
