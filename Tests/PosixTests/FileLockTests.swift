import Glibc
import TestSupport
import Testing
import Timeline

@testable import Posix

@Suite("a lock that is a file")
struct FileLockTests {
    @Test("one has it at a time, and the file goes with it")
    func lock() throws {
        let place = try TemporaryDirectory()
        let path = place.path("queue.lock")
        for _ in 0..<2 {
            let lock = try FileLock(path: path)
            let error = #expect(throws: Errno.self) { _ = try FileLock(path: path) }
            #expect(error?.code == .wouldBlock)
            #expect(try FileSystem.names(in: place.path) == ["queue.lock"])
            _ = consume lock
            #expect(try FileSystem.names(in: place.path).isEmpty)
        }
    }
}
