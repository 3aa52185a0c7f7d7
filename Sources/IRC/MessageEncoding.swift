extension Message {
    /// The message as one line with CR LF, whatever its parts hold: a CR, LF or NUL inside becomes a space, so that
    /// nobody's text can smuggle in a second line.
    ///
    /// A middle parameter that the grammar has no place for (empty, with a space, or with a colon first) is written
    /// as `*` or with `_` in that place: the parameters after it keep their positions.
    package func encoded() -> [UInt8] {
        var line = encodedTags()
        line += encodedWithoutTags()
        return line
    }

    /// The line cut to 512 bytes with CR LF (tags not counted) on a character's border.
    ///
    /// A server's answers and relayed lines are made with it, so that the prefix that it puts before them counts.
    package func encodedWithinLimit() -> [UInt8] {
        var line = encodedWithoutTags()
        if line.count > WireLimits.line {
            var length = WireLimits.line - 2
            while length > 0, line[length] & 0xC0 == 0x80 { length -= 1 }
            line.removeSubrange(length...)
            line += [Byte.carriageReturn, Byte.lineFeed]
        }
        return tags.isEmpty ? line : encodedTags() + line
    }

    private func encodedTags() -> [UInt8] { Self.encodedTags(tags) }

    /// The tags as they stand before a line, `@` and the space after them included; nothing for none.
    package static func encodedTags(_ tags: [Tag]) -> [UInt8] {
        guard !tags.isEmpty else { return [] }
        var bytes = [Byte.at]
        for (index, tag) in tags.enumerated() {
            if index > 0 { bytes.append(Byte.semicolon) }
            bytes += word(tag.key)
            if !tag.value.isEmpty { bytes += [Byte.equals] + tag.escapedValue }
        }
        bytes.append(Byte.space)
        return bytes
    }

    /// An encoded line with one more tag, the first.
    package static func prepending(_ tag: Tag, to line: [UInt8]) -> [UInt8] {
        let tags = encodedTags([tag])
        guard line.first == Byte.at else { return tags + line }
        return tags.dropLast() + [Byte.semicolon] + line.dropFirst()
    }

    /// Whether the first tag of an encoded line says that it belongs to a batch.
    package static func isInBatch(_ line: [UInt8]) -> Bool { line.starts(with: "@batch=".utf8) }

    private func encodedWithoutTags() -> [UInt8] {
        var line: [UInt8] = []
        line.reserveCapacity(WireLimits.line)
        if let source {
            line.append(Byte.colon)
            line += Self.word(source.text)
            line.append(Byte.space)
        }
        // At the beginning of a line `@` would make tags of it.
        let word = Self.word(command)
        line += word.first == Byte.at && line.isEmpty ? [UInt8(ascii: "_")] + word.dropFirst() : word
        for (index, parameter) in parameters.enumerated() {
            line.append(Byte.space)
            if index < parameters.count - 1 {
                line += Self.word(parameter)
            } else {
                appendLast(parameter, to: &line)
            }
        }
        line += [Byte.carriageReturn, Byte.lineFeed]
        return line
    }

    private func appendLast(_ parameter: String, to line: inout [UInt8]) {
        let bytes = parameter.utf8
        if lastIsText || bytes.isEmpty || bytes.first == Byte.colon || bytes.contains(Byte.space) {
            line.append(Byte.colon)
        }
        for byte in bytes { line.append(Self.endsLine(byte) ? Byte.space : byte) }
    }

    /// Whether the last parameter is written with a colon even where the grammar needs none: clients with parsers of
    /// their own (ii takes only what follows a colon for text) expect one before text and none before a channel's modes.
    private var lastIsText: Bool {
        switch command {
        case "MODE", "JOIN", "GETSTOP", "USERHOST", "ISON", "WHO", "BATCH", "INVITE", "ACK", "TAGMSG", "004", "221",
            "324",
            "329", "333", "341", "367", "354":
            false
        case "PART", "TOPIC", "NAMES", "LIST": parameters.count > 1
        default: true
        }
    }

    private static func endsLine(_ byte: UInt8) -> Bool {
        byte == Byte.null || byte == Byte.carriageReturn || byte == Byte.lineFeed
    }

    private static func word(_ text: String) -> [UInt8] {
        guard !text.isEmpty else { return [UInt8(ascii: "*")] }
        let stop = UInt8(ascii: "_")
        var bytes = text.utf8.map { endsLine($0) || $0 == Byte.space ? stop : $0 }
        if bytes[0] == Byte.colon { bytes[0] = stop }
        return bytes
    }
}
