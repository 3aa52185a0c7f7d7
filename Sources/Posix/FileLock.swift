import Glibc

/// A file that one program at a time has, as long as this value lives: the system lets go of it however the program ends.
///
/// The file goes with the value; after a crash it stays, and means nothing.
package struct FileLock: ~Copyable {
    private let descriptor: Descriptor
    private let path: String

    /// Makes the file where it is missing, for its owner only. `.wouldBlock` when somebody else has it.
    package init(path: String) throws(Errno) {
        while true {
            let number = try systemCall("open \(path)") {
                unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
            }
            let file = Descriptor(owning: number)
            try systemCall("lock \(path)") { flock(number, LOCK_EX | LOCK_NB) }
            // Whoever had it may have taken it away between the two; the next one would make another of that name.
            var status = stat()
            try systemCall("look at \(path)") { unsafe fstat(number, &status) }
            guard status.st_nlink > 0 else { continue }
            descriptor = file
            self.path = path
            return
        }
    }

    deinit { _ = unsafe unlink(path) }
}
