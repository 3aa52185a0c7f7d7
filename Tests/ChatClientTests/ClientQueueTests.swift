import IRC
import Testing
import Timeline

@testable import ChatClient

@Suite("Downloads that outlive the shell")
struct ClientQueueTests {
    private static let shelf = ["a b.bin", "photos/a.jpg", "photos/b.jpg", "z.bin"]
    private static let kept = [
        KeptDownload(
            kind: .file, name: "a b.bin", directory: "/srv/dana/in", local: "a b.bin", force: false, recovery: .auto),
        KeptDownload(
            kind: .directory, name: "photos/", directory: "~/x", local: "pics/", force: true, recovery: .sr),
    ]

    private func desk(_ kept: [KeptDownload], isScript: Bool = false) -> Desk {
        var desk = Desk(isScript: isScript) {
            $0.keptDownloads = kept
            $0.workingDirectory = "/srv/dana"
        }
        desk.enter(files: Self.shelf, size: 1_000_000)
        return desk
    }

    @Test("what runs, waits or is held is written down, and what has ended is not")
    func written() {
        var desk = desk([])
        #expect(desk.queue == nil)
        desk.type("/set output-dir in")
        desk.type("/download a b.bin")
        desk.type("/set recovery sr")
        desk.type("/set output-dir ~/x")
        desk.type("/download photos/ > pics/ --force")
        #expect(desk.queue == Self.kept)
        desk.type("/pause")
        #expect(desk.queue == Self.kept)
        desk.type("/cancel 2")
        #expect(desk.queue == [Self.kept[0]])
        desk.type("/resume 1")
        desk.grant(1, name: "a b.bin", size: 1_000_000)
        let number = desk.starts.last?.number ?? TransferNumber(0)
        desk.tell { $0.transferFinished(number, Desk.report("a b.bin"), at: $1) }
        #expect(desk.queue == [])
    }

    @Test("leaving stops the downloads and leaves the list as it is")
    func quits() {
        var desk = desk([])
        desk.type("/download a b.bin")
        desk.type("/quit")
        #expect(desk.status == .success && desk.queue?.map(\.name) == ["a b.bin"])
    }

    @Test("the next shell shows them held, and asks before they start")
    func offered() {
        var desk = desk(Self.kept)
        #expect(desk.client.prompt.text == "finish 2 downloads of last time? [Y/n] ")
        #expect(desk.sent.isEmpty && desk.starts.isEmpty)
        desk.type("/transfers")
        #expect(desk.screen.contains { $0.hasPrefix("1  a b.bin  paused") })
        #expect(desk.screen.contains { $0.hasPrefix("2  photos/  paused") })
        #expect(desk.client.prompt.isQuestion == false && desk.sent.isEmpty)
        desk.type("/resume")
        desk.grant(1, name: "a b.bin", size: 1_000_000)
        desk.grant(2, name: "photos/a.jpg", size: 1_000_000)
        #expect(desk.starts.map(\.directory) == ["/srv/dana/in", "~/x"])
        #expect(desk.starts.map(\.localName) == ["a b.bin", "pics/photos/a.jpg"])
        #expect(desk.starts.map(\.force) == [false, true] && desk.starts.map(\.recovery) == [.auto, .sr])
        #expect(desk.queue == nil)
    }

    @Test("yes starts them, no leaves them held and kept", arguments: ["", "y", "n"])
    func answered(_ answer: String) {
        var desk = desk(Self.kept)
        desk.type(answer)
        #expect(desk.sent.contains("GET 0 auto :a b.bin") == (answer != "n"))
        #expect(desk.client.transfers.active.filter { $0.state == .paused }.count == (answer == "n" ? 1 : 0))
        #expect(desk.queue == nil)
        #expect(desk.client.prompt.isQuestion == false)
    }

    @Test("what is no answer is said to nobody and asked about again; a command takes the question back")
    func unanswered() {
        var desk = desk(Self.kept)
        for line in ["hello there", "nope", "//x"] {
            desk.type(line)
            #expect(desk.sent.isEmpty && desk.client.prompt.isQuestion)
            #expect(desk.screen.last == "y or n; '\(line)' was said to nobody")
        }
        desk.type("/nicknames")
        #expect(desk.screen.contains("they wait: /transfers shows them, /resume N goes on, /cancel N forgets"))
        #expect(desk.client.prompt.isQuestion == false && desk.sent == ["NAMES #lobby"])
    }

    @Test("downloads and groups are listed by their numbers, one below the other")
    func byNumber() {
        var desk = desk(Self.kept)
        desk.type("n")
        for index in 3..<12 { desk.type("/download z.bin > z\(index)") }
        let before = desk.screen.count
        desk.type("/transfers")
        let numbers = (1...11).map { $0 < 10 ? " \($0)  " : "\($0)  " }
        #expect(desk.screen.dropFirst(before).map { String($0.prefix(4)) } == numbers)
    }

    @Test("a script neither starts them nor changes the list")
    func scripts() {
        var desk = desk(Self.kept, isScript: true)
        #expect(desk.client.prompt.isQuestion == false)
        desk.script("/transfers\n/download z.bin\n", ends: false)
        #expect(desk.queue == nil && desk.sent == ["GET 0 auto z.bin"])
    }

    @Test("what is gone from the server is told, and a held one does not keep anybody from leaving")
    func gone() {
        var desk = desk([
            KeptDownload(kind: .pattern, name: "*.pdf", directory: "", local: "", force: false, recovery: .auto),
            Self.kept[0],
        ])
        #expect(desk.queue == [Self.kept[0]])
        desk.type("n")
        desk.tell { $0.inputEnded(at: $1) }
        #expect(desk.status == .success)
    }

    @Test("the list reads back as it was written, and what is damaged is passed over")
    func text() {
        let odd = KeptDownload(
            kind: .file, name: "it's \"odd\" \\ name", directory: "", local: "שלום", force: false, recovery: .gbn)
        let text = KeptDownload.text(of: Self.kept + [odd])
        #expect(KeptDownload.list(of: text) == Self.kept + [odd])
        let bytes = Array(text.utf8)
        for cut in 0..<bytes.count {
            let list = KeptDownload.list(of: String(decoding: bytes[..<cut], as: UTF8.self))
            #expect(list.count <= 3 && zip(list, Self.kept + [odd]).dropLast().allSatisfy { $0 == $1 })
        }
        #expect(KeptDownload.list(of: "something else\n" + text).isEmpty)
        #expect(KeptDownload.list(of: text + "file auto keep \"x\n\u{0}\nfile no keep a b c\n") == Self.kept + [odd])
        let line = KeptDownload(kind: .file, name: "a\nb", directory: "", local: "", force: false, recovery: .auto)
        #expect(KeptDownload.list(of: KeptDownload.text(of: [line])).isEmpty)
    }
}
