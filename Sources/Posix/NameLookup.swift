import CPosix

/// A host name on its way to its addresses, looked up by a thread of its own.
///
/// A name server that is silent takes getaddrinfo() ten seconds and more, and the loop, with the prompt in it, goes on
/// meanwhile. The thread ends by itself, whether somebody still wants to know or not.
package struct NameLookup: ~Copyable {
    /// Readable when the answer is there.
    package let descriptor: Descriptor
    private let host: String
    private let port: UInt16

    package init(_ host: String, port: UInt16) throws(Errno) {
        descriptor = Descriptor(owning: try systemCall("look up '\(host)'") { unsafe cposix_look_up(host) })
        self.host = host
        self.port = port
    }

    /// The addresses in the order in which they should be tried; nil before they are there.
    package func addresses() throws(ResolveError) -> [SocketAddress]? {
        var found = [cposix_address](repeating: cposix_address(), count: SocketAddress.mostAddresses)
        var (count, code): (Int32, Int32) = (0, 0)
        switch unsafe cposix_looked_up(descriptor.number, &found, Int32(found.count), &count, &code) {
        case 0: return nil
        case 1: return try SocketAddress.chosen(found.prefix(Int(count)), code: code, host: host, port: port)
        case _: throw ResolveError(host: host, reason: "the look-up ended without an answer")
        }
    }
}
