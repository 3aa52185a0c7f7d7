import Logging
import Posix

/// The log: one line a message on standard error, as `2026-02-01T13:05:09.120Z info text key=value`.
struct Log: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?

    init(level: Logger.Level) {
        logLevel = level
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var line = "\(Clock.wallTime().isoText) \(event.level) \(event.message)"
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        for (key, value) in all.sorted(by: { $0.key < $1.key }) { line += " \(key)=\(value)" }
        // A log that nobody can read any more must not end the server.
        try? Descriptor.standardError.writeAll(line + "\n")
    }
}
