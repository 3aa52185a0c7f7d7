import Posix
import Timeline

/// A complete part on its way to the disk, and when the disk is to be asked about it.
struct Saving: ~Copyable {
    /// The first question comes after so long, and each other after a 64th of what it took so far.
    private static let pause = Interval.microseconds(200)

    private let writing: WriteOut
    private let since: Instant
    private(set) var again: Instant

    fileprivate init(_ part: borrowing PartFile, at now: Instant) throws(Errno) {
        writing = try part.writeOut()
        since = now
        again = now + Saving.pause
    }

    /// Whether the disk has everything; not asked before its time.
    mutating func isDone(at now: Instant) throws(Errno) -> Bool {
        guard again <= now else { return false }
        again = now + max((now - since) / 64, Saving.pause)
        return try writing.isDone()
    }
}

extension PartFile {
    /// Begins to put it on the disk.
    func saving(at now: Instant) throws(Errno) -> Saving { try Saving(self, at: now) }
}
