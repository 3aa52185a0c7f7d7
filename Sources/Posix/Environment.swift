import Glibc

/// What the process was told by the one that started it.
package enum Environment {
    /// The variable's value; nil when it is not set or empty, which users mean to be the same.
    package static func value(_ name: String) -> String? {
        guard let text = unsafe getenv(name), unsafe text[0] != 0 else { return nil }
        return unsafe String(cString: text)
    }

    /// The path with the home directory for `~` or a `~/` at its beginning: where no shell has read a path, its user still
    /// writes one.
    package static func expandingHome(_ path: String) -> String {
        let isHome = path.utf8.elementsEqual("~".utf8) || path.utf8.starts(with: "~/".utf8)
        guard isHome, let home = value("HOME") else { return path }
        return String(decoding: Array(home.utf8) + Array(path.utf8.dropFirst()), as: UTF8.self)
    }

    /// Sets a variable for this process and the children it starts.
    package static func set(_ name: String, to value: String) {
        _ = unsafe setenv(name, value, 1)
    }

    /// The directory that relative paths begin at; nil when it was removed.
    package static var workingDirectory: String? {
        var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
        guard unsafe getcwd(&bytes, bytes.count) != nil else { return nil }
        return String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
