import ChatServer
import IRC
import Testing
import Timeline

@Suite("why a transfer is as fast as it is, through the hub")
struct WhyTests {
    private static let ticket = "00000000000000ff"

    /// dana, with the ticket 255 for a file.
    private func downloading(_ stage: inout Stage) throws -> Stage.Client {
        let dana = stage.join("dana", capabilities: "rdtchat/files")
        stage.say(dana, "GET 0 auto :a")
        guard case .openFile(let request, _, name: _, offset: _, mode: _, nick: _)? = stage.takeOthers().first else {
            throw StageFailure()
        }
        let entry = FileEntry(name: try FileName("a"), size: 5, modified: UnixTime(seconds: 7))
        stage.act { $0.fileOpened(request, ticket: 255, port: 6667, entry: entry, at: $1) }
        _ = stage.take(dana)
        return dana
    }
    private struct StageFailure: Error {}

    private var figures: FilesExtension.Figures {
        var figures = FilesExtension.Figures(ticket: 255)
        figures.words = [.state: "sending", .phase: "cruise"]
        figures.numbers = [.window: 12_000, .lost: 3]
        figures.windows = [1, 2]
        figures.millisecondsOfWindow = 10
        return figures
    }

    private static let answer = [
        ":rdtchat.local FIGURES \(ticket) :state=sending phase=cruise lost=3 window=12000",
        ":rdtchat.local WINDOWS \(ticket) 10 :1 2",
    ]

    @Test("the owner of a running transfer is told its figures, and what is asked after it is answered after it")
    func running() throws {
        var stage = Stage()
        let dana = try downloading(&stage)
        stage.say(dana, "WHY \(Self.ticket)", "PING x")
        guard case .explainTransfer(let request, ticket: 255)? = stage.takeOthers().first else { throw StageFailure() }
        #expect(stage.take(dana).isEmpty && stage.paused == [dana])
        stage.act { $0.transferExplained(request, figures, at: $1) }
        #expect(stage.take(dana) == Self.answer + [":rdtchat.local PONG rdtchat.local :x"])
    }

    @Test("the last figures of an ended transfer are kept for its owner, eight of them")
    func ended() throws {
        var stage = Stage()
        let dana = try downloading(&stage)
        stage.act { $0.transferEnded(figures, at: $1) }
        stage.say(dana, "WHY \(Self.ticket)")
        #expect(stage.take(dana) == Self.answer)
        for ticket in 1...UInt64(HubLimits.endedTransfersOfUser) {
            stage.say(dana, "GET 0 auto :a")
            guard case .openFile(let request, _, name: _, offset: _, mode: _, nick: _)? = stage.takeOthers().first
            else { throw StageFailure() }
            let entry = FileEntry(name: try FileName("a"), size: 5, modified: UnixTime(seconds: 7))
            stage.act { $0.fileOpened(request, ticket: ticket, port: 6667, entry: entry, at: $1) }
            stage.act { $0.transferEnded(FilesExtension.Figures(ticket: ticket), at: $1) }
        }
        _ = stage.take(dana)
        stage.say(dana, "WHY \(Self.ticket)", "WHY 0000000000000001")
        #expect(
            stage.take(dana) == [
                ":rdtchat.local FAIL WHY NO_SUCH_TICKET \(Self.ticket) :none of your last downloads has this ticket",
                ":rdtchat.local WINDOWS 0000000000000001 0 :",
            ])
    }

    @Test(
        "nobody else learns anything, and a wrong ticket is refused",
        arguments: [ticket, "12", ":", "00000000000000FF"])
    func strangers(text: String) throws {
        var stage = Stage()
        _ = try downloading(&stage)
        let bob = stage.join("bob", capabilities: "rdtchat/files")
        stage.say(bob, "WHY \(text)")
        #expect(stage.takeOthers().isEmpty)
        let answers = try stage.takeCommands(bob)
        #expect(answers == (text == ":" ? [Numeric.needMoreParameters.rawValue] : ["FAIL"]))
    }

    @Test("a transfer that left no figures is refused like an unknown one")
    func forgotten() throws {
        var stage = Stage()
        let dana = try downloading(&stage)
        stage.say(dana, "WHY \(Self.ticket)")
        guard case .explainTransfer(let request, ticket: _)? = stage.takeOthers().first else { throw StageFailure() }
        stage.act { $0.transferExplained(request, nil, at: $1) }
        #expect(try stage.takeCommands(dana) == ["FAIL"])
    }

    @Test("who leaves while the figures are looked up is told nothing, and no figures stay behind")
    func leaving() throws {
        var stage = Stage()
        let dana = try downloading(&stage)
        stage.say(dana, "WHY \(Self.ticket)")
        guard case .explainTransfer(let request, ticket: _)? = stage.takeOthers().first else { throw StageFailure() }
        stage.leave(dana)
        stage.act { $0.transferExplained(request, figures, at: $1) }
        stage.act { $0.transferEnded(figures, at: $1) }
        #expect(stage.take(dana).isEmpty)
    }
}
