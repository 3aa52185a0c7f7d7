import IRC
import TestSupport
import Testing
import Timeline

@testable import ChatClient

@Suite("the README's screens are the program's")
struct ScreenPageTests {
    /// The shell's core with a server of a few lines, at a clock that stands still; its screen as text.
    private struct Shell {
        private var client: Client
        private var now = Instant(nanoseconds: 0)
        private(set) var screen: [String] = []
        private var figures: ArrivalFigures?

        init() {
            var configuration = ClientConfiguration(nickname: "alice", userName: "alice", server: "rdtchat.local")
            configuration.reconnectsFor = nil
            client = Client(configuration, at: now)
            drain()
            client.connected(at: now)
            drain()
        }

        mutating func server(_ lines: String...) {
            let bytes = Array((lines.joined(separator: "\r\n") + "\r\n").utf8)
            client.receive(bytes[...], at: now, wall: UnixTime(seconds: 0))
            drain()
        }

        mutating func type(_ line: String) {
            if !client.isTalk(line) { screen.append(client.prompt.text + line) }
            client.perform(line, at: now)
            drain()
        }

        mutating func arrived(_ bytes: UInt64, after time: Interval) {
            now += time
            client.transferProgressed(TransferNumber(1), bytes: bytes, at: now)
            drain()
        }

        /// The rows above the prompt and the prompt with what stands half-typed in it.
        mutating func finish(_ unfinished: String) {
            screen += client.rows(columns: 80, at: now) { $0.count }.map { $0.map(\.text).joined() }
            screen.append(client.prompt.text + unfinished)
        }

        private mutating func drain() {
            while let effect = client.nextEffect() {
                guard case .emit(let event) = effect else { continue }
                let lines = EventText.lines(for: event, time: "13:58", room: client.currentRoom)
                screen += lines.map { $0.map(\.text).joined() }
            }
        }
    }

    /// The blocks between the fences.
    private func blocks() throws -> [[String]] {
        let parts = try Project.text("README.md").split(separator: "\n", omittingEmptySubsequences: false)
            .split(separator: "```", omittingEmptySubsequences: false)
        return parts.enumerated().filter { $0.offset % 2 == 1 }.map { $0.element.map(String.init) }
    }

    private func shell() -> Shell {
        var shell = Shell()
        shell.server(
            ":rdtchat.local CAP * ACK :rdtchat/files", ":rdtchat.local CAP * ACK :echo-message",
            ":rdtchat.local 001 alice :Welcome", ":alice!a@h JOIN #lobby",
            ":rdtchat.local 353 alice = #lobby :alice bob", ":rdtchat.local 366 alice #lobby :End of NAMES list")
        let files = [
            "41 0 * :a name with spaces.txt", "943718400 0 * :holiday film.mkv", "6888896 0 * :numbers.txt",
            "78 0 * :welcome.txt", "20 0 * :שלום.txt",
        ]
        // The list is asked for at the start, and by /files.
        for _ in 0..<2 {
            for file in files { shell.server(":rdtchat.local FILE \(file)") }
            shell.server(":rdtchat.local FILEEND 5")
            if shell.screen.last?.hasSuffix("5 files") != true { shell.type("/files") }
        }
        shell.server(":bob!b@h PRIVMSG #lobby :hi alice, the film from Sunday is on the shelf")
        shell.type("/download \"holiday film.mkv\"")
        shell.server(
            ":rdtchat.local TICKET 0000000000000001 6667 943718400 0 * :holiday film.mkv",
            ":bob!b@h PRIVMSG alice :it is the long cut")
        shell.type("thanks, fetching it")
        shell.server(":alice!a@h PRIVMSG #lobby :thanks, fetching it")
        shell.arrived(600_100_000, after: .milliseconds(4_657))
        return shell
    }

    @Test("joining, listing, talking, fetching and typing look as the first block has them")
    func conversation() throws {
        var shell = shell()
        shell.finish("which cut is")
        #expect(try blocks().first == shell.screen)
    }

    @Test("a directory's row looks as the second block has it")
    func directory() throws {
        let facts = ProgressText.Facts(
            name: "photos/", files: "3/7 files", percent: 41, bytes: 12_897_485, rate: 4_299_161, remaining: 4)
        let row = ProgressText.row(facts, columns: 80) { $0.count }.map(\.text).joined()
        #expect(try blocks().dropFirst().first == [row])
    }

    @Test("every block is one of these three")
    func all() throws { #expect(try blocks().count == 3) }

    @Test("/why says what the last block has, and more")
    func why() throws {
        var figures = FilesExtension.Figures(ticket: 1)
        figures.words = [.state: "sending", .recovery: "sr", .phase: "cruise"]
        figures.numbers = [.packets: 67_711, .lost: 812, .pathLoss: 11_000, .nowRate: 4_900, .nowSender: 100]
        let explanation = Explanation(
            number: TransferNumber(1), name: try FileName("holiday film.mkv"), state: "running", isRunning: true,
            arrival: nil, sender: figures)
        let lines = EventText.lines(for: .why(explanation), time: "13:59", room: nil).map { $0.map(\.text).joined() }
        #expect(try blocks().last == Array(lines.prefix(2)))
    }
}
