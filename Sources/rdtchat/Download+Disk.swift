import ChatClient
import IRC
import Posix
import RDT
import Timeline

/// What comes on its way into the file.
extension Download {
    /// Has a payload, or a part of one, written with its neighbours.
    func gather(_ payload: Range<Int>, of datagram: Range<Int>, _ bytes: RawSpan, at offset: UInt64, at now: Instant) {
        let piece = datagram.lowerBound + payload.lowerBound..<datagram.lowerBound + payload.upperBound
        if gathered.append(piece, at: offset) { return }
        write(bytes, at: now)
        _ = gathered.append(piece, at: offset)
    }

    /// Writes what was gathered of `bytes`.
    func write(_ bytes: RawSpan, at now: Instant) {
        defer { gathered.removeAll() }
        guard case .receiving = stage, !gathered.pieces.isEmpty else { return }
        let begin = Clock.now()
        defer { writing += Clock.now() - begin }
        if let sink { return sink.take(bytes, pieces: gathered.pieces, at: gathered.offset) }
        attempt(at: now) { () throws(Errno) in
            switch part {
            case .some(let part):
                try lane.write(bytes, pieces: gathered.pieces, at: gathered.offset, to: part, at: now)
            case nil: break
            }
        }
        var offset = gathered.offset
        for piece in gathered.pieces {
            hasher.wrote(bytes.extracting(piece), at: offset)
            offset += UInt64(piece.count)
        }
    }

    /// Writes down how far the part is.
    func keep(isLast: Bool = false, at now: Instant) {
        // What could not be written is not written down either.
        if isLast { try? lane.finish() }
        while let range = lane.nextLanded() { keeper.wrote(range) }
        guard case .receiving = stage, receiver.contiguous < start.entry.size || isLast else { return }
        if var file = part.take() {
            keeper.keep(in: &file, isLast: isLast, at: now)
            part = consume file
        }
    }

    /// Whether the disk is behind with a file, so that the socket has to wait for it.
    func isDiskBehind(at now: Instant) -> Bool {
        attempt(at: now) { () throws(Errno) in try lane.collect() }
        return lane.isFull
    }

    /// Whether all that was written can be read back by now.
    func isWritten(at now: Instant) -> Bool {
        attempt(at: now) { () throws(Errno) in try lane.collect() }
        return !lane.isBusy
    }

    /// Does something with the file; an error ends the download.
    func attempt(at now: Instant, _ body: () throws(Errno) -> Void) {
        do throws(Errno) {
            try body()
        } catch {
            fail(error.abortReason, error.advice(for: path, of: start), at: now)
        }
    }
}
