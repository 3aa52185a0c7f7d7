import ChatClient
import Posix
import Terminal

/// The screen of the interactive shell: what is said goes above the progress rows and the prompt.
final class EditorOutput: Output {
    private let editor: LineEditor
    private let drawsProgress: Bool

    init(_ editor: LineEditor, drawsProgress: Bool) {
        self.editor = editor
        self.drawsProgress = drawsProgress
    }

    func show(_ event: ClientEvent, room: String?, showsTime: Bool) {
        let time = showsTime ? Clock.wallTime().time.localClockText : nil
        editor.say(EventText.lines(for: event, time: time, room: room).map(EditorOutput.styled))
    }

    func showProgress(_ rows: [[Span]]) {
        if drawsProgress { editor.setProgress(rows.map(EditorOutput.styled)) }
    }

    /// The editor draws at the end of each turn by itself.
    func flush() -> ExitStatus? { nil }

    var columns: Int { editor.width }
    func width(of text: String) -> Int { displayWidth(of: text) }

    static func styled(_ spans: [ChatClient.Span]) -> StyledText {
        StyledText(spans: spans.map { StyledText.Span($0.text, style(of: $0.role)) })
    }

    /// One look for each part that a text plays; the words alone say everything, for those who see no colours.
    private static func style(of role: ChatClient.Span.Role) -> Style {
        switch role {
        case .plain: .plain
        case .nick: .bold
        case .own: .colour(.cyan)
        case .room: .colour(.blue)
        case .time, .notice, .progress: .dim
        case .file: .colour(.green)
        case .error: .colour(.red)
        case .privateMessage: .colour(.magenta)
        }
    }
}
