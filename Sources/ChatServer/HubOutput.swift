import DequeModule
import IRC
import Timeline

/// What has been answered to a line with a `label` tag (IRCv3 labeled-response).
struct LabelledReply: Sendable {
    let id: ConnectionID
    let label: String
    var answers: [Answer] = []
}

/// The tags of a relayed message for clients with message-tags: what its sender put there, and its name.
struct RelayTags: Sendable {
    var fromClient: [Message.Tag] = []
    let messageID: String
}

// How lines leave the hub.
extension Hub {
    var serverSource: Message.Source { Message.Source(name: configuration.serverName.text) }

    /// What replies call a client: its nickname, or `*` before it has one.
    func displayName(of id: ConnectionID) -> String {
        users[id]?.nickname.text ?? greeters[id]?.nickname?.text ?? "*"
    }

    /// Answers a client with a numeric: its own name comes first, the text last.
    mutating func reply(_ id: ConnectionID, _ numeric: Numeric, _ parameters: String...) {
        answer(id, Message(command: numeric.rawValue, parameters: [displayName(of: id)] + parameters))
    }

    /// Answers a client in the server's name.
    mutating func answer(_ id: ConnectionID, _ message: Message) {
        var message = message
        message.source = serverSource
        enqueueAnswer(message.encodedWithinLimit(), to: id)
    }

    /// FAIL of IRCv3 standard replies, with contexts of one word each.
    mutating func refuse(_ id: ConnectionID, _ command: String, _ code: String, _ context: [String], _ text: String) {
        answer(id, Message(command: "FAIL", parameters: [command, code] + context + [text]))
    }

    /// Puts a line behind all answers that the client has coming, or into the reply to the label being answered.
    mutating func enqueueAnswer(_ line: [UInt8], to id: ConnectionID) { enqueue(.line(line), to: id) }

    mutating func enqueue(_ answer: Answer, to id: ConnectionID) {
        if labelled?.id == id {
            labelled?.answers.append(answer)
        } else {
            queue(answer, to: id)
        }
    }

    /// Answers beyond `HubLimits.answerMark` wait until the client has read: a long list cannot overflow its queue, and
    /// since its next line waits too, a client cannot make the server hold more than one list.
    private mutating func queue(_ answer: Answer, to id: ConnectionID) {
        guard let outlet = outlets[id] else { return }
        if !outlet.waitsForRoom, outlet.queued < HubLimits.answerMark, case .line(let line) = answer {
            push(line, to: id)
        } else {
            connections[id]?.answers.append(answer)
            releaseAnswers(of: id)
        }
    }

    mutating func releaseAnswers(of id: ConnectionID) {
        while let queued = outlets[id]?.queued, queued < HubLimits.answerMark,
            let line = connections[id]?.answers.nextLine()
        {
            push(line, to: id)
        }
        outlets[id]?.waitsForRoom = connections[id]?.answers.isEmpty == false
    }

    /// Gives a line to the loop and counts it against the send queue.
    mutating func push(_ line: [UInt8], to id: ConnectionID) {
        if admit(line.count, to: id) { effects.append(.send(id, line)) }
    }

    /// Whether the connection's queue has room for so many bytes more; if so they are counted.
    private mutating func admit(_ count: Int, to id: ConnectionID) -> Bool {
        guard let outlet = outlets[id], !outlet.isOverflowing else { return false }
        guard outlet.queued + count <= HubLimits.sendQueue else {
            outlets[id]?.isOverflowing = true
            overflowing.append(id)
            return false
        }
        outlets[id]?.queued += count
        return true
    }

    /// Sends one message to many, encoded once for each set of tags that its receivers want: a receiver costs an index
    /// and no memory of its own.
    mutating func relay(
        _ message: Message, to receivers: [ConnectionID], except excluded: ConnectionID? = nil,
        answering sender: ConnectionID? = nil, tags: RelayTags? = nil
    ) {
        guard !receivers.isEmpty else { return }
        let plain = message.encodedWithinLimit()
        var lines = [[UInt8]?](repeating: nil, count: RelayForm.count)
        var groups = [[ConnectionID]](repeating: [], count: RelayForm.count)
        for id in receivers where id != excluded {
            guard let outlet = outlets[id] else { continue }
            let form = RelayForm(outlet.capabilities, hasTags: tags != nil)
            let line = lines[form.rawValue] ?? self.line(plain, in: form, tags)
            lines[form.rawValue] = line
            if id == sender {
                enqueueAnswer(line, to: id)
            } else if admit(line.count, to: id) {
                if groups[form.rawValue].isEmpty { groups[form.rawValue].reserveCapacity(receivers.count) }
                groups[form.rawValue].append(id)
            }
        }
        for form in 0..<RelayForm.count where !groups[form].isEmpty {
            if let line = lines[form] { effects.append(.relay(line, groups[form])) }
        }
    }

    private func line(_ plain: [UInt8], in form: RelayForm, _ tags: RelayTags?) -> [UInt8] {
        var all: [Message.Tag] = []
        if form.contains(.messageTags), let tags {
            all = tags.fromClient + [Message.Tag(key: "msgid", value: tags.messageID)]
        }
        if form.contains(.serverTime) { all.append(Message.Tag(key: ServerTime.tag, value: serverTime)) }
        return Message.encodedTags(all) + plain
    }

    /// Everybody who shares a channel with `id`, each once, without `id`.
    func peers(of id: ConnectionID) -> [ConnectionID] {
        let names = users[id]?.channels ?? []
        if names.count == 1 { return (channels[names[0]]?.members ?? []).filter { $0 != id } }
        var seen: Set<ConnectionID> = [id]
        var peers: [ConnectionID] = []
        for name in names {
            for member in channels[name]?.members ?? [] where seen.insert(member).inserted { peers.append(member) }
        }
        return peers
    }

    /// Those of `peers` whose clients asked for a capability.
    func peers(of id: ConnectionID, with capability: Capability) -> [ConnectionID] {
        peers(of: id).filter { has($0, capability) }
    }

    func has(_ id: ConnectionID, _ capability: Capability) -> Bool {
        outlets[id]?.capabilities.contains(capability) == true
    }

    /// A name for a message that no other has while the server runs, nor after a restart in another second.
    mutating func nextMessageID() -> String {
        messageCount += 1
        return String(startedWall.seconds, radix: 36) + "-" + String(messageCount, radix: 36)
    }

    /// A name for a batch, unique among those that a client has open.
    mutating func nextBatchID() -> String {
        batchCount += 1
        return String(batchCount, radix: 36)
    }
}

/// Which tags a receiver wants before a line.
private struct RelayForm: OptionSet {
    let rawValue: Int

    static let serverTime = RelayForm(rawValue: 1)
    static let messageTags = RelayForm(rawValue: 2)
    static let count = 4

    init(rawValue: Int) { self.rawValue = rawValue }

    init(_ capabilities: CapabilitySet, hasTags: Bool) {
        self = []
        if capabilities.contains(.serverTime) { insert(.serverTime) }
        if hasTags, capabilities.contains(.messageTags) { insert(.messageTags) }
    }
}

// Labels and batches.
extension Hub {
    /// From now on what is answered to `id` is kept for the label of its line, when it has one.
    mutating func beginReply(to message: Message, from id: ConnectionID) {
        guard has(id, .labeledResponse), has(id, .batch), let label = message.tag("label"), !label.isEmpty,
            label.utf8.count <= HubLimits.label
        else { return }
        labelled = LabelledReply(id: id, label: label)
    }

    /// The line is done: its reply leaves, or is kept while the shelf or the loop is still being asked.
    mutating func endReply() {
        guard let reply = labelled else { return }
        labelled = nil
        if connections[reply.id]?.awaiting != nil {
            connections[reply.id]?.held = reply
            return
        }
        let label = Message.Tag(key: "label", value: reply.label)
        if reply.answers.isEmpty {
            let message = Message(tags: [label], source: serverSource, command: "ACK")
            queue(.line(message.encodedWithinLimit()), to: reply.id)
        } else if reply.answers.count == 1, let line = reply.answers[0].onlyLine {
            queue(.line(Message.prepending(label, to: line)), to: reply.id)
        } else {
            sendBatch(reply.answers, as: ["labeled-response"], to: reply.id, tag: label)
        }
    }

    /// Lines between `BATCH +` and `BATCH -`; a line that is in a batch already stays there.
    mutating func sendBatch(_ answers: [Answer], as kind: [String], to id: ConnectionID, tag: Message.Tag? = nil) {
        let batch = nextBatchID()
        let begin = Message(
            tags: tag.map { [$0] } ?? [], source: serverSource, command: "BATCH", parameters: ["+" + batch] + kind)
        enqueueAnswer(begin.encodedWithinLimit(), to: id)
        let member = Message.Tag(key: "batch", value: batch)
        for answer in answers { enqueue(answer.tagged(member), to: id) }
        let end = Message(source: serverSource, command: "BATCH", parameters: ["-" + batch])
        enqueueAnswer(end.encodedWithinLimit(), to: id)
    }
}
