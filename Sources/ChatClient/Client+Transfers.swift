import IRC
package import Timeline

/// Downloads: from the command to the end that the loop reports.
extension Client {
    mutating func download(_ request: DownloadRequest, _ asker: Asker, at now: Instant) {
        guard sharesFiles(asker) else { return }
        let takesStandardOutput = request.local == DownloadRequest.standardOutput
        guard !takesStandardOutput || configuration.isScript else {
            return refuse(asker, "> - is for scripts; here standard output is the screen, so write > OTHER")
        }
        if let text = collision(in: request.names, request.local) { return refuse(asker, text) }
        let others = transfers.active
        let request = Self.withoutDoubles(request)
        let groups = request.trees.map { beginGroup($0, request, at: now) }
        let numbers = request.names.map { name in
            let wish = Transfer.Wish(
                name: name, directory: settings.outputDirectory, localName: Self.localName(of: name, request.local),
                takesStandardOutput: takesStandardOutput, force: request.force, recovery: settings.recovery)
            return transfers.add(wish, listedSize: files.size(of: name), at: now).number
        }
        for number in numbers {
            guard let wish = transfers[number]?.wish, let other = others.first(where: { $0.wish.goesWhere(wish) })
            else {
                continue
            }
            endTransfer(number, .failed(TransferFailure(.failed, Self.isBrought(by: other.number))), at: now)
        }
        askForDownloads(at: now)
        keepQueue()
        if link == .registering { flight.downloads += numbers } else { announceWaiting() }
        if configuration.isScript, !request.isBackground {
            finish(asker.id, after: numbers + groups)
        } else {
            conclude(asker.id, .succeeded)
        }
    }

    /// One command brings a file to one place once, however often its words mean it.
    private static func withoutDoubles(_ request: DownloadRequest) -> DownloadRequest {
        var request = request
        var places: Set<[UInt8]> = []
        let isToStream = request.local == DownloadRequest.standardOutput
        request.names = request.names.filter {
            isToStream || places.insert(Array(localName(of: $0, request.local).utf8)).inserted
        }
        for index in request.trees.indices {
            request.trees[index].entries = request.trees[index].entries.filter {
                places.insert(Array(localName(of: $0.name.text, in: request.local ?? "").utf8)).inserted
            }
        }
        request.trees.removeAll { $0.entries.isEmpty }
        return request
    }

    static func isBrought(by number: TransferNumber) -> String { "download \(number) brings it there already" }

    /// Tells of downloads that wait for their turn, in the order of asking. Of one that was asked for nothing is told
    /// before the server has said yes, for it may have no such file; those behind it are told of then.
    mutating func announceWaiting() {
        for transfer in transfers.active where !transfer.isAnnounced && transfer.group == nil {
            if transfer.state == .asked { return }
            if transfer.state == .queued { announce(transfer.number, isQueued: true) }
        }
    }

    /// Tells once that a download was taken up.
    mutating func announce(_ number: TransferNumber, isQueued: Bool) {
        guard let transfer = transfers[number], !transfer.isAnnounced, transfer.group == nil else { return }
        transfers.change(number) { $0.isAnnounced = true }
        emit(.accepted(number, name: transfer.wish.name, isQueued: isQueued))
    }

    /// Why several files cannot come by one command: two would have one name here.
    private func collision(in names: [FileName], _ local: String?) -> String? {
        var places: [(path: String, name: FileName)] = []
        for name in names {
            let path = Self.localName(of: name, local)
            if let other = places.first(where: { $0.path.utf8.elementsEqual(path.utf8) })?.name, other != name {
                let way = configuration.isVerb ? "get one of them with --output-dir" : "fetch one with > OTHER"
                return
                    "\(other.text) and \(name.text) would both be '\(DisplayText(sanitising: path).text)' here; \(way)"
            }
            places.append((path, name))
        }
        return nil
    }

    /// Where the copy lies: the name's last part, unless the person gave a name, or a directory by `/` at its end.
    private static func localName(of name: FileName, _ local: String?) -> String {
        guard let local else { return localName(of: name.lastPart, in: "") }
        return local.utf8.last == UInt8(ascii: "/") ? localName(of: name.lastPart, in: local) : local
    }

    /// A name of the server's behind a path of the person's own, which is empty or ends with a slash. Only a person's `~` is
    /// the home directory.
    static func localName(of name: String, in prefix: String) -> String {
        prefix.isEmpty && name.utf8.first == UInt8(ascii: "~") ? "./" + name : prefix + name
    }

    // MARK: What the loop reports

    /// What an earlier download has left is being hashed, here or at the server.
    package mutating func transferLooked(_ number: TransferNumber, done: UInt64, total: UInt64) {
        transfers.change(number) { $0.looking = Transfer.Looking(done: done, total: total) }
    }

    /// The first `bytes` of what an earlier download has left stay.
    package mutating func transferContinued(
        _ number: TransferNumber, bytes: UInt64, doubt: String, at now: Instant
    ) {
        guard let transfer = transfers[number], let grant = transfer.grant else { return }
        transfers.change(number) {
            $0.looking = nil
            $0.meter = RateMeter(at: now, bytes: bytes)
        }
        let size = grant.entry.size
        emit(.continued(number, name: transfer.wish.name, bytes: bytes, size: size, doubt: doubt))
    }

    /// `bytes` of the file are at their place.
    package mutating func transferProgressed(_ number: TransferNumber, bytes: UInt64, at now: Instant) {
        guard let transfer = transfers[number], let grant = transfer.grant else { return }
        let size = grant.entry.size
        let tenths = Amount.percent(bytes, of: size) / 10
        transfers.change(number) { $0.meter.add(total: bytes, at: now) }
        guard configuration.reportsProgress, bytes < size else { return }
        guard tenths > transfer.reported.tenths || now - transfer.reported.at >= .seconds(10) else { return }
        transfers.change(number) { $0.reported = (tenths, now) }
        emit(.progress(number, name: transfer.wish.name, bytes: bytes, size: size))
    }

    /// All bytes are there, and their hash is being compared.
    package mutating func transferVerifying(_ number: TransferNumber, at now: Instant) {
        guard let grant = transfers[number]?.grant else { return }
        transfers.change(number) { $0.state = .verifying(grant) }
    }

    package mutating func transferFinished(_ number: TransferNumber, _ report: TransferReport, at now: Instant) {
        guard transfers[number]?.grant != nil else { return }
        endTransfer(number, .done(report), at: now)
        runScript(at: now)
    }

    /// The server is told too, for it may not know.
    package mutating func transferFailed(_ number: TransferNumber, _ failure: TransferFailure, at now: Instant) {
        guard let grant = transfers[number]?.grant else { return }
        if link == .registered { send(FilesExtension.GetStop(ticket: grant.ticket).message) }
        if !takeUpAgain(number, failure, at: now) { endTransfer(number, .failed(failure), at: now) }
        runScript(at: now)
    }

    // MARK: Ends

    /// A transfer has ended, one way or the other: it is told, whoever waits learns of it, and the next may begin.
    mutating func endTransfer(_ number: TransferNumber, _ end: Transfer.State, at now: Instant) {
        guard let transfer = transfers[number], transfer.isActive else { return }
        transfers.change(number) { $0.state = end }
        tellEnd(of: transfer, end)
        transferEnded(number)
        noteInGroup(transfer, at: now)
        keepQueue()
        askForDownloads(at: now)
        if link == .registered { announceWaiting() }
    }

    private mutating func tellEnd(of transfer: Transfer, _ end: Transfer.State) {
        switch end {
        case .queued, .paused, .asked, .running, .verifying: break
        // The row of a group tells a person of its files.
        case .done
        where transfer.group != nil && (transfers[transfer.number]?.wasHere == true || !configuration.isScript): break
        case .done(let report): emit(.done(transfer.number, name: transfer.wish.name, report: report))
        case .failed(let failure):
            let text = "\(transfer.wish.name.text): \(failure.text)"
            emit(.error(command: "download", text: text, download: .init(transfer.number, transfer.wish.name)))
        case .cancelled where transfer.group != nil: break
        case .cancelled: emit(.cancelled(transfer.number, name: transfer.wish.name))
        }
    }

    mutating func cancel(_ number: TransferNumber, _ asker: Asker, at now: Instant) {
        if transfers.group(number) != nil {
            cancelGroup(number, at: now)
            return conclude(asker.id, .succeeded)
        }
        let hasEnded = transfers.endedGroup(number) != nil
        guard hasEnded || transfers[number] != nil else { return refuse(asker, noSuchTransfer(number)) }
        guard transfers[number]?.isActive == true else { return refuse(asker, "download \(number) has ended already") }
        cancel(number, at: now)
        conclude(asker.id, .succeeded)
    }

    mutating func cancel(_ number: TransferNumber, at now: Instant) {
        stopAtBothEnds(number)
        endTransfer(number, .cancelled, at: now)
    }

    /// Tells the server and the loop; a ticket that is still on its way is given back when it comes.
    mutating func stopAtBothEnds(_ number: TransferNumber) {
        guard let grant = transfers[number]?.grant else { return }
        if link == .registered { send(FilesExtension.GetStop(ticket: grant.ticket).message) }
        perform(.cancelTransfer(number))
    }

    // MARK: What is shown

    /// One row a download that is at work, each at most `columns` − 1 wide; `width` gives the columns that a text takes.
    func progressRows(columns: Int, at now: Instant, width: (String) -> Int) -> [[Span]] {
        let single = transfers.active.filter { $0.grant != nil && $0.group == nil }
        let facts = single.map { ProgressText.Facts($0, at: now) } + transfers.groups.map { groupFacts($0, at: now) }
        return ProgressText.rows(facts, columns: columns, width: width)
    }

    func transferLines(at now: Instant) -> [TransferLine] {
        // The line of a group stands for those of its files that are here.
        let single = transfers.transfers.filter { transfer in
            if case .done = transfer.state { transfer.group == nil } else { true }
        }
        let lines = single.map { transfer in
            let (state, note) = ProgressText.state(of: transfer, at: now)
            return TransferLine(
                number: transfer.number, name: transfer.wish.name.text, state: state, bytes: transfer.arrived,
                size: transfer.size, note: note)
        }
        return (groupLines(at: now) + lines).sorted { $0.number < $1.number }
    }
}
