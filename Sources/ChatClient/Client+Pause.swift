import IRC
import Timeline

/// Downloads that the person holds.
extension Client {
    mutating func pause(_ number: TransferNumber?, _ asker: Asker, at now: Instant) {
        let groups = transfers.groups.filter { !$0.isPaused && (number == nil || $0.number == number) }.map(\.number)
        for group in groups { holdGroup(group, true, at: now) }
        if !groups.isEmpty, number != nil || transfers.active.allSatisfy({ $0.state == .paused }) {
            return conclude(asker.id, .succeeded)
        }
        guard let numbers = chosen(number, asker, "no download runs", where: { $0.state != .paused }) else { return }
        for number in numbers {
            hold(number, true)
            tellHeld(number, "paused; /resume \(number) goes on")
        }
        askForDownloads(at: now)
        conclude(asker.id, .succeeded)
    }

    mutating func resume(_ number: TransferNumber?, _ asker: Asker, at now: Instant) {
        if let old = number.flatMap({ transfers[$0] }), old.mayStartAgain { return startAgain(old, asker, at: now) }
        if let number, transfers.endedGroup(number)?.mayStartAgain == true {
            return startAgain(group: number, asker, at: now)
        }
        let groups = transfers.groups.filter { $0.isPaused && (number == nil || $0.number == number) }.map(\.number)
        if !groups.isEmpty {
            // Single ones have their turn before the files of groups.
            let single = number == nil ? transfers.active.filter { $0.state == .paused && $0.group == nil } : []
            for transfer in single { hold(transfer.number, false) }
            for group in groups { holdGroup(group, false, at: now) }
            for transfer in single { tellGoesOn(transfer.number) }
            return conclude(asker.id, .succeeded)
        }
        let none = "no download is paused; /resume N begins one again that was cancelled or failed"
        guard let numbers = chosen(number, asker, none, where: { $0.state == .paused }) else {
            return
        }
        for number in numbers { hold(number, false) }
        askForDownloads(at: now)
        for number in numbers { tellGoesOn(number) }
        conclude(asker.id, .succeeded)
    }

    /// What was cancelled or failed goes on from what is here of it.
    private mutating func startAgain(_ old: Transfer, _ asker: Asker, at now: Instant) {
        guard sharesFiles(asker) else { return }
        if let other = transfers.active.first(where: { $0.wish.goesWhere(old.wish) }) {
            return refuse(asker, Self.isBrought(by: other.number))
        }
        transfers.change(old.number) { $0.startAgain(at: now) }
        askForDownloads(at: now)
        keepQueue()
        announceWaiting()
        conclude(asker.id, .succeeded)
    }

    private mutating func startAgain(group number: TransferNumber, _ asker: Asker, at now: Instant) {
        guard sharesFiles(asker) else { return }
        transfers.startAgain(group: number, at: now)
        if let group = transfers.group(number) { emit(.group(number, group.report(at: now), size: group.size)) }
        askForDownloads(at: now)
        keepQueue()
        conclude(asker.id, .succeeded)
    }

    /// Without a word.
    mutating func hold(_ number: TransferNumber, _ isHeld: Bool) {
        if isHeld { stopAtBothEnds(number) }
        transfers.change(number) {
            $0.state = isHeld ? .paused : .queued
            $0.looking = nil
        }
    }

    private mutating func tellGoesOn(_ number: TransferNumber) {
        tellHeld(number, transfers[number]?.state == .queued ? "waits for its turn" : "goes on")
    }

    private mutating func tellHeld(_ number: TransferNumber, _ text: String) {
        guard let transfer = transfers[number] else { return }
        emit(.info("download \(number): \(transfer.wish.name.text) \(text)"))
    }

    /// The download of that number, or all that fit; nil when there is none, which is told.
    private mutating func chosen(
        _ number: TransferNumber?, _ asker: Asker, _ none: String, where fits: (Transfer) -> Bool
    ) -> [TransferNumber]? {
        if let number {
            guard let transfer = transfers[number] else {
                let group = transfers.group(number) ?? transfers.endedGroup(number)
                refuse(asker, group.map { "download \(number) is \($0.word)" } ?? noSuchTransfer(number))
                return nil
            }
            guard transfer.isActive, fits(transfer) else {
                let word = ProgressText.state(of: transfer, at: Instant(nanoseconds: 0)).word
                refuse(asker, "download \(number) is \(word)")
                return nil
            }
            return [number]
        }
        let numbers = transfers.active.filter(fits).map(\.number)
        if numbers.isEmpty {
            refuse(asker, none)
            return nil
        }
        return numbers
    }
}
