import ArgumentParser
import ChatClient
import IRC
import Posix
import Terminal
import Timeline

/// Reads the options and runs the shell, at the terminal or from a script.
@main
struct Main {
    static func main() {
        Descriptor.fillStandardStreams()
        Signal.ignoreRefusedWrites()
        switch CommandLine.arguments.dropFirst().first {
        case "trace": drawTrace()
        case "get": runVerb(GetCommand.self, "get")
        case "ls": runVerb(ListCommand.self, "ls")
        case "who": runVerb(WhoCommand.self, "who")
        default: finish(read(Options.self, CommandLine.arguments.dropFirst(), name: "rdtchat"), .everything)
        }
    }

    private static func runVerb<Command: Verb>(_ type: Command.Type, _ name: String) -> Never {
        let command = read(type, CommandLine.arguments.dropFirst(2), name: "rdtchat \(name)")
        do {
            finish(try command.options(), command.manner)
        } catch {
            complain(Options.message(for: error))
            Options.exit(withError: ExitCode(ExitStatus.usage.rawValue))
        }
    }

    private static func finish(_ options: Options, _ manner: PlainOutput.Manner) -> Never {
        do throws(Errno) {
            let trace: TraceFile? = if let path = options.trace { try TraceFile(path: path) } else { nil }
            let (status, signal) = try run(options, manner, trace: trace)
            trace?.flush()
            if let failure = trace?.failure { complain("the trace is not complete: \(failure)") }
            signal?.takeDefaultEffect()
            Options.exit(withError: ExitCode(status.rawValue))
        } catch {
            complain("\(error)")
            Options.exit(withError: ExitCode(ExitStatus.commandFailed.rawValue))
        }
    }

    private static func run(
        _ options: Options, _ manner: PlainOutput.Manner, trace: TraceFile?
    ) throws(Errno) -> (status: ExitStatus, signal: Signal?) {
        var configuration = configuration(options)
        let server = options.address
        if options.isInteractive {
            if let end = try Interactive.run(configuration, server: server, options: options, trace: trace) {
                return end
            }
        }
        configuration.isScript = true
        if options.isTypedAtDumbTerminal {
            configuration.isTyped = true
            configuration.startCommands = try StartFile.commands()
        }
        if manner != .everything { passUnnoticed(&configuration) }
        let output = PlainOutput(manner, json: options.json, progressIsJSON: options.progress == .json)
        let queue = options.isTypedAtDumbTerminal ? Interactive.queueFile(server) : nil
        if options.isTypedAtDumbTerminal {
            output.log = Interactive.log(server)
            configuration.keptDownloads = queue?.downloads ?? []
            configuration.keepsDownloads = queue != nil
            configuration.workingDirectory = Environment.workingDirectory ?? "."
        }
        let session = try Session(
            configuration, server: server, output: output, script: try options.scriptInput, trace: trace,
            signals: [.interrupt, .terminate, .hangup])
        session.queue = queue
        if options.isTypedAtDumbTerminal { session.openQueue = Interactive.queueFile }
        let status = try session.run()
        return (status, session.fatalSignal)
    }

    /// A verb talks to nobody: it goes into no room, and its nickname is one that two of them at once do not share.
    private static func passUnnoticed(_ configuration: inout ClientConfiguration) {
        var random = SystemRandom()
        let digits = String(UInt32.random(in: 0...UInt32.max, using: &random), radix: 36)
        configuration.nickname = "\(configuration.userName.prefix(20))-\(digits)"
        configuration.room = ""
        configuration.isVerb = true
    }

    private static func configuration(_ options: Options) -> ClientConfiguration {
        let account = Environment.value("USER") ?? Environment.value("LOGNAME") ?? ""
        let name = (try? Nickname(account)) == nil ? "guest" : account
        var configuration = ClientConfiguration(
            nickname: options.nick, offeredNickname: name, userName: name, server: options.address.text)
        configuration.keepsGoing = options.keepGoing || options.isTypedAtDumbTerminal
        configuration.reportsProgress = options.reportsProgress
        configuration.settings.outputDirectory = options.outputDir
        configuration.settings.recovery = options.recovery
        configuration.reconnectsFor = options.reconnectsFor
        var random = SystemRandom()
        configuration.random = SeededGenerator(seed: random.next())
        return configuration
    }

    /// `rdtchat trace`, which needs no server and no shell.
    private static func drawTrace() -> Never {
        let command = read(TraceCommand.self, CommandLine.arguments.dropFirst(2), name: "rdtchat trace")
        do throws(TraceCommand.Complaint) {
            try command.draw()
            TraceCommand.exit()
        } catch {
            complain(error.text)
            TraceCommand.exit(withError: ExitCode(ExitStatus.commandFailed.rawValue))
        }
    }

    /// A mistake on the command line is one line and exit 64 (sysexits.h, EX_USAGE).
    private static func read<Command: ParsableCommand>(
        _ type: Command.Type, _ arguments: ArraySlice<String>, name: String
    ) -> Command {
        do {
            return try Command.parse(Array(arguments))
        } catch {
            var code = Command.exitCode(for: error)
            var text = Command.message(for: error)
            if code == .success {
                guard let cluster = letters(in: arguments) else { Command.exit(withError: error) }
                text = "'\(cluster)' is no option; a name that begins with - stands behind --"
                code = ExitCode(ExitStatus.usage.rawValue)
            }
            if text.hasSuffix(".") { text.removeLast() }
            complain("\(text); see '\(name) --help'")
            Command.exit(withError: code)
        }
    }

    /// A word as `-dash`, which the parser takes for several options of one letter, and its `h` for a wish for help; nil
    /// where help was asked for.
    private static func letters(in arguments: ArraySlice<String>) -> String? {
        let options = arguments.prefix { $0 != "--" }.filter { $0.hasPrefix("-") }
        let isWish = options.contains { option in
            ["-h", "--help", "--help-hidden", "--version"].contains(option)
                || ["--experimental-", "--generate-"].contains(where: option.hasPrefix)
        }
        if isWish { return nil }
        return options.first { !$0.hasPrefix("--") && $0.contains("h") }
    }

    private static func complain(_ text: String) { TraceCommand.tell(text) }
}
