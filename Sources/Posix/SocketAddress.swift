import CPosix

/// An IPv4 or IPv6 address with its port; small, comparable and hashable, because the servers look peers up by it.
package struct SocketAddress: Hashable, Sendable, CustomStringConvertible {
    private enum Family: UInt8 { case v4 = 4, v6 = 6 }

    private let family: Family
    private let high: UInt64
    private let low: UInt64
    private let scope: UInt32
    package var port: UInt16

    /// nil for a family other than IPv4 and IPv6.
    init?(_ kernel: cposix_address) {
        guard let family = Family(rawValue: kernel.family) else { return nil }
        self.family = family
        high = kernel.high
        low = kernel.low
        scope = kernel.scope
        port = kernel.port
    }

    var kernel: cposix_address {
        cposix_address(high: high, low: low, scope: scope, port: port, family: family.rawValue)
    }

    /// Reads a numeric address as in `127.0.0.1` or `::1`; nil for anything else, names included.
    package init?(numeric host: String, port: UInt16) {
        guard let first = try? SocketAddress.look(up: host, numericOnly: true, port: port).first else { return nil }
        self = first
    }

    package var isIPv6: Bool { family == .v6 }

    /// An IPv6 socket that also serves IPv4 reports its IPv4 peers as ::ffff:a.b.c.d (RFC 4291 §2.5.5.2).
    private var isMappedIPv4: Bool { family == .v6 && high == 0 && low >> 32 == 0xffff }

    private var unmapped: SocketAddress {
        guard isMappedIPv4 else { return self }
        let kernel = cposix_address(high: 0, low: low & 0xffff_ffff, scope: 0, port: port, family: 4)
        return SocketAddress(kernel) ?? self
    }

    package var isLoopback: Bool {
        let plain = unmapped
        switch plain.family {
        case .v4: return plain.low >> 24 == 127
        case .v6: return plain.high == 0 && plain.low == 1
        }
    }

    /// 0.0.0.0 or ::, which a socket that serves every address of the machine is bound to.
    var isEveryAddress: Bool { high == 0 && low == 0 }

    /// Whether both belong to the same machine's address, whatever their ports.
    package func isSameHost(as other: SocketAddress) -> Bool {
        let (mine, its) = (unmapped, other.unmapped)
        return mine.family == its.family && mine.high == its.high && mine.low == its.low && mine.scope == its.scope
    }

    /// The address without port and brackets, IPv4 in its own form even when it came through an IPv6 socket.
    package var hostText: String {
        var kernel = unmapped.kernel
        // INET6_ADDRSTRLEN is 46 and a scope adds "%" and an interface name of at most 15 characters.
        var text = [CChar](repeating: 0, count: 80)
        guard unsafe cposix_host_text(&kernel, &text, text.count) == 0 else { return "?" }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Whether both belong to one network in the sense of `networkText`.
    package func isSameNetwork(as other: SocketAddress) -> Bool {
        let (mine, its) = (unmapped, other.unmapped)
        guard mine.isIPv6, its.isIPv6 else { return isSameHost(as: other) }
        return mine.high == its.high && mine.scope == its.scope
    }

    /// The network that one household or machine has for itself: an IPv4 address, or the first 64 bits of an IPv6 one
    /// (RFC 6177 gives each site at least that many addresses).
    package var networkText: String {
        let plain = unmapped
        guard plain.isIPv6 else { return hostText }
        let kernel = cposix_address(
            high: plain.high, low: 0, scope: plain.scope, port: 0, family: plain.family.rawValue)
        return (SocketAddress(kernel)?.hostText ?? hostText) + "/64"
    }

    /// `127.0.0.1:6667` or `[::1]:6667`.
    package var description: String {
        let host = hostText
        return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    /// All addresses of a host name or numeric address, in the order in which they should be tried.
    package static func resolve(host: String, port: UInt16) throws(ResolveError) -> [SocketAddress] {
        try look(up: host, numericOnly: false, port: port)
    }

    private static func look(up host: String, numericOnly: Bool, port: UInt16) throws(ResolveError) -> [SocketAddress] {
        var found = [cposix_address](repeating: cposix_address(), count: mostAddresses)
        var count: Int32 = 0
        let code = unsafe cposix_resolve(host, numericOnly ? 1 : 0, &found, Int32(found.count), &count)
        return try chosen(found.prefix(Int(count)), code: code, host: host, port: port)
    }

    /// More addresses than anybody would wait for; further ones are left out.
    static let mostAddresses = 16

    /// What a look-up has found, with the port that they are for.
    static func chosen(
        _ found: ArraySlice<cposix_address>, code: Int32, host: String, port: UInt16
    ) throws(ResolveError) -> [SocketAddress] {
        guard code == 0, !found.isEmpty else {
            throw ResolveError(host: host, reason: unsafe String(cString: cposix_resolve_error(code)))
        }
        return found.compactMap { kernel in
            var address = SocketAddress(kernel)
            address?.port = port
            return address
        }
    }
}

/// A host name has no address: which name, and why.
package struct ResolveError: Error, Hashable, Sendable, CustomStringConvertible {
    package let host: String
    package let reason: String

    package var description: String { "no address for '\(host)': \(reason)" }
}
