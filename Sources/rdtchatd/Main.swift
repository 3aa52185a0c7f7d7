import ArgumentParser
import Logging
import Posix

/// Reads the options, opens what they name, and serves until a signal ends it.
@main
struct Main {
    static func main() {
        Descriptor.fillStandardStreams()
        Signal.ignoreBrokenPipes()
        OpenFiles.raiseLimit()
        let options = readOptions()
        do {
            let level = try options.level
            LoggingSystem.bootstrap { _ in Log(level: level) }
            var server = try Server(options)
            try announce(server.banner)
            try server.run()
        } catch {
            fail("\(error)", status: ExitStatus.failure)
        }
    }

    /// sysexits.h, EX_USAGE, for what is wrong with the command line; 1 for what is wrong with the machine.
    private enum ExitStatus {
        static let failure: Int32 = 1
    }

    /// One clear line and exit 64 for a mistake; the help and the version end the program as well.
    private static func readOptions() -> Options {
        do {
            return try Options.parse()
        } catch {
            let code = Options.exitCode(for: error)
            guard code != .success else { Options.exit(withError: error) }
            fail("\(Options.message(for: error)); see 'rdtchatd --help'", status: code.rawValue)
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
