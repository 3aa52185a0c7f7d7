package import IRC
package import Timeline

/// The hub's book of questions to the shelf and the loop, and of transfers that run.
struct ShelfDesk: Sendable {
    enum Request: Sendable {
        case list(ConnectionID, mask: String?)
        case open(ConnectionID, FileName)
        case explain(ConnectionID, ticket: UInt64)
        /// A person asked the pseudo-user.
        case tell(ConnectionID, mask: String?)
        /// The password is compared even when there is no such operator.
        case becomeOperator(ConnectionID, name: String, isKnown: Bool)
        case status(ConnectionID, query: String)

        var connection: ConnectionID {
            switch self {
            case .list(let id, mask: _), .open(let id, _), .tell(let id, mask: _), .status(let id, query: _),
                .becomeOperator(let id, name: _, isKnown: _), .explain(let id, ticket: _):
                id
            }
        }
    }

    var nextRequest: UInt64 = 0
    var requests: [RequestID: Request] = [:]
    /// Running transfers, of users who are here and of those who left within `HubLimits.transferGrace`.
    var owners: [UInt64: ConnectionID] = [:]
    var tickets: [ConnectionID: [UInt64]] = [:]
    /// What is to be told of the last transfers of users who are here, the newest last.
    var ended: [ConnectionID: [FilesExtension.Figures]] = [:]
    /// The tickets of files that are not small.
    var large: Set<UInt64> = []

    mutating func ask(_ request: Request) -> RequestID {
        nextRequest += 1
        let id = RequestID(rawValue: nextRequest)
        requests[id] = request
        return id
    }
}

// The shelf's answers.
extension Hub {
    package mutating func shelfListed(_ request: RequestID, entries: [FileEntry], at instant: Instant) {
        begin(at: instant)
        let asked = shelf.requests.removeValue(forKey: request)
        if case .tell(let id, let mask)? = asked {
            resumeReply(to: id)
            tell(id, entries, mask)
            charge(id, HubLimits.listedFileCost * Int64(entries.count))
            continueAfterAnswer(id)
            return
        }
        guard case .list(let id, let mask)? = asked else { return }
        resumeReply(to: id)
        enqueue(.listing(Listing(entries, mask: mask, source: serverSource)), to: id)
        charge(id, HubLimits.listedFileCost * Int64(entries.count))
        continueAfterAnswer(id)
    }

    package mutating func fileOpened(
        _ request: RequestID, ticket: UInt64, port: UInt16, entry: FileEntry, at instant: Instant
    ) {
        begin(at: instant)
        guard case .open(let id, let name)? = shelf.requests.removeValue(forKey: request) else {
            // Whoever asked left while the file was being opened.
            effects.append(.stopTransfer(ticket: ticket))
            return
        }
        resumeReply(to: id)
        let tickets = shelf.tickets[id, default: []]
        let isLarge = entry.size > FilesExtension.smallFile
        guard !isLarge || tickets.count(where: shelf.large.contains) < FilesExtension.largeAtOnce else {
            effects.append(.stopTransfer(ticket: ticket))
            refuseMore(id, name, FilesExtension.largeAtOnce)
            return continueAfterAnswer(id)
        }
        if isLarge { shelf.large.insert(ticket) }
        shelf.owners[ticket] = id
        shelf.tickets[id] = tickets + [ticket]
        answer(id, FilesExtension.Ticket(ticket: ticket, port: port, entry: entry).message)
        continueAfterAnswer(id)
    }

    package mutating func fileRefused(_ request: RequestID, _ refusal: FileRefusal, at instant: Instant) {
        begin(at: instant)
        guard case .open(let id, let name)? = shelf.requests.removeValue(forKey: request) else { return }
        resumeReply(to: id)
        let (code, text): (FilesExtension.FailureCode, String) =
            switch refusal {
            case .noSuchFile: (.noSuchFile, "no such file on the shelf")
            case .unreadable(let text): (.unreadable, "the file cannot be read: \(text)")
            case .badOffset(let size): (.badOffset, "the offset lies beyond the file's end, \(size) bytes")
            case .tooMany: (.tooMany, "the server has as many downloads as it can serve; try again later")
            case .tooManyOfHost(let count):
                (.tooMany, "\(count) downloads to your address run already; try again when one has ended")
            }
        fail(id, "GET", code, name.text, text)
        continueAfterAnswer(id)
    }

    /// A transfer is over, however it ended; unknown tickets are none of the hub's. Its last figures are kept for `WHY`.
    package mutating func transferEnded(_ figures: FilesExtension.Figures, at instant: Instant) {
        begin(at: instant)
        let ticket = figures.ticket
        guard let id = shelf.owners.removeValue(forKey: ticket) else { return }
        if users[id] != nil {
            shelf.ended[id] = shelf.ended[id, default: []].suffix(HubLimits.endedTransfersOfUser - 1) + [figures]
        }
        shelf.large.remove(ticket)
        shelf.tickets[id]?.removeAll { $0 == ticket }
        if shelf.tickets[id]?.isEmpty == true {
            shelf.tickets[id] = nil
            timers.set(.transfers(id), to: nil)
        }
    }

    /// `figures` are nil when the transfer has ended in the meantime and left none.
    package mutating func transferExplained(
        _ request: RequestID, _ figures: FilesExtension.Figures?, at instant: Instant
    ) {
        begin(at: instant)
        guard case .explain(let id, let ticket)? = shelf.requests.removeValue(forKey: request) else { return }
        resumeReply(to: id)
        if let figures {
            for message in figures.messages { answer(id, message) }
        } else {
            failWhy(id, FilesExtension.text(ofTicket: ticket))
        }
        continueAfterAnswer(id)
    }

    /// The answer belongs to the label of the line that asked.
    mutating func resumeReply(to id: ConnectionID) {
        labelled = connections[id]?.held
        connections[id]?.held = nil
    }

    mutating func continueAfterAnswer(_ id: ConnectionID) {
        connections[id]?.awaiting = nil
        endReply()
        handleLines(of: id)
        settle()
    }
}

// What users ask of the shelf.
extension Hub {
    mutating func files(_ call: Call) {
        let mask = call[0].flatMap { $0.isEmpty ? nil : $0 }
        let request = shelf.ask(.list(call.id, mask: mask))
        connections[call.id]?.awaiting = request
        effects.append(.listShelf(request, mask: mask))
    }

    mutating func get(_ call: Call) {
        let asked: FilesExtension.GetRequest
        do {
            asked = try FilesExtension.GetRequest(call.message)
        } catch {
            refuse(call, error)
            return
        }
        guard shelf.tickets[call.id, default: []].count < HubLimits.ticketsPerUser else {
            return refuseMore(call.id, asked.name, HubLimits.ticketsPerUser)
        }
        let request = shelf.ask(.open(call.id, asked.name))
        connections[call.id]?.awaiting = request
        effects.append(
            .openFile(
                request, call.id, name: asked.name, offset: asked.offset, mode: asked.mode,
                nick: displayName(of: call.id)))
    }

    private mutating func refuseMore(_ id: ConnectionID, _ name: FileName, _ count: Int) {
        fail(id, "GET", .tooMany, name.text, "\(count) of your downloads run already")
    }

    private mutating func refuse(_ call: Call, _ error: FilesExtension.ParseError) {
        let name = call[2] ?? "*"
        switch error {
        case .wrongCommand, .missingParameters: reply(call.id, .needMoreParameters, "GET", "Not enough parameters")
        case .badNumber(let text):
            fail(call.id, "GET", .badOffset, name, "'\(text)' is no offset: a number of bytes is")
        case .badMode(let text):
            let modes = FilesExtension.modes.joined(separator: ", ")
            fail(call.id, "GET", .badMode, name, "'\(text)' is none of \(modes)")
        case .badName(let error): fail(call.id, "GET", .badName, name, error.description)
        }
    }

    mutating func getStop(_ call: Call) {
        let text = call[0] ?? ""
        guard let ticket = FilesExtension.ticket(ofText: text), shelf.owners[ticket] == call.id else {
            fail(call.id, "GETSTOP", .noSuchTicket, text, "you have no running download with this ticket")
            return
        }
        effects.append(.stopTransfer(ticket: ticket))
    }

    /// Of a transfer that runs the loop knows the figures, of one that ended we do.
    mutating func why(_ call: Call) {
        let text = call[0] ?? ""
        let ticket = FilesExtension.ticket(ofText: text)
        if let ticket, shelf.owners[ticket] == call.id {
            let request = shelf.ask(.explain(call.id, ticket: ticket))
            connections[call.id]?.awaiting = request
            effects.append(.explainTransfer(request, ticket: ticket))
        } else if let figures = shelf.ended[call.id]?.last(where: { $0.ticket == ticket }) {
            for message in figures.messages { answer(call.id, message) }
        } else {
            failWhy(call.id, text)
        }
    }

    private mutating func failWhy(_ id: ConnectionID, _ ticket: String) {
        fail(id, "WHY", .noSuchTicket, ticket, "none of your last downloads has this ticket")
    }

    mutating func fail(
        _ id: ConnectionID, _ command: String, _ code: FilesExtension.FailureCode, _ context: String?, _ text: String
    ) {
        answer(id, FilesExtension.Failure(command: command, code: code, context: context, text: text).message)
    }

    mutating func scheduleEndOfTransfers(of id: ConnectionID) {
        if shelf.tickets[id] != nil { timers.set(.transfers(id), to: now + HubLimits.transferGrace) }
    }

    mutating func stopTransfers(of id: ConnectionID) {
        for ticket in shelf.tickets[id] ?? [] { effects.append(.stopTransfer(ticket: ticket)) }
    }
}
