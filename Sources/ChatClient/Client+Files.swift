import IRC
import Timeline

/// The server's files: their list, and the tickets for them.
extension Client {
    var hasFiles: Bool { capabilities.contains(FilesExtension.capability) }

    /// Whether to ask for files: whoever asks before the server has said so learns it from the answer.
    private var mayHaveFiles: Bool { hasFiles || link == .registering }

    /// Asks for the list, for Tab or for a script's next line.
    mutating func refreshFiles(isStarting: Bool = false, at now: Instant) {
        guard mayHaveFiles else { return }
        files.isAskedFor = true
        let request = Request(command: "files", id: nil, answer: .files(shown: nil), isStarting: isStarting)
        ask([FilesExtension.FilesRequest().message], request, at: now)
    }

    /// The whole list is asked for and chosen from here, so that Tab knows every file whatever was shown last.
    mutating func listFiles(_ mask: Mask?, _ asker: Asker, at now: Instant) {
        guard sharesFiles(asker) else { return }
        let request = Request(command: asker.word, id: asker.id, answer: .files(shown: mask ?? Self.everything))
        ask([FilesExtension.FilesRequest().message], request, at: now)
    }

    private static let everything = Mask("*", foldsCase: false)

    mutating func sharesFiles(_ asker: Asker) -> Bool {
        if mayHaveFiles { return true }
        refuse(asker, Self.sharesNoFiles)
        return false
    }

    static let sharesNoFiles = "this server shares no files: it does not know \(FilesExtension.capability)"

    mutating func handleFiles(_ message: Message, at now: Instant) {
        switch message.command {
        case "FILE": if let line = try? FilesExtension.FileLine(message) { files.listed(line.entry) }
        case "FILEEND": filesListed(at: now)
        // Tab must not offer what is gone, nor miss what is new; who has not asked yet need not know.
        case "FILESCHANGED":
            // One list at a time: what changes while one is on its way is asked for behind it.
            files.isStale = files.isKnown && requests.awaitsList
            if files.isKnown, !files.isStale { refreshFiles(at: now) }
        case "TICKET": ticketCame(message, at: now)
        case "FIGURES", "WINDOWS": figuresCame(message, at: now)
        default: failureCame(message, at: now)
        }
    }

    private mutating func filesListed(at now: Instant) {
        files.listEnded()
        defer {
            if files.isStale, !requests.awaitsList {
                files.isStale = false
                refreshFiles(at: now)
            }
        }
        guard let request = requests.take(\.isList) else { return }
        if case .nearest(let number) = request.answer {
            restartRequestTimer(at: now)
            return endAsAbsent(number, at: now)
        }
        guard case .files(let shown) = request.answer, let mask = shown else {
            return settled(request, .succeeded, at: now)
        }
        let fitting = files.entries.filter { Self.fits($0.name, mask) }
        for entry in fitting { emit(.file(entry)) }
        if fitting.isEmpty, mask != Self.everything {
            let text = DisplayText.repeated(mask.text)
            fail(request.command, "no file on the server fits '\(text)'; \(listing) shows what there is")
            return settled(request, .failed(.commandFailed), at: now)
        }
        emit(.filesEnd(count: fitting.count, total: files.entries.count))
        settled(request, .succeeded, at: now)
    }

    /// `*` and `?` must fit the whole name; a text without them is a file or the directory that it is in.
    private static func fits(_ name: FileName, _ mask: Mask) -> Bool {
        if mask.matches(name.text) { return true }
        let directory = mask.text.utf8.last == UInt8(ascii: "/") ? mask.text : mask.text + "/"
        return name.text.utf8.starts(with: directory.utf8)
    }

    // MARK: Tickets

    /// Asks for the files whose turn it is.
    mutating func askForDownloads(at now: Instant) {
        guard isConnected else { return }
        timers.set(.retryDownload, to: nil)
        fillGroups(at: now)
        while let transfer = transfers.nextToAsk() {
            let name = transfer.wish.name
            let get = FilesExtension.GetRequest(offset: 0, mode: transfer.wish.recovery.rawValue, name: name)
            ask([get.message], Request(command: "download", id: nil, answer: .ticket(transfer.number, name)), at: now)
        }
    }

    private mutating func takeTicketRequest(_ fits: (FileName) -> Bool) -> TransferNumber? {
        let request = requests.take { answer in
            if case .ticket(_, let name) = answer { fits(name) } else { false }
        }
        guard let request, case .ticket(let number, _) = request.answer else { return nil }
        return number
    }

    private mutating func ticketCame(_ message: Message, at now: Instant) {
        guard let ticket = try? FilesExtension.Ticket(message) else {
            guard let number = takeTicketRequest({ _ in true }) else { return }
            let failure = TransferFailure(.failed, "the server's answer cannot be understood")
            return endTransfer(number, .failed(failure), at: now)
        }
        let number = takeTicketRequest { $0 == ticket.entry.name }
        restartRequestTimer(at: now)
        guard let number, let transfer = transfers[number], transfer.state == .asked else {
            // Cancelled while the ticket was on its way, or never asked for.
            return send(FilesExtension.GetStop(ticket: ticket.ticket).message)
        }
        retryTime = Self.retryTimes.first
        let grant = Transfer.Grant(ticket: ticket.ticket, entry: ticket.entry, start: now)
        explanations[number].ticket = ticket.ticket
        transfers.change(number) {
            $0.meter = RateMeter(at: now)
            $0.state = .running(grant)
            $0.grantedSize = grant.entry.size
        }
        transfers.timeGroups(at: now)
        announce(number, isQueued: false)
        announceWaiting()
        let wish = transfer.wish
        perform(
            .startTransfer(
                TransferStart(
                    number: number, ticket: ticket.ticket, port: ticket.port, entry: ticket.entry,
                    directory: wish.directory, localName: wish.localName,
                    takesStandardOutput: wish.takesStandardOutput, force: wish.force, recovery: wish.recovery,
                    treeLevels: wish.treeLevels, isOfGroup: transfer.group != nil,
                    isByVerb: configuration.isVerb)
            ))
        // A small file leaves room for another beside it.
        if !timers.isSet(.retryDownload) { askForDownloads(at: now) }
    }

    private mutating func failureCame(_ message: Message, at now: Instant) {
        // Nobody asked for the past but the shell itself.
        if message.parameters.first == "CHATHISTORY" { return }
        guard let failure = FilesExtension.Failure(message) else {
            return refuseOldest(DisplayText(sanitising: message.parameters.last ?? "").text, at: now)
        }
        let text = DisplayText(sanitising: failure.text).text
        switch failure.command {
        case "WHY":
            guard let ticket = requests.firstWhy(where: { failure.concerns(FilesExtension.text(ofTicket: $0)) }) else {
                return
            }
            endExplanation(about: ticket, at: now)
        case "GETSTOP": break  // The transfer had ended at the server before we stopped it.
        case "GET":
            guard let number = takeTicketRequest({ failure.concerns($0.text) }) ?? takeTicketRequest({ _ in true })
            else { return }
            restartRequestTimer(at: now)
            getFailed(number, failure.code, text, at: now)
        default: refuseOldest(text, at: now)
        }
    }

    /// How long the server is left alone when it had no room for a download: at first just long enough for it to learn
    /// that our last one has ended, then twice as long each time, up to 5 s.
    static let retryTimes = (first: Interval.milliseconds(250), last: Interval.seconds(5))

    private mutating func getFailed(
        _ number: TransferNumber, _ code: FilesExtension.FailureCode, _ text: String, at now: Instant
    ) {
        guard let transfer = transfers[number], transfer.state == .asked else { return }
        switch code {
        case .tooMany:
            transfers.putBack(number)
            announce(number, isQueued: true)
            timers.set(.retryDownload, to: now + retryTime)
            retryTime = min(retryTime * 2, Self.retryTimes.last)
        case .noSuchFile:
            guard !files.isKnown else { return endAsAbsent(number, at: now) }
            let request = Request(command: "download", id: nil, answer: .nearest(number))
            ask([FilesExtension.FilesRequest().message], request, at: now)
        case .badName, .unreadable, .badOffset, .badMode, .noSuchTicket, .invalidUTF8:
            endTransfer(number, .failed(TransferFailure(.failed, text)), at: now)
        }
    }

    /// What lists the files, where this was typed.
    private var listing: String { configuration.isVerb ? "rdtchat ls" : "/files" }

    /// The server does not have the file: which one comes nearest to it?
    private mutating func endAsAbsent(_ number: TransferNumber, at now: Instant) {
        guard let name = transfers[number]?.wish.name.text else { return }
        if files.hasDirectory(name + "/") {
            let word = Words.isPlain(name) ? name + "/" : Words.quoted(name + "/")
            return endTransfer(
                number,
                .failed(
                    TransferFailure(
                        .failed,
                        "it is a directory; \(configuration.isVerb ? "write" : "/download") \(word) to fetch it")),
                at: now)
        }
        let near = Nearness.nearest(to: name, of: files.entries.map(\.name.text))
        let way =
            near.map { "did you mean \(Words.isPlain($0) ? $0 : Words.quoted($0))?" }
            ?? "\(listing) shows what there is"
        endTransfer(number, .failed(TransferFailure(.failed, "the server has no such file; \(way)")), at: now)
    }
}
