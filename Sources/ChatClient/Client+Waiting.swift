import DequeModule
import IRC
import Timeline

/// Commands that wait: `sleep`, `wait-for` and `/wait`.
extension Client {
    mutating func sleep(_ seconds: Double, _ asker: Asker, at now: Instant) {
        guard configuration.isScript else { return refuse(asker, "sleep is for scripts") }
        waits.sleep = asker.id
        timers.set(.sleep, to: now + .seconds(seconds))
    }

    mutating func wakeUp(at now: Instant) {
        let id = waits.sleep
        waits.sleep = nil
        conclude(id, .succeeded)
    }

    /// A command begins: what was heard before it is no answer to it. `wait-for` and `sleep` do not count, so that
    /// `/msg bot ping`, `sleep 1`, `wait-for pong` finds an answer that came at once.
    mutating func startHearing() {
        waits.heard.removeAll()
        waits.told.removeAll()
    }

    /// Fails unless what was told since the last command fits the pattern, or with `isThere` false if it does.
    mutating func assert(_ pattern: String, _ isThere: Bool, _ asker: Asker) {
        guard configuration.isScript else { return refuse(asker, "assert is for scripts") }
        let fits = waits.told.contains { event in
            let lines = EventText.lines(for: event, time: nil, room: nil).map { $0.map(\.text).joined() }
            return Self.fits(pattern, lines + (EventText.audible(event) ?? []))
        }
        if fits == isThere { return conclude(asker.id, .succeeded) }
        let shown = DisplayText.repeated(pattern)
        // What an assertion says of itself is not what the next one looks at.
        let told = waits.told
        refuse(asker, isThere ? "nothing told has '\(shown)'" : "'\(shown)' was told")
        waits.told = told
    }

    /// Keeps what an event says for `wait-for`, or ends the one that waits for it. What we said ourselves and what the
    /// program says of itself does not count.
    mutating func hear(_ event: ClientEvent) {
        guard configuration.isScript else { return }
        waits.told.append(event)
        if waits.told.count > Waits.mostHeard { waits.told.removeFirst() }
        guard let texts = EventText.audible(event) else { return }
        if let wait = waits.waitFor, Self.fits(wait.pattern, texts) {
            waits.waitFor = nil
            timers.set(.waitFor, to: nil)
            conclude(wait.id, .succeeded)
        } else if waits.waitFor == nil {
            waits.heard.append(texts)
            if waits.heard.count > Waits.mostHeard { waits.heard.removeFirst() }
        }
    }

    mutating func wait(for pattern: String, seconds: Double, _ asker: Asker, at now: Instant) {
        guard configuration.isScript else { return refuse(asker, "wait-for is for scripts") }
        // What came before the match was passed over; the next `wait-for` goes on behind it.
        while let texts = waits.heard.popFirst() {
            if Self.fits(pattern, texts) { return conclude(asker.id, .succeeded) }
        }
        waits.waitFor = Waits.WaitFor(id: asker.id, pattern: pattern, seconds: seconds)
        timers.set(.waitFor, to: now + .seconds(seconds))
    }

    mutating func giveUpWaiting(at now: Instant) {
        guard let wait = waits.waitFor else { return }
        waits.waitFor = nil
        let shown = DisplayText(sanitising: wait.pattern).text
        fail("wait-for", "nothing with '\(shown)' came within \(Amount.tenths(wait.seconds)) s")
        conclude(wait.id, .failed(.commandFailed))
    }

    /// A pattern in small letters fits capitals too. Without `*` and `?` the pattern may stand anywhere; with them it
    /// must fit the whole line, or the whole text of a message.
    private static func fits(_ pattern: String, _ texts: [String]) -> Bool {
        let foldsCase = pattern == pattern.lowercased()
        if pattern.utf8.contains(UInt8(ascii: "*")) || pattern.utf8.contains(UInt8(ascii: "?")) {
            let mask = Mask(pattern, foldsCase: foldsCase)
            if texts.contains(where: { mask.matches($0) }) { return true }
        }
        return texts.contains { contains(foldsCase ? $0.lowercased() : $0, pattern) }
    }

    /// Whether the bytes of one stand in the other.
    private static func contains(_ text: String, _ part: String) -> Bool {
        let (text, part) = (Array(text.utf8), Array(part.utf8))
        guard part.count <= text.count else { return false }
        return (0...(text.count - part.count)).contains { text[$0...].starts(with: part) }
    }

    // MARK: /wait

    mutating func wait(for number: TransferNumber?, _ asker: Asker, at now: Instant) {
        if let number {
            if transfers.group(number) != nil { return finish(asker.id, after: [number]) }
            if let ended = transfers.endedGroup(number) { return conclude(asker.id, ended.result) }
            guard let transfer = transfers[number] else { return refuse(asker, noSuchTransfer(number)) }
            finish(asker.id, after: [number], transfer.result)
        } else {
            let failures = transfers.takeUntoldFailures()
            let groups = transfers.groups.filter { !$0.isPaused }.map(\.number)
            let untold = waits.untold ?? .succeeded
            waits.untold = nil
            finish(
                asker.id, after: transfers.active.filter { $0.state != .paused }.map(\.number) + groups,
                failures.first?.result ?? untold)
        }
    }

    func noSuchTransfer(_ number: TransferNumber) -> String {
        "there is no download \(number); /transfers shows your downloads"
    }

    /// The command ends when all these transfers have ended, with `result` or their first failure.
    mutating func finish(_ id: CommandID?, after numbers: [TransferNumber], _ result: CommandResult = .succeeded) {
        let left = Set(numbers.filter { transfers[$0]?.isActive == true || transfers.group($0) != nil })
        if left.isEmpty {
            numbers.forEach { transfers.change($0) { $0.hasUntoldFailure = false } }
            conclude(id, result)
        } else {
            waits.transfers.append(Waits.ForTransfers(id: id, left: left, result: result))
        }
    }

    /// A transfer ended: whoever waited for it learns so. Of one in a group the group tells.
    mutating func transferEnded(_ number: TransferNumber) {
        guard let transfer = transfers[number] else { return }
        let isTold = tellWaiting(number, transfer.result)
        if !isTold, transfer.group == nil, transfer.result != .succeeded {
            transfers.change(number) { $0.hasUntoldFailure = true }
        }
    }

    /// What has that number ended with `result`; false when nobody waited for it. The failure of a group for which nobody
    /// waits is kept for `/wait`.
    @discardableResult
    mutating func tellWaiting(_ number: TransferNumber, _ result: CommandResult) -> Bool {
        var isTold = false
        var ended: [Waits.ForTransfers] = []
        for index in waits.transfers.indices where waits.transfers[index].left.remove(number) != nil {
            isTold = true
            if waits.transfers[index].result == .succeeded { waits.transfers[index].result = result }
            if waits.transfers[index].left.isEmpty { ended.append(waits.transfers[index]) }
        }
        waits.transfers.removeAll { $0.left.isEmpty }
        for wait in ended { conclude(wait.id, wait.result) }
        if !isTold, transfers[number] == nil, result != .succeeded { waits.untold = result }
        return isTold
    }
}
