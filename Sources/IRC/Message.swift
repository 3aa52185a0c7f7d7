/// One IRC message: tags, source, command and parameters, as RFC 1459, section 2.3.1, and IRCv3 message-tags have it.
package struct Message: Hashable, Sendable {
    package struct Tag: Hashable, Sendable {
        package var key: String
        package var value: String

        package init(key: String, value: String = "") {
            self.key = key
            self.value = value
        }

        /// A client-only tag, which servers pass on: `+`, then a name by the grammar of IRCv3 message-tags (letters, digits,
        /// `-`, and for the vendor `.` and `/`). Its value is escaped, but a key goes out as it came.
        package var isRelayed: Bool {
            key.utf8.first == UInt8(ascii: "+") && key.utf8.count > 1
                && key.utf8.dropFirst().allSatisfy {
                    $0.isASCIILetter || $0.isASCIIDigit || "-./".utf8.contains($0)
                }
        }
    }

    package var tags: [Tag]
    package var source: Source?
    /// Capital letters, or the three digits of a numeric.
    package var command: String
    package var parameters: [String]

    package init(tags: [Tag] = [], source: Source? = nil, command: String, parameters: [String] = []) {
        self.tags = tags
        self.source = source
        self.command = command
        self.parameters = parameters
    }

    /// The value of a tag, nil when the message has none of that key.
    package func tag(_ key: String) -> String? { tags.first { $0.key == key }?.value }
}

extension Message {
    /// Who a message comes from: a server's name, or `name!user@host`.
    package struct Source: Hashable, Sendable {
        package var name: String
        package var user: String?
        package var host: String?

        package init(name: String, user: String? = nil, host: String? = nil) {
            self.name = name
            self.user = user
            self.host = host
        }

        package init(parsing text: String) {
            var rest = text[...]
            if let at = rest.firstIndex(of: "@") {
                host = String(rest[rest.index(after: at)...])
                rest = rest[..<at]
            }
            if let bang = rest.firstIndex(of: "!") {
                user = String(rest[rest.index(after: bang)...])
                rest = rest[..<bang]
            }
            name = String(rest)
        }

        package var text: String { name + (user.map { "!" + $0 } ?? "") + (host.map { "@" + $0 } ?? "") }
    }
}

/// Why a line is no message.
package enum MessageError: Error, Hashable, Sendable {
    /// Nothing but spaces, or tags and a source with nothing after them.
    case noCommand
    case invalidUTF8
    /// NUL, or a CR that does not end the line: RFC 1459 has no place for them.
    case forbiddenByte
}
