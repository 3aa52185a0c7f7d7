import Logging
import Posix
import Synchronization

/// The log: one line a message on standard error, as `2026-02-01T13:05:09.120Z info text key=value`.
struct Log: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?

    /// Lines since the last that was written.
    private static let lost = Mutex(0)

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
        Log.lost.withLock { lost in
            // A log that nobody reads must neither end nor stop the server: what finds no room is counted.
            let note = lost > 0 ? "\(Clock.wallTime().isoText) warning \(lost) lines of the log found no room\n" : ""
            if Descriptor.standardError.writeIfRoom(note + line + "\n") { lost = 0 } else { lost += 1 }
        }
    }
}
