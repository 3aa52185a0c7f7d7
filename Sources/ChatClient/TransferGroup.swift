import DequeModule
import IRC
import Timeline

/// Several files that one word asked for, a pattern or a directory: they keep the server's tree, and have one row.
///
/// Only as many as the server takes at a time are downloads of their own; the other names wait here.
struct TransferGroup: Hashable, Sendable {
    /// What is common to all of them.
    struct Wish: Hashable, Sendable {
        /// The pattern or the directory, as it was typed.
        var text: String
        var isPattern: Bool
        var directory: String
        /// What stands before the server's names; empty, or a path of the person's own with a slash at its end.
        var prefix: String
        var force: Bool
        var recovery: RecoveryWish
    }

    /// From the same row of numbers as those of downloads.
    let number: TransferNumber
    let wish: Wish
    /// The text as it may be shown; of a pattern that one file fits, the file's name.
    let title: String
    /// All of its files, by the server's list, and their bytes.
    let entries: [FileEntry]
    let size: UInt64
    /// What any of its files was at work, and since when one is: waiting for a turn does not count.
    private var worked = Interval.zero
    private var worksSince: Instant?
    private(set) var pending: Deque<FileEntry>
    /// Those that are downloads now.
    private(set) var active: Set<TransferNumber> = []
    /// Those that came now, were here already, and did not come.
    private(set) var counts = (came: 0, here: 0, failed: 0)
    /// Bytes of the files that have ended, and those of them that came now.
    private(set) var endedBytes: UInt64 = 0
    private(set) var cameBytes: UInt64 = 0
    /// How it ends as far as is known: the first failure.
    private(set) var result = CommandResult.succeeded
    var isPaused = false
    var isCancelled = false
    var meter: RateMeter

    init(number: TransferNumber, wish: Wish, entries: [FileEntry], at now: Instant) {
        self.number = number
        self.wish = wish
        let only = wish.isPattern && entries.count == 1 ? entries.first?.name.text : nil
        title = DisplayText(sanitising: only ?? wish.text).text
        self.entries = entries
        size = entries.reduce(0) { $0 &+ $1.size }
        pending = Deque(entries)
        meter = RateMeter(at: now)
    }

    var files: Int { entries.count }
    var isOver: Bool { pending.isEmpty && active.isEmpty }

    /// How long any of its files has been at work.
    func worked(at now: Instant) -> Interval { worksSince.map { worked + (now - $0) } ?? worked }

    /// Whether one of its files is at work from now on.
    mutating func works(_ isAtWork: Bool, at now: Instant) {
        guard isAtWork != (worksSince != nil) else { return }
        if isAtWork, worked == .zero { meter = RateMeter(at: now) }
        worked = worked(at: now)
        worksSince = isAtWork ? now : nil
    }

    /// In a word, how it is or how it ended.
    var word: String {
        if isOver { return isCancelled ? "cancelled" : counts.failed > 0 ? "failed" : "done" }
        return isPaused ? "paused" : "running"
    }
    /// It ended without all its files.
    var mayStartAgain: Bool { isOver && counts.failed > 0 }
    /// Files that have ended, one way or the other.
    var ended: Int { counts.came + counts.here + counts.failed }

    /// The next file to become a download, as long as there is room for one.
    mutating func next() -> FileEntry? {
        guard !isPaused, active.count < FilesExtension.atOnce else { return nil }
        return pending.popFirst()
    }

    mutating func began(_ number: TransferNumber) { active.insert(number) }

    mutating func ended(_ transfer: Transfer) {
        guard active.remove(transfer.number) != nil else { return }
        switch transfer.state {
        case .done(let report):
            if transfer.wasHere { counts.here += 1 } else { counts.came += 1 }
            endedBytes += report.bytes
            cameBytes += report.fetched
        case .queued, .paused, .asked, .running, .verifying, .failed, .cancelled:
            counts.failed += 1
            endedBytes += transfer.listedSize ?? 0
            if result == .succeeded { result = transfer.result }
        }
    }

    /// What has not begun will not.
    mutating func giveUp(_ result: CommandResult) {
        guard !pending.isEmpty else { return }
        counts.failed += pending.count
        pending = []
        if self.result == .succeeded { self.result = result }
    }

    func report(at now: Instant) -> GroupReport {
        GroupReport(
            name: DisplayText(sanitising: wish.text).text, title: title, files: files, came: counts.came,
            here: counts.here, failed: counts.failed, bytes: cameBytes, seconds: worked(at: now).seconds,
            isCancelled: isCancelled)
    }

    static func == (left: TransferGroup, right: TransferGroup) -> Bool { left.number == right.number }
    func hash(into hasher: inout Hasher) { hasher.combine(number) }
}

/// What came of a pattern or a directory.
package struct GroupReport: Hashable, Sendable {
    /// What was asked for, and what a person reads of it.
    package var name: String
    package var title: String
    package var files: Int
    /// Files that came now, that were here already with the same size and time, and that did not come.
    package var came: Int
    package var here: Int
    package var failed: Int
    /// Bytes that came now.
    package var bytes: UInt64
    package var seconds: Double
    /// The person did not want the rest any more.
    package var isCancelled = false
}
