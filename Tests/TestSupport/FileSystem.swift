import Glibc

/// The few file operations that tests need, by plain system calls: what is tested must not vouch for itself.
package enum FileSystem {
    package static func bytes(_ path: String) throws -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw TestFailure.call("open \(path)") }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe read(descriptor, &buffer, buffer.count)
            guard count >= 0 else { throw TestFailure.call("read \(path)") }
            if count == 0 { return bytes }
            bytes.append(contentsOf: buffer[..<count])
        }
    }

    package static func text(_ path: String) throws -> String {
        String(decoding: try bytes(path), as: UTF8.self)
    }

    package static func write(_ bytes: [UInt8], to path: String) throws {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw TestFailure.call("open \(path)") }
        defer { close(descriptor) }
        try writeAll(bytes, to: descriptor)
    }

    package static func write(_ text: String, to path: String) throws {
        try write(Array(text.utf8), to: path)
    }

    package static func exists(_ path: String) -> Bool {
        unsafe access(path, F_OK) == 0
    }

    package static func size(_ path: String) -> Int? {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? Int(status.st_size) : nil
    }

    package static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    package static func makeDirectory(_ path: String) throws {
        guard unsafe mkdir(path, 0o755) == 0 else { throw TestFailure.call("mkdir \(path)") }
    }

    package static func setMode(_ path: String, _ mode: UInt32) throws {
        guard unsafe chmod(path, mode) == 0 else { throw TestFailure.call("chmod \(path)") }
    }

    /// The permission bits.
    package static func mode(_ path: String) -> UInt32? {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? status.st_mode & 0o777 : nil
    }

    package static func remove(_ path: String) {
        unsafe unlink(path)
    }

    /// Names in a directory, sorted, without `.` and `..`.
    package static func names(in path: String) throws -> [String] {
        guard let directory = unsafe opendir(path) else { throw TestFailure.call("opendir \(path)") }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { field in
                unsafe field.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Every file below a directory, as paths relative to it, sorted.
    package static func files(below path: String) throws -> [String] {
        var files: [String] = []
        for name in try names(in: path) {
            if isDirectory(path + "/" + name) {
                files += try self.files(below: path + "/" + name).map { name + "/" + $0 }
            } else {
                files.append(name)
            }
        }
        return files
    }

    static func writeAll(_ bytes: [UInt8], to descriptor: Int32) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count >= 0 else {
                if errno == EINTR { continue }
                throw TestFailure.call("write")
            }
            rest = rest.dropFirst(count)
        }
    }
}

/// A directory that goes away with its last owner.
package final class TemporaryDirectory {
    package let path: String

    package init() throws {
        var template = Array("/tmp/rdtchat-test.XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else { throw TestFailure.call("mkdtemp") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        Self.remove(path)
    }

    package func path(_ name: String) -> String {
        path + "/" + name
    }

    private static func remove(_ path: String) {
        unsafe chmod(path, 0o700)
        for name in (try? FileSystem.names(in: path)) ?? [] {
            let inner = path + "/" + name
            if unsafe unlink(inner) != 0 { remove(inner) }
        }
        unsafe rmdir(path)
    }
}
