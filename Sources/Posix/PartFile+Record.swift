import CPosix
import Glibc

/// The record beside a part, NAME.part.rdt: bytes whose meaning is the caller's.
///
/// It is put in place whole, so that a reader sees the old one or the new one, and grows by lines in between. Nothing of it
/// is forced to the disk: a program that is killed loses nothing, and what a power cut leaves is checked before it is used.
extension PartFile {
    static let recordSuffix = ".part.rdt"
    private static let newRecordSuffix = ".part.rdt.new"

    private var recordName: String { PartFile.shortened(name, with: PartFile.recordSuffix) }
    private var newRecordName: String { PartFile.shortened(name, with: PartFile.newRecordSuffix) }

    /// The bytes from the beginning to the first place that nobody has written, as far as the file system tells; else the
    /// whole length.
    package var firstHole: UInt64 {
        let end = lseek(descriptor.number, 0, SEEK_HOLE)
        return end < 0 ? found : UInt64(end)
    }

    /// What was written down; nil when there is nothing, more than `limit` bytes, or a file that no download made.
    package func readRecord(limit: Int) -> [UInt8]? {
        guard let file = openRecord(), let status = try? fileStatus(of: file, path: recordName),
            status.st_size <= limit
        else { return nil }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        guard let count = try? readFully(file, recordName, at: 0, into: &bytes, range: 0..<bytes.count) else {
            return nil
        }
        return Array(bytes.prefix(count))
    }

    /// Whether the record of the file that will have that name is one, with a mark or without; it has one then.
    static func isVouched(for name: String, in directory: borrowing Directory, _ isRecord: ([UInt8]) -> Bool) -> Bool {
        let recordName = shortened(name, with: recordSuffix)
        let number = unsafe openat(
            directory.descriptor.number, recordName, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard number >= 0 else { return false }
        let file = Descriptor(owning: number)
        guard let status = try? fileStatus(of: file, path: recordName), status.st_mode & S_IFMT == S_IFREG,
            status.st_size <= mostVouching
        else { return false }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        guard let count = try? readFully(file, recordName, at: 0, into: &bytes, range: 0..<bytes.count),
            isRecord(Array(bytes.prefix(count)))
        else { return false }
        cposix_set_part_mark(number, 1)
        return true
    }

    /// Bytes of a record that is looked at without a mark: more than any has.
    private static let mostVouching = 1 << 20

    /// The record that is there, if a download made it.
    private func openRecord() -> Descriptor? {
        let number = unsafe openat(
            directory.descriptor.number, recordName, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard number >= 0 else { return nil }
        let file = Descriptor(owning: number)
        guard let status = try? fileStatus(of: file, path: recordName), status.st_mode & S_IFMT == S_IFREG,
            cposix_has_part_mark(number) != 0
        else { return nil }
        return file
    }

    /// Puts `bytes` in the place of the record.
    package mutating func writeRecord(_ bytes: [UInt8]) throws(Errno) {
        record = nil
        let parent = directory.descriptor.number
        var there = stat()
        if unsafe fstatat(parent, recordName, &there, AT_SYMLINK_NOFOLLOW) == 0, there.st_size > 0 {
            // What somebody else put there stays, and this part has no record.
            guard openRecord() != nil else { throw Errno(.notOurs, "write \(recordName)") }
        }
        let number = try systemCall("create \(newRecordName)") {
            unsafe openat(
                parent, newRecordName, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o666)
        }
        let file = Descriptor(owning: number)
        cposix_set_part_mark(number, 1)
        _ = flock(number, LOCK_EX | LOCK_NB)
        try file.writeAll(unsafe bytes.span.bytes)
        try systemCall("replace \(recordName)") { unsafe renameat(parent, newRecordName, parent, recordName) }
        record = consume file
    }

    /// Puts `bytes` below what `writeRecord` wrote, in one piece.
    package func appendRecord(_ bytes: [UInt8]) throws(Errno) {
        switch record {
        case .some(let file): try file.writeAll(unsafe bytes.span.bytes)
        case nil: break
        }
    }

    func removeRecord() {
        if openRecord() != nil { _ = unsafe unlinkat(directory.descriptor.number, recordName, 0) }
        if record != nil { _ = unsafe unlinkat(directory.descriptor.number, newRecordName, 0) }
    }
}
