import Posix
import TestSupport
import Testing

@Suite struct NameLookupTests {
    @Test("a name is looked up beside the loop, which asks until the addresses are there")
    func found() throws {
        let lookup = try NameLookup("localhost", port: 6667)
        var found: [SocketAddress] = []
        try eventually("the addresses are there") {
            found = try lookup.addresses() ?? []
            return !found.isEmpty
        }
        #expect(found.allSatisfy { $0.isLoopback && $0.port == 6667 })
    }

    @Test("a name that does not exist is an error that names it")
    func unknown() throws {
        let lookup = try NameLookup("no such host", port: 1)
        var error: ResolveError?
        try eventually("the answer is there") {
            do throws(ResolveError) { return try lookup.addresses() != nil } catch let failure { error = failure }
            return true
        }
        #expect(error?.description.hasPrefix("no address for 'no such host': ") == true)
    }

    @Test("who loses interest may go at once")
    func abandoned() throws { for _ in 0..<50 { _ = try NameLookup("localhost", port: 1) } }
}
