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
        let events =
            IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_CLOSE_WRITE | IN_MOVE_SELF | IN_DELETE_SELF
            | IN_ONLYDIR
        let number = unsafe inotify_add_watch(
            descriptor.number, "/proc/self/fd/\(directory.descriptor.number)", UInt32(bitPattern: Int32(events)))
        if number >= 0 { watched.insert(number) }
    }

    /// Watches none of the directories any more.
    package mutating func forgetAll() {
        for number in watched { _ = inotify_rm_watch(descriptor.number, number) }
        watched = []
        // The system tells of each that it is no longer watched.
        _ = takeChanges()
    }

    /// Whether anything has changed since the last time.
    package mutating func takeChanges() -> Bool {
        var hasChanged = false
        while case .bytes(let count) = descriptor.read(into: &buffer) {
            hasChanged = true
            for number in Self.gone(unsafe buffer.span.bytes.extracting(0..<count)) {
                // The system forgets those that are not there any more by itself.
                _ = inotify_rm_watch(descriptor.number, number)
                watched.remove(number)
            }
        }
        return hasChanged
    }

    /// The directories that make room for others: those that are not there any more, and those that were moved, who may be
    /// anywhere now and are added again where they are found.
    private static func gone(_ bytes: RawSpan) -> [Int32] {
        // struct inotify_event: the watch and the mask first, the length of the name last, then the name.
        let head = 16
        var gone: [Int32] = []
        var at = 0
        while at + head <= bytes.byteCount {
            let number = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: at, as: Int32.self)
            let mask = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: at + 4, as: UInt32.self)
            let name = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: at + 12, as: UInt32.self)
            if mask & UInt32(IN_MOVE_SELF | IN_IGNORED) != 0 { gone.append(number) }
            at += head + Int(name)
        }
        return gone
    }
}
