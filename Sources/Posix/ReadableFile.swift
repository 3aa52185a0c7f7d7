import CPosix
import Glibc
package import Timeline

/// Which file it is and in which state: two equal ones have the same bytes, as far as a file system can tell.
package struct FileIdentity: Hashable, Sendable {
    package let device: UInt64
    package let inode: UInt64
    package let size: UInt64
    /// Modification and change time in nanoseconds since 1970; the change time cannot be set back by its owner.
    package let modifiedNanoseconds: Int64
    package let changedNanoseconds: Int64

    package var modified: UnixTime {
        UnixTime(seconds: modifiedSeconds)
    }
    /// Kept apart, because 64 bits of nanoseconds end 292 years from 1970.
    private let modifiedSeconds: Int64

    init(_ status: stat) {
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        size = UInt64(status.st_size)
        modifiedSeconds = Int64(status.st_mtim.tv_sec)
        modifiedNanoseconds = nanoseconds(status.st_mtim)
        changedNanoseconds = nanoseconds(status.st_ctim)
    }
}

/// A regular file, open for reading at any place.
package struct ReadableFile: ~Copyable, Sendable {
    package let descriptor: Descriptor
    /// What the file was when it was opened.
    package let opened: FileIdentity
    private let path: String

    package init(path: String) throws(Errno) {
        let number = try systemCall("open \(path)") { unsafe open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC) }
        try self.init(Descriptor(owning: number), path: path)
    }

    init(_ descriptor: consuming Descriptor, path: String) throws(Errno) {
        let status = try fileStatus(of: descriptor, path: path)
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw Errno(status.st_mode & S_IFMT == S_IFDIR ? .isDirectory : .notRegularFile, "open \(path)")
        }
        opened = FileIdentity(status)
        self.descriptor = descriptor
        self.path = path
    }

    /// The file as it is now; compared with an earlier one it tells whether the file has changed.
    package func identity() throws(Errno) -> FileIdentity {
        FileIdentity(try fileStatus(of: descriptor, path: path))
    }

    /// Whether its bytes may be others than when it was opened, as far as a file system can tell.
    ///
    /// A file whose last name was removed, or given to another file, has a new change time; its bytes are the same as
    /// long as nobody writes them, which the modification time tells.
    package var hasChanged: Bool {
        guard let status = try? fileStatus(of: descriptor, path: path) else { return true }
        let now = FileIdentity(status)
        if status.st_nlink > 0 { return now != opened }
        return now.size != opened.size || now.modifiedNanoseconds != opened.modifiedNanoseconds
    }

    /// Reads into `buffer[range]` and returns how many bytes there were; fewer than asked only at the end of the file.
    package func read(at offset: UInt64, into buffer: inout [UInt8], range: Range<Int>) throws(Errno) -> Int {
        try readFully(descriptor, path, at: offset, into: &buffer, range: range)
    }

    /// The whole file, when all of it lies in memory already and it has at most `limit` bytes; nil when it would have to be
    /// waited for.
    package func cachedContent(limit: Int) -> [UInt8]? {
        guard opened.size <= UInt64(limit) else { return nil }
        var buffer = [UInt8](repeating: 0, count: Int(opened.size))
        let size = buffer.count
        let count = attempt { unsafe cposix_read_cached(descriptor.number, &buffer, size, 0) }
        guard case .success(size) = count else { return nil }
        return buffer
    }

    /// Reads `length` bytes in one call as payloads of `payload` bytes, each after a gap of `header` bytes, from the
    /// front of `buffer`: datagrams are built where they are sent from. Fewer bytes only at the end of the file.
    ///
    /// With `waits` false nil means that the disk would have to be waited for: it has been asked to read ahead. A file
    /// system that cannot tell is waited for.
    package func readStrided(
        at offset: UInt64, length: Int, header: Int, payload: Int, into buffer: inout [UInt8], waits: Bool = true
    ) throws(Errno) -> Int? {
        let pieces = (length + payload - 1) / payload
        precondition(pieces <= Int(cposix_batch_limit) && pieces * header + length <= buffer.count)
        if !waits {
            let result = attempt {
                unsafe cposix_read_strided(descriptor.number, &buffer, header, payload, length, offset, 1)
            }
            switch result {
            case .success(length): return length
            case .success, .failure(.wouldBlock):
                readAhead(from: offset)
                return nil
            case .failure: break
            }
        }
        return try systemCall("read \(path)") {
            unsafe cposix_read_strided(descriptor.number, &buffer, header, payload, length, offset, 0)
        }
    }

    /// What the disk is asked for at once: a disk of 200 MB/s needs 10 ms for it.
    private static let aheadBytes: off_t = 2 << 20

    private func readAhead(from offset: UInt64) {
        // An advice that is not taken makes the wait longer and nothing else.
        _ = posix_fadvise(descriptor.number, off_t(offset), ReadableFile.aheadBytes, POSIX_FADV_WILLNEED)
    }
}

func fileStatus(of descriptor: borrowing Descriptor, path: String) throws(Errno) -> stat {
    var status = stat()
    try systemCall("examine \(path)") { unsafe fstat(descriptor.number, &status) }
    return status
}

/// Reads into `buffer[range]` until it is full or the file ends.
func readFully(
    _ descriptor: borrowing Descriptor, _ path: String, at offset: UInt64, into buffer: inout [UInt8],
    range: Range<Int>
) throws(Errno) -> Int {
    precondition(range.lowerBound >= 0 && range.upperBound <= buffer.count)
    let number = descriptor.number
    var done = 0
    while done < range.count {
        let count = try systemCall("read \(path)") {
            unsafe buffer.withUnsafeMutableBytes { bytes in
                let place = unsafe bytes.baseAddress.map { unsafe $0 + range.lowerBound + done }
                return unsafe pread(number, place, range.count - done, off_t(offset) + off_t(done))
            }
        }
        if count == 0 { break }
        done += count
    }
    return done
}

private func nanoseconds(_ time: timespec) -> Int64 {
    Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
}

/// Small whole files.
package enum TextFile {
    /// The file's bytes; a file above `limit` bytes is refused (`.fileTooLarge`).
    package static func read(_ path: String, limit: Int) throws(Errno) -> [UInt8] {
        let file = try ReadableFile(path: path)
        guard file.opened.size <= UInt64(limit) else { throw Errno(.fileTooLarge, "read \(path)") }
        // One more than it has: a file that grew meanwhile shows.
        let most = min(limit, Int(file.opened.size) + 1)
        var bytes = [UInt8](repeating: 0, count: most)
        let count = try file.read(at: 0, into: &bytes, range: 0..<most)
        return Array(bytes.prefix(count))
    }

    /// The lines of a text in UTF-8, nil when it is none. They end in LF or CR LF, and a byte order mark is no part of the
    /// first: an editor on Windows writes both. (In a Swift string CR LF is one character, which splits at neither.)
    package static func lines(of bytes: [UInt8]) -> [String]? {
        let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        guard String(validating: text, as: UTF8.self) != nil else { return nil }
        return text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { line in
            String(decoding: line.last == UInt8(ascii: "\r") ? line.dropLast() : line, as: UTF8.self)
        }
    }

    /// Who may do what with the file; nil when there is none.
    package static func mode(of path: String) -> UInt32? {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? status.st_mode & 0o777 : nil
    }

    /// Puts `bytes` in the place of the file at `path`, or makes it: a reader sees the old content or the new, never a
    /// part, even after a crash; not `isSynced`, a crash of the machine may leave the old.
    package static func replace(
        _ path: String, with bytes: [UInt8], mode: UInt32 = 0o600, isSynced: Bool = true
    ) throws(Errno) {
        let path = target(of: path)
        var random = SystemRandom()
        let temporary = "\(path).\(String(random.next(), radix: 16)).new"
        let number = try systemCall("create \(temporary)") {
            unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
        }
        let file = Descriptor(owning: number)
        do throws(Errno) {
            try file.writeAll(unsafe bytes.span.bytes)
            if isSynced { try systemCall("write out \(temporary)") { fsync(file.number) } }
            try systemCall("replace \(path)") { unsafe rename(temporary, path) }
        } catch {
            _ = unsafe unlink(temporary)
            throw error
        }
    }

    /// What a symbolic link leads to: whoever keeps the file elsewhere and links it wants the link to stay.
    private static func target(of path: String) -> String {
        guard let resolved = unsafe realpath(path, nil) else { return path }
        defer { unsafe free(resolved) }
        return unsafe String(cString: resolved)
    }
}
