import ArgumentParser
import ChatClient
import IRC
import Posix
import Terminal
import Timeline

/// How progress is shown.
enum ProgressStyle: String, CaseIterable, ExpressibleByArgument {
    /// Rows above the prompt; in a script lines on standard error if that is a terminal; events with `--json`.
    case auto
    /// A line each 10 % or 10 s.
    case line
    /// An object on standard error each 10 % or 10 s.
    case json
    case none
}

extension RecoveryWish: ExpressibleByArgument {}

/// What `rdtchat` is told on its command line; rdtchat(1) explains each option.
struct Options: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rdtchat",
        abstract: "A shell for chat and files: talk, see who is there, and fetch the server's files over RDT.",
        discussion: """
            At a terminal it is interactive. With -c, with -f, or when standard input is no terminal, it runs commands \
            one after the other; rdtchat(1) tells how and with which exit status. 'rdtchat trace FILE' draws what --trace \
            wrote.
            """,
        version: "0.1.0")

    @Option(help: "Your nickname; without it the shell asks, and a script takes the account's name.")
    var nick: String?

    @Option(help: ArgumentHelp("The directory where downloads go.", valueName: "directory"))
    var outputDir = ""

    @Option(
        name: .customShort("c"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Run a command instead of reading standard input; may be repeated.", valueName: "command"))
    var commands: [String] = []

    @Option(
        name: .customShort("f"),
        help: ArgumentHelp("Run the commands in a file instead of reading standard input.", valueName: "file"))
    var file: String?

    @Flag(help: "Go on after a command that failed.")
    var keepGoing = false

    @Flag(help: "Print one JSON object a line for each event.")
    var json = false

    @Option(help: "How progress is shown.")
    var progress = ProgressStyle.auto

    @Flag(help: "Lines only: nothing is drawn or redrawn, as screen readers want it.")
    var plain = false

    @Option(help: "How lost packets come again: the server's choice, Go-Back-N or selective repeat.")
    var recovery = RecoveryWish.auto

    @Option(help: ArgumentHelp("Write a JSON line for each step of each download.", valueName: "file"))
    var trace: String?

    @Option(
        help: ArgumentHelp(
            "How long a lost connection is tried for again; a shell tries without end, a script for 30 s.",
            valueName: "seconds"))
    var reconnect: UInt32?

    @Argument(help: ArgumentHelp("The server.", valueName: "host[:port]"))
    var server = ServerAddress.defaultText

    mutating func validate() throws {
        guard ServerAddress(server) != nil else {
            throw ValidationError(
                "'\(server)' is no server; write HOST, HOST:PORT or [ADDRESS]:PORT with a port from 1 to 65535")
        }
        guard file == nil || commands.isEmpty else {
            throw ValidationError("-c and -f exclude each other; put all commands into the file")
        }
        if let nick {
            do {
                _ = try Nickname(nick, by: .unicode)
            } catch {
                throw ValidationError("\(error)")
            }
        }
    }

    /// Nil for without end.
    var reconnectsFor: Interval? {
        reconnect.map { .seconds(Int($0)) } ?? (isTyped ? nil : Options.scriptReconnects)
    }
    /// A server that is started again takes seconds; whoever waits for a script does not want to wait for minutes.
    private static let scriptReconnects = Interval.seconds(30)

    /// Checked by `validate`.
    var address: ServerAddress { ServerAddress(server) ?? ServerAddress() }

    private var hasCommands: Bool { file != nil || !commands.isEmpty }

    var isInteractive: Bool { !hasCommands && !json && !plain && LineEditor.isInteractive() }

    /// A person types without an editor: one mistake is no reason to throw them out.
    var isTypedAtDumbTerminal: Bool { !hasCommands && Descriptor.standardInput.isTerminal }

    private var isTyped: Bool { isInteractive || isTypedAtDumbTerminal }

    var reportsProgress: Bool {
        switch progress {
        case .auto: json || (!isInteractive && Descriptor.standardError.isTerminal)
        case .line, .json: true
        case .none: false
        }
    }

    var scriptInput: ScriptInput {
        get throws(Errno) {
            if let file, file != "-" { return try ScriptInput(file: file) }
            return commands.isEmpty ? ScriptInput() : ScriptInput(commands: commands)
        }
    }
}
