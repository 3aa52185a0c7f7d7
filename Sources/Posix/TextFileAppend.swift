import Glibc

extension TextFile {
    /// Adds `bytes` at the end of the file at `path` in one write, so that two programs which append to one file mix
    /// lines but never parts of lines; the file, and the directories to it, are made for their owner only.
    package static func append(_ bytes: [UInt8], to path: String) throws(Errno) {
        let flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC
        var number = attempt { unsafe open(path, flags, 0o600) }
        if number == .failure(.noSuchFile) {
            makeDirectories(to: path)
            number = attempt { unsafe open(path, flags, 0o600) }
        }
        switch number {
        case .success(let number): try Descriptor(owning: number).writeAll(unsafe bytes.span.bytes)
        case .failure(let code): throw Errno(code, "append to \(path)")
        }
    }

    /// Whether it worked shows when the file is opened.
    private static func makeDirectories(to path: String) {
        for index in path.indices.dropFirst() where path[index] == "/" {
            _ = unsafe mkdir(String(path[..<index]), 0o700)
        }
    }
}
