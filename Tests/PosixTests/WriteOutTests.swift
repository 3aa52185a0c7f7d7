import Posix
import TestSupport
import Testing
import Timeline

@Suite struct WriteOutTests {
    @Test("a file's data is written out beside the loop, which asks until it is done")
    func done() throws {
        let directory = try TemporaryDirectory()
        let part = try PartFile(path: directory.path("file"))
        let bytes = [UInt8](repeating: 7, count: 1 << 20)
        try part.write(unsafe bytes.span.bytes, at: 0)
        let writing = try part.writeOut()
        try eventually("the disk has it") { try writing.isDone() }
        try part.commit(size: UInt64(bytes.count), modified: nil)
        #expect(try FileSystem.bytes(directory.path("file")) == bytes)
    }

    @Test("who loses interest may go at once, the file too")
    func abandoned() throws {
        let directory = try TemporaryDirectory()
        for number in 0..<50 {
            let part = try PartFile(path: directory.path("file\(number)"))
            try part.write(unsafe [UInt8](repeating: 1, count: 100_000).span.bytes, at: 0)
            _ = try part.writeOut()
            part.discard()
        }
        #expect(try FileSystem.names(in: directory.path).isEmpty)
    }
}
