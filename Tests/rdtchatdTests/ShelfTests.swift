import Glibc
import IRC
import Posix
import RDT
import TestSupport
import Testing
import Timeline

@testable import rdtchatd

@Suite struct ShelfTests {
    @Test("a file that comes, goes or is written is seen, also below the shelf, and looking again sees nothing")
    func changes() throws {
        let place = try TemporaryDirectory()
        try FileSystem.makeDirectory(place.path("below"))
        var shelf = try Shelf(path: place.path, logger: LogKeeper().logger)
        let none = shelf.list(at: Instant(nanoseconds: 1))
        #expect(none.isEmpty)
        let early = shelf.takeChanges()
        #expect(!early)
        for name in ["new", "below/new"] {
            try FileSystem.write([1], to: place.path(name))
            let (first, second) = (shelf.takeChanges(), shelf.takeChanges())
            #expect(first && !second)
        }
        let both = shelf.list(at: Instant(nanoseconds: 2)).map(\.name.text)
        #expect(both == ["below/new", "new"])
        FileSystem.remove(place.path("new"))
        let late = shelf.takeChanges()
        #expect(late)
        let one = shelf.list(at: Instant(nanoseconds: 3)).map(\.name.text)
        #expect(one == ["below/new"])
    }

    @Test("directories that have gone leave room to watch others")
    func goneDirectories() throws {
        let place = try TemporaryDirectory()
        var shelf = try Shelf(path: place.path, logger: LogKeeper().logger)
        var now = Instant(nanoseconds: 0)
        func list() {
            now += Self.later
            _ = shelf.list(at: now)
            _ = shelf.takeChanges()
        }
        list()
        for _ in 0..<3 {
            let paths = (0..<400).map { place.path("\($0)") }
            for path in paths { try FileSystem.makeDirectory(path) }
            list()
            for path in paths { unsafe rmdir(path) }
            list()
        }
        try FileSystem.makeDirectory(place.path("new"))
        list()
        try FileSystem.write([1], to: place.path("new/file"))
        let isSeen = shelf.takeChanges()
        #expect(isSeen)
    }

    private let place: TemporaryDirectory
    private let log = LogKeeper()
    /// So far apart that a listing is never taken from memory.
    private static let later = Interval.seconds(1_000)

    init() throws {
        place = try TemporaryDirectory()
        try FileSystem.makeDirectory(place.path("shelf"))
        try FileSystem.write("secret", to: place.path("secret"))
    }

    private func add(_ name: String, _ text: String = "x") throws {
        try FileSystem.write(text, to: place.path("shelf/" + name))
    }

    private func link(_ name: String, to target: String) {
        #expect(unsafe symlink(target, place.path("shelf/" + name)) == 0)
    }

    private func shelf() throws -> Shelf {
        try Shelf(path: place.path("shelf"), logger: log.logger)
    }

    @Test("a directory that takes the shelf's name is shared instead, and watched; without one the old stays")
    func replaced() throws {
        try add("old")
        var shelf = try shelf()
        var now = Instant(nanoseconds: 1)
        func names(_ shelf: inout Shelf) -> [String] {
            now += Self.later
            return shelf.list(at: now).map(\.name.text)
        }
        #expect(names(&shelf) == ["old"])
        try FileSystem.makeDirectory(place.path("next"))
        try FileSystem.write("fresh", to: place.path("next/new"))
        #expect(unsafe rename(place.path("shelf"), place.path("away")) == 0)
        let moved = shelf.takeChanges()
        #expect(moved && names(&shelf) == ["old"])
        #expect(unsafe rename(place.path("next"), place.path("shelf")) == 0)
        let size = try shelf.open(FileName("new")).opened.size
        #expect(size == 5 && names(&shelf) == ["new"])
        _ = shelf.takeChanges()
        try FileSystem.write("x", to: place.path("away/later"))
        let elsewhere = shelf.takeChanges()
        try add("later")
        let here = shelf.takeChanges()
        #expect(!elsewhere && here && names(&shelf) == ["later", "new"])
        #expect(log.lines.count { $0.contains("is another directory now") } == 1)
    }

    @Test("files in and below the shelf are listed by name with size and time")
    func listing() throws {
        try FileSystem.makeDirectory(place.path("shelf/sub"))
        for name in ["b", "a b.txt", "sub/שלום", "🎈"] { try add(name, "12345") }
        var shelf = try shelf()
        let entries = shelf.list(at: Clock.now())
        #expect(entries.map(\.name.text) == ["a b.txt", "b", "sub/שלום", "🎈"])
        #expect(entries.allSatisfy { $0.size == 5 && $0.hash == nil && $0.modified.seconds > 1_500_000_000 })
        #expect(log.lines.isEmpty)
    }

    @Test("a small file's hash is known when it is opened, a large one's when it has been sent")
    func hashOfSmallFiles() throws {
        let limit = Int(FilesExtension.smallFile)
        let texts = ["empty": 0, "small": 10_000, "limit": limit, "large": limit + 1]
        for (name, size) in texts { try add(name, String(repeating: "r", count: size)) }
        var shelf = try shelf()
        for (name, size) in texts {
            let file = try shelf.open(try FileName(name))
            let bytes = [UInt8](repeating: UInt8(ascii: "r"), count: size)
            var hasher = FileHasher()
            hasher.update(unsafe bytes.span.bytes)
            let digest = hasher.finish()
            #expect(shelf.digest(of: file) == (size > limit ? nil : digest))
            #expect(shelf.digests[file.opened] == (size > limit ? nil : digest))
        }
    }

    @Test("a small file that changes while it is being hashed has no hash")
    func hashOfChangedFile() throws {
        try add("a", "first")
        var shelf = try shelf()
        let file = try shelf.open(try FileName("a"))
        try add("a", "second")
        #expect(shelf.digest(of: file) == nil)
    }

    @Test("what is left out is logged once: hidden, not UTF-8, unseen characters that make it long, pipes, links")
    func leftOut() throws {
        let long = String(repeating: "\t\u{202E}", count: 20)
        for name in [".hidden", "tab" + long, long, "kept"] { try add(name) }
        let descriptor = unsafe open(place.path("shelf/") + "bad", O_CREAT | O_WRONLY, 0o600)
        close(descriptor)
        var bad: [CChar] = place.path("shelf/").utf8CString.dropLast() + [CChar(bitPattern: 0xff), 0]
        #expect(unsafe rename(place.path("shelf/bad"), &bad) == 0)
        #expect(unsafe mkfifo(place.path("shelf/pipe"), 0o600) == 0)
        link("out", to: "../secret")
        link("absolute", to: place.path("shelf/kept"))
        link("nowhere", to: "nothing")
        var shelf = try shelf()
        let now = Clock.now()
        #expect(shelf.list(at: now).map(\.name.text) == ["kept"])
        #expect(log.lines.count == 8)
        #expect(log.lines.allSatisfy { $0.hasPrefix("warning not shared: '") })
        #expect(!log.lines.joined().unicodeScalars.contains { $0.value < 0x20 || $0 == "\u{202E}" })
        _ = shelf.list(at: now + ShelfTests.later)
        #expect(log.lines.count == 8)
    }

    @Test("a name with ESC, a newline or U+202E is listed as one can read it, and opened by that, below the shelf too")
    func unseen() throws {
        try FileSystem.makeDirectory(place.path("shelf/d\u{1B}r"))
        for name in ["new\nline", "d\u{1B}r/evil\u{202E}gpj.exe", "<U+000A>"] { try add(name, name) }
        var shelf = try shelf()
        let names = shelf.list(at: Clock.now()).map(\.name)
        #expect(names.map(\.text) == ["<U+003C>U+000A>", "d<U+001B>r/evil<U+202E>gpj.exe", "new<U+000A>line"])
        for name in names {
            let file = try shelf.open(name)
            #expect(file.opened.size == UInt64(name.stored.utf8.count))
        }
        #expect(log.lines.isEmpty)
    }

    @Test("a link that stays on the shelf is a file of the shelf, one to a directory is not")
    func links() throws {
        try FileSystem.makeDirectory(place.path("shelf/sub"))
        try add("sub/file", "123")
        link("inside", to: "sub/file")
        link("sub/up", to: "../sub/file")
        link("loop", to: "sub")
        var shelf = try shelf()
        #expect(shelf.list(at: Clock.now()).map(\.name.text) == ["inside", "sub/file", "sub/up"])
        #expect(try shelf.open(FileName("sub/up")).opened.size == 3)
    }

    @Test("the shelf is live: what comes is listed and can be opened, what goes is gone")
    func live() throws {
        var shelf = try shelf()
        let now = Clock.now()
        #expect(shelf.list(at: now).isEmpty)
        try add("new", "1234")
        #expect(try shelf.open(FileName("new")).opened.size == 4)
        #expect(shelf.list(at: now + ShelfTests.later).map(\.name.text) == ["new"])
        FileSystem.remove(place.path("shelf/new"))
        #expect(shelf.list(at: now + ShelfTests.later * 2).isEmpty)
        let error = #expect(throws: Errno.self) { _ = try shelf.open(FileName("new")) }
        #expect(error?.code == .noSuchFile)
    }

    @Test("many questions at once cost one walk")
    func cached() throws {
        var shelf = try shelf()
        let now = Clock.now()
        #expect(shelf.list(at: now).isEmpty)
        try add("new")
        #expect(shelf.list(at: now).isEmpty)
        #expect(shelf.list(at: now + ShelfTests.later).count == 1)
    }

    @Test("a file whose hash is known is listed with it until it changes")
    func digests() throws {
        try add("file", "one")
        var shelf = try shelf()
        let identity = try shelf.open(FileName("file")).opened
        shelf.digests.remember(FileDigest(high: 1, low: 2), of: identity)
        let now = Clock.now()
        #expect(shelf.list(at: now).first?.hash == "00000000000000010000000000000002")
        try add("file", "changed")
        #expect(shelf.list(at: now + ShelfTests.later).first?.hash == nil)
    }

    @Test("a shelf that is not there, or is a file, is refused at the start", arguments: ["nothing", "../secret"])
    func missing(name: String) throws {
        #expect(throws: Errno.self) {
            _ = try Shelf(path: place.path("shelf/" + name), logger: log.logger)
        }
    }
}
