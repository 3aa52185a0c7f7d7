import ChatClient
import Posix
import Timeline

/// What was said, in a file a day that only its owner can read.
final class ChatLog {
    private let directory: String
    var server: String
    private var waiting: [UInt8] = []
    private var day = ""

    /// The files go below `directory`, `2026-02-01.log` and so on; every line names the server.
    init(directory: String, server: String) {
        self.directory = directory
        self.server = server
    }

    /// Takes what belongs to a conversation; the rest answers a command, and is gone when it has been read.
    func add(_ event: ClientEvent, at time: UnixTime) {
        switch event {
        case .message, .privateMessage, .notice, .join, .leave, .nick, .topic: break
        case .nicknames, .whois, .rooms, .recalled, .welcome, .motd, .file, .filesEnd, .accepted, .group, .groupDone,
            .continued, .progress,
            .done,
            .cancelled, .transfers, .why, .setting, .help, .info, .printed, .error:
            return
        }
        let today = time.localDayText
        if today != day, !waiting.isEmpty { try? flush() }
        day = today
        for line in EventText.lines(for: event, time: time.localClockText, room: nil) {
            let text = line.map(\.text).joined()
            let clock = time.localClockText
            waiting += "\(clock) \(server)\(text.dropFirst(clock.count))\n".utf8
        }
    }

    /// Appends what waits; called once a turn, so that a flood of lines is one write.
    func flush() throws(Errno) {
        guard !waiting.isEmpty else { return }
        defer { waiting.removeAll(keepingCapacity: true) }
        try TextFile.append(waiting, to: "\(directory)/\(day).log")
    }
}
