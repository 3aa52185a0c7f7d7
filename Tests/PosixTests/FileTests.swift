import Glibc
import TestSupport
import Testing
import Timeline

@testable import Posix

@Suite struct ReadableFileTests {
    @Test("a file is read at any place, and short only at its end")
    func reading() throws {
        let place = try TemporaryDirectory()
        try FileSystem.write("0123456789", to: place.path("f"))
        let file = try ReadableFile(path: place.path("f"))
        var buffer = Array("----------".utf8)
        #expect(try file.read(at: 3, into: &buffer, range: 2..<6) == 4)
        #expect(buffer == Array("--3456----".utf8))
        #expect(try file.read(at: 8, into: &buffer, range: 0..<5) == 2)
        #expect(try file.read(at: 11, into: &buffer, range: 0..<5) == 0)
    }

    @Test("datagrams are read with room for a header before each")
    func strided() throws {
        let place = try TemporaryDirectory()
        try FileSystem.write("0123456789", to: place.path("f"))
        let file = try ReadableFile(path: place.path("f"))
        var buffer = [UInt8](repeating: UInt8(ascii: "-"), count: 18)
        #expect(try file.readStrided(at: 1, length: 8, header: 2, payload: 3, into: &buffer) == 8)
        #expect(buffer == Array("--123--456--78----".utf8))
        #expect(try file.readStrided(at: 8, length: 8, header: 2, payload: 3, into: &buffer) == 2)
    }

    @Test("who does not wait for the disk gets the same bytes, sooner or later")
    func cold() throws {
        let place = try TemporaryDirectory()
        try FileSystem.write("0123456789", to: place.path("f"))
        let file = try ReadableFile(path: place.path("f"))
        var buffer = [UInt8](repeating: UInt8(ascii: "-"), count: 18)
        let count = try eventually("the bytes are in memory") {
            try file.readStrided(at: 1, length: 8, header: 2, payload: 3, into: &buffer, waits: false)
        }
        #expect(count == 8 && buffer == Array("--123--456--78----".utf8))
    }

    @Test("a file that was changed is another one")
    func identity() throws {
        let place = try TemporaryDirectory()
        try FileSystem.write("one", to: place.path("f"))
        let file = try ReadableFile(path: place.path("f"))
        let before = try file.identity()
        #expect(before.size == 3)
        #expect(try file.identity() == before)
        #expect(file.hasChanged == false)
        try FileSystem.write("three", to: place.path("f"))
        #expect(try file.identity() != before)
        #expect(file.hasChanged == true)
    }

    @Test("a file that only lost its name has not changed, one that was written to since has")
    func removed() throws {
        let place = try TemporaryDirectory()
        try FileSystem.write("one", to: place.path("f"))
        let file = try ReadableFile(path: place.path("f"))
        let writer = unsafe open(place.path("f"), O_WRONLY)
        defer { close(writer) }
        FileSystem.remove(place.path("f"))
        #expect(file.hasChanged == false)
        #expect(unsafe pwrite(writer, "two+", 4, 0) == 4)
        #expect(file.hasChanged == true)
    }

    @Test("the modification time is rounded down to its second", arguments: [0, 1, 999_999_999])
    func modified(nanoseconds: Int) throws {
        let place = try TemporaryDirectory()
        try FileSystem.write("one", to: place.path("f"))
        for seconds in [1_795_355_091, -2] {
            let time = timespec(tv_sec: seconds, tv_nsec: nanoseconds)
            #expect(unsafe utimensat(AT_FDCWD, place.path("f"), [time, time], 0) == 0)
            let file = try ReadableFile(path: place.path("f"))
            #expect(try file.identity().modified == UnixTime(seconds: Int64(seconds)))
        }
    }

    @Test("a modification time that nanoseconds cannot hold is told as it is, and another one is another file")
    func wildTimes() {
        func identity(_ seconds: Int) -> FileIdentity {
            var status = stat()
            status.st_mtim = timespec(tv_sec: seconds, tv_nsec: 999_999_999)
            status.st_ctim = status.st_mtim
            return FileIdentity(status)
        }
        for seconds in [Int.max, Int.min, 9_223_372_036, 9_223_372_037, -9_223_372_037] {
            #expect(identity(seconds).modified == UnixTime(seconds: Int64(seconds)))
            #expect(identity(seconds) == identity(seconds) && identity(seconds) != identity(seconds ^ 1))
        }
    }

    @Test("a directory and a pipe are no files to read")
    func notRegular() throws {
        let place = try TemporaryDirectory()
        #expect(unsafe mkfifo(place.path("pipe"), 0o600) == 0)
        #expect(throws: Errno.self) { _ = try ReadableFile(path: place.path("pipe")) }
        let error = #expect(throws: Errno.self) { _ = try ReadableFile(path: place.path) }
        #expect(error?.code == .isDirectory)
    }
}

@Suite struct TextFileTests {
    @Test("a text file is replaced whole and leaves nothing beside it")
    func replace() throws {
        let place = try TemporaryDirectory()
        let path = place.path("history")
        try TextFile.replace(path, with: Array("old\n".utf8))
        try TextFile.replace(path, with: Array("new\n".utf8))
        #expect(try FileSystem.text(path) == "new\n")
        #expect(try FileSystem.names(in: place.path) == ["history"])
        var status = stat()
        #expect(unsafe stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
    }

    @Test("a file that a link leads to is replaced where it is, and the link stays")
    func replaceThroughLink() throws {
        let place = try TemporaryDirectory()
        try FileSystem.makeDirectory(place.path("dotfiles"))
        try FileSystem.write("old\n", to: place.path("dotfiles/rc"))
        #expect(unsafe symlink("dotfiles/rc", place.path("rc")) == 0)
        try TextFile.replace(place.path("rc"), with: Array("new\n".utf8))
        #expect(try FileSystem.text(place.path("dotfiles/rc")) == "new\n")
        var status = stat()
        #expect(unsafe lstat(place.path("rc"), &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
        #expect(try FileSystem.names(in: place.path("dotfiles")) == ["rc"])
    }

    @Test("a text file is read up to its limit and refused above it")
    func limit() throws {
        let place = try TemporaryDirectory()
        let path = place.path("motd")
        try FileSystem.write("12345", to: path)
        #expect(try TextFile.read(path, limit: 5) == Array("12345".utf8))
        let device = #expect(throws: Errno.self) { try TextFile.read("/dev/null", limit: 4) }
        #expect(device?.code.description == "Not a regular file")
        let error = #expect(throws: Errno.self) { try TextFile.read(path, limit: 4) }
        #expect(error?.code == .fileTooLarge)
    }
}

@Suite struct EnvironmentTests {
    @Test("~ alone or with a slash at the beginning of a path is the home directory, and nowhere else is ~ anything")
    func home() throws {
        let home = try #require(Environment.value("HOME"))
        #expect(Environment.expandingHome("~/a/~/b") == home + "/a/~/b")
        #expect(Environment.expandingHome("~") == home)
        for path in ["~tilde", "a/~/b", "/~/b", "", "~dana/x"] {
            #expect(Environment.expandingHome(path) == path)
        }
    }
}

@Suite struct PartFileTests {
    @Test("a file has its name only when it is complete; parts may come in any order")
    func commit() throws {
        let place = try TemporaryDirectory()
        let path = place.path("song.flac")
        let part = try PartFile(path: path)
        try part.reserve(10)
        try part.write(unsafe Array("56789".utf8).span.bytes, at: 5)
        #expect(try FileSystem.names(in: place.path) == ["song.flac.part"])
        try part.write(unsafe Array("01234".utf8).span.bytes, at: 0)
        var buffer = [UInt8](repeating: 0, count: 20)
        #expect(try part.read(at: 0, into: &buffer, range: 0..<20) == 10)
        try part.commit(size: 10, modified: UnixTime(seconds: 1_000_000_000))
        #expect(try FileSystem.names(in: place.path) == ["song.flac"])
        #expect(try FileSystem.text(path) == "0123456789")
        let file = try ReadableFile(path: path)
        #expect(try file.identity().modified == UnixTime(seconds: 1_000_000_000))
    }

    @Test("pieces of a buffer are written one after the other, as many as one call takes")
    func pieces() throws {
        let place = try TemporaryDirectory()
        let part = try PartFile(path: place.path("f"))
        // Two bytes of each of 1,024 datagrams, which have a header of one.
        let numbers = 0..<UInt16(PartFile.mostPieces)
        let buffer: [UInt8] = numbers.flatMap { [0, UInt8($0 & 0xff), UInt8($0 >> 8)] }
        let pieces = (0..<PartFile.mostPieces).map { $0 * 3 + 1..<$0 * 3 + 3 }
        try part.write(unsafe buffer.span.bytes, pieces: pieces, at: 7)
        try part.write(unsafe Array("before!".utf8).span.bytes, pieces: [0..<4, 4..<7], at: 0)
        try part.write(unsafe buffer.span.bytes, pieces: [], at: 1)
        try part.commit(size: 7 + 2_048, modified: nil)
        let payloads: [UInt8] = numbers.flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8)] }
        #expect(try TextFile.read(place.path("f"), limit: 4_096) == Array("before!".utf8) + payloads)
    }

    @Test("the longest name that a file can have is no hindrance", arguments: ["x", "é", "😀"])
    func longName(character: String) throws {
        let place = try TemporaryDirectory()
        let name = String(repeating: character, count: 255 / character.utf8.count)
        let part = try PartFile(path: place.path(name))
        #expect(try FileSystem.names(in: place.path).allSatisfy { $0.hasSuffix(".part") })
        try part.commit(size: 0, modified: nil)
        #expect(try FileSystem.names(in: place.path) == [name])
    }

    @Test("a longer name is refused before the first byte")
    func tooLong() throws {
        let place = try TemporaryDirectory()
        let path = place.path(String(repeating: "x", count: 256))
        let error = #expect(throws: Errno.self) { _ = try PartFile(path: path) }
        #expect(error?.code == .nameTooLong)
        #expect(try FileSystem.names(in: place.path).isEmpty)
    }

    @Test("two long names that begin alike have a part each")
    func longParts() throws {
        let place = try TemporaryDirectory()
        let name = String(repeating: "x", count: 254)
        let first = try PartFile(path: place.path(name + "1"))
        let second = try PartFile(path: place.path(name + "2"))
        try second.write(unsafe Array("2".utf8).span.bytes, at: 0)
        try first.commit(size: 0, modified: nil)
        try second.commit(size: 1, modified: nil)
        #expect(try FileSystem.names(in: place.path) == [name + "1", name + "2"])
    }

    @Test("an existing file is kept: at the start, and when it appears meanwhile")
    func keep() throws {
        let place = try TemporaryDirectory()
        let path = place.path("f")
        let part = try PartFile(path: path)
        try FileSystem.write("mine", to: path)
        var late: Errno?
        do throws(Errno) { try part.commit(size: 0, modified: nil) } catch { late = error }
        #expect(late?.code == .exists)
        let early = #expect(throws: Errno.self) { _ = try PartFile(path: path) }
        #expect(early?.code == .exists)
        #expect(try FileSystem.text(path) == "mine")
    }

    @Test("an existing file is replaced when the user said so, and only by a complete one")
    func replace() throws {
        let place = try TemporaryDirectory()
        let path = place.path("f")
        try FileSystem.write("old", to: path)
        let part = try PartFile(path: path, existing: .replace)
        try part.write(unsafe Array("new".utf8).span.bytes, at: 0)
        #expect(try FileSystem.text(path) == "old")
        try part.commit(size: 3, modified: nil)
        #expect(try FileSystem.text(path) == "new")
    }

    @Test("a directory is never replaced, and said to be one before the first byte comes", arguments: [true, false])
    func directory(replaces: Bool) throws {
        let place = try TemporaryDirectory()
        unsafe #expect(mkdir(place.path("d"), 0o700) == 0)
        let error = #expect(throws: Errno.self) {
            _ = try PartFile(path: place.path("d"), existing: replaces ? .replace : .keep)
        }
        #expect(error?.code == .isDirectory)
        #expect(try FileSystem.names(in: place.path) == ["d"])
    }

    @Test("two downloads never write one part; a leftover of a killed one is begun anew")
    func lock() throws {
        let place = try TemporaryDirectory()
        let path = place.path("f")
        do {
            let killed = try PartFile(path: path)
            try killed.write(unsafe Array("leftover of another size".utf8).span.bytes, at: 0)
        }
        #expect(try FileSystem.text(path + ".part") == "leftover of another size")
        let part = try PartFile(path: path)
        let error = #expect(throws: Errno.self) { _ = try PartFile(path: path) }
        #expect(error?.code == .wouldBlock)
        try part.write(unsafe Array("new".utf8).span.bytes, at: 0)
        try part.commit(size: 3, modified: nil)
        #expect(try FileSystem.text(path) == "new")
    }

    @Test("a file that only has the name of a part is left alone; an empty one has nothing to lose")
    func foreignPart() throws {
        let place = try TemporaryDirectory()
        let path = place.path("f")
        try FileSystem.write("mine", to: path + ".part")
        let error = #expect(throws: Errno.self) { _ = try PartFile(path: path) }
        #expect(error?.code == .notOurs)
        #expect(try FileSystem.text(path + ".part") == "mine")
        try FileSystem.write("", to: path + ".part")
        try PartFile(path: path).commit(size: 0, modified: nil)
        // What has its final name is no part, whatever it is called later.
        try FileSystem.write("x", to: path)
        let part = try PartFile(path: place.path("g.part"))
        try part.write(unsafe Array("whole".utf8).span.bytes, at: 0)
        try part.commit(size: 5, modified: nil)
        let second = #expect(throws: Errno.self) { _ = try PartFile(path: place.path("g")) }
        #expect(second?.code == .notOurs)
    }

    @Test("a part that was copied, without its mark, is a download's where the record beside it is one")
    func copied() throws {
        let place = try TemporaryDirectory()
        let path = place.path("f")
        try FileSystem.write("some", to: path + ".part")
        let record = path + ".part.rdt"
        let isRecord = { (bytes: [UInt8]) in bytes == Array("a record".utf8) }
        for wrong in [nil, "no record", "a record" + String(repeating: "!", count: 1 << 20)] {
            if let wrong { try FileSystem.write(wrong, to: record) }
            let error = #expect(throws: Errno.self) { _ = try PartFile(path: path, isRecord: isRecord) }
            #expect(error?.code == .notOurs)
        }
        #expect(try FileSystem.text(path + ".part") == "some")
        FileSystem.remove(record)
        try FileSystem.write("a record", to: record)
        let part = try PartFile(path: path, continues: true, isRecord: isRecord)
        #expect(part.found == 4 && part.readRecord(limit: 100) == Array("a record".utf8))
        part.discard()
        #expect(try FileSystem.names(in: place.path).isEmpty)
    }

    @Test("nothing replaces the part or the record of another download, and nothing but what was written gets the name")
    func otherParts() throws {
        let place = try TemporaryDirectory()
        let path = place.path("bar")
        var part = try PartFile(path: path)
        try part.write(unsafe Array("whole".utf8).span.bytes, at: 0)
        try part.writeRecord(Array("record".utf8))
        for name in ["bar.part", "bar.part.rdt"] {
            for existing in [PartFile.Existing.keep, .replace] {
                let error = #expect(throws: Errno.self) {
                    _ = try PartFile(path: place.path(name), existing: existing)
                }
                #expect(error?.code == .isPart)
            }
        }
        // Somebody else does.
        try FileSystem.write("foreign", to: place.path("other"))
        unsafe #expect(rename(place.path("other"), path + ".part") == 0)
        var late: Errno?
        do throws(Errno) { try part.commit(size: 5, modified: nil) } catch { late = error }
        #expect(late?.code == .replaced && !FileSystem.exists(path))
        #expect(try FileSystem.text(path + ".part") == "foreign")
    }

    @Test("a part that a later download of the same name makes is not replaced at the end either")
    func laterPart() throws {
        let place = try TemporaryDirectory()
        let first = try PartFile(path: place.path("bar.part"), existing: .replace)
        try first.write(unsafe Array("short".utf8).span.bytes, at: 0)
        let second = try PartFile(path: place.path("bar"))
        try second.write(unsafe Array("longer".utf8).span.bytes, at: 0)
        var late: Errno?
        do throws(Errno) { try first.commit(size: 5, modified: nil) } catch { late = error }
        #expect(late?.code == .isPart)
        try second.commit(size: 6, modified: nil)
        #expect(try FileSystem.text(place.path("bar")) == "longer")
    }

    @Test("a whole part whose name was taken is still a part, and gets the name when that is free or may be replaced")
    func namedLater() throws {
        let place = try TemporaryDirectory()
        let path = place.path("f")
        let part = try PartFile(path: path)
        try part.write(unsafe Array("whole".utf8).span.bytes, at: 0)
        try FileSystem.write("mine", to: path)
        var late: Errno?
        do throws(Errno) { try part.commit(size: 5, modified: nil) } catch { late = error }
        #expect(late?.code == .exists)
        let again = try PartFile(path: path, existing: .replace, continues: true)
        #expect(again.found == 5)
        try again.commit(size: 5, modified: nil)
        #expect(try FileSystem.text(path) == "whole")
    }

    @Test("a download given up leaves nothing")
    func discard() throws {
        let place = try TemporaryDirectory()
        let part = try PartFile(path: place.path("f"))
        part.discard()
        #expect(try FileSystem.names(in: place.path).isEmpty)
    }

    @Test("a place that cannot be written is an error with its path", arguments: ["no/such/f", "", ".", "a/.."])
    func badPlace(name: String) throws {
        let place = try TemporaryDirectory()
        #expect(throws: Errno.self) { _ = try PartFile(path: place.path(name)) }
    }
}
