import CPosix
import Glibc

/// An open directory: names are looked up below it and never lead out of it, whatever happens to it meanwhile.
package struct Directory: ~Copyable, Sendable {
    /// What a directory says about one of its names, without looking further.
    package enum Kind: Sendable, Equatable {
        case regularFile
        case directory
        case symbolicLink
        /// Devices, sockets, pipes, and what the file system does not tell.
        case other
    }

    /// A name as the disk has it: bytes, which need not be UTF-8.
    package struct Entry: Sendable, Equatable {
        package let name: [UInt8]
        package let kind: Kind
    }

    /// What the file system knows of a name.
    package struct Status: Sendable, Equatable {
        package let kind: Kind
        package let identity: FileIdentity
    }

    package let descriptor: Descriptor
    /// What to call it in messages.
    package let path: String
    /// Without openat2 (before Linux 5.6, or where a sandbox forbids it) names are looked up part by part.
    private let byHand: Bool

    package init(path: String) throws(Errno) {
        try self.init(path: path, byHand: false)
    }

    /// `byHand` imitates a kernel without openat2.
    init(path: String, byHand: Bool) throws(Errno) {
        let number = try systemCall("open directory \(path)") { unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        self.init(Descriptor(owning: number), path: path, byHand: byHand)
    }

    private init(_ descriptor: consuming Descriptor, path: String, byHand: Bool) {
        self.descriptor = descriptor
        self.path = path
        self.byHand = byHand
    }

    /// Makes the last `levels` directories on the way to the file at `path` where they are missing; the umask rules.
    package static func make(for path: String, levels: Int) throws(Errno) {
        let slashes = path.utf8.indices.filter { path.utf8[$0] == UInt8(ascii: "/") }
        for slash in slashes.suffix(levels) {
            let directory = String(decoding: Array(path.utf8[..<slash]), as: UTF8.self)
            let made = attempt { unsafe mkdir(directory, 0o777) }
            if case .failure(let code) = made, code != .exists { throw Errno(code, "make directory \(directory)") }
        }
    }

    /// Whether its path leads to another directory by now; false while it leads to none.
    package var isReplaced: Bool {
        var (own, found) = (stat(), stat())
        guard unsafe fstat(descriptor.number, &own) == 0, unsafe stat(path, &found) == 0,
            found.st_mode & S_IFMT == S_IFDIR
        else { return false }
        return own.st_dev != found.st_dev || own.st_ino != found.st_ino
    }

    /// Opens a regular file in or below this directory for reading.
    ///
    /// The file may be a symbolic link that stays below (openat2, RESOLVE_BENEATH), a directory on the way to it may not:
    /// who lists files does not look behind such links, and what is not listed is not to be had. Without openat2 there are
    /// no links at all. A pipe or device is refused and never waited for.
    package func openFile(_ name: String) throws(Errno) -> ReadableFile {
        if !byHand, let slash = name.utf8.lastIndex(of: UInt8(ascii: "/")) {
            let parent = String(decoding: Array(name.utf8[..<slash]), as: UTF8.self)
            _ = try openBeneath(parent, O_PATH | O_DIRECTORY | O_CLOEXEC, followsLinks: false)
        }
        let descriptor = try openBeneath(name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
        return try ReadableFile(descriptor, path: name)
    }

    package func openDirectory(_ name: String) throws(Errno) -> Directory {
        let descriptor = try openBeneath(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        return Directory(descriptor, path: "\(path)/\(name)", byHand: byHand)
    }

    private func openBeneath(
        _ name: String, _ flags: Int32, followsLinks: Bool = true
    ) throws(Errno) -> Descriptor {
        guard !name.utf8.contains(0) else { throw Errno(.noSuchFile, "open \(name)") }
        if !byHand {
            let opened = attempt { unsafe cposix_open_beneath(descriptor.number, name, flags, followsLinks ? 1 : 0) }
            switch opened {
            case .success(let number): return Descriptor(owning: number)
            case .failure(.noSuchCall), .failure(.notPermitted): break
            case .failure(let code): throw Errno(code, "open \(name)")
            }
        }
        return try openPartByPart(name, flags)
    }

    private func openPartByPart(_ name: String, _ flags: Int32) throws(Errno) -> Descriptor {
        let parts = name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        var current: Int32 = descriptor.number
        var owner: Descriptor? = nil
        for (index, part) in parts.enumerated() {
            let text = String(decoding: part, as: UTF8.self)
            guard !text.isEmpty, text != ".." else {
                throw Errno(.leadsOutside, "open \(name)")
            }
            let isLast = index == parts.count - 1
            let partFlags = (isLast ? flags : O_PATH | O_DIRECTORY | O_CLOEXEC) | O_NOFOLLOW
            let number = try systemCall("open \(name)") { unsafe openat(current, text, partFlags) }
            owner = Descriptor(owning: number)
            current = number
        }
        guard let owner else { throw Errno(.noSuchFile, "open \(name)") }
        return owner
    }

    /// The names in this directory, without `.` and `..`, in the order of the disk; at most `limit`.
    package func entries(limit: Int = .max) throws(Errno) -> [Entry] {
        // The stream closes its descriptor and moves its position: it gets one of its own.
        let number = try systemCall("read directory \(path)") {
            unsafe openat(descriptor.number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        }
        guard let stream = unsafe fdopendir(number) else {
            let code = Errno.Code.last
            _ = Glibc.close(number)
            throw Errno(code, "read directory \(path)")
        }
        defer { _ = unsafe closedir(stream) }
        var entries: [Entry] = []
        while entries.count < limit {
            errno = 0
            guard let entry = unsafe readdir(stream) else { break }
            let name = unsafe Directory.name(of: entry)
            guard name != [UInt8(ascii: ".")], name != Array("..".utf8) else { continue }
            entries.append(Entry(name: name, kind: Kind(directoryType: unsafe entry.pointee.d_type)))
        }
        guard errno == 0 || entries.count >= limit else { throw Errno(.last, "read directory \(path)") }
        return entries
    }

    private static func name(of entry: UnsafeMutablePointer<dirent>) -> [UInt8] {
        // d_name is declared with 256 bytes, but an entry holds only as many as its length says.
        let bytes = unsafe UnsafeRawPointer(entry) + (MemoryLayout<dirent>.offset(of: \.d_name) ?? 0)
        let length = unsafe strlen(bytes.assumingMemoryBound(to: CChar.self))
        return unsafe Array(UnsafeRawBufferPointer(start: bytes, count: length))
    }

    /// Looks at a name in this directory, at a link itself and not where it leads.
    package func status(of name: String) throws(Errno) -> Status {
        var status = stat()
        try systemCall("examine \(name)") {
            unsafe fstatat(descriptor.number, name, &status, AT_SYMLINK_NOFOLLOW)
        }
        return Status(kind: Kind(mode: status.st_mode), identity: FileIdentity(status))
    }

    /// Makes names that were added, changed or removed survive a crash of the machine.
    package func synchronize() throws(Errno) {
        try systemCall("write out directory \(path)") { fsync(descriptor.number) }
    }
}

extension Directory.Kind {
    fileprivate init(mode: mode_t) {
        switch mode & S_IFMT {
        case S_IFREG: self = .regularFile
        case S_IFDIR: self = .directory
        case S_IFLNK: self = .symbolicLink
        default: self = .other
        }
    }

    fileprivate init(directoryType: UInt8) {
        switch Int(directoryType) {
        case Int(DT_REG): self = .regularFile
        case Int(DT_DIR): self = .directory
        case Int(DT_LNK): self = .symbolicLink
        default: self = .other
        }
    }
}
