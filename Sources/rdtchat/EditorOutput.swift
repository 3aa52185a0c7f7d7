import ChatClient
import Posix
import Terminal
import Timeline

/// The screen of the interactive shell: what is said goes above the progress rows and the prompt.
final class EditorOutput: Output {
    private let editor: LineEditor
    private let drawsProgress: Bool
    private var lastDay: String?
    /// Nil when it cannot be written, or there is no place for it.
    private var log: ChatLog?

    init(_ editor: LineEditor, drawsProgress: Bool, log: ChatLog?) {
        self.log = log
        self.editor = editor
        self.drawsProgress = drawsProgress
    }

    func show(_ event: ClientEvent, room: String?, settings: Settings) {
        let now = Clock.wallTime().time
        tellNewDay(now)
        var time = settings.showsTimes ? now.localClockText : nil
        var isPast = false
        if case .recalled(let then, _) = event {
            time = then.localDayText == now.localDayText ? then.localClockText : then.localDateText
            isPast = true
        }
        if case .help = event { time = nil }
        if settings.keepsLog { log?.add(event, at: now) }
        if settings.rings, event.isForUs { editor.bell() }
        let lines = EventText.lines(for: event, time: time, room: room)
        editor.say(lines.map { isPast ? EditorOutput.dimmed($0) : EditorOutput.styled($0) })
    }

    /// The clock alone would not tell that a night has passed.
    private func tellNewDay(_ now: UnixTime) {
        let day = now.localDayText
        if let lastDay, lastDay != day { editor.say([StyledText("— \(day) —", .dim)]) }
        lastDay = day
    }

    func showRows(_ rows: [[Span]]) {
        let shown = drawsProgress ? rows : rows.filter { !$0.contains { $0.role == .progress } }
        editor.setProgress(shown.map(EditorOutput.styled))
    }

    /// Standard output is the screen here, and no file goes there.
    func leaveStandardOutput() {}

    /// The editor draws at the end of each turn by itself.
    func flush() -> ExitStatus? {
        guard let log else { return nil }
        do throws(Errno) {
            try log.flush()
        } catch {
            self.log = nil
            editor.say([StyledText("The log is not kept: \(error)", .dim)])
        }
        return nil
    }

    var columns: Int { editor.width }
    func width(of text: String) -> Int { displayWidth(of: text) }

    static func styled(_ spans: [ChatClient.Span]) -> StyledText {
        StyledText(spans: spans.map { StyledText.Span($0.text, style(of: $0.role)) })
    }

    /// What was said before does not call for an answer; only who meant us still stands out.
    private static func dimmed(_ spans: [ChatClient.Span]) -> StyledText {
        StyledText(spans: spans.map { StyledText.Span($0.text, $0.role == .mention ? style(of: $0.role) : .dim) })
    }

    /// One look for each part that a text plays; the words alone say everything, for those who see no colours.
    private static func style(of role: ChatClient.Span.Role) -> Style {
        switch role {
        case .plain: .plain
        case .nick: .bold
        case .own: .colour(.cyan)
        case .room: .colour(.blue)
        case .time, .notice, .progress, .pending: .dim
        case .mention: Style(bold: true, colour: .yellow)
        case .file: .colour(.green)
        case .error: .colour(.red)
        case .privateMessage: .colour(.magenta)
        }
    }
}
