import ChatServer
import Posix

/// The lines of a turn, each once, however many clients get it: they refer to it until it is written.
struct TurnLines {
    /// Bytes of lines after which a turn writes before it goes on: as much as a core's cache holds, so that the copies
    /// into a thousand sockets come from there.
    static let flushMark = 64 << 10

    private(set) var bytes: [UInt8] = []

    mutating func append(_ line: [UInt8]) -> Range<Int> {
        let start = bytes.count
        bytes += line
        return start..<bytes.count
    }

    var isDueToFlush: Bool { bytes.count >= Self.flushMark }

    /// Nobody may refer to a line any more.
    mutating func clear() {
        if bytes.capacity > 4 * Self.flushMark { bytes = [] } else { bytes.removeAll(keepingCapacity: true) }
    }
}

/// One chat connection as the sockets see it: what waits to be written, and whether it is being read.
final class ChatConnection {
    /// Bytes read at once; the hub takes no more (`HubLimits.readBuffer`), and one read a turn is everybody's share.
    static let readSize = HubLimits.readBuffer

    let id: ConnectionID
    let connection: TCPConnection
    let place: Poller<Server.Source>.Place
    /// False while the hub wants nothing more from it.
    var isRead = true
    /// Its client writes no more, or is gone: a question that has been put to it tells which.
    var isEnding = false
    /// What the socket had no room for.
    private var unsent: [UInt8] = []
    /// The lines of this turn, after `unsent`: lines that follow each other are one piece.
    private var pieces: [TCPConnection.Piece] = []

    init(_ id: ConnectionID, _ connection: consuming TCPConnection, at place: Poller<Server.Source>.Place) {
        self.id = id
        self.connection = connection
        self.place = place
    }

    /// The socket is full: writing is of no use until it has room.
    var waitsForRoom: Bool { !unsent.isEmpty }
    var hasLines: Bool { !pieces.isEmpty }

    var interest: Interest {
        var interest: Interest = isRead ? .reading : isEnding ? [] : .end
        if waitsForRoom { interest.insert(.writing) }
        return interest
    }

    /// Queues a line of the turn; `flush` writes all of them at once.
    func send(_ line: Range<Int>) {
        if let last = pieces.indices.last, pieces[last].end == line.lowerBound {
            pieces[last].extend(to: line.upperBound)
        } else {
            pieces.append(TCPConnection.Piece(line))
        }
    }

    /// Writes what the socket takes and tells how much that was; a broken connection takes nothing, and the next read
    /// tells why. Afterwards it refers to no line of the turn.
    func flush(_ lines: borrowing TurnLines) -> Int {
        guard waitsForRoom || hasLines else { return 0 }
        var count = 0
        let result = unsafe connection.write(unsent.span.bytes, pieces, of: lines.bytes.span.bytes)
        if case .bytes(let written) = result { count = written }
        keep(lines, after: count)
        return count
    }

    /// Takes over the lines of the turn that were not written, from byte `count` of all on.
    func keep(_ lines: borrowing TurnLines, after count: Int = 0) {
        var skipped = count
        if skipped > 0 {
            let old = min(skipped, unsent.count)
            if old == unsent.count { unsent = [] } else { unsent.removeFirst(old) }
            skipped -= old
        }
        for piece in pieces {
            let range = piece.range.dropFirst(skipped)
            skipped -= piece.range.count - range.count
            unsent += lines.bytes[range]
        }
        pieces.removeAll(keepingCapacity: pieces.capacity <= 16)
    }

    /// The last words, before this connection is given up: what the socket takes at once, then the end. What the client
    /// sent meanwhile is read and dropped, or the kernel would answer it with a reset that overtakes the last words.
    func finish(_ lines: borrowing TurnLines, scratch: inout [UInt8]) {
        _ = flush(lines)
        connection.finishWriting()
        _ = connection.read(into: &scratch)
    }
}
