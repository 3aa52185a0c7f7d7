import ArgumentParser
import Logging
import RDT

/// What `rdtchatd` is told on its command line; rdtchatd(8) explains each option.
struct Options: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rdtchatd",
        abstract: "A chat server that shares a directory over RDT.",
        discussion: "The chat is IRC on a TCP port; files leave by RDT on the UDP port of the same number.",
        version: version)

    static let version = "0.1.0"

    @Option(help: ArgumentHelp("The address to serve on.", valueName: "address"))
    var host = "127.0.0.1"

    // Unconditional, so that `--port -1` is told what a port is.
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The port, for TCP and UDP; 0 takes one that is free.", valueName: "number"))
    var port = "6667"

    @Option(help: ArgumentHelp("The directory to share.", valueName: "directory"))
    var shelf = "."

    @Option(help: ArgumentHelp("The name that clients are told.", valueName: "name"))
    var network = "rdtchat"

    @Option(help: ArgumentHelp("A text that each client is shown when it comes.", valueName: "file"))
    var motd: String?

    @Option(help: ArgumentHelp("Which recovery transfers may have: auto, gbn or sr.", valueName: "policy"))
    var recovery = "auto"

    @Option(help: ArgumentHelp("Write a JSON line for each step of each transfer.", valueName: "file"))
    var trace: String?

    @Flag(help: "Read as fast as clients write.")
    var noFloodControl = false

    @Option(
        help: ArgumentHelp(
            "The least important messages to log: trace, debug, info, notice, warning, error or critical.",
            valueName: "level"))
    var logLevel = "info"

    mutating func validate() throws {
        _ = try portNumber
        _ = try recoveryChoice
        _ = try level
        guard !network.isEmpty, network.utf8.count <= Options.longestNetworkName,
            network.utf8.allSatisfy({ (0x21...0x7e).contains($0) })
        else {
            throw ValidationError(
                "network '\(network)' is no name; it is 1 to \(Options.longestNetworkName) ASCII characters, no space")
        }
        guard !host.isEmpty else {
            throw ValidationError("--host is empty; it is an address of this machine, as 127.0.0.1, 0.0.0.0 or ::1")
        }
    }

    /// In bytes; NETWORK= is one of up to 13 tokens of a line of 512.
    private static let longestNetworkName = 50

    var portNumber: UInt16 {
        get throws {
            guard let number = UInt16(port) else {
                throw ValidationError("port '\(port)' is no number from 0 to 65535")
            }
            return number
        }
    }

    var recoveryChoice: RecoveryChoice {
        get throws { try Options.choice(recovery, of: RecoveryChoice.self, named: "recovery") }
    }

    var level: Logger.Level {
        get throws { try Options.choice(logLevel, of: Logger.Level.self, named: "log level") }
    }

    /// The value that `text` names, or an error that names all there are.
    private static func choice<Value: RawRepresentable<String> & CaseIterable>(
        _ text: String, of type: Value.Type, named name: String
    ) throws -> Value {
        guard let value = Value(rawValue: text) else {
            let names = Value.allCases.map(\.rawValue)
            let choices = names.dropLast().joined(separator: ", ") + " or " + (names.last ?? "")
            throw ValidationError("\(name) '\(text)' is not known; it is \(choices)")
        }
        return value
    }
}
