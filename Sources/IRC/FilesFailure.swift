extension FilesExtension {
    package enum FailureCode: String, CaseIterable, Hashable, Sendable {
        case noSuchFile = "NO_SUCH_FILE"
        case badName = "BAD_NAME"
        case unreadable = "UNREADABLE"
        case tooMany = "TOO_MANY"
        case badOffset = "BAD_OFFSET"
        case badMode = "BAD_MODE"
        case noSuchTicket = "NO_SUCH_TICKET"
        case invalidUTF8 = "INVALID_UTF8"
    }

    /// Server: `FAIL <command> <code> [<context>] :text` (IRCv3 standard replies).
    ///
    /// The context, a file's name or a ticket, stands in the middle of the line, where no space can be: space, `%`
    /// and a colon in front are written as `%` and two hexadecimal digits, and a context too long for the line is
    /// cut. `concerns` knows both, so ask it rather than compare.
    package struct Failure: Hashable, Sendable {
        package var command: String
        package var code: FailureCode
        /// As it stands on the wire.
        package private(set) var wireContext: String?
        package var text: String

        /// In bytes: what 512 leave after the longest server name, command and code, with 60 for the text.
        package static let longestContext = 350

        package init(command: String, code: FailureCode, context: String? = nil, text: String) {
            self.command = command
            self.code = code
            wireContext = context.map(Self.encoded)
            self.text = text
        }

        package init?(_ message: Message) {
            guard message.command == Command.fail.rawValue, message.parameters.count >= 3,
                let code = FailureCode(rawValue: message.parameters[1])
            else { return nil }
            command = message.parameters[0]
            self.code = code
            wireContext = message.parameters.count > 3 ? message.parameters[2] : nil
            text = message.parameters[message.parameters.count - 1]
        }

        package var message: Message {
            let context = wireContext.map { [$0] } ?? []
            return Message(command: "FAIL", parameters: [command, code.rawValue] + context + [text])
        }

        /// Whether it is about this file name or ticket.
        package func concerns(_ context: String) -> Bool { wireContext == Self.encoded(context) }

        private static func encoded(_ context: String) -> String {
            guard !context.isEmpty else { return "%" }
            var bytes: [UInt8] = []
            for (index, byte) in context.utf8.enumerated() {
                switch byte {
                case Byte.space: bytes += Array("%20".utf8)
                case Byte.percent: bytes += Array("%25".utf8)
                case Byte.colon where index == 0: bytes += Array("%3A".utf8)
                default: bytes.append(byte)
                }
            }
            return String(decoding: bytes, as: UTF8.self).cut(toBytes: longestContext)
        }
    }
}
