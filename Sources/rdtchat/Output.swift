import ChatClient

/// Where events go: the editor's screen, or plain lines. Nothing else of the program writes to standard output.
protocol Output: AnyObject {
    /// `room` is the one that the prompt names.
    func show(_ event: ClientEvent, room: String?, settings: Settings)
    /// The rows above the prompt, anew at each call.
    func showRows(_ rows: [[Span]])
    /// What is shown from now on comes from another server.
    func moved(to server: String)
    /// From now on standard output is for the bytes of files.
    func leaveStandardOutput()
    /// Writes what was shown since the last call. When that cannot be done there is no point in going on, and this is
    /// the status to leave with.
    func flush() -> ExitStatus?
    /// Columns that a row may use.
    var columns: Int { get }
    func width(of text: String) -> Int
}
