import ChatClient
import Posix
import Timeline

/// The chat's TCP connection as the loop sees it: one address after the other is tried, what cannot be written yet
/// waits, and what happened comes out as news.
///
/// The loop polls `descriptor` for `interest`, tells `ready(at:)`, and drains `nextNews()`.
final class ChatLink {
    enum News {
        case connected
        case received(ArraySlice<UInt8>)
        /// It ended, or never began: what was done and what the system said.
        case ended(String)
    }

    private enum State {
        case closed
        /// The server's name is being looked up beside the loop.
        case resolving
        /// Waiting for one address to answer until `deadline`; `rest` is tried after it.
        case connecting(rest: ArraySlice<SocketAddress>, deadline: Instant)
        case open
    }

    /// An address that does not answer is given up for the next after this (RFC 8305 would race them; a person at a
    /// prompt sees the reason sooner than TCP's own two minutes).
    static let connectTimeout = Interval.seconds(10)
    /// Bytes read in a turn, so that a talkative server does not keep the downloads waiting.
    static let readSize = 64 << 10

    private var state = State.closed
    private var connection: TCPConnection? {
        didSet { generation += 1 }
    }
    private var lookup: NameLookup? {
        didSet { generation += 1 }
    }
    /// The addresses by which the server was reached last: whoever comes back to it needs no name server for that.
    private var known: [SocketAddress] = []
    /// Changes with the descriptor, so that the loop knows when to poll another.
    private(set) var generation = 0
    private var unsent: [UInt8] = []
    private var buffer = [UInt8](repeating: 0, count: ChatLink.readSize)
    private var news: [News] = []

    var peer: SocketAddress? { connection?.peer }
    /// What TCP has measured of the path to the server.
    var roundTrip: Interval? { connection?.path.roundTrip }
    var deadline: Instant? {
        if case .connecting(_, let deadline) = state { deadline } else { nil }
    }
    var interest: Interest {
        switch state {
        case .closed: []
        case .resolving: .reading
        case .connecting: .writing
        case .open: unsent.isEmpty ? .reading : [.reading, .writing]
        }
    }
    var hasUnsent: Bool { !unsent.isEmpty }

    /// Runs `body` with the descriptor to poll; nothing when there is none.
    func withDescriptor(_ body: (borrowing Descriptor) -> Void) {
        switch connection {
        case .some(let connection): return body(connection.descriptor)
        case nil: break
        }
        switch lookup {
        case .some(let lookup): body(lookup.descriptor)
        case nil: break
        }
    }

    func nextNews() -> News? { news.isEmpty ? nil : news.removeFirst() }

    func open(_ server: ServerAddress, at now: Instant) {
        if let address = SocketAddress(numeric: server.host, port: server.port) { known = [address] }
        if !known.isEmpty { return tryNext(known[...], at: now, "no address") }
        do throws(Errno) {
            lookup = try NameLookup(server.host, port: server.port)
            state = .resolving
        } catch {
            news.append(.ended("\(error)"))
        }
    }

    private func finishResolving(at now: Instant) {
        do throws(ResolveError) {
            guard let found = try lookup?.addresses() else { return }
            lookup = nil
            known = found
            tryNext(found[...], at: now, "no address")
        } catch {
            end("\(error)")
        }
    }

    func send(_ bytes: [UInt8]) {
        guard case .open = state else { return }
        unsent += bytes
        flush()
    }

    func close() {
        state = .closed
        connection = nil
        lookup = nil
        unsent = []
    }

    func ready(_ readiness: Readiness, at now: Instant) {
        switch state {
        case .closed: break
        case .resolving: finishResolving(at: now)
        case .connecting(let rest, _): finishConnecting(rest, at: now)
        case .open:
            if readiness.isWritable { flush() }
            if readiness.isReadable || readiness.isOver { read() }
        }
    }

    func timeoutFired(at now: Instant) {
        guard case .connecting(let rest, let deadline) = state, deadline <= now else { return }
        let who = peer.map { "\($0)" } ?? "the server"
        tryNext(rest, at: now, "\(who) does not answer (\(Int(ChatLink.connectTimeout.seconds)) s)")
    }

    private func tryNext(_ addresses: ArraySlice<SocketAddress>, at now: Instant, _ whyNotTheLast: String) {
        var reason = whyNotTheLast
        var rest = addresses
        connection = nil
        while let address = rest.popFirst() {
            do throws(Errno) {
                connection = try TCPConnection(connectingTo: address)
                state = .connecting(rest: rest, deadline: now + ChatLink.connectTimeout)
                return
            } catch {
                reason = "\(error)"
            }
        }
        // The name may have moved to another address.
        known = []
        end(reason)
    }

    private func finishConnecting(_ rest: ArraySlice<SocketAddress>, at now: Instant) {
        switch connection?.connectResult {
        case .connected?:
            state = .open
            news.append(.connected)
        case .failed(let error)?:
            tryNext(rest, at: now, "\(error)")
        case .inProgress?, nil:
            break
        }
    }

    private func flush() {
        while !unsent.isEmpty {
            switch connection?.write(unsafe unsent.span.bytes) {
            case .bytes(let count)?: unsent.removeFirst(count)
            case .closed?:
                // The reason may still lie unread in what the server sent last.
                unsent = []
                read()
                return
            case .wouldBlock?, nil: return
            }
        }
    }

    private func read() {
        switch connection?.read(into: &buffer) {
        case .bytes(let count)?: news.append(.received(ArraySlice(buffer[..<count])))
        case .closed(let code)?: end(code.map { "\($0)" } ?? "the server closed it")
        case .wouldBlock?, nil: break
        }
    }

    private func end(_ reason: String) {
        close()
        news.append(.ended(reason))
    }
}
