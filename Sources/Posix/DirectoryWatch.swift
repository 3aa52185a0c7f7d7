import CPosix
import Glibc

/// Tells that something in some directories has changed: names that came, went or were changed, files that were written
/// to the end (inotify).
package struct DirectoryWatch: ~Copyable {
    /// Directories at most; what is in further ones is found by who lists them, as without a watch.
    private static let mostDirectories = 1_024

    package let descriptor: Descriptor
    private var watched: Set<Int32> = []
    private var buffer = [UInt8](repeating: 0, count: 1 << 16)

    package init() throws(Errno) {
        let number = try systemCall("open an inotify descriptor") {
            inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
        }
        descriptor = Descriptor(owning: number)
    }

    /// Watches a directory, once however often it is added; where the system has no room for more it is left out.
    package mutating func add(_ directory: borrowing Directory) {
        guard watched.count < Self.mostDirectories else { return }
        let events = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_CLOSE_WRITE | IN_ONLYDIR
        let number = unsafe inotify_add_watch(
            descriptor.number, "/proc/self/fd/\(directory.descriptor.number)", UInt32(bitPattern: Int32(events)))
        if number >= 0 { watched.insert(number) }
    }

    /// Whether anything has changed since the last time.
    package mutating func takeChanges() -> Bool {
        var hasChanged = false
        while case .bytes = descriptor.read(into: &buffer) { hasChanged = true }
        return hasChanged
    }
}
