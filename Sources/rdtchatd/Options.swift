import ArgumentParser
import ChatServer
import IRC
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

    @Flag(
        name: .customLong("utf8-nicks"), help: "Allow nicknames in the letters of other scripts, as Hebrew or Cyrillic."
    )
    var utf8Nicks = false

    @Option(
        help: ArgumentHelp(
            "Connections that one address, or one IPv6 network of 64 bits, may have.", valueName: "number"))
    var connectionsPerAddress = HubLimits.connectionsPerAddress

    @Option(
        help: ArgumentHelp("Lines of each channel that are kept for who comes later; 0 for none.", valueName: "lines"))
    var history = HubLimits.standardHistory

    @Option(help: ArgumentHelp("A password that clients must give to come in.", valueName: "text"))
    var password: String?

    @Option(
        name: .customLong("operator"),
        help: ArgumentHelp(
            "Who may become an operator: a name, a hash from `rdtchatd hash-password`, and masks user@host.",
            valueName: "account"))
    var operators: [String] = []

    @Option(help: ArgumentHelp("Read options from a file, too: lines of `option value`.", valueName: "file"))
    var config: String?

    @Flag(help: "Only say whether the configuration and the shelf are good.")
    var check = false

    @Option(
        help: ArgumentHelp(
            "The least important messages to log: trace, debug, info, notice, warning, error or critical.",
            valueName: "level"))
    var logLevel = "info"

    mutating func validate() throws {
        _ = try portNumber
        _ = try recoveryChoice
        _ = try level
        _ = try operatorAccounts
        guard connectionsPerAddress > 0 else {
            throw ValidationError("--connections-per-address is \(connectionsPerAddress); it is a number above 0")
        }
        guard (0...HubLimits.historyLines).contains(history) else {
            throw ValidationError(
                "--history is \(history); it is a number of lines from 0 to \(HubLimits.historyLines)")
        }
        guard password?.isEmpty != true else {
            throw ValidationError("the password is empty; without one leave the option out")
        }
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

    /// `name hash [user@host…]`; without a mask an operator may come from anywhere.
    var operatorAccounts: [OperatorAccount] {
        get throws {
            try operators.map { text in
                let words = text.split(separator: " ").map(String.init)
                guard words.count > 1, PasswordHash.isHash(words[1]) else {
                    throw ValidationError(
                        """
                        operator '\(words.first ?? "")' has no hash; it is NAME HASH [USER@HOST...], and \
                        `rdtchatd hash-password` makes the hash
                        """)
                }
                guard let wrong = words.dropFirst(2).first(where: { !$0.contains("@") }) else {
                    let masks = words.count > 2 ? Array(words.dropFirst(2)) : ["*@*"]
                    return OperatorAccount(name: words[0], passwordHash: words[1], masks: masks.map { Mask($0) })
                }
                throw ValidationError("operator '\(words[0])' has '\(wrong)' for a mask; one is as *@192.0.2.*")
            }
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
