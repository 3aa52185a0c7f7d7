import RDT
import Timeline

/// Runs whose bytes are not in the page cache. They wait here while the disk reads, and their transfers with them; the
/// others and the chat go on.
///
/// Nothing tells when the bytes have come, so each is looked at once a millisecond, at the price of a call that does not
/// wait. One whose bytes never stay, on a machine without memory to spare, is read as anybody would after two seconds.
struct ColdRuns {
    struct Waiting {
        let outgoing: Outgoing<Route>
        let since: Instant
    }

    /// After so long the disk is waited for.
    static let patience = Interval.seconds(2)
    private static let pause = Interval.milliseconds(1)

    private var runs: [Waiting] = []
    /// Those whose time has come; they stay here while the socket has no room.
    private var due: [Waiting] = []
    /// When the runs are looked at again; nil when there are none.
    private(set) var nextLook: Instant?

    mutating func add(_ outgoing: Outgoing<Route>, since: Instant, at now: Instant) {
        runs.append(Waiting(outgoing: outgoing, since: since))
        nextLook = nextLook ?? now + ColdRuns.pause
    }

    /// The next run that it is time to look at; one that still waits is to be added again.
    mutating func next(at now: Instant) -> Waiting? {
        if let look = nextLook, look <= now {
            due += runs
            runs.removeAll()
            nextLook = nil
        }
        return due.isEmpty ? nil : due.removeFirst()
    }
}
