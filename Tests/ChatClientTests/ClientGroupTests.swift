import IRC
import Testing
import Timeline

@testable import ChatClient

@Suite("Patterns and directories")
struct ClientGroupTests {
    private static let shelf = ["notes.txt", "photos/2024/c.jpg", "photos/a.jpg", "photos/b.jpg", "song.jpg"]

    private func desk(isScript: Bool = false, size: UInt64 = 1000) -> Desk {
        Desk.entered(isScript: isScript, files: Self.shelf, size: size)
    }

    @Test("a directory and a pattern stand for what /files lists for them, and keep the server's tree")
    func trees() {
        for (word, names) in [
            ("photos/", ["photos/2024/c.jpg", "photos/a.jpg", "photos/b.jpg"]),
            ("\"photos/\"", ["photos/2024/c.jpg", "photos/a.jpg", "photos/b.jpg"]),
            ("photos/2*/", ["photos/2024/c.jpg"]), ("photos/?.jpg", ["photos/a.jpg", "photos/b.jpg"]),
            ("*.jpg", ["photos/2024/c.jpg", "photos/a.jpg", "photos/b.jpg", "song.jpg"]),
        ] {
            var desk = desk()
            desk.type("/download \(word) > pics/")
            #expect(desk.sent == names.map { "GET 0 auto \($0)" }, "\(word)")
            for (index, name) in names.enumerated() { desk.grant(UInt64(index + 1), name: name) }
            #expect(desk.starts.map(\.localName) == names.map { "pics/" + $0 })
            #expect(desk.starts.map(\.treeLevels) == names.map { $0.split(separator: "/").count - 1 })
            #expect(desk.starts.allSatisfy { $0.isOfGroup })
        }
    }

    @Test("what fits nothing is told, and several files need a directory")
    func refused() {
        var desk = desk()
        desk.type("/download *.pdf")
        desk.type("/download music/")
        desk.type("/download *.jpg > one.jpg")
        #expect(
            desk.errors == [
                "no file on the server fits '*.pdf'; /files shows what there is",
                "no file on the server is in 'music/'; /files shows what there is",
                "several files need a directory: > one.jpg/",
            ])
        desk.type("/download photos")
        desk.server(":srv FAIL GET NO_SUCH_FILE photos :No such file")
        #expect(desk.errors.last == "photos: it is a directory; /download photos/ to fetch it")
    }

    @Test("a pattern that one file fits is that file in what a person reads, and the pattern in what a program reads")
    func single() throws {
        var desk = desk(size: 1_000_000)
        desk.type("/download note*")
        desk.grant(1, name: "notes.txt", size: 1_000_000)
        desk.now = desk.now + .seconds(1)
        let rows = desk.client.rows(columns: 80, at: desk.now) { $0.count }.map { $0.map(\.text).joined() }
        #expect(rows.count == 1 && rows[0].hasPrefix("notes.txt ") && !rows[0].contains("files"))
        let number = try #require(desk.starts.first?.number)
        desk.tell { $0.transferFinished(number, Desk.report("notes.txt", bytes: 1_000_000), at: $1) }
        #expect(desk.screen.first == "download 1: notes.txt, 1 file, 976.6 KiB")
        #expect(desk.screen.last?.hasPrefix("download 1 done: notes.txt → 976.6 KiB in ") == true)
        let lines = desk.events.map(EventJSON.line)
        #expect(lines.last?.contains(#""event":"group-done""#) == true && lines.last?.contains(#""note*""#) == true)
    }

    @Test("the sum below several rows is that of the rows, and /why of a group is about its newest file")
    func sum() {
        var desk = desk(size: 1_000_000)
        desk.type("/download photos/")
        desk.type("/download notes.txt")
        for (index, name) in Self.shelf[1...3].enumerated() {
            desk.grant(UInt64(index + 1), name: name, size: 1_000_000)
        }
        let numbers = desk.starts.map(\.number)
        desk.tell { $0.transferFinished(numbers[0], Desk.report("c", bytes: 1_000_000), at: $1) }
        desk.tell { $0.transferProgressed(numbers[1], bytes: 500_000, at: $1) }
        desk.now = desk.now + .seconds(1)
        for columns in [30, 40, 80] {
            let all = desk.client.rows(columns: columns, at: desk.now) { $0.count }.map { $0.map(\.text).joined() }
            let rows = all.filter { !$0.contains("not answered") }
            #expect(rows.allSatisfy { $0.count < columns })
            guard columns == 80 else { continue }
            #expect(rows.contains { $0.hasPrefix("photos/") && $0.contains("1/3 files") && $0.contains("50%") })
            #expect(rows.last?.hasPrefix("2 downloads, 1 waiting  37%  1.4 MiB  ") == true, "\(rows)")
        }
        desk.type("/why 1")
        desk.type("/why 9")
        #expect(desk.errors == ["there is no download 9; /transfers shows your downloads"])
        #expect(desk.sent.last?.hasPrefix("WHY ") == true)
    }

    @Test("a group that waits says so when it is let go on, and its time begins with its turn")
    func turn() throws {
        var desk = desk(size: 200_000_000)
        desk.type("/download notes.txt")
        desk.grant(1, name: "notes.txt", size: 200_000_000)
        desk.type("/download photos/")
        let group = try #require(desk.client.transfers.groups.first?.number)
        desk.type("/pause \(group)")
        desk.type("/resume \(group)")
        #expect(desk.screen.last == "download \(group): photos/ goes on")
        desk.type("/transfers")
        let numbers = desk.events.compactMap { event -> [Int]? in
            if case .transfers(let lines) = event { lines.map(\.number.rawValue) } else { nil }
        }
        #expect(numbers.last == numbers.last?.sorted())
    }

    @Test("one row stands for all, one line tells the end, and the command fails as the first of its files")
    func row() {
        var desk = desk(isScript: true)
        desk.script("/download photos/\n")
        desk.pass(seconds: 1)
        for (index, name) in Self.shelf[1...3].enumerated() { desk.grant(UInt64(index + 1), name: name) }
        let number = desk.starts.map(\.number)
        desk.tell { $0.transferFinished(number[0], Desk.report("c"), at: $1) }
        desk.tell { $0.transferProgressed(number[1], bytes: 230, at: $1) }
        desk.now = desk.now + .seconds(1)
        let rows = desk.client.rows(columns: 80, at: desk.now) { $0.count }.map { $0.map(\.text).joined() }
        #expect(rows.first?.hasPrefix("photos/  1/3 files  41%  1.2 KiB  ") == true, "\(rows)")
        #expect(rows.contains { $0.contains("a.jpg") } == false)
        desk.tell { $0.transferWasHere(number[1], path: "a", at: $1) }
        #expect(desk.status == nil)
        desk.tell { $0.transferFailed(number[2], .init(.checkFailed, "hash differs"), at: $1) }
        #expect(desk.status == .checkFailed)
        #expect(
            desk.screen.last?.hasPrefix("download 1 done: photos/ → 1 of 3 files, 1 here already, 1 failed, ") == true)
        #expect(desk.screen.contains("error: photos/b.jpg: hash differs"))
    }

    @Test("a thousand files are eight downloads at a time, and none of them is told of")
    func many() {
        let names = (0..<1_000).map { "d/\(1_000 + $0)" }
        var desk = Desk.entered(files: names)
        desk.type("/download d/")
        var next: UInt64 = 1
        var asked = 0
        while !desk.sent.isEmpty {
            let lines = desk.sent
            desk.sent = []
            asked += lines.count
            #expect(lines.count <= FilesExtension.atOnce && desk.client.transfers.active.count <= FilesExtension.atOnce)
            for line in lines {
                desk.grant(next, name: line.split(separator: " ").last.map(String.init) ?? "")
                next += 1
            }
            for start in desk.starts { desk.tell { $0.transferFinished(start.number, Desk.report("x"), at: $1) } }
            desk.starts = []
        }
        #expect(asked == 1_000 && desk.screen.count == 2)
        #expect(desk.screen.last?.hasPrefix("download 1 done: d/ → 1000 of 1000 files, 976.") == true)
    }

    @Test("a group is held, goes on and is cancelled by its number, as Ctrl-C does")
    func held() {
        var desk = desk(size: 1_000_000)
        desk.type("/download photos/")
        func row() -> String {
            desk.client.rows(columns: 80, at: desk.now) { $0.count }.first?.map(\.text).joined() ?? ""
        }
        #expect(row() == "photos/  0/3 files   0%  0 B  waits")
        desk.grant(1, name: "photos/2024/c.jpg", size: 1_000_000)
        #expect(row().hasSuffix("--:--"))
        desk.sent = []
        desk.type("/pause 1")
        #expect(row() == "photos/  0/3 files   0%  0 B  paused")
        #expect(desk.sent == ["GETSTOP 0000000000000001"] && desk.cancelled == [TransferNumber(2)])
        #expect(desk.screen.last == "download 1: photos/ paused; /resume 1 goes on")
        desk.sent = []
        desk.type("/resume 1")
        // The other large one had been asked for already.
        #expect(desk.sent.contains("GET 0 auto photos/2024/c.jpg"))
        desk.type("/transfers")
        #expect(desk.screen.contains { $0.hasPrefix("1  photos/  running") })
        desk.tell { $0.interrupted(at: $1) }
        #expect(desk.client.transfers.isActive == false)
        #expect(desk.screen.last?.hasPrefix("download 1 cancelled: photos/ → 0 of 3 files") == true)
    }

    @Test("a group that was cancelled keeps its number, and goes on with it where it was")
    func goesOn() {
        var desk = desk()
        desk.type("/download photos/")
        for (index, name) in Self.shelf[1...3].enumerated() { desk.grant(UInt64(index + 1), name: name) }
        desk.tell { $0.transferFinished(TransferNumber(2), Desk.report("c"), at: $1) }
        desk.type("/cancel 1")
        #expect(desk.screen.last?.hasPrefix("download 1 cancelled: photos/ → 1 of 3 files, ") == true)
        #expect(desk.screen.last?.hasSuffix("; /resume 1 goes on") == true)
        desk.type("/transfers")
        #expect(desk.screen.contains { $0.hasPrefix("1  photos/  cancelled") && $0.hasSuffix("1/3 files") })
        desk.type("/cancel 1")
        desk.type("/pause 1")
        #expect(desk.errors.suffix(2) == ["download 1 has ended already", "download 1 is cancelled"])
        (desk.sent, desk.starts) = ([], [])
        desk.type("/resume 1")
        #expect(desk.sent == Self.shelf[1...3].map { "GET 0 auto \($0)" })
        for (index, name) in Self.shelf[1...3].enumerated() { desk.grant(UInt64(index + 4), name: name) }
        let numbers = desk.starts.map(\.number)
        desk.tell { $0.transferWasHere(numbers[0], path: "c", at: $1) }
        for number in numbers.dropFirst() { desk.tell { $0.transferFinished(number, Desk.report("x"), at: $1) } }
        #expect(
            desk.screen.last?.hasPrefix("download 1 done: photos/ → 2 of 3 files, 1 here already, ") == true)
        let before = desk.screen.count
        desk.type("/transfers")
        #expect(desk.screen.dropFirst(before).filter { $0.contains("photos/") } == [desk.screen[before]])
        #expect(desk.screen[before].hasPrefix("1  photos/  done"))
        desk.type("/resume 1")
        #expect(desk.errors.last == "download 1 is done")
    }

    @Test("time in which no file of a group had its turn is none of its time, and /resume tells that it waits")
    func waits() {
        var desk = desk(size: 10_000_000)
        desk.type("/download song.jpg notes.txt")
        desk.grant(1, name: "song.jpg", size: 10_000_000)
        desk.grant(2, name: "notes.txt", size: 10_000_000)
        desk.type("/download photos/2*/")
        desk.type("/pause 3")
        desk.type("/resume 3")
        #expect(desk.screen.last == "download 3: photos/2024/c.jpg waits for its turn")
        desk.now = desk.now + .seconds(60)
        desk.tell { $0.transferFinished(TransferNumber(1), Desk.report("song.jpg"), at: $1) }
        desk.grant(3, name: "photos/2024/c.jpg", size: 10_000_000)
        desk.now = desk.now + .seconds(2)
        desk.tell { $0.transferFinished(TransferNumber(4), Desk.report("c"), at: $1) }
        #expect(desk.screen.last?.contains(" in 2.0 s, ") == true, "\(desk.screen)")
    }

    @Test("a group that failed behind the command's back is told by /wait")
    func background() {
        var desk = desk(isScript: true)
        desk.script("/download photos/2024/ &\n-/wait 1\n", ends: false)
        desk.grant(1, name: "photos/2024/c.jpg")
        desk.tell { $0.transferFailed(TransferNumber(2), .init(.failed, "disk full"), at: $1) }
        desk.script("/wait\n")
        #expect(desk.status == nil || desk.status == .success)
        var other = self.desk(isScript: true)
        other.script("/download photos/2024/ &\n", ends: false)
        other.grant(1, name: "photos/2024/c.jpg")
        other.tell { $0.transferFailed(TransferNumber(2), .init(.failed, "disk full"), at: $1) }
        other.script("/wait\n")
        #expect(other.status == .commandFailed)
    }

    @Test(
        "a file of a directory that failed goes on in the same place, in the next shell too")
    func again() {
        var desk = desk()
        desk.type("/download photos/2*/ > pics/")
        desk.grant(1, name: "photos/2024/c.jpg")
        desk.tell { $0.transferFailed(TransferNumber(2), .init(.failed, "disk full"), at: $1) }
        desk.type("/resume 2")
        desk.grant(2, name: "photos/2024/c.jpg")
        #expect(desk.starts.map(\.localName) == ["pics/photos/2024/c.jpg", "pics/photos/2024/c.jpg"])
        #expect(desk.starts.map(\.treeLevels) == [2, 2])
        let kept = KeptDownload.list(of: KeptDownload.text(of: desk.queue ?? []))
        #expect(kept.map(\.treeLevels) == [2])
        var next = Desk { $0.keptDownloads = kept }
        next.enter(files: Self.shelf)
        next.type("yes")
        next.grant(1, name: "photos/2024/c.jpg")
        #expect(next.starts.map(\.treeLevels) == [2] && next.starts.first?.localName == "pics/photos/2024/c.jpg")
    }

    @Test("a file that several words mean comes once, and one that is under way is not begun again")
    func doubles() {
        var desk = desk(isScript: true)
        desk.script("/download song.jpg song.jpg s* photos/ photos/2*/\n", ends: false)
        let gets = desk.sent.filter { $0.hasPrefix("GET ") }
        #expect(gets.count == 4 && Set(gets).count == 4)
        var other = self.desk(size: 1_000_000)
        other.type("/download song.jpg")
        other.type("/download song.jpg > there.jpg")
        other.type("/download song.jpg")
        #expect(other.errors == ["song.jpg: download 1 brings it there already"])
        other.type("/cancel 1")
        other.type("/resume 1")
        other.type("/resume 1")
        #expect(other.errors.last == "download 1 is asked" && other.client.transfers.active.count == 2)
    }

    @Test("Tab offers one level of the tree at a time")
    func completion() {
        let desk = desk()
        let top = desk.complete("/download ")
        #expect(top?.candidates.map(\.inserted) == ["notes.txt", "photos/", "song.jpg"])
        #expect(top?.candidates[1].note == "3 files, 2.9 KiB")
        #expect(desk.complete("/download ph")?.suffix == "")
        #expect(
            desk.complete("/download photos/")?.candidates.map(\.inserted) == [
                "photos/2024/c.jpg", "photos/a.jpg", "photos/b.jpg",
            ])
        #expect(desk.complete("/download photos/a")?.suffix == " ")
    }
}
