import IRC
import Timeline

/// Downloads that outlive the shell: written down as they come and go, and offered when it starts again.
extension Client {
    /// Hands the list to the loop when it has changed. Scripts have their own ends, and keep nothing.
    mutating func keepQueue() {
        guard !configuration.isUnattended else { return }
        let list = queue
        guard list != lastQueue else { return }
        lastQueue = list
        perform(.keepQueue(list))
    }

    private var queue: [KeptDownload] {
        let single = transfers.active.filter { $0.group == nil && !$0.wish.takesStandardOutput }.map { transfer in
            KeptDownload(
                kind: .file, name: transfer.wish.name.text, directory: absolute(transfer.wish.directory),
                local: transfer.wish.localName, treeLevels: transfer.wish.treeLevels, force: transfer.wish.force,
                recovery: transfer.wish.recovery)
        }
        let groups = transfers.groups.map { group in
            KeptDownload(
                kind: group.wish.isPattern ? .pattern : .directory, name: group.wish.text,
                directory: absolute(group.wish.directory), local: group.wish.prefix, force: group.wish.force,
                recovery: group.wish.recovery)
        }
        return unoffered + single + groups
    }

    /// The next shell may be started elsewhere.
    private func absolute(_ directory: String) -> String {
        if directory.isEmpty { return configuration.workingDirectory }
        let isAbsolute = directory.utf8.first == UInt8(ascii: "/") || directory.utf8.starts(with: "~/".utf8)
        return isAbsolute ? directory : "\(configuration.workingDirectory)/\(directory)"
    }

    /// Takes up what was left from the last time, held, and asks whether it shall go on.
    mutating func offerQueue(at now: Instant) {
        guard isReady, hasFiles, files.isKnown, question == nil, !unoffered.isEmpty else { return }
        let list = unoffered
        unoffered = []
        var count = 0
        for kept in list where takeUp(kept, at: now) { count += 1 }
        keepQueue()
        if count > 0 {
            question = .goOn(count: count)
            tellQuestion()
        }
    }

    private mutating func takeUp(_ kept: KeptDownload, at now: Instant) -> Bool {
        guard kept.kind == .file else { return takeUpTree(kept, at: now) }
        guard let name = try? FileName(kept.name) else { return false }
        let wish = Transfer.Wish(
            name: name, directory: kept.directory, localName: kept.local, treeLevels: kept.treeLevels,
            takesStandardOutput: false, force: kept.force, recovery: kept.recovery)
        let transfer = transfers.add(wish, listedSize: files.size(of: name), at: now)
        transfers.change(transfer.number) {
            $0.state = .paused
            $0.isAnnounced = true
        }
        return true
    }

    private mutating func takeUpTree(_ kept: KeptDownload, at now: Instant) -> Bool {
        let word = Words.Word(text: kept.name, isQuoted: kept.kind == .directory, start: 0)
        guard let tree = try? DownloadReader(files: files).tree(word) else {
            emit(.info("\(DisplayText(sanitising: kept.name).text): no file on the server fits it any more"))
            return false
        }
        let wish = TransferGroup.Wish(
            text: tree.title, isPattern: tree.isPattern, directory: kept.directory, prefix: kept.local,
            force: kept.force, recovery: kept.recovery)
        let group = transfers.addGroup(wish, tree.entries, at: now)
        transfers.changeGroup(group.number) { $0.isPaused = true }
        return true
    }

    private mutating func tellHeldQueue() {
        emit(.info("they wait: /transfers shows them, /resume N goes on, /cancel N forgets"))
    }

    /// The answer to `.goOn`; false for a command, which takes it back.
    mutating func answerGoOn(_ line: String, at now: Instant) -> Bool {
        switch line.lowercased() {
        case "", "y", "yes":
            question = nil
            resume(nil, Asker(word: "resume", id: nil), at: now)
            return true
        case "n", "no":
            question = nil
            tellHeldQueue()
            return true
        default:
            if isNoAnswer(line) { return true }
            tellHeldQueue()
            return false
        }
    }
}
