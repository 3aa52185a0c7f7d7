import Testing

@testable import ChatClient

@Suite struct ServerAddressTests {
    @Test(
        "a server may be named with and without a port, and an IPv6 address with and without brackets",
        arguments: [
            ("chat.example", "chat.example", 6667, "chat.example:6667"),
            ("chat.example:7000", "chat.example", 7000, "chat.example:7000"),
            ("127.0.0.1:65535", "127.0.0.1", 65535, "127.0.0.1:65535"),
            ("::1", "::1", 6667, "[::1]:6667"),
            ("[::1]", "::1", 6667, "[::1]:6667"),
            ("[fe80::1%eth0]:1", "fe80::1%eth0", 1, "[fe80::1%eth0]:1"),
        ])
    func read(text: String, host: String, port: UInt16, shown: String) {
        let address = ServerAddress(text)
        #expect(address?.host == host)
        #expect(address?.port == port)
        #expect(address?.text == shown)
    }

    @Test(
        "what names no server is refused",
        arguments: [
            "", ":", ":6667", "host:", "host:0", "host:65536", "host:+1", "host:-1", "host:12x", "[::1", "[::1]6667",
            "[]:6667", "two words", "[::1]:",
        ])
    func refuse(text: String) {
        #expect(ServerAddress(text) == nil)
    }
}
