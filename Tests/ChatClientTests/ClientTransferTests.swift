import IRC
import Testing
import Timeline

@testable import ChatClient

@Suite("Files and downloads")
struct ClientTransferTests {
    @Test("/files lists what fits, and a pattern that fits nothing is an error")
    func files() {
        var desk = Desk.entered(files: ["b.txt", "a.jpg"])
        desk.type("/files *.txt", as: CommandID(1))
        #expect(desk.sent == ["FILES"])
        desk.list(["b.txt", "a.jpg"])
        #expect(desk.screen == ["    1000 B  b.txt", "1 of 2 files"])
        desk.type("/files *.pdf", as: CommandID(2))
        desk.list(["b.txt"])
        #expect(desk.errors == ["no file on the server fits '*.pdf'; /files shows what there is"])
        #expect(desk.finished == [CommandID(1): .succeeded, CommandID(2): .failed(.commandFailed)])
    }

    @Test("a list that nobody asked for keeps Tab fresh and shows nothing")
    func unasked() {
        var desk = Desk.entered(files: ["a"])
        desk.list(["a", "new.txt"])
        #expect(desk.events.isEmpty)
        #expect(desk.complete("/download n")?.candidates.map(\.inserted) == ["new.txt"])
    }

    @Test("a download asks for a ticket, hands it to the loop, and tells its end")
    func download() {
        var desk = Desk.entered(files: ["a b.txt"])
        desk.type("/download a b.txt > copy.txt --force", as: CommandID(1))
        #expect(desk.sent == ["GET 0 auto :a b.txt"])
        #expect(desk.finished == [CommandID(1): .succeeded])
        desk.grant(0xAB, name: "a b.txt", size: 1234)
        let start = desk.starts.first
        #expect(start?.ticket == 0xAB && start?.port == 6667 && start?.entry.size == 1234)
        #expect(start?.localName == "copy.txt" && start?.force == true && start?.recovery == .auto)
        desk.tell { $0.transferFinished(TransferNumber(1), Desk.report("copy.txt"), at: $1) }
        #expect(
            desk.screen.last
                == "download 1 done: a b.txt → copy.txt, 1000 B in 0.5 s, 2.0 KiB/s; lost 1, sent again 2")
        #expect(desk.client.hasRows == false)
    }

    @Test("of a download nothing is told before the server has said yes")
    func announcedLate() {
        var desk = Desk.entered(files: ["a"])
        desk.type("/download a b")
        #expect(desk.screen == [])
        desk.grant(1, name: "a")
        desk.server(":srv FAIL GET NO_SUCH_FILE b :No such file")
        #expect(desk.screen == ["download 1: a", "error: b: the server has no such file; did you mean a?"])
    }

    @Test("two large ones run at once, the third waits for its turn")
    func queue() {
        var desk = Desk.entered(files: ["a", "b", "c"], size: 1_000_000)
        desk.type("/download a b c")
        #expect(desk.sent == ["GET 0 auto a", "GET 0 auto b"])
        #expect(desk.screen.isEmpty)
        desk.grant(1, name: "a", size: 1_000_000)
        desk.grant(2, name: "b", size: 1_000_000)
        #expect(desk.screen == ["download 1: a", "download 2: b", "download 3: c, which waits for its turn"])
        desk.sent = []
        desk.tell { $0.transferFinished(TransferNumber(2), Desk.report("b"), at: $1) }
        #expect(desk.sent == ["GET 0 auto c"])
        desk.type("/transfers")
        #expect(desk.screen.suffix(3).map { $0.prefix(9) } == ["1  a  run", "2  b  don", "3  c  ask"])
    }

    @Test("eight small ones run at once, and the ninth when one has ended")
    func smallQueue() {
        let names = (1...9).map { "f\($0)" }
        var desk = Desk.entered(files: names, size: FilesExtension.smallFile)
        desk.type("/download \(names.joined(separator: " "))")
        #expect(desk.sent == names.dropLast().map { "GET 0 auto \($0)" })
        desk.sent = []
        for (index, name) in names.dropLast().enumerated() {
            desk.grant(UInt64(index), name: name, size: FilesExtension.smallFile)
        }
        #expect(desk.sent == [] && desk.starts.count == 8)
        desk.tell { $0.transferFinished(TransferNumber(5), Desk.report("f5"), at: $1) }
        #expect(desk.sent == ["GET 0 auto f9"])
    }

    @Test("files whose sizes are not known count as large until their tickets say that they are not")
    func unknownSizes() {
        var desk = Desk(isScript: true)
        desk.script("download 'a' 'b' 'c' 'd' 'e'")
        desk.tell { $0.connected(at: $1) }
        #expect(desk.sent.suffix(2) == ["GET 0 auto a", "GET 0 auto b"])
        desk.server(":srv CAP * ACK :rdtchat/files", ":srv 001 dana :Welcome")
        desk.grant(1, name: "a", size: 10)
        #expect(desk.sent.last == "GET 0 auto c")
        desk.grant(2, name: "b", size: 1_000_000)
        #expect(desk.sent.last == "GET 0 auto c")
        desk.grant(3, name: "c", size: 10)
        #expect(desk.sent.last == "GET 0 auto d")
        desk.grant(4, name: "d", size: 1_000_000)
        #expect(desk.sent.last == "GET 0 auto d")
    }

    @Test("a server without room is asked again, sooner first and later then")
    func tooMany() {
        var desk = Desk.entered(files: ["a"])
        desk.type("/download a")
        for _ in 0..<3 {
            desk.sent = []
            desk.server(":srv FAIL GET TOO_MANY a :2 of your downloads run already")
            #expect(desk.sent.isEmpty && desk.errors.isEmpty)
            desk.pass(seconds: 5)
            #expect(desk.sent == ["GET 0 auto a"])
        }
        desk.grant(1, name: "a")
        #expect(desk.starts.count == 1)
    }

    @Test("a file that is not there fails with the nearest name")
    func noSuchFile() {
        var desk = Desk.entered(files: ["notes one.txt"])
        desk.type("/download 'notes ome.txt'")
        desk.server(":srv FAIL GET NO_SUCH_FILE notes%20ome.txt :no such file")
        #expect(desk.errors == ["notes ome.txt: the server has no such file; did you mean \"notes one.txt\"?"])
    }

    @Test("names that lead out or are absolute never leave the client")
    func badNames() {
        var desk = Desk.entered()
        desk.type("/download ../etc/passwd")
        desk.type("/download /etc/passwd")
        #expect(desk.sent.isEmpty && desk.errors.count == 2)
    }

    @Test("/cancel stops a download at both ends, before and after its ticket")
    func cancel() {
        var desk = Desk.entered(files: ["a", "b"])
        desk.type("/download a b")
        desk.grant(1, name: "a")
        desk.sent = []
        desk.type("/cancel 1")
        #expect(desk.sent == ["GETSTOP 0000000000000001"])
        #expect(desk.cancelled == [TransferNumber(1)])
        desk.sent = []
        desk.type("/cancel 2")
        #expect(desk.sent.isEmpty)
        desk.grant(2, name: "b")
        #expect(desk.sent == ["GETSTOP 0000000000000002"])
        #expect(desk.starts.count == 1)
        desk.server(":srv FAIL GETSTOP NO_SUCH_TICKET 0000000000000001 :no")
        desk.tell { $0.transferFinished(TransferNumber(1), Desk.report("a"), at: $1) }
        #expect(desk.errors.isEmpty)
        desk.type("/cancel 2")
        desk.type("/cancel 9")
        #expect(
            desk.errors == ["download 2 has ended already", "there is no download 9; /transfers shows your downloads"])
    }

    @Test("Ctrl-C on an empty line cancels the newest download")
    func interrupt() {
        var desk = Desk.entered(files: ["a", "b"])
        desk.type("/download a b")
        desk.grant(1, name: "a")
        desk.grant(2, name: "b")
        desk.tell { $0.interrupted(at: $1) }
        #expect(desk.cancelled == [TransferNumber(2)] && desk.status == nil)
    }

    @Test("progress is told each 10 % or 10 s, and only when wanted")
    func progress() {
        var desk = Desk(isScript: true) { $0.reportsProgress = true }
        desk.enter(files: ["a"])
        desk.script("/download a\n")
        desk.grant(1, name: "a", size: 1000)
        desk.events = []
        for bytes in stride(from: UInt64(1), through: 1000, by: 1) {
            desk.tell { $0.transferProgressed(TransferNumber(1), bytes: bytes, at: $1) }
        }
        #expect(desk.events.count == 9)
        desk.events = []
        desk.type("/cancel 1")
        desk.events = []
        #expect(desk.status == .commandFailed)
    }

    @Test("what runs when the link is lost goes on, what waits fails")
    func lostLink() {
        var desk = Desk.entered(files: ["a", "b"])
        desk.type("/download a b")
        desk.grant(1, name: "a")
        desk.tell { $0.disconnected(reason: "closed", at: $1) }
        #expect(desk.client.hasRows)
        desk.tell { $0.transferFinished(TransferNumber(1), Desk.report("a"), at: $1) }
        #expect(desk.screen.last?.hasPrefix("download 1 done") == true)
    }

    @Test("a target that the loop cannot write gives the ticket back and tells why")
    func localFailure() {
        var desk = Desk.entered(files: ["a"])
        desk.type("/download a")
        desk.grant(1, name: "a")
        desk.sent = []
        desk.tell {
            $0.transferFailed(TransferNumber(1), TransferFailure(.failed, "a exists; > OTHER or --force"), at: $1)
        }
        #expect(desk.sent == ["GETSTOP 0000000000000001"])
        #expect(desk.errors == ["a: a exists; > OTHER or --force"])
    }

    @Test("/transfers tells of each download what it does, and what became of it")
    func transferLines() {
        var desk = Desk.entered(files: ["a", "b", "c", "d"])
        desk.type("/transfers")
        #expect(desk.screen == ["no downloads yet; /download NAME fetches a file"])
        desk.type("/download a b c d")
        desk.grant(1, name: "a")
        desk.tell { $0.transferFinished(TransferNumber(1), Desk.report("out/a"), at: $1) }
        desk.server(":srv FAIL GET UNREADABLE b :no permission")
        desk.type("/cancel 4")
        desk.grant(3, name: "c")
        desk.pass(seconds: 1)
        desk.tell { $0.transferProgressed(TransferNumber(3), bytes: 250, at: $1) }
        desk.events = []
        desk.type("/transfers")
        #expect(
            desk.screen == [
                "1  a  done 100% of 1000 B  out/a", "2  b  failed  no permission",
                "3  c  running 25% of 1000 B  250 B/s  00:03", "4  d  cancelled",
            ])
    }
}
