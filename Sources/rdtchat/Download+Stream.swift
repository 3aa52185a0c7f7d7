import ChatClient
import Posix
import RDT
import Timeline

/// A download whose bytes go into a pipe or a device, as fast as its reader takes them.
extension Download {
    /// Whether the stream's reader is so far behind that the socket has to wait for it.
    var isHeldUp: Bool {
        guard case .receiving = stage, let sink else { return false }
        return sink.isFull
    }
    /// Whether the stream is to be polled for room.
    var waitsForReader: Bool { sink.map { !$0.isEmpty } ?? false }
    var isStream: Bool { sink != nil }
    var takesStandardOutput: Bool { start.takesStandardOutput }

    func withStream(_ body: (borrowing Descriptor) -> Void) { sink?.withDescriptor(body) }

    /// What a reader that takes nothing is waited for: somebody who pages through it may have a telephone call. Meanwhile a
    /// list of datagrams, at most 64 KiB, comes in 10 s.
    private static let patience = TestSettings.readerPatience ?? .seconds(600)

    /// When the reader is given up, if it takes nothing until then.
    var readerDeadline: Instant? {
        switch stage {
        case .receiving, .handingOn: sink?.waitsSince.map { $0 + Download.patience }
        case .looking, .checking, .saving, .named, .parting, .failed, .over: nil
        }
    }

    func giveUpReader(at now: Instant) {
        guard let readerDeadline, readerDeadline <= now else { return }
        let whose = takesStandardOutput ? "standard output" : "'\(path)'"
        let seconds = Int(Download.patience.seconds)
        fail(.cannotWrite, "the reader of \(whose) has taken nothing for \(seconds) s; start it again", at: now)
    }

    /// The stream's reader has room.
    func handOn(at now: Instant) {
        guard let sink, !isOver else { return }
        do throws(Errno) {
            switch try sink.flush(at: now) {
            case .waits: return
            case .closed: return closed(at: now)
            case .everything: break
            }
        } catch {
            return fail(error.abortReason, error.advice(for: path, of: start), at: now)
        }
        if readsAgain != nil { readsAgain = now }
        guard case .handingOn(let wanted) = stage else { return }
        checked(sink.digest() == wanted, at: now)
        drain(at: now)
    }

    private func closed(at now: Instant) {
        if takesStandardOutput { return news.append(.readerLeft) }
        fail(.cannotWrite, "nobody reads '\(path)' any more", at: now)
    }
}
