package import IRC
package import Timeline

/// Text that others wrote. It can be shown only through the sanitiser; what it said exactly is for `--json`, whose
/// encoder has its own escapes, and for comparing.
package struct ForeignText: Hashable, Sendable {
    package let exact: String

    package init(_ exact: String) {
        self.exact = exact
    }

    /// What a person sees of a name.
    package var shown: DisplayText { DisplayText(sanitising: exact) }
    /// What a person sees of what somebody said: marks of bold and colour are no words.
    package var talk: DisplayText { DisplayText(sanitising: FormattingCodes.removed(from: exact)) }
}

extension ClientEvent {
    /// Whether somebody turned to us with it, so that the bell may ring.
    package var isForUs: Bool {
        switch self {
        case .message(_, let speech): speech.mentionsUs
        case .privateMessage(_, let speech): !speech.isOwn
        case .notice, .join, .leave, .nick, .nicknames, .topic, .whois, .rooms, .recalled, .welcome, .motd, .file,
            .filesEnd, .accepted, .group, .groupDone, .continued, .progress, .done, .cancelled, .transfers, .why,
            .setting, .help, .info,
            .printed,
            .error:
            false
        }
    }
}

/// Everything that a person is shown and a script is told, one value each.
package enum ClientEvent: Hashable, Sendable {
    /// Somebody, or we ourselves, said something in a room.
    case message(room: ForeignText, Speech)
    /// For one person only: us, or from us to `to`.
    case privateMessage(to: ForeignText, Speech)
    /// The server, or somebody who wants no answer. `from` is empty for the server before it has a name.
    case notice(from: ForeignText, text: ForeignText)
    case join(room: ForeignText, nick: ForeignText, isOwn: Bool)
    case leave(room: ForeignText, nick: ForeignText, reason: ForeignText, isOwn: Bool)
    case nick(old: ForeignText, new: ForeignText, isOwn: Bool)
    case nicknames(room: ForeignText, names: [ForeignText])
    /// `by` is empty when nobody changed it just now; `text` is empty when there is none.
    case topic(room: ForeignText, text: ForeignText, by: ForeignText)
    case whois(WhoisAnswer)
    /// The server's rooms, from `/rooms`.
    case rooms([RoomLine])
    /// What was said before, with its time: `/recall` has found it, or the server told it when we came.
    indirect case recalled(UnixTime, ClientEvent)
    /// The server took us, and this is what we are called there.
    case welcome(server: ForeignText, nick: ForeignText)
    case motd(ForeignText)
    /// A file of the server's, from `/files`.
    case file(FileEntry)
    /// The end of what `/files` lists.
    case filesEnd(count: Int, total: Int)
    /// A download was taken up: it runs, or waits for its turn.
    case accepted(TransferNumber, name: FileName, isQueued: Bool)
    /// A download of which an earlier one had left something: the first `bytes` of that stay. `doubt` is what speaks
    /// against the rest, empty when nothing does.
    case continued(TransferNumber, name: FileName, bytes: UInt64, size: UInt64, doubt: String)
    /// A pattern or a directory was taken up; `size` is in bytes, by the server's list.
    case group(TransferNumber, GroupReport, size: UInt64)
    /// All its files have ended.
    case groupDone(TransferNumber, GroupReport)
    /// At most one each 10 % or 10 s a download.
    case progress(TransferNumber, name: FileName, bytes: UInt64, size: UInt64)
    case done(TransferNumber, name: FileName, report: TransferReport)
    case cancelled(TransferNumber, name: FileName)
    case transfers([TransferLine])
    case why(Explanation)
    case setting(name: String, value: String, summary: String)
    /// Lines of help, of our own writing.
    case help([String])
    /// Something worth a line that is no error.
    case info(String)
    /// What a script prints.
    case printed(String)
    /// `command` is the word of the command that failed, empty when it was none.
    case error(command: String, text: String, download: DownloadLabel? = nil)
}

/// Which download an event is about.
package struct DownloadLabel: Hashable, Sendable {
    package var number: TransferNumber
    package var name: FileName

    package init(_ number: TransferNumber, _ name: FileName) {
        (self.number, self.name) = (number, name)
    }
}

/// What somebody said.
package struct Speech: Hashable, Sendable {
    package var from: ForeignText
    package var text: ForeignText
    /// We said it ourselves.
    package var isOwn = false
    /// `/me`: what somebody does.
    package var isAction = false
    /// It has our nickname, or a word that we listen for, as a whole word.
    package var mentionsUs = false

    package init(
        from: ForeignText, text: ForeignText, isOwn: Bool = false, isAction: Bool = false, mentionsUs: Bool = false
    ) {
        self.from = from
        self.text = text
        self.isOwn = isOwn
        self.isAction = isAction
        self.mentionsUs = mentionsUs
    }
}

/// A row of `/rooms`.
package struct RoomLine: Hashable, Sendable {
    package var room: ForeignText
    package var people: Int
    package var topic: ForeignText
}

/// What `/whois` found.
package struct WhoisAnswer: Hashable, Sendable {
    package var nick: ForeignText
    package var user = ForeignText("")
    package var host = ForeignText("")
    package var realName = ForeignText("")
    package var rooms: [ForeignText] = []
    package var away: ForeignText?
    package var idle: Interval?
}

/// A row of `/transfers`.
package struct TransferLine: Hashable, Sendable {
    package var number: TransferNumber
    /// The server's name, or the pattern or directory that several files came by.
    package var name: String
    /// `running`, `queued` …, one word.
    package var state: String
    package var bytes: UInt64
    package var size: UInt64?
    /// The rest of the row: rate and time left, or why it failed.
    package var note: String
}
