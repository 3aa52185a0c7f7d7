import ArgumentParser
import IRC
import Posix

/// Options from a file: a line each, `option value` or `option` alone, the same names as on the command line. `#` begins a
/// comment line.
enum ConfigurationFile {
    /// Bytes of a configuration file: a hundred operators fit ten times.
    private static let longest = 256 << 10
    /// What only the command line can say.
    private static let commandLineOnly: Set<String> = ["config", "check", "help", "version"]

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// The options of the command line, and below them those of the file that it names.
    static func options(_ commandLine: [String]) throws -> Options {
        let options = try Options.parse(commandLine)
        guard let path = options.config else { return options }
        return try Options.parse(try arguments(path) + commandLine)
    }

    /// The file as arguments; a line that is wrong alone is told with its number.
    private static func arguments(_ path: String) throws -> [String] {
        let shown = DisplayText(sanitising: path).text
        let bytes: [UInt8]
        do throws(Errno) {
            bytes = try TextFile.read(path, limit: longest)
        } catch {
            let right = "--config names a text file of at most \(longest >> 10) KiB"
            throw Failure(description: "configuration '\(shown)': \(error.code); \(right)")
        }
        guard let lines = TextFile.lines(of: bytes) else {
            throw Failure(description: "configuration '\(shown)' is not UTF-8; --config names a text file in UTF-8")
        }
        var all: [String] = []
        for (index, line) in lines.enumerated() {
            guard let words = arguments(ofLine: line[...]) else { continue }
            do {
                let name = String(words[0].dropFirst(2).prefix { $0 != "=" })
                guard !commandLineOnly.contains(name) else {
                    throw Failure(description: "'\(name)' is for the command line only")
                }
                _ = try Options.parse(words)
            } catch {
                let reason = (error as? Failure)?.description ?? Options.message(for: error)
                throw Failure(
                    description: "configuration '\(shown)', line \(index + 1): \(DisplayText(sanitising: reason).text)")
            }
            all += words
        }
        return all
    }

    /// Nil for an empty line or a comment.
    private static func arguments(ofLine line: Substring) -> [String]? {
        let isBlank = { (character: Character) in character.isWhitespace }
        let text = line.drop(while: isBlank)
        guard let first = text.first, first != "#" else { return nil }
        let name = text.prefix { !isBlank($0) }
        var value = text[name.endIndex...].drop(while: isBlank)
        while let last = value.last, isBlank(last) { value.removeLast() }
        // With `=` a value may begin with a hyphen.
        return value.isEmpty ? ["--\(name)"] : ["--\(name)=\(value)"]
    }
}

/// What SIGHUP changed, for the log.
enum Reload {
    /// Options that a running server takes over; of all others the log says that they wait for the next start.
    /// `running` are those that it was started with.
    static func changes(
        from old: Options, to new: Options, running: Options? = nil
    ) -> (now: [String], later: [String]) {
        let running = running ?? old
        var now: [String] = []
        var later: [String] = []
        func compare(_ name: String, _ isSame: Bool, isLive: Bool) {
            guard !isSame else { return }
            if isLive { now.append(name) } else { later.append(name) }
        }
        compare("network", old.network == new.network, isLive: true)
        compare("motd", old.motd == new.motd, isLive: true)
        compare("no-flood-control", old.noFloodControl == new.noFloodControl, isLive: true)
        compare("connections-per-address", old.connectionsPerAddress == new.connectionsPerAddress, isLive: true)
        compare("history", old.history == new.history, isLive: true)
        compare("password", old.password == new.password, isLive: true)
        compare("operator", old.operators == new.operators, isLive: true)
        compare("utf8-nicks", old.utf8Nicks == new.utf8Nicks, isLive: true)
        compare("host", running.host == new.host, isLive: false)
        compare("port", running.port == new.port, isLive: false)
        compare("shelf", running.shelf == new.shelf, isLive: false)
        compare("recovery", running.recovery == new.recovery, isLive: false)
        compare("trace", running.trace == new.trace, isLive: false)
        compare("log-level", running.logLevel == new.logLevel, isLive: false)
        return (now, later)
    }
}
