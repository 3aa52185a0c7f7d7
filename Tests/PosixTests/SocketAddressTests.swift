import Posix
import Testing

@Suite struct SocketAddressTests {
    @Test(
        "an address is written as people write it: IPv6 in brackets",
        arguments: [
            ("127.0.0.1", "127.0.0.1:6667"), ("::1", "[::1]:6667"), ("0.0.0.0", "0.0.0.0:6667"),
            ("2001:db8::5", "[2001:db8::5]:6667"),
        ])
    func text(host: String, expected: String) throws {
        let address = try #require(SocketAddress(numeric: host, port: 6667))
        #expect(address.description == expected)
        #expect(address.hostText == host)
    }

    @Test("a name is no numeric address", arguments: ["localhost", "", "1.2.3.4.5", "::1::", "127.0.0.1:80"])
    func notNumeric(host: String) {
        #expect(SocketAddress(numeric: host, port: 1) == nil)
    }

    @Test(
        "an IPv4 address is a network of its own, also through an IPv6 socket; of an IPv6 one the first 64 bits are",
        arguments: [
            ("192.0.2.7", "192.0.2.7"), ("::ffff:192.0.2.7", "192.0.2.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"), ("2001:db8:1:2::", "2001:db8:1:2::/64"), ("::1", "::/64"),
        ])
    func network(host: String, expected: String) throws {
        #expect(try #require(SocketAddress(numeric: host, port: 6667)).networkText == expected)
    }

    @Test("two addresses are of one host whatever their ports, also when IPv4 came through an IPv6 socket")
    func sameHost() throws {
        let plain = try #require(SocketAddress(numeric: "10.1.2.3", port: 1))
        let mapped = try #require(SocketAddress(numeric: "::ffff:10.1.2.3", port: 2))
        let other = try #require(SocketAddress(numeric: "10.1.2.4", port: 1))
        #expect(plain.isSameHost(as: mapped))
        #expect(mapped.isSameHost(as: plain))
        #expect(!plain.isSameHost(as: other))
        #expect(plain != mapped)
        #expect(mapped.description == "10.1.2.3:2")
    }

    @Test("two addresses are of one network when their first 64 bits are, and of IPv4 when they are the same")
    func sameNetwork() throws {
        func isOne(_ left: String, _ right: String) throws -> Bool {
            let left = try #require(SocketAddress(numeric: left, port: 1))
            let right = try #require(SocketAddress(numeric: right, port: 2))
            #expect(left.isSameNetwork(as: right) == (left.networkText == right.networkText))
            return left.isSameNetwork(as: right)
        }
        #expect(try isOne("2001:db8::1", "2001:db8::ffff:2"))
        #expect(try !isOne("2001:db8::1", "2001:db8:0:1::1"))
        #expect(try isOne("::ffff:10.1.2.3", "10.1.2.3"))
        #expect(try !isOne("::ffff:10.1.2.3", "::ffff:10.1.2.4"))
        #expect(try !isOne("10.1.2.3", "10.1.2.4"))
        #expect(try !isOne("2001:db8::1", "10.1.2.3"))
    }

    @Test("this machine is known by any of its loopback addresses")
    func loopback() throws {
        for (host, expected) in [
            ("127.0.0.1", true), ("127.9.9.9", true), ("::1", true), ("::2", false), ("10.0.0.1", false),
        ] {
            let address = try #require(SocketAddress(numeric: host, port: 0))
            #expect(address.isLoopback == expected)
        }
    }

    @Test("a host name that does not exist is an error that names it")
    func unknownName() throws {
        let error = #expect(throws: ResolveError.self) { try SocketAddress.resolve(host: "no such host", port: 1) }
        #expect(error?.description.hasPrefix("no address for 'no such host': ") == true)
        #expect(try SocketAddress.resolve(host: "127.0.0.1", port: 9).map(\.description) == ["127.0.0.1:9"])
    }
}
