/// The name under which a server speaks: a host name of at least two parts, at most 63 bytes (RFC 2812, section 2.3.1).
package struct ServerName: Hashable, Sendable {
    package let text: String

    package static let longest = 63

    private init(trusted text: String) { self.text = text }

    /// What a server is called that nobody named.
    package static let standard = ServerName(trusted: "rdtchat.local")

    /// Nil when `text` is no such name.
    package init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count > 1, text.utf8.count <= Self.longest, parts.allSatisfy(Self.isLabel) else { return nil }
        self.text = text
    }

    private static func isLabel(_ part: Substring.UTF8View) -> Bool {
        let hyphen = UInt8(ascii: "-")
        return !part.isEmpty && part.first != hyphen && part.last != hyphen
            && part.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || $0 == hyphen }
    }
}
