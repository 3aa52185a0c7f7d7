import ChatServer
import IRC
import Logging
import Posix

/// Opens what the options name. Whatever cannot be opened ends the program with one line that says what would be right.
enum Setup {
    /// Bytes of a message of the day.
    private static let longestMotd = 64 << 10
    /// Tries to find a port that is free for TCP and UDP.
    private static let portTries = 100

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// The two sockets of one port.
    struct Sockets: ~Copyable {
        let listener: TCPListener
        let datagrams: UDPSocket
    }

    static func shelf(_ path: String, _ logger: Logger) throws -> Shelf {
        do throws(Errno) {
            return try Shelf(path: path, logger: logger)
        } catch {
            let right = "--shelf names a directory that this user may list"
            throw Failure(description: "shelf '\(path)': \(error.code); \(right)")
        }
    }

    static func trace(_ path: String?) throws -> LineFile? {
        guard let path else { return nil }
        do throws(Errno) {
            return try LineFile(path: path, waits: false)
        } catch {
            throw Failure(
                description: "trace '\(path)': \(error.code); --trace names a file that this user may write")
        }
    }

    static func hub(_ options: Options) throws -> HubConfiguration {
        var hub = HubConfiguration(
            network: options.network, motd: try options.motd.map(motd) ?? [],
            version: "rdtchatd-\(Options.version)")
        hub.floodControl = !options.noFloodControl
        hub.connectionsPerAddress = options.connectionsPerAddress
        hub.history = options.history
        hub.nicknameRule = options.utf8Nicks ? .unicode : .ascii
        hub.password = options.password
        hub.operators = try options.operatorAccounts
        return hub
    }

    private static func motd(_ path: String) throws -> [String] {
        let bytes: [UInt8]
        do throws(Errno) {
            bytes = try TextFile.read(path, limit: longestMotd)
        } catch {
            throw Failure(
                description: """
                    message of the day '\(path)': \(error.code); --motd names a text file of at most \
                    \(longestMotd >> 10) KiB
                    """)
        }
        guard let text = TextFile.lines(of: bytes) else {
            throw Failure(description: "message of the day '\(path)' is not UTF-8; --motd names a text file in UTF-8")
        }
        let lines = text.map { DisplayText(sanitising: $0).text }
        return lines.last == "" ? Array(lines.dropLast()) : lines
    }

    /// TCP and UDP on the same port; with port 0 one that is free for both.
    static func sockets(_ host: String, _ port: UInt16) throws -> Sockets {
        let address = try address(host, port)
        var tries = 0
        while true {
            tries += 1
            do throws(Errno) {
                let listener = try TCPListener(at: address)
                let datagrams = try UDPSocket(boundTo: listener.address)
                return Sockets(listener: listener, datagrams: datagrams)
            } catch {
                if port == 0, error.code == .addressInUse, tries < portTries { continue }
                throw Failure(description: "\(error.doing): \(error.code); \(advice(error.code))")
            }
        }
    }

    private static func address(_ host: String, _ port: UInt16) throws -> SocketAddress {
        do throws(ResolveError) {
            if let address = try SocketAddress.resolve(host: host, port: port).first { return address }
        } catch {
            throw Failure(description: "\(error); \(hostRule)")
        }
        throw Failure(description: "no address for '\(host)'; \(hostRule)")
    }

    private static let hostRule = "--host is an address of this machine, as 127.0.0.1, 0.0.0.0 for all, or ::1"

    private static func advice(_ code: Errno.Code) -> String {
        switch code {
        case .addressInUse: "choose another --port, or 0 for one that is free"
        case .accessDenied, .notPermitted: "choose a --port above 1023"
        default: hostRule
        }
    }
}
