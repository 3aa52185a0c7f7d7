import ChatClient
import Posix

/// The downloads of one server that have not ended, in the XDG state folder: what a shell leaves, the next one offers.
///
/// The first shell of a server has the file, and a second one beside it keeps nothing: two would undo each other.
final class QueueFile {
    private let path: String
    private var lock: FileLock?

    /// Nil when another shell has it, or when it cannot be made.
    init?(directory: String, server: String) {
        let name = String(server.map { $0 == "/" ? "_" : $0 })
        path = "\(directory)/queue-\(name)"
        do throws(Errno) {
            // Makes the directories.
            try TextFile.append([], to: "\(path).lock")
            lock = try FileLock(path: "\(path).lock")
        } catch {
            return nil
        }
    }

    /// What the last shell left; nothing when the file cannot be read.
    var downloads: [KeptDownload] {
        guard let bytes = try? TextFile.read(path, limit: KeptDownload.mostBytes) else { return [] }
        return KeptDownload.list(of: String(decoding: bytes, as: UTF8.self))
    }

    func write(_ downloads: [KeptDownload]) throws(Errno) {
        try TextFile.replace(path, with: Array(KeptDownload.text(of: downloads).utf8), isSynced: false)
    }
}
