package import IRC
package import Timeline

/// What our own end knows of a download.
package struct ArrivalFigures: Hashable, Sendable {
    package var seconds = 0.0
    /// DATA datagrams that came, such that came after a later one, such whose bytes were here already, and such that were
    /// sent and did not come.
    package var packets: UInt64 = 0
    package var outOfOrder: UInt64 = 0
    package var duplicates: UInt64 = 0
    package var missing: UInt64 = 0
    /// Datagrams that this system dropped because nobody took them in time.
    package var localDrops: UInt64 = 0
    package var acks: UInt64 = 0
    /// Seconds: the longest time between two datagrams, and what was spent on writing the file.
    package var longestSilence = 0.0
    package var writing = 0.0

    package init() {}
}

/// What is known of why a download is as fast as it is, from both ends.
package struct Explanation: Hashable, Sendable {
    package var number: TransferNumber
    package var name: FileName
    /// As in `/transfers`: `running`, `queued`, `done` …
    package var state: String
    package var isRunning: Bool
    /// nil before the first datagram.
    package var arrival: ArrivalFigures?
    /// nil when the server was not asked, or does not tell.
    package var sender: FilesExtension.Figures?
}

/// The downloads' tickets and what was last told of each, for `/why`; of the newest `most` downloads.
struct Explanations: Sendable {
    struct Entry: Sendable {
        var ticket: UInt64?
        var arrival: ArrivalFigures?
        var sender: FilesExtension.Figures?
    }

    private var entries: [TransferNumber: Entry] = [:]
    /// Who asked, until the loop has told our own end's figures.
    var askers: [(TransferNumber, Client.Asker)] = []

    static let most = TransferList.mostEnded

    /// Whether the server has granted a download.
    var hasTickets: Bool { entries.values.contains { $0.ticket != nil } }

    subscript(number: TransferNumber) -> Entry {
        get { entries[number] ?? Entry() }
        set {
            entries[number] = newValue
            if entries.count > Self.most, let oldest = entries.keys.min() { entries[oldest] = nil }
        }
    }
}

extension Client {
    /// Without a number it is about the newest download that runs, or else about the newest; with that of several files
    /// about the newest of these.
    mutating func explain(_ number: TransferNumber?, _ asker: Asker, at now: Instant) {
        let fitting = transfers.transfers.filter { transfer in
            number == nil || transfer.number == number || transfer.group == number
        }
        guard let newest = fitting.last(where: { $0.grant != nil }) ?? fitting.last else {
            return refuse(asker, number.map(noSuchTransfer) ?? "no downloads yet; /download NAME fetches a file")
        }
        let number = newest.number
        explanations.askers.append((number, asker))
        perform(.examineTransfer(number))
    }

    /// The loop's answer to `examineTransfer`, and its last word on a download that ends: what our own end knows, nil when
    /// it is not at work.
    package mutating func transferExamined(_ number: TransferNumber, _ arrival: ArrivalFigures?, at now: Instant) {
        if let arrival { explanations[number].arrival = arrival }
        guard let index = explanations.askers.firstIndex(where: { $0.0 == number }) else { return }
        let (_, asker) = explanations.askers.remove(at: index)
        guard link == .registered, hasFiles, let ticket = explanations[number].ticket else {
            emitExplanation(of: number)
            conclude(asker.id, .succeeded)
            return runScript(at: now)
        }
        let request = Request(command: asker.word, id: asker.id, answer: .why(number, ticket: ticket))
        ask([FilesExtension.WhyRequest(ticket: ticket).message], request, at: now)
    }

    /// A line of the server's answer.
    mutating func figuresCame(_ message: Message, at now: Instant) {
        guard let ticket = FilesExtension.Figures.ticket(of: message),
            let number = requests.asked(about: ticket)
        else { return }
        var figures = incomingFigures?.ticket == ticket ? incomingFigures : nil
        var new = figures ?? FilesExtension.Figures(ticket: ticket)
        do throws(FilesExtension.ParseError) {
            let isLast = try new.take(message)
            figures = new
            incomingFigures = isLast ? nil : figures
            guard isLast else { return }
            explanations[number].sender = figures?.countable
        } catch {
            // What cannot be understood is left out; our own end's figures are still worth telling.
            incomingFigures = nil
            guard message.command == FilesExtension.Command.windows.rawValue else { return }
        }
        endExplanation(about: ticket, at: now)
    }

    /// Tells what is known; the server's part may be missing.
    mutating func endExplanation(about ticket: UInt64, at now: Instant) {
        let taken = requests.take { answer in
            if case .why(_, ticket: ticket) = answer { true } else { false }
        }
        guard let request = taken, case .why(let number, ticket: _) = request.answer else { return }
        emitExplanation(of: number)
        settled(request, .succeeded, at: now)
    }

    mutating func emitExplanation(of number: TransferNumber) {
        guard let transfer = transfers[number] else { return }
        let known = explanations[number]
        let (state, _) = ProgressText.state(of: transfer, at: Instant(nanoseconds: 0))
        emit(
            .why(
                Explanation(
                    number: number, name: transfer.wish.name, state: state, isRunning: transfer.isActive,
                    arrival: known.arrival, sender: known.sender)))
    }
}
