import CPosix

/// A file's data on its way to the disk, written out by a thread of its own.
///
/// A gigabyte that has just arrived takes a disk seconds, and fdatasync() waits for it: the loop, with the prompt in it,
/// goes on meanwhile. The thread knows two descriptors and nothing else, and ends by itself.
package struct WriteOut: ~Copyable {
    private let event: Descriptor
    private let path: String

    init(_ file: borrowing Descriptor, path: String) throws(Errno) {
        let number = file.number
        event = Descriptor(owning: try systemCall("write out \(path)") { cposix_write_out(number) })
        self.path = path
    }

    /// Whether all is on the disk. Throws when the disk did not take it.
    package func isDone() throws(Errno) -> Bool {
        var code: Int32 = 0
        let number = event.number
        let isOver = try systemCall("write out \(path)") { unsafe cposix_outcome_beside(number, &code) } == 1
        guard isOver else { return false }
        guard code == 0 else { throw Errno(Errno.Code(rawValue: code), "write out \(path)") }
        return true
    }
}
