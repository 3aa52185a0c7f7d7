package import Timeline

/// What the program was told on its command line, as far as the client's core has to know it.
package struct ClientConfiguration: Sendable {
    /// The nickname that was asked for; nil lets the core ask the person, or in a script take `offeredNickname`.
    package var nickname: String?
    /// What the question for a nickname offers, and what a script takes: the name of the account, usually.
    package var offeredNickname: String
    /// The name of the account, sent with USER.
    package var userName: String
    /// HOST:PORT as the texts for the person name it.
    package var server: String
    /// The room that is joined without being asked.
    package var room = "#lobby"
    /// True when nobody can answer a question: commands come from a pipe, from `-c` or from `-f`.
    package var isScript = false
    /// A verb of the command line: advice for the shell would be of no use.
    package var isVerb = false
    /// A person types without an editor: lines are taken as a script's, and downloads run beside them.
    package var isTyped = false
    /// Whether there is nobody who could choose a nickname.
    var isUnattended: Bool { isScript && !isTyped }
    /// A script goes on after a command that failed; its exit status still tells of the first failure.
    package var keepsGoing = false
    /// Whether `progress` events are wanted: one each 10 % or 10 s a download. A live row is drawn without them.
    package var reportsProgress = false
    /// How long a lost connection is tried for again: nil without end, zero not at all.
    package var reconnectsFor: Interval? = .zero
    /// What random pauses come from.
    package var random = SeededGenerator(seed: 0)
    package var settings = Settings()
    /// The commands of the rc file, with the numbers of their lines.
    package var startCommands: [(number: Int, line: String)] = []
    /// Downloads that the last shell left, and the directory that this one was started in.
    package var keptDownloads: [KeptDownload] = []
    /// Whether what has not ended is kept: one shell of a server does, and others beside it do not.
    package var keepsDownloads = true
    package var workingDirectory = "."
    /// The person came here by `/connect`, and may go elsewhere when it is in vain.
    package var hasMoved = false
    /// Nobody has used the shell here before.
    package var isFirstRun = false

    package init(nickname: String? = nil, offeredNickname: String = "guest", userName: String, server: String) {
        self.nickname = nickname
        self.offeredNickname = offeredNickname
        self.userName = userName
        self.server = server
    }
}

/// The program's exit status; the man page's table, EXIT STATUS.
package enum ExitStatus: Int32, Sendable {
    case success = 0
    /// A command of the script failed.
    case commandFailed = 1
    /// The server could not be reached, or did not take us.
    case notConnected = 3
    /// The connection was there and ended.
    case linkLost = 4
    /// A file arrived and was not the server's file.
    case checkFailed = 5
    /// The command line itself was wrong (EX_USAGE of sysexits.h).
    case usage = 64
    /// SIGINT (128 + 2).
    case interrupted = 130
}
