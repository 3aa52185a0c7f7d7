internal import Timeline

extension FilesExtension.FilesRequest {
    package var message: Message { Message(command: "FILES", parameters: mask.map { [$0] } ?? []) }

    package init(_ message: Message) throws(FilesExtension.ParseError) {
        let fields = try Fields(of: message, command: .files, atLeast: 0)
        self.init(mask: fields.parameters.first.flatMap { $0.isEmpty ? nil : $0 })
    }
}

extension FilesExtension.FileLine {
    package var message: Message { Message(command: "FILE", parameters: Fields.texts(of: entry)) }

    package init(_ message: Message) throws(FilesExtension.ParseError) {
        self.init(entry: try Fields(of: message, command: .file, atLeast: 4).entry(from: 0))
    }
}

extension FilesExtension.FilesEnd {
    package var message: Message { Message(command: "FILEEND", parameters: [String(count)]) }

    package init(_ message: Message) throws(FilesExtension.ParseError) {
        let fields = try Fields(of: message, command: .filesEnd, atLeast: 1)
        self.init(count: Int(clamping: try fields.number(0)))
    }
}

extension FilesExtension.GetRequest {
    package var message: Message { Message(command: "GET", parameters: [String(offset), mode, name.text]) }

    package init(_ message: Message) throws(FilesExtension.ParseError) {
        let fields = try Fields(of: message, command: .get, atLeast: 3)
        let mode = fields.parameters[1]
        guard FilesExtension.modes.contains(mode) else { throw .badMode(mode) }
        self.init(offset: try fields.number(0), mode: mode, name: try fields.name(2))
    }
}

extension FilesExtension.Ticket {
    package var message: Message {
        let place = [FilesExtension.text(ofTicket: ticket), String(port)]
        return Message(command: "TICKET", parameters: place + Fields.texts(of: entry))
    }

    package init(_ message: Message) throws(FilesExtension.ParseError) {
        let fields = try Fields(of: message, command: .ticket, atLeast: 6)
        guard let port = UInt16(exactly: try fields.number(1)), port > 0 else { throw .badNumber(fields.parameters[1]) }
        self.init(ticket: try fields.ticket(0), port: port, entry: try fields.entry(from: 2))
    }
}

extension FilesExtension.GetStop {
    package var message: Message {
        Message(command: "GETSTOP", parameters: [FilesExtension.text(ofTicket: ticket)])
    }

    package init(_ message: Message) throws(FilesExtension.ParseError) {
        self.init(ticket: try Fields(of: message, command: .stop, atLeast: 1).ticket(0))
    }
}

extension FilesExtension {
    /// 16 small hexadecimal digits.
    package static func text(ofTicket ticket: UInt64) -> String {
        let digits = String(ticket, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    package static func ticket(ofText text: String) -> UInt64? {
        isHexadecimal(text, digits: 16) ? UInt64(text, radix: 16) : nil
    }

    fileprivate static func isHexadecimal(_ text: String, digits: Int) -> Bool {
        text.utf8.count == digits && text.utf8.allSatisfy { $0.isASCIIDigit || (0x61...0x66).contains($0) }
    }
}

/// The parameters of a message of the extension, read by position.
struct Fields {
    let parameters: [String]

    init(
        of message: Message, command: FilesExtension.Command, atLeast count: Int
    ) throws(FilesExtension.ParseError) {
        guard message.command == command.rawValue else { throw .wrongCommand }
        guard message.parameters.count >= count else { throw .missingParameters }
        parameters = message.parameters
    }

    func number(_ index: Int) throws(FilesExtension.ParseError) -> UInt64 { try Self.number(parameters[index]) }

    static func number(_ text: String) throws(FilesExtension.ParseError) -> UInt64 {
        guard text.utf8.allSatisfy(\.isASCIIDigit), let number = UInt64(text) else { throw .badNumber(text) }
        return number
    }

    func ticket(_ index: Int) throws(FilesExtension.ParseError) -> UInt64 {
        guard let ticket = FilesExtension.ticket(ofText: parameters[index]) else { throw .badNumber(parameters[index]) }
        return ticket
    }

    func name(_ index: Int) throws(FilesExtension.ParseError) -> FileName {
        do { return try FileName(parameters[index]) } catch { throw .badName(error) }
    }

    func entry(from index: Int) throws(FilesExtension.ParseError) -> FileEntry {
        let (time, hash) = (parameters[index + 1], parameters[index + 2])
        guard let seconds = Int64(time) else { throw .badNumber(time) }
        guard hash == "*" || FilesExtension.isHexadecimal(hash, digits: 32) else { throw .badNumber(hash) }
        let size = try number(index)
        guard size <= FileEntry.largest else { throw .badNumber(parameters[index]) }
        return FileEntry(
            name: try name(index + 3), size: size, modified: UnixTime(seconds: seconds),
            hash: hash == "*" ? nil : hash)
    }

    static func texts(of entry: FileEntry) -> [String] {
        [String(entry.size), String(entry.modified.seconds), entry.hash ?? "*", entry.name.text]
    }
}
