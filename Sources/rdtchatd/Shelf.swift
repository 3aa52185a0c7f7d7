import IRC
import Logging
import Posix
import RDT
import Timeline

/// The directory that is shared, read live.
///
/// Shared are regular files in it and below it whose names can be told; what is left out is logged once. A walk costs a
/// system call a file, so a listing is used again until the walks take at most `walkShare` of the time.
struct Shelf: ~Copyable {
    /// One part in so many of the time may go into walking, however often clients ask.
    static let walkShare: Int64 = 20
    /// Files listed at most: 50,000 take about 80 ms to walk and 4 MB to send.
    static let mostFiles = 50_000
    /// Directories below directories, at most.
    static let mostLevels = 32
    /// Names left out that are remembered and logged.
    static let mostComplaints = 1_000

    private struct Listing {
        let entries: [FileEntry]
        let validUntil: Instant
    }

    private var root: Directory
    private let logger: Logger
    private var listing: Listing?
    /// What was found the last time, whatever has changed since.
    private var lastEntries: [FileEntry]?
    private var complaints: Set<String> = []
    /// Sees what changes in the directories that have been listed; nil where the system has none.
    var watch = try? DirectoryWatch()
    /// What is known of the files' bytes.
    var digests = DigestCache()

    init(path: String, logger: Logger) throws(Errno) {
        let root = try Directory(path: path)
        // What cannot be listed cannot be shared: better known at the start than at the first client's question.
        _ = try root.entries(limit: 1)
        self.root = root
        self.logger = logger
    }

    /// Every shared file, in the order of names. A list that is as it was is the same array: clients that have not read it
    /// to its end hold it, too.
    mutating func list(at now: Instant) -> [FileEntry] {
        if let listing, now < listing.validUntil { return listing.entries }
        followPath()
        let start = Clock.now()
        var entries: [FileEntry] = []
        // A shelf that cannot be read, for want of descriptors, is not empty.
        if !walk(nil, level: 0, into: &entries), let known = listing?.entries ?? lastEntries { return known }
        entries.sort { $0.name < $1.name }
        if let known = listing?.entries, known == entries { entries = known }
        lastEntries = entries
        let cost = Clock.now() - start
        listing = Listing(entries: entries, validUntil: now + cost * Shelf.walkShare)
        return entries
    }

    /// What `body` makes of the descriptor that becomes readable when something changes; nil where there is none.
    borrowing func watchDescriptor<Result>(_ body: (borrowing Descriptor) -> Result) -> Result? {
        switch watch {
        case .some(let watch): body(watch.descriptor)
        case nil: nil
        }
    }

    /// Whether something was changed since the last time; if so the next listing walks anew.
    mutating func takeChanges() -> Bool {
        guard watch?.takeChanges() == true else { return false }
        listing = nil
        return true
    }

    mutating func open(_ name: FileName) throws(Errno) -> ReadableFile {
        followPath()
        return try root.openFile(name.stored)
    }

    /// Where another directory has taken the shelf's name, as whoever swaps two by renaming them has it, that one is shared
    /// from now on. Without any the one that was there stays.
    private mutating func followPath() {
        guard root.isReplaced, let found = try? Directory(path: root.path) else { return }
        root = found
        listing = nil
        watch?.forgetAll()
        logger.notice("shelf '\(DisplayText(sanitising: root.path).text)' is another directory now, and is shared")
    }

    /// The hash of an open file, if it is known, or if it is at hand: of a small file it is computed now, so that the client
    /// learns it before the first byte and needs no END to be sure of the last.
    mutating func digest(of file: borrowing ReadableFile) -> FileDigest? {
        if let known = digests[file.opened] { return known }
        guard let bytes = file.cachedContent(limit: Int(FilesExtension.smallFile)) else { return nil }
        var hasher = FileHasher()
        hasher.update(unsafe bytes.span.bytes)
        let digest = hasher.finish()
        guard !file.hasChanged else { return nil }
        digests.remember(digest, of: file.opened)
        return digest
    }

    func entry(_ name: FileName, _ identity: FileIdentity) -> FileEntry {
        FileEntry(name: name, size: identity.size, modified: identity.modified, hash: digests[identity]?.description)
    }

    /// Lists the directory at `path`, the shelf itself when it is nil, and all below; false when it cannot be read.
    @discardableResult
    private mutating func walk(_ path: String?, level: Int, into entries: inout [FileEntry]) -> Bool {
        do throws(Errno) {
            let directory = try root.openDirectory(path ?? ".")
            watch?.add(directory)
            try walk(directory, path, level, &entries)
            return true
        } catch {
            leaveOut(path ?? root.path, "\(error.code)")
            return false
        }
    }

    private mutating func walk(
        _ directory: borrowing Directory, _ path: String?, _ level: Int, _ entries: inout [FileEntry]
    ) throws(Errno) {
        let prefix = path.map { $0 + "/" } ?? ""
        for found in try directory.entries() {
            guard entries.count < Shelf.mostFiles else {
                return leaveOut(path ?? root.path, "more than \(Shelf.mostFiles) files")
            }
            guard let part = String(validating: found.name, as: UTF8.self) else {
                leaveOut(prefix + String(decoding: found.name, as: UTF8.self), "its name is not UTF-8")
                continue
            }
            let name: FileName
            do {
                name = try FileName(stored: prefix + part)
            } catch {
                leaveOut(prefix + part, "\(error)")
                continue
            }
            take(name, part, in: directory, level, &entries)
        }
    }

    private mutating func take(
        _ name: FileName, _ part: String, in directory: borrowing Directory, _ level: Int,
        _ entries: inout [FileEntry]
    ) {
        // A name that is gone by now is no complaint: the shelf is live.
        guard let status = try? directory.status(of: part) else { return }
        switch status.kind {
        case .regularFile:
            entries.append(entry(name, status.identity))
        case .directory:
            guard level < Shelf.mostLevels else { return leaveOut(name.text, "more than \(Shelf.mostLevels) levels") }
            walk(name.stored, level: level + 1, into: &entries)
        case .symbolicLink:
            do throws(Errno) {
                entries.append(entry(name, try root.openFile(name.stored).opened))
            } catch {
                leaveOut(name.text, "a link that leads out of the shelf, to a directory or to nothing")
            }
        case .other:
            leaveOut(name.text, "no regular file")
        }
    }

    private mutating func leaveOut(_ path: String, _ reason: String) {
        guard complaints.count < Shelf.mostComplaints, complaints.insert(path).inserted else { return }
        logger.warning("not shared: '\(DisplayText(sanitising: path).text)': \(reason)")
        if complaints.count == Shelf.mostComplaints { logger.warning("further names that are not shared go unlogged") }
    }
}
