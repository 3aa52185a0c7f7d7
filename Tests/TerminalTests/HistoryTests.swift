import Glibc
import Posix
import TestSupport
import Testing

@testable import Terminal

struct HistoryTests {
    @Test("a line typed again moves to the end, a blank one and the same one twice change nothing")
    func once() {
        var history = History(limit: 3)
        #expect(history.add("a") == .appended)
        #expect(history.add("a") == .none)
        #expect(history.add("  ") == .none)
        #expect(history.add("b") == .appended)
        #expect(history.add("a") == .reordered)
        #expect(history.entries == ["b", "a"])
        #expect(history.add("c") == .appended)
        #expect(history.add("d") == .reordered)
        #expect(history.entries == ["a", "c", "d"])
    }

    @Test("any text comes back from the file", arguments: ["plain", "two\nlines", "back\\slash\\n", "שלום 👩‍👩‍👧", "\\"])
    func roundTrip(text: String) {
        let bytes = HistoryFile.encoded(text)
        #expect(bytes.last == UInt8(ascii: "\n"))
        #expect(bytes.dropLast().allSatisfy { $0 != UInt8(ascii: "\n") })
        #expect(HistoryFile.decoded(bytes.dropLast()) == text)
    }

    @Test("the file is made with its directories, for its owner only, and read again")
    func onDisk() throws {
        let directory = try TemporaryDirectory()
        let file = HistoryFile(path: directory.path("state/rdtchat/history"), limit: 10)
        #expect(try file.load().entries == [])
        for entry in ["one", "two\nlines", "one"] { try file.append(entry) }
        #expect(try file.load().entries == ["two\nlines", "one"])
        #expect(FileSystem.mode(file.path) == 0o600)
        #expect(FileSystem.mode(directory.path("state/rdtchat")) == 0o700)
    }

    @Test("a file with twice the entries that are kept is written anew")
    func compaction() throws {
        let directory = try TemporaryDirectory()
        let file = HistoryFile(path: directory.path("history"), limit: 4)
        for index in 0..<9 { try file.append("line \(index)") }
        #expect(try file.load().entries == ["line 5", "line 6", "line 7", "line 8"])
        #expect(try FileSystem.text(file.path) == "line 5\nline 6\nline 7\nline 8\n")
        #expect(FileSystem.mode(file.path) == 0o600)
    }

    @Test("a search finds the newest line first, then older ones, and says when there is no other")
    func search() {
        var search = HistorySearch(["download a", "Hello", "download b", "bye"])
        for scalar in "down".unicodeScalars { search.type(scalar) }
        #expect(search.match == "download b")
        search.goOn(older: true, last: "")
        #expect(search.match == "download a")
        search.goOn(older: true, last: "")
        #expect(search.match == "download a" && search.hasFailed)
        search.goOn(older: false, last: "")
        #expect(search.match == "download b" && !search.hasFailed)
    }

    @Test("a pattern in lower case finds any case, one with a capital only itself")
    func searchCase() {
        var search = HistorySearch(["hello", "Hello", "x"])
        search.type("h")
        #expect(search.match == "Hello")
        search.deleteBackwards()
        #expect(search.match == nil)
        search.type("H")
        #expect(search.match == "Hello")
        search.goOn(older: true, last: "")
        #expect(search.hasFailed)
    }

    @Test("a search in an empty history finds nothing and does not stumble")
    func emptyHistory() {
        var search = HistorySearch([])
        search.goOn(older: true, last: "")
        search.type("a")
        search.goOn(older: false, last: "a")
        search.deleteBackwards()
        #expect(search.match == nil)
    }
}

extension FileSystem {
    /// The permission bits, nil when there is no such file.
    fileprivate static func mode(_ path: String) -> UInt32? {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? status.st_mode & 0o777 : nil
    }
}
