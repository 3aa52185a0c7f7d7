import Posix
import Timeline

/// What tests may set by the environment, so that they need not wait as long as a person does.
enum TestSettings {
    /// Seconds that a reader of a stream is waited for.
    static var readerPatience: Interval? {
        Environment.value("RDTCHAT_READER_PATIENCE").flatMap { Double($0) }.map { .seconds($0) }
    }
}
