/// What `HOST[:PORT]` on the command line names: a host name or a numeric address, and the port that chat and files
/// share.
package struct ServerAddress: Hashable, Sendable {
    /// IRC's customary port (RFC 7194 §1), and the server's default.
    package static let defaultPort: UInt16 = 6667
    package static let defaultHost = "127.0.0.1"
    package static let defaultText = "\(defaultHost):\(defaultPort)"

    package var host = ServerAddress.defaultHost
    package var port = ServerAddress.defaultPort

    /// The address as it is typed and shown: an IPv6 address stands in brackets.
    package var text: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    package init() {}

    /// Reads `host`, `host:port`, `::1`, `[::1]` and `[::1]:port`; nil where none of these is meant.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        let hostText: Substring
        var portText: Substring?
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return nil }
            hostText = text[text.index(after: text.startIndex)..<end]
            let rest = text[text.index(after: end)...]
            guard rest.isEmpty || rest.hasPrefix(":") else { return nil }
            portText = rest.isEmpty ? nil : rest.dropFirst()
        } else if bytes.count(where: { $0 == UInt8(ascii: ":") }) == 1, let colon = text.firstIndex(of: ":") {
            hostText = text[..<colon]
            portText = text[text.index(after: colon)...]
        } else {
            hostText = text[...]
        }
        guard !hostText.isEmpty, !hostText.contains(where: \.isWhitespace) else { return nil }
        host = String(hostText)
        port = Self.defaultPort
        if let portText {
            guard let number = UInt16(portText), number > 0, portText.utf8.first != UInt8(ascii: "+") else {
                return nil
            }
            port = number
        }
    }
}
