import ChatClient
import Posix
import Terminal
import Timeline

/// The screen of the interactive shell: what is said goes above the progress rows and the prompt.
final class EditorOutput: Output {
    private let editor: LineEditor
    private let drawsProgress: Bool
    private var transcript = Transcript { Transcript.Moment(day: $0.localDayText, clock: $0.localClockText) }
    /// Nil when it cannot be written, or there is no place for it.
    private var log: ChatLog?

    init(_ editor: LineEditor, drawsProgress: Bool, log: ChatLog?) {
        self.log = log
        self.editor = editor
        self.drawsProgress = drawsProgress
    }

    func show(_ event: ClientEvent, room: String?, settings: Settings) {
        let now = Clock.wallTime().time
        if settings.keepsLog { log?.add(event, at: now) }
        if settings.rings, event.isForUs { editor.bell() }
        let page = Transcript.Page(columns: editor.width, width: displayWidth(of:))
        let rows = transcript.rows(for: event, at: now, room: room, showsTimes: settings.showsTimes, on: page)
        editor.say(rows.map(EditorOutput.styled))
    }

    func moved(to server: String) { log?.server = server }

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
            editor.say([StyledText("the log is not kept: \(error)", .dim)])
        }
        return nil
    }

    var columns: Int { editor.width }
    func width(of text: String) -> Int { displayWidth(of: text) }

    static func styled(_ spans: [ChatClient.Span]) -> StyledText {
        StyledText(spans: spans.map { StyledText.Span($0.text, style(of: $0.role)) })
    }

    /// One look for each part that a text plays: people are bold, rooms and files blue, what is beside the talk dim. The words
    /// alone say everything, for those who see no colours.
    private static func style(of role: ChatClient.Span.Role) -> Style {
        switch role {
        case .plain, .own: .plain
        case .nick: .bold
        case .room, .file: .colour(.brightBlue)
        case .time, .notice, .progress, .pending, .past: .dim
        case .mention: Style(bold: true, reversed: true)
        case .error: .colour(.brightRed)
        case .privateMessage: .colour(.brightMagenta)
        }
    }
}
