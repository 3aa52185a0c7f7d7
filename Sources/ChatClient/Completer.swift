import IRC

/// What Tab offers, from what is known already: it never asks the server.
struct Completer {
    /// The likeliest first.
    let people: [Nickname]
    let rooms: [ChannelName]
    let files: [FileEntry]
    let transfers: [TransferNumber]
    /// Files that are there already, by the name that a download would have.
    let localNames: Set<String>

    func complete(_ text: String) -> Completion? {
        let isSlash = text.utf8.first == UInt8(ascii: "/") && !text.utf8.starts(with: "//".utf8)
        let first = text.unicodeScalars.prefix { $0 != " " }
        let hasArguments = first.count < text.unicodeScalars.count
        let completion: Completion?
        if isSlash, !hasArguments {
            completion = commands(String(first.dropFirst()), from: 0, slash: "/")
        } else if isSlash {
            guard case .found(let entry) = CommandTable.find(String(first.dropFirst())) else { return nil }
            completion = argument(of: entry, text, after: first.count)
        } else if hasArguments, String(first) == "download" {
            completion = file(text, after: first.count)
        } else if hasArguments, String(first) == "to", isFirstArgument(text, after: first.count) {
            completion = person(lastWord(of: text), suffix: " ")
        } else {
            let word = lastWord(of: text)
            completion =
                word.text.utf8.first == UInt8(ascii: "#") && word.start > 0
                ? room(word) : person(word, suffix: word.start == 0 ? ": " : " ")
        }
        return completion?.candidates.isEmpty == false ? completion : nil
    }

    private struct Piece {
        let text: String
        let start: Int
    }

    private func lastWord(of text: String) -> Piece {
        let scalars = Array(text.unicodeScalars)
        let start = scalars.lastIndex(of: " ").map { $0 + 1 } ?? 0
        return Piece(text: String(String.UnicodeScalarView(scalars[start...])), start: start)
    }

    private func isFirstArgument(_ text: String, after count: Int) -> Bool {
        !Words.trimmed(String(text.unicodeScalars.dropFirst(count))).utf8.contains(UInt8(ascii: " "))
            && !(text.utf8.last == UInt8(ascii: " ")
                && !Words.trimmed(String(text.unicodeScalars.dropFirst(count))).isEmpty)
    }

    private func argument(of entry: CommandTable.Entry, _ text: String, after count: Int) -> Completion? {
        let word = lastWord(of: text)
        let isFirst = isFirstArgument(text, after: count)
        switch entry.takes {
        case .files: return file(text, after: count)
        case .person, .text: return person(word, suffix: " ")
        case .command where isFirst: return commands(word.text, from: word.start, slash: "")
        case .room where isFirst: return room(word)
        case .transfer where isFirst: return plain(transfers.map(\.description), word)
        case .setting: return setting(text, word, isFirst: isFirst)
        case .none, .command, .room, .transfer: return nil
        }
    }

    private func commands(_ word: String, from start: Int, slash: String) -> Completion {
        let entries = CommandTable.entries.filter { $0.name.rawValue.hasPrefix(word.lowercased()) }
        let candidates = entries.map {
            Completion.Candidate(inserted: slash + $0.name.rawValue, shown: slash + $0.name.rawValue, note: $0.summary)
        }
        return Completion(replaceFrom: start, candidates: candidates, style: .commonPrefix, suffix: " ")
    }

    /// Small letters fit both cases; a capital fits only itself.
    private func person(_ word: Piece, suffix: String) -> Completion {
        let isExact = word.text.utf8.contains { (0x41...0x5A).contains($0) }
        let fitting = people.filter { nick in
            let name = isExact ? nick.text : nick.text.lowercased()
            return name.utf8.starts(with: word.text.utf8)
        }
        let candidates = fitting.map { Completion.Candidate(inserted: $0.text, shown: $0.text, note: "") }
        return Completion(replaceFrom: word.start, candidates: candidates, style: .cycle, suffix: suffix)
    }

    private func room(_ word: Piece) -> Completion { plain(rooms.map(\.text), word) }

    private func plain(_ texts: [String], _ word: Piece) -> Completion {
        let fitting = texts.filter { $0.utf8.starts(with: word.text.utf8) }
        let candidates = fitting.map { Completion.Candidate(inserted: $0, shown: $0, note: "") }
        return Completion(replaceFrom: word.start, candidates: candidates, style: .commonPrefix, suffix: " ")
    }

    private func setting(_ text: String, _ word: Piece, isFirst: Bool) -> Completion? {
        if isFirst { return plain(SettingName.allCases.map(\.rawValue), word) }
        let words = Words.scan(text).words
        guard words.count > 1, let name = SettingName(rawValue: words[1].text) else { return nil }
        return plain(name.values, word)
    }

    /// The files that go on from what stands of the name, all within quotes as soon as one of them must be.
    private func file(_ text: String, after count: Int) -> Completion? {
        let rest = String(text.unicodeScalars.dropFirst(count))
        let scan = Words.scan(rest, from: count)
        let word = scan.isOpen ? scan.words.last : nil
        let before = scan.isOpen ? scan.words.dropLast() : scan.words[...]
        // What follows > is a name of the person's own.
        if before.last.map({ !$0.isQuoted && $0.text == ">" }) == true { return nil }
        if let word, !word.isQuoted, word.text.utf8.first == UInt8(ascii: ">") { return nil }
        var fitting = entries(from: word?.text ?? "")
        var start = word?.start ?? text.unicodeScalars.count
        if fitting.isEmpty || word == nil, !before.contains(where: \.isQuoted), let first = before.first {
            // A name with spaces, typed without quotes.
            let whole = String(text.unicodeScalars.dropFirst(first.start))
            let longer = entries(from: whole)
            if !longer.isEmpty { (fitting, start) = (longer, first.start) }
        }
        let isQuoted = fitting.contains { !Words.isPlain($0.name.text) } || word?.isQuoted == true
        let candidates = fitting.map { entry in
            let name = entry.name.text
            return Completion.Candidate(
                inserted: isQuoted ? Words.quoted(name) : name, shown: name, note: note(of: entry))
        }
        return Completion(replaceFrom: start, candidates: candidates, style: .commonPrefix, suffix: " ")
    }

    private func entries(from beginning: String) -> [FileEntry] {
        files.filter { $0.name.text.utf8.starts(with: beginning.utf8) }
    }

    private func note(of entry: FileEntry) -> String {
        let size = Amount.bytes(entry.size)
        return localNames.contains(entry.name.lastPart) ? "\(size), have it" : size
    }
}

extension Client {
    /// What Tab may put in; `localNames` are the files that are there already.
    package func complete(_ textBeforeCursor: String, localNames: Set<String> = []) -> Completion? {
        guard question == nil else { return nil }
        var everybody = rooms.everybody
        if let nickname { everybody.remove(nickname) }
        let completer = Completer(
            people: acquaintances.ordered(everybody), rooms: rooms.rooms.map(\.name), files: files.entries,
            transfers: transfers.activeNumbers, localNames: localNames)
        return completer.complete(textBeforeCursor)
    }
}
