/// The name of a channel; `#Lobby` and `#lobby` are one (CASEMAPPING=ascii).
package struct ChannelName: Hashable, Sendable {
    package enum Fault: Hashable, Sendable {
        /// It does not begin with `#`, or nothing follows.
        case noHash
        case badCharacter(Unicode.Scalar)
        case tooLong
    }

    package let text: String
    private let folded: ByteText

    /// `#` and at least one character more, at most 50 bytes; no space, comma, colon or control character
    /// (RFC 2812, section 1.3), and nothing that a reader could not see.
    package init(_ text: String) throws(ChannelNameError) {
        guard text.utf8.first == UInt8(ascii: "#"), text.utf8.count > 1 else {
            throw ChannelNameError(text: text, reason: .noHash)
        }
        if let bad = text.unicodeScalars.first(where: { [" ", ",", ":"].contains($0) }) ?? HiddenScalars.first(in: text)
        {
            throw ChannelNameError(text: text, reason: .badCharacter(bad))
        }
        guard text.utf8.count <= WireLimits.channelName else { throw ChannelNameError(text: text, reason: .tooLong) }
        self.text = text
        folded = ByteText(text: text.asciiLowercased)
    }

    package static func == (left: ChannelName, right: ChannelName) -> Bool { left.folded == right.folded }
    package func hash(into hasher: inout Hasher) { hasher.combine(folded) }
}
