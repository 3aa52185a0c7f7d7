import Posix

/// Payloads of one batch that follow each other in the file, to be written together.
struct GatheredWrite {
    private(set) var offset: UInt64 = 0
    private(set) var pieces: [Range<Int>] = []
    private var end: UInt64 = 0

    /// False, with nothing changed, when the piece does not follow what is here.
    mutating func append(_ piece: Range<Int>, at place: UInt64) -> Bool {
        if pieces.isEmpty {
            offset = place
        } else if place != end || pieces.count == PartFile.mostPieces {
            return false
        }
        pieces.append(piece)
        end = place + UInt64(piece.count)
        return true
    }

    mutating func removeAll() { pieces.removeAll(keepingCapacity: true) }
}
