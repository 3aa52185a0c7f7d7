import IRC
import Timeline

/// The downloads of this session, by their numbers.
///
/// As many have a place at the server as `FilesExtension` allows, the others wait in the order of asking; numbers are
/// never used again; of those that ended the last `mostEnded` are kept for `/transfers`.
struct TransferList: Sendable {
    private(set) var transfers: [Transfer] = []
    private(set) var groups: [TransferGroup] = []
    /// Those that have ended, the last `mostEnded`.
    private(set) var endedGroups: [TransferGroup] = []
    private var lastNumber = 0

    static let mostEnded = 100

    var isActive: Bool { !groups.isEmpty || transfers.contains(where: \.isActive) }
    var active: [Transfer] { transfers.filter(\.isActive) }
    var activeNumbers: [TransferNumber] { active.map(\.number) }

    subscript(number: TransferNumber) -> Transfer? {
        index(of: number).map { transfers[$0] }
    }

    mutating func add(
        _ wish: Transfer.Wish, listedSize: UInt64?, group: TransferNumber? = nil, at now: Instant
    ) -> Transfer {
        lastNumber += 1
        let transfer = Transfer(
            number: TransferNumber(lastNumber), wish: wish, listedSize: listedSize, group: group, at: now)
        transfers.append(transfer)
        forgetOldest()
        return transfer
    }

    mutating func change(_ number: TransferNumber, _ body: (inout Transfer) -> Void) {
        if let index = index(of: number) { body(&transfers[index]) }
    }

    // MARK: Groups

    func group(_ number: TransferNumber) -> TransferGroup? { groups.first { $0.number == number } }

    mutating func addGroup(_ wish: TransferGroup.Wish, _ entries: [FileEntry], at now: Instant) -> TransferGroup {
        lastNumber += 1
        let group = TransferGroup(number: TransferNumber(lastNumber), wish: wish, entries: entries, at: now)
        groups.append(group)
        return group
    }

    mutating func changeGroup(_ number: TransferNumber, _ body: (inout TransferGroup) -> Void) {
        if let index = groups.firstIndex(where: { $0.number == number }) { body(&groups[index]) }
    }

    mutating func nextOfGroup(_ number: TransferNumber) -> (FileEntry, TransferGroup.Wish)? {
        guard let index = groups.firstIndex(where: { $0.number == number }), let entry = groups[index].next() else {
            return nil
        }
        return (entry, groups[index].wish)
    }

    /// All that it had to do is done.
    mutating func endGroup(_ number: TransferNumber) {
        guard let index = groups.firstIndex(where: { $0.number == number }) else { return }
        endedGroups.append(groups.remove(at: index))
        if endedGroups.count > Self.mostEnded { endedGroups.removeFirst() }
    }

    func endedGroup(_ number: TransferNumber) -> TransferGroup? { endedGroups.first { $0.number == number } }

    /// A group that ended without all its files begins again with its number; what is here is found to be here.
    mutating func startAgain(group number: TransferNumber, at now: Instant) {
        guard let index = endedGroups.firstIndex(where: { $0.number == number }) else { return }
        let old = endedGroups.remove(at: index)
        // Its files that did not come are asked for anew.
        transfers.removeAll { $0.group == number && !$0.isActive }
        groups.append(TransferGroup(number: number, wish: old.wish, entries: old.entries, at: now))
    }

    /// Notes which groups have a file at work.
    mutating func timeGroups(at now: Instant) {
        for index in groups.indices {
            groups[index].works(groups[index].active.contains { self[$0]?.grant != nil }, at: now)
        }
    }

    // MARK: Turns

    /// The next that may ask for its place, marked as asking.
    mutating func nextToAsk() -> Transfer? {
        guard let index = transfers.firstIndex(where: { $0.state == .queued }) else { return nil }
        let atWork = transfers.filter(\.takesPlace)
        let mayBeLarge = atWork.count(where: \.isLarge) < FilesExtension.largeAtOnce
        guard atWork.count < FilesExtension.atOnce, mayBeLarge || !transfers[index].isLarge else { return nil }
        transfers[index].state = .asked
        return transfers[index]
    }

    /// The server had no room: back to the queue, at its old place.
    mutating func putBack(_ number: TransferNumber) { change(number) { $0.state = .queued } }

    /// The chat connection ended: what has no ticket yet cannot get one, what runs may still arrive.
    mutating func loseLink() -> [TransferNumber] {
        let hopeless = active.filter { $0.grant == nil && $0.state != .paused }.map(\.number)
        for number in hopeless {
            change(number) { $0.state = .failed(TransferFailure(.failed, "the connection was lost before it began")) }
        }
        return hopeless
    }

    /// The chat connection ended and is being tried for again: what has no ticket yet waits for it.
    mutating func waitForLink() {
        for transfer in active where transfer.state == .asked { putBack(transfer.number) }
    }

    /// Downloads that failed in the background and that nothing has told a script of; they count as told from now on.
    mutating func takeUntoldFailures() -> [Transfer] {
        let untold = transfers.filter(\.hasUntoldFailure)
        for transfer in untold { change(transfer.number) { $0.hasUntoldFailure = false } }
        return untold
    }

    private func index(of number: TransferNumber) -> Int? { transfers.firstIndex { $0.number == number } }

    private mutating func forgetOldest() {
        let ended = transfers.count { !$0.isActive && !$0.hasUntoldFailure }
        if ended > Self.mostEnded, let oldest = transfers.firstIndex(where: { !$0.isActive && !$0.hasUntoldFailure }) {
            transfers.remove(at: oldest)
        }
    }
}
