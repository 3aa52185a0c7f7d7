import Glibc

/// A file that one program at a time has, as long as this value lives: the system lets go of it however the program ends.
package struct FileLock: ~Copyable {
    private let descriptor: Descriptor

    /// Makes the file where it is missing, for its owner only. `.wouldBlock` when somebody else has it.
    package init(path: String) throws(Errno) {
        let number = try systemCall("open \(path)") {
            unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        }
        let file = Descriptor(owning: number)
        try systemCall("lock \(path)") { flock(number, LOCK_EX | LOCK_NB) }
        descriptor = file
    }
}
