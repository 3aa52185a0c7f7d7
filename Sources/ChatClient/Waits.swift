import DequeModule
import IRC

/// What commands wait for that is no answer of the server's.
struct Waits: Sendable {
    struct WaitFor: Hashable, Sendable {
        let id: CommandID?
        let pattern: String
        let seconds: Double
    }
    struct ForTransfers: Hashable, Sendable {
        let id: CommandID?
        /// Those that have not ended.
        var left: Set<TransferNumber>
        /// How the command ends as far as is known: the first failure.
        var result = CommandResult.succeeded
    }

    /// The `sleep` under way, of which there can be one.
    var sleep: CommandID?
    var waitFor: WaitFor?
    var transfers: [ForTransfers] = []
    /// How a group of downloads ended for which nobody waited, if it failed.
    var untold: CommandResult?
    /// Texts of the events since the last command began, for `wait-for`; see `Client.hear`.
    var heard: Deque<[String]> = []

    /// Everything told since the last command began, its answer too, for `assert`.
    var told: Deque<ClientEvent> = []

    /// Events remembered for a `wait-for` to come; the oldest are forgotten.
    static let mostHeard = 1_000
}
