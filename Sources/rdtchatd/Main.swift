import ArgumentParser
import ChatServer
import Logging
import Posix

/// Reads the options, opens what they name, and serves until a signal ends it.
@main
struct Main {
    static func main() {
        Descriptor.fillStandardStreams()
        Signal.ignoreRefusedWrites()
        OpenFiles.raiseLimit()
        if CommandLine.arguments.dropFirst().first == HashPassword.command { hashPassword() }
        let options = readOptions()
        do {
            if options.check { try finishCheck(options) }
            let level = try options.level
            LoggingSystem.bootstrap { _ in Log(level: level) }
            var server = try Server(options)
            try announce(server.banner)
            try server.run()
        } catch {
            fail("\(error)", status: ExitStatus.failure)
        }
    }

    private enum ExitStatus {
        /// Something is wrong with the machine or the configuration.
        static let failure: Int32 = 1
        /// The command line is wrong: EX_USAGE of sysexits.h, as for other options.
        static let usage: Int32 = 64
    }

    /// One clear line and exit 64 for a mistake; the help and the version end the program as well.
    private static func readOptions() -> Options {
        do {
            return try ConfigurationFile.options(Array(CommandLine.arguments.dropFirst()))
        } catch let error as ConfigurationFile.Failure {
            fail(error.description, status: ExitStatus.failure)
        } catch {
            let code = Options.exitCode(for: error)
            guard code != .success else { Options.exit(withError: error) }
            fail("\(Options.message(for: error)); see 'rdtchatd --help'", status: code.rawValue)
        }
    }

    /// Opens what serving would open, but for the sockets, which a server that runs has.
    private static func finishCheck(_ options: Options) throws -> Never {
        LoggingSystem.bootstrap { _ in Log(level: .warning) }
        var shelf = try Setup.shelf(options.shelf, Logger(label: "rdtchatd"))
        let hub = try Setup.hub(options)
        let count = shelf.list(at: Clock.now()).count
        try Descriptor.standardOutput.writeAll(
            "rdtchatd: good: shelf of \(count) files, \(hub.motd.count) lines of motd, \(hub.operators.count) operators\n"
        )
        Options.exit()
    }

    private static func hashPassword() -> Never {
        do {
            guard CommandLine.arguments.count == 2 else {
                fail(
                    "\(HashPassword.command) takes no arguments; the password comes on standard input",
                    status: ExitStatus.usage)
            }
            try Descriptor.standardOutput.writeAll(try HashPassword.hashFromStandardInput() + "\n")
            Options.exit()
        } catch {
            fail("\(error)", status: ExitStatus.failure)
        }
    }

    private static func announce(_ banner: String) throws(Errno) {
        try Descriptor.standardOutput.writeAll("rdtchatd: \(banner)\n")
    }

    private static func fail(_ text: String, status: Int32) -> Never {
        try? Descriptor.standardError.writeAll("rdtchatd: \(text)\n")
        Options.exit(withError: ExitCode(status))
    }
}
