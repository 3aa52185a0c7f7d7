import CPosix
import Glibc
package import Timeline

/// A file on its way: written as NAME.part, and given its name only when it is complete and safe on the disk.
///
/// Nothing is ever replaced unless the user said so, and an unfinished file never has the final name. Beside it lies a
/// record of how far it is (`PartFile+Record`).
package struct PartFile: ~Copyable {
    /// What may happen to a file that has the final name already.
    package enum Existing: Sendable {
        case keep
        case replace
    }

    package static let suffix = ".part"

    let directory: Directory
    let descriptor: Descriptor
    let name: String
    /// The record, open at its end, once it was written.
    var record: Descriptor?
    /// Bytes that an earlier download has left here, right or wrong; 0 for a part that is new.
    package let found: UInt64
    private let existing: Existing
    /// Where the file will be, as the user would write it.
    package let path: String

    private var partName: String { PartFile.partName(of: name) }
    /// Where it is meanwhile.
    package var partPath: String {
        String(decoding: Array(path.utf8.dropLast(name.utf8.count)) + Array(partName.utf8), as: UTF8.self)
    }

    /// Begins the file that will be at `path`.
    ///
    /// Throws `.isDirectory` when a directory has the name, `.exists` when there is such a file (unless it may be
    /// replaced), `.isPart` when that is the part or the record of another download, and `.wouldBlock` while another
    /// download writes the same part. A part that nobody writes any more is a leftover, and is begun anew unless this
    /// `continues` it; a file of that name that no download made is left alone: `.notOurs`. One whose mark was lost, as by
    /// cp(1), is a download's where `isRecord` recognises the record beside it.
    package init(
        path: String, existing: Existing = .keep, continues: Bool = false, isRecord: ([UInt8]) -> Bool = { _ in false }
    ) throws(Errno) {
        let (parent, name) = PartFile.split(path)
        guard !name.isEmpty, name != ".", name != "..", !path.utf8.contains(0) else {
            throw Errno(.isDirectory, "create \(path)")
        }
        let directory = try Directory(path: parent)
        var target = stat()
        if unsafe fstatat(directory.descriptor.number, name, &target, AT_SYMLINK_NOFOLLOW) == 0 {
            if target.st_mode & S_IFMT == S_IFDIR { throw Errno(.isDirectory, "create \(path)") }
            if PartFile.isOfDownload(name, in: directory) { throw Errno(.isPart, "create \(path)") }
            if existing == .keep { throw Errno(.exists, "create \(path)") }
        } else if errno == ENAMETOOLONG {
            // The part's name is cut to fit, and would hide that until the end.
            throw Errno(.nameTooLong, "create \(path)")
        }
        let part = try PartFile.locked(
            name, in: directory, path: path + PartFile.suffix, isEmptied: !continues, isRecord: isRecord)
        found = UInt64(try fileStatus(of: part, path: path + PartFile.suffix).st_size)
        descriptor = part
        self.directory = directory
        self.name = name
        self.path = path
        self.existing = existing
    }

    /// The part, open and locked: the lock tells a download that runs from one that was killed.
    ///
    /// Between the opening and the lock another download may have ended and given the very file its final name: to empty
    /// that would destroy it. So what the lock is on must still have the part's name.
    private static func locked(
        _ final: String, in directory: borrowing Directory, path: String, isEmptied: Bool, isRecord: ([UInt8]) -> Bool
    ) throws(Errno) -> Descriptor {
        let name = partName(of: final)
        while true {
            let opened = attempt {
                unsafe openat(
                    directory.descriptor.number, name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o666)
            }
            let number: Int32
            switch opened {
            case .success(let made): number = made
            case .failure(.isDirectory), .failure(.symbolicLink): throw Errno(.notOurs, "create \(path)")
            case .failure(let code): throw Errno(code, "create \(path)")
            }
            let file = Descriptor(owning: number)
            let status = try fileStatus(of: file, path: path)
            guard status.st_mode & S_IFMT == S_IFREG else { throw Errno(.notOurs, "create \(path)") }
            try systemCall("lock \(path)") { flock(number, LOCK_EX | LOCK_NB) }
            var named = stat()
            if unsafe fstatat(directory.descriptor.number, name, &named, AT_SYMLINK_NOFOLLOW) == 0,
                named.st_dev == status.st_dev, named.st_ino == status.st_ino
            {
                guard
                    status.st_size == 0 || cposix_has_part_mark(number) != 0
                        || isVouched(for: final, in: directory, isRecord)
                else {
                    throw Errno(.notOurs, "create \(path)")
                }
                if isEmptied { try systemCall("empty \(path)") { ftruncate(number, 0) } }
                cposix_set_part_mark(number, 1)
                return file
            }
        }
    }

    /// The directory and the last part of a path, as bytes: a slash may be followed by a combining character.
    private static func split(_ path: String) -> (parent: String, name: String) {
        let bytes = Array(path.utf8)
        guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else { return (".", path) }
        let parent = slash == 0 ? "/" : String(decoding: bytes[..<slash], as: UTF8.self)
        return (parent, String(decoding: bytes[(slash + 1)...], as: UTF8.self))
    }

    /// The name while it is on its way. One too long to take the suffix is cut before it, on a character's border, and has a
    /// hash of the whole there, so that two that begin alike do not meet: 255 bytes is NAME_MAX of Linux.
    private static func partName(of name: String) -> String { shortened(name, with: suffix) }

    static func shortened(_ name: String, with suffix: String) -> String {
        guard name.utf8.count + suffix.utf8.count > 255 else { return name + suffix }
        // FNV-1a.
        let hash = name.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
        let mark = "~" + String(hash, radix: 36)
        var stem = name.utf8.prefix(255 - suffix.utf8.count - mark.utf8.count)
        while String(stem) == nil, !stem.isEmpty { stem.removeLast() }
        return (String(stem) ?? "") + mark + suffix
    }

    /// Asks for the room at once, so that a disk that is too small is known before the first byte and not after the
    /// last. A file system that cannot reserve says nothing.
    package func reserve(_ size: UInt64) throws(Errno) {
        guard size > 0 else { return }
        guard size <= UInt64(off_t.max) else { throw Errno(.fileTooLarge, "reserve \(size) bytes for \(path)") }
        let result = attempt { fallocate(descriptor.number, 0, 0, off_t(size)) }
        if case .failure(let code) = result, code == .noSpace || code == .quotaExceeded || code == .fileTooLarge {
            throw Errno(code, "reserve \(size) bytes for \(path)")
        }
    }

    /// Writes all of `bytes` to their place.
    package func write(_ bytes: RawSpan, at offset: UInt64) throws(Errno) {
        var done = 0
        while done < bytes.byteCount {
            let rest = bytes.extracting(droppingFirst: done)
            done += try systemCall("write \(path)\(PartFile.suffix)") {
                unsafe rest.withUnsafeBytes { buffer in
                    unsafe pwrite(descriptor.number, buffer.baseAddress, buffer.count, off_t(offset) + off_t(done))
                }
            }
        }
    }

    /// The most pieces that one write takes (IOV_MAX of Linux).
    package static let mostPieces = 1_024

    /// Writes pieces of `bytes`, at most `mostPieces`, that follow each other in the file from `offset` on: one call for
    /// all datagrams that came together, whose payloads lie between headers.
    package func write(_ bytes: RawSpan, pieces: [Range<Int>], at offset: UInt64) throws(Errno) {
        precondition(pieces.count <= PartFile.mostPieces)
        precondition(pieces.allSatisfy { $0.lowerBound >= 0 && $0.upperBound <= bytes.byteCount })
        let parts = pieces.map { cposix_piece(start: $0.lowerBound, length: $0.count) }
        var written = try systemCall("write \(path)\(PartFile.suffix)") {
            unsafe bytes.withUnsafeBytes { buffer in
                unsafe cposix_write_pieces(descriptor.number, buffer.baseAddress, parts, Int32(parts.count), offset)
            }
        }
        // A disk that has just become full takes a part; the next write then says why.
        var position = offset
        for piece in pieces {
            let done = min(written, piece.count)
            if done < piece.count {
                try write(bytes.extracting(piece.lowerBound + done..<piece.upperBound), at: position + UInt64(done))
            }
            written -= done
            position += UInt64(piece.count)
        }
    }

    /// Reads back what was written, to check it; fewer bytes than asked only at the end.
    package func read(at offset: UInt64, into buffer: inout [UInt8], range: Range<Int>) throws(Errno) -> Int {
        try readFully(descriptor, path + PartFile.suffix, at: offset, into: &buffer, range: range)
    }

    /// Begins to write to the disk what is there of the file, and does not wait for it.
    package func writeOut() throws(Errno) -> WriteOut { try WriteOut(descriptor, path: path + PartFile.suffix) }

    /// Gives the file its modification time and its name, after its bytes are safe on the disk.
    package consuming func commit(size: UInt64, modified: UnixTime?) throws(Errno) {
        try systemCall("cut \(path)\(PartFile.suffix)") { ftruncate(descriptor.number, off_t(size)) }
        try systemCall("write out \(path)\(PartFile.suffix)") { fdatasync(descriptor.number) }
        // A time that the file system cannot hold is no reason to lose the file.
        if let modified { _ = cposix_set_modified(descriptor.number, modified.seconds) }
        try giveName()
        // Not before: one whose name cannot be had, or that is killed here, is still a part.
        cposix_set_part_mark(descriptor.number, 0)
        removeRecord()
        try directory.synchronize()
    }

    /// Gives the name to what this download wrote, and to nothing else that may have got the part's name meanwhile.
    private func giveName() throws(Errno) {
        let parent = directory.descriptor.number
        guard try isOurs(partName) else { throw Errno(.replaced, "name \(path)") }
        switch existing {
        case .replace:
            if PartFile.isOfDownload(name, in: directory) { throw Errno(.isPart, "name \(path)") }
            try systemCall("name \(path)") { unsafe renameat(parent, partName, parent, name) }
        case .keep:
            let renamed = attempt { unsafe cposix_rename_new(parent, partName, name) }
            switch renamed {
            case .success:
                break
            case .failure(.invalid), .failure(.noSuchCall), .failure(.notSupported):
                // A file system without RENAME_NOREPLACE: a second name never replaces either.
                try systemCall("name \(path)") { unsafe linkat(parent, partName, parent, name, 0) }
                try systemCall("name \(path)") { unsafe unlinkat(parent, partName, 0) }
            case .failure(.exists) where PartFile.isOfDownload(name, in: directory):
                throw Errno(.isPart, "name \(path)")
            case .failure(let code):
                throw Errno(code, "name \(path)")
            }
        }
        guard try isOurs(name) else { throw Errno(.replaced, "name \(path)") }
    }

    /// Whether the file of that name is the one that is written here.
    private func isOurs(_ name: String) throws(Errno) -> Bool {
        let ours = try fileStatus(of: descriptor, path: path)
        var named = stat()
        guard unsafe fstatat(directory.descriptor.number, name, &named, AT_SYMLINK_NOFOLLOW) == 0 else { return false }
        return named.st_dev == ours.st_dev && named.st_ino == ours.st_ino
    }

    /// Whether a name is that of a part or a record, of a download that runs or of one that may go on: it is never replaced.
    private static func isOfDownload(_ name: String, in directory: borrowing Directory) -> Bool {
        guard [suffix, recordSuffix].contains(where: { name.utf8.reversed().starts(with: $0.utf8.reversed()) }) else {
            return false
        }
        let number = unsafe openat(
            directory.descriptor.number, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)
        guard number >= 0 else { return false }
        let file = Descriptor(owning: number)
        if cposix_is_marked_part(file.number) != 0 { return true }
        // Where a file system keeps no marks, the lock tells of one that runs.
        if case .failure(.wouldBlock) = attempt({ flock(file.number, LOCK_SH | LOCK_NB) }) { return true }
        return false
    }

    /// Gives the file up and removes the part.
    package consuming func discard() {
        if (try? isOurs(partName)) == true { _ = unsafe unlinkat(directory.descriptor.number, partName, 0) }
        removeRecord()
    }
}
