import ChatServer
import Posix

/// One chat connection as the sockets see it: what waits to be written, and whether it is being read.
final class ChatConnection {
    /// Bytes read at once; the hub takes no more (`HubLimits.readBuffer`), and one read a turn is everybody's share.
    static let readSize = HubLimits.readBuffer

    let id: ConnectionID
    let connection: TCPConnection
    let place: Poller<Server.Source>.Place
    /// False while the hub wants nothing more from it.
    var isRead = true
    private var unsent: [UInt8] = []

    init(_ id: ConnectionID, _ connection: consuming TCPConnection, at place: Poller<Server.Source>.Place) {
        self.id = id
        self.connection = connection
        self.place = place
    }

    var hasUnsent: Bool { !unsent.isEmpty }

    var interest: Interest {
        var interest: Interest = isRead ? .reading : []
        if hasUnsent { interest.insert(.writing) }
        return interest
    }

    /// Queues a line; `flush` writes all lines of a turn at once.
    func send(_ line: [UInt8]) { unsent += line }

    /// Writes what the socket takes and tells how much that was; a broken connection takes nothing, and the next read
    /// tells why.
    func flush() -> Int {
        guard hasUnsent, case .bytes(let count) = connection.write(unsafe unsent.span.bytes) else { return 0 }
        unsent.removeFirst(count)
        return count
    }

    /// The last words, before this connection is given up: what the socket takes at once, then the end. What the client
    /// sent meanwhile is read and dropped, or the kernel would answer it with a reset that overtakes the last words.
    func finish(scratch: inout [UInt8]) {
        _ = flush()
        connection.finishWriting()
        _ = connection.read(into: &scratch)
    }
}
