import ArgumentParser
import ChatClient
import IRC

/// What can be done with one command line and no shell: an exit status, and nothing printed but what was asked for.
protocol Verb: ParsableCommand {
    /// The line that the shell would run for it.
    var line: String { get }
    /// The options of the shell that it has too.
    var arguments: [String] { get }
    var manner: PlainOutput.Manner { get }
    var server: String { get }
}

extension Verb {
    /// As the shell's own command line would say it.
    func options() throws -> Options {
        try Options.parse(arguments + ["-c", line, "--", server])
    }

    /// A line of the script is a line: what would break it is no name.
    func check(_ texts: [String]) throws {
        guard ServerAddress(server) != nil else {
            throw ValidationError("'\(server)' is no server; write HOST, HOST:PORT or [ADDRESS]:PORT")
        }
        guard !texts.contains(where: { $0.isEmpty || $0.utf8.contains { $0 < 0x20 } }) else {
            throw ValidationError("a name has at least one character, and none that cannot be seen")
        }
    }
}

/// `rdtchat get HOST NAME…`
struct GetCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "rdtchat get",
        abstract: "Fetch files and print their paths; the exit status tells whether all arrived.")

    @Option(help: ArgumentHelp("The directory where they go.", valueName: "directory"))
    var outputDir = ""
    @Flag(help: "Replace files that are there.")
    var force = false
    @Flag(help: "Print one JSON object a line for each event.")
    var json = false
    @Option(help: "How progress is shown, on standard error.")
    var progress = ProgressStyle.auto
    @Option(help: "How lost packets come again.")
    var recovery = RecoveryWish.auto
    @Argument(help: ArgumentHelp("The server.", valueName: "host[:port]"))
    var server: String
    @Argument(help: ArgumentHelp("Files on it.", valueName: "name"))
    var names: [String]

    mutating func validate() throws { try check(names) }

    var line: String { OneShot.download(names, force: force) }
    var manner: PlainOutput.Manner { .paths }
    var arguments: [String] {
        let place = outputDir.isEmpty ? [] : ["--output-dir=\(outputDir)"]
        let ways = ["--progress=\(progress.rawValue)", "--recovery=\(recovery.rawValue)"]
        return place + ways + (json ? ["--json"] : [])
    }
}

/// `rdtchat ls HOST [GLOB]`
struct ListCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "rdtchat ls", abstract: "Print the names of the server's files, one a line.")

    @Flag(name: .shortAndLong, help: "With size and time.")
    var long = false
    @Flag(help: "Print one JSON object a line for each event.")
    var json = false
    @Argument(help: ArgumentHelp("The server.", valueName: "host[:port]"))
    var server: String
    @Argument(help: ArgumentHelp("Only names that fit it, or files in that directory.", valueName: "glob"))
    var glob: String?

    mutating func validate() throws { try check(glob.map { [$0] } ?? []) }

    var line: String { OneShot.list(glob) }
    var manner: PlainOutput.Manner { long ? .longNames : .names }
    var arguments: [String] { json ? ["--json"] : [] }
}

/// `rdtchat who HOST [#ROOM]`
struct WhoCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "rdtchat who", abstract: "Print who is in a room, one a line, without going there.")

    @Flag(help: "Print one JSON object a line for each event.")
    var json = false
    @Argument(help: ArgumentHelp("The server.", valueName: "host[:port]"))
    var server: String
    @Argument(help: ArgumentHelp("The room.", valueName: "#room"))
    var room = "#lobby"

    mutating func validate() throws { try check([room]) }

    var line: String { OneShot.people(in: room) }
    var manner: PlainOutput.Manner { .people }
    var arguments: [String] { json ? ["--json"] : [] }
}
