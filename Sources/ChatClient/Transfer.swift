import IRC
import Timeline

/// One download, from the asking to its end.
struct Transfer: Hashable, Sendable {
    /// What was asked for, as the command said it.
    struct Wish: Hashable, Sendable {
        var name: FileName
        var directory: String
        var localName: String
        /// So many directories of `localName` are the server's, and are made where they are missing.
        var treeLevels = 0
        var takesStandardOutput: Bool
        var force: Bool
        var recovery: RecoveryWish

        /// Whether both would write the same file; names are bytes.
        func goesWhere(_ other: Wish) -> Bool {
            !takesStandardOutput && localName.utf8.elementsEqual(other.localName.utf8)
                && directory.utf8.elementsEqual(other.directory.utf8)
        }
    }
    struct Grant: Hashable, Sendable {
        var ticket: UInt64
        var entry: FileEntry
        var start: Instant
    }
    enum State: Hashable, Sendable {
        /// Waits for its turn (`TransferList.nextToAsk`), or until the server has room.
        case queued
        /// The person holds it; what came stays.
        case paused
        /// GET is on its way.
        case asked
        /// The loop fetches it.
        case running(Grant)
        /// All bytes are there; their hash is being compared.
        case verifying(Grant)
        case done(TransferReport)
        case failed(TransferFailure)
        case cancelled
    }

    let number: TransferNumber
    let wish: Wish
    /// The size that the server's list had, before the ticket tells it.
    let listedSize: UInt64?
    var state = State.queued
    var meter: RateMeter
    /// The pattern or directory that it came by.
    private(set) var group: TransferNumber?
    /// The file was here already.
    var wasHere = false
    /// What the last `progress` event told, so that the next comes 10 % or 10 s later.
    var reported: (tenths: Int, at: Instant) {
        get { (reportedTenths, reportedAt) }
        set { (reportedTenths, reportedAt) = newValue }
    }
    private var reportedTenths = 0
    private var reportedAt: Instant
    /// As the ticket told it, for a download that is held or has ended too.
    var grantedSize: UInt64?
    /// What was here already is being hashed, here or at the server: so much of it is done.
    var looking: Looking?
    struct Looking: Hashable, Sendable {
        var done: UInt64
        var total: UInt64
    }
    /// The person knows of it.
    var isAnnounced = false
    /// Tries that were interrupted without a byte more than before them.
    var triesInVain = 0
    var arrivedBefore: UInt64 = 0
    /// It failed, and no command has told a script so yet.
    var hasUntoldFailure = false

    init(number: TransferNumber, wish: Wish, listedSize: UInt64?, group: TransferNumber? = nil, at now: Instant) {
        self.number = number
        self.group = group
        self.wish = wish
        self.listedSize = listedSize
        meter = RateMeter(at: now)
        reportedAt = now
    }

    /// It failed or was cancelled, and waits for its turn again, on its own.
    mutating func startAgain(at now: Instant) {
        self = Transfer(number: number, wish: wish, listedSize: size ?? listedSize, at: now)
    }

    var grant: Grant? {
        switch state {
        case .running(let grant), .verifying(let grant): grant
        case .queued, .paused, .asked, .done, .failed, .cancelled: nil
        }
    }
    private var report: TransferReport? {
        if case .done(let report) = state { report } else { nil }
    }
    /// Known from the ticket on, and after a good end.
    var size: UInt64? { grantedSize ?? report?.bytes }
    var arrived: UInt64 { report?.bytes ?? meter.bytes }
    /// Neither ended nor failed nor cancelled.
    var isActive: Bool {
        switch state {
        case .queued, .paused, .asked, .running, .verifying: true
        case .done, .failed, .cancelled: false
        }
    }
    /// It ended before it was complete, and what is here of it is worth going on with.
    var mayStartAgain: Bool {
        switch state {
        case .failed, .cancelled: !wish.takesStandardOutput
        case .queued, .paused, .asked, .running, .verifying, .done: false
        }
    }
    /// Until it is known, a file may be large.
    var isLarge: Bool { (size ?? listedSize).map { $0 > FilesExtension.smallFile } ?? true }
    /// Takes one of the places at the server.
    var takesPlace: Bool { isActive && state != .queued && state != .paused }

    /// How a command that waited for it ends.
    var result: CommandResult {
        switch state {
        case .queued, .paused, .asked, .running, .verifying, .done: .succeeded
        case .cancelled: .failed(.commandFailed)
        case .failed(let failure):
            switch failure.kind {
            case .failed: .failed(.commandFailed)
            case .serverLeft, .linkLost: .failed(.linkLost)
            case .interrupted: .failed(.commandFailed)
            case .checkFailed: .failed(.checkFailed)
            }
        }
    }
}
