import Glibc
@testable import Posix
import TestSupport
import Testing

@Suite struct DirectoryTests {
    /// shelf/a, shelf/sub/b, links inside and out of it, and a secret beside it.
    static func tree() throws -> TemporaryDirectory {
        let place = try TemporaryDirectory()
        try FileSystem.makeDirectory(place.path("shelf"))
        try FileSystem.makeDirectory(place.path("shelf/sub"))
        try FileSystem.write("a", to: place.path("shelf/a"))
        try FileSystem.write("b", to: place.path("shelf/sub/b"))
        try FileSystem.write("secret", to: place.path("secret"))
        for (target, link) in [
            ("sub/b", "inside"), ("../secret", "outside"), ("/etc/passwd", "absolute"), ("sub", "subLink"),
            ("loop", "loop"),
        ] {
            #expect(unsafe symlink(target, place.path("shelf/\(link)")) == 0)
        }
        #expect(unsafe mkfifo(place.path("shelf/pipe"), 0o600) == 0)
        return place
    }

    static func open(_ name: String, in place: TemporaryDirectory, byHand: Bool) throws -> [UInt8] {
        let directory = try Directory(path: place.path("shelf"), byHand: byHand)
        let file = try directory.openFile(name)
        var buffer = [UInt8](repeating: 0, count: 100)
        let count = try file.read(at: 0, into: &buffer, range: 0..<100)
        return Array(buffer[..<count])
    }

    @Test("files in and below the directory can be opened", arguments: [false, true])
    func below(byHand: Bool) throws {
        let place = try DirectoryTests.tree()
        #expect(try DirectoryTests.open("a", in: place, byHand: byHand) == Array("a".utf8))
        #expect(try DirectoryTests.open("sub/b", in: place, byHand: byHand) == Array("b".utf8))
    }

    @Test(
        "nothing leads out: no dots, no absolute path, no link; pipes and directories are refused",
        arguments: [
            ("../secret", false), ("sub/../../secret", false), ("outside", false), ("absolute", false),
            ("/etc/passwd", false),
            ("pipe", false), ("sub", false), ("", false), ("loop", false), ("a\u{0}b", false), ("sub/", false),
            ("subLink/b", false),
            ("../secret", true), ("sub/../../secret", true), ("outside", true), ("absolute", true),
            ("/etc/passwd", true),
            ("pipe", true), ("sub", true), ("", true), ("loop", true), ("inside", true), ("subLink/b", true),
            ("sub/", true),
        ])
    func outside(name: String, byHand: Bool) throws {
        let place = try DirectoryTests.tree()
        #expect(throws: Errno.self) { try DirectoryTests.open(name, in: place, byHand: byHand) }
    }

    @Test("a link to a file that stays below is followed")
    func inside() throws {
        let place = try DirectoryTests.tree()
        #expect(try DirectoryTests.open("inside", in: place, byHand: false) == Array("b".utf8))
    }

    @Test("a listing tells what each name is, and can be asked again")
    func listing() throws {
        let place = try DirectoryTests.tree()
        let directory = try Directory(path: place.path("shelf"))
        for _ in 0..<2 {
            let entries = try directory.entries()
            let kinds = Dictionary(
                uniqueKeysWithValues: entries.map { (String(decoding: $0.name, as: UTF8.self), $0.kind) })
            #expect(
                kinds == [
                    "a": .regularFile, "sub": .directory, "inside": .symbolicLink, "outside": .symbolicLink,
                    "absolute": .symbolicLink, "subLink": .symbolicLink, "loop": .symbolicLink, "pipe": .other,
                ])
        }
        #expect(try directory.entries(limit: 3).count == 3)
    }

    @Test("a directory that is not there is an error with its path")
    func missing() throws {
        let error = #expect(throws: Errno.self) { _ = try Directory(path: "/nonexistent/shelf") }
        #expect(error?.description == "open directory /nonexistent/shelf: No such file or directory")
    }
}
