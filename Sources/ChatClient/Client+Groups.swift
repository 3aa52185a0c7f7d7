import IRC
package import Timeline

/// Patterns and directories: many files by one word.
extension Client {
    mutating func beginGroup(
        _ tree: DownloadRequest.Tree, _ request: DownloadRequest, at now: Instant
    ) -> TransferNumber {
        let wish = TransferGroup.Wish(
            text: tree.title, isPattern: tree.isPattern, directory: settings.outputDirectory,
            prefix: request.local ?? "", force: request.force, recovery: settings.recovery)
        let group = transfers.addGroup(wish, tree.entries, at: now)
        emit(.group(group.number, group.report(at: now), size: group.size))
        return group.number
    }

    /// Has as many files of each group wait for their turn as may run at a time.
    mutating func fillGroups(at now: Instant) {
        for number in transfers.groups.map(\.number) {
            while let (entry, group) = transfers.nextOfGroup(number) {
                let wish = Transfer.Wish(
                    name: entry.name, directory: group.directory,
                    localName: Self.localName(of: entry.name.text, in: group.prefix),
                    treeLevels: entry.name.parts.count - 1, takesStandardOutput: false, force: group.force,
                    recovery: group.recovery)
                let transfer = transfers.add(wish, listedSize: entry.size, group: number, at: now)
                transfers.changeGroup(number) { $0.began(transfer.number) }
            }
        }
    }

    /// The file of a group is here already, with the size and the time that the server's has.
    package mutating func transferWasHere(_ number: TransferNumber, path: String, at now: Instant) {
        guard let transfer = transfers[number], let grant = transfer.grant else { return }
        if link == .registered { send(FilesExtension.GetStop(ticket: grant.ticket).message) }
        transfers.change(number) { $0.wasHere = true }
        let report = TransferReport(
            path: path, bytes: grant.entry.size, fetched: 0, seconds: 0, lost: 0, resent: 0, recovery: "")
        endTransfer(number, .done(report), at: now)
        runScript(at: now)
    }

    /// A download ended: its group learns so, and may have ended with it.
    mutating func noteInGroup(_ transfer: Transfer, at now: Instant) {
        guard let number = transfer.group, let ended = transfers[transfer.number] else { return }
        transfers.changeGroup(number) {
            $0.ended(ended)
            $0.meter.add(total: $0.cameBytes, at: now)
        }
        transfers.timeGroups(at: now)
        endGroup(number, at: now)
    }

    private mutating func endGroup(_ number: TransferNumber, at now: Instant) {
        guard let group = transfers.group(number), group.isOver else { return }
        transfers.endGroup(number)
        emit(.groupDone(number, group.report(at: now)))
        tellWaiting(number, group.result)
        keepQueue()
    }

    /// The whole group, with what it has not begun.
    mutating func cancelGroup(_ number: TransferNumber, at now: Instant) {
        guard let group = transfers.group(number) else { return }
        transfers.changeGroup(number) {
            $0.isCancelled = true
            $0.giveUp(.failed(.commandFailed))
        }
        for member in group.active.sorted() { cancel(member, at: now) }
        endGroup(number, at: now)
    }

    mutating func holdGroup(_ number: TransferNumber, _ isHeld: Bool, at now: Instant) {
        guard let group = transfers.group(number) else { return }
        transfers.changeGroup(number) { $0.isPaused = isHeld }
        for member in group.active.sorted() { hold(member, isHeld) }
        transfers.timeGroups(at: now)
        askForDownloads(at: now)
        let hasTurn = transfers.group(number)?.active.contains { transfers[$0]?.takesPlace == true } == true
        let news = isHeld ? "paused; /resume \(number) goes on" : hasTurn ? "goes on" : "waits for its turn"
        emit(.info("download \(number): \(group.title) \(news)"))
    }

    /// The connection is gone for good.
    mutating func giveUpGroups(at now: Instant) {
        for number in transfers.groups.map(\.number) {
            transfers.changeGroup(number) { $0.giveUp(.failed(.linkLost)) }
            endGroup(number, at: now)
        }
    }

    // MARK: What is shown

    func groupFacts(_ group: TransferGroup, at now: Instant) -> ProgressText.Facts {
        let running = group.active.compactMap { transfers[$0] }
        let arrived = running.reduce(0) { $0 + $1.arrived }
        var facts = ProgressText.Facts(group, arrived: arrived, rate: rate(of: running, at: now), at: now)
        if group.isPaused {
            facts.idle = "paused"
        } else if group.endedBytes == 0, !running.contains(where: { $0.grant != nil }) {
            facts.idle = "waits"
        }
        return facts
    }

    /// Of the files that run now; files so small that each ends before it has a rate count by what has ended.
    private func rate(of running: [Transfer], at now: Instant) -> Double? {
        let rates = running.compactMap { $0.meter.rate(over: RateMeter.rateWindow, at: now) }
        return rates.isEmpty ? nil : rates.reduce(0, +)
    }

    func groupLines(at now: Instant) -> [TransferLine] {
        (transfers.groups + transfers.endedGroups).map { group in
            let facts = groupFacts(group, at: now)
            return TransferLine(
                number: group.number, name: group.title, state: group.word, bytes: min(facts.bytes, group.size),
                size: group.size, note: facts.files ?? "")
        }
    }
}

extension ProgressText.Facts {
    init(_ group: TransferGroup, arrived: UInt64, rate: Double?, at now: Instant) {
        name = group.title
        files = group.files == 1 ? nil : "\(group.counts.came + group.counts.here)/\(group.files) files"
        bytes = group.endedBytes + arrived
        percent = Amount.percent(min(bytes, group.size), of: group.size)
        let average = group.worked(at: now).seconds
        self.rate = rate ?? (average > 0 ? Double(group.cameBytes + arrived) / average : nil)
        if let rate = self.rate, rate > 0, group.size >= bytes { remaining = Double(group.size - bytes) / rate }
    }
}
