import Posix
import Timeline

/// What tests may set by the environment, so that they need not wait as long as a person does.
enum TestSettings {
    /// So large a file goes to the disk past the page cache, in bytes.
    static var leastForBlocks: UInt64? { Environment.value("RDTCHAT_BLOCKS_FROM").flatMap { UInt64($0) } }

    /// Seconds that a reader of a stream is waited for.
    static var readerPatience: Interval? {
        Environment.value("RDTCHAT_READER_PATIENCE").flatMap { Double($0) }.map { .seconds($0) }
    }
}
