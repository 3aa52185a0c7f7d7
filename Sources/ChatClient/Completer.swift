import IRC
package import Timeline

/// What Tab offers, from what is known already: it never asks the server.
struct Completer {
    /// The likeliest first.
    let people: [Nickname]
    let rooms: [ChannelName]
    let files: [FileEntry]
    let transfers: [TransferNote]
    /// Downloads that ended before they were complete.
    let unfinished: [TransferNote]
    let settings: Settings
    let aliases: [String: String]
    /// What may be put in the place of `/nick `: the nickname that one has.
    let nickname: Nickname?
    let topic: String
    /// How long somebody has said nothing; nil for who has not been heard.
    let silence: [Nickname: Interval]
    let local: LocalPlace

    /// A download that runs, as the list for `/cancel` shows it.
    struct TransferNote {
        let number: TransferNumber
        let note: String
    }

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
        case .newName where isFirst: return plain([nickname?.text ?? ""], word)
        case .topic where isFirst && word.text.isEmpty && !topic.isEmpty:
            return Completion(
                replaceFrom: word.start, candidates: [.init(inserted: topic, shown: topic, note: "")],
                style: .commonPrefix, suffix: "")
        case .topic: return person(word, suffix: " ")
        case .command where isFirst: return commands(word.text, from: word.start, slash: "")
        case .room where isFirst: return room(word)
        case .transfer where isFirst: return transfer(word, entry.name == .resume ? transfers + unfinished : transfers)
        case .setting: return setting(text, word, isFirst: isFirst)
        case .none, .newName, .command, .room, .transfer: return nil
        }
    }

    private func commands(_ word: String, from start: Int, slash: String) -> Completion {
        let entries = CommandTable.entries.filter { $0.name.rawValue.hasPrefix(word.lowercased()) }
        let own = aliases.filter { $0.key.hasPrefix(word.lowercased()) }.sorted { $0.key < $1.key }
        let notes = entries.map { ($0.name.rawValue, $0.summary) } + own.map { ($0.key, $0.value) }
        let candidates = notes.map { name, note in
            Completion.Candidate(inserted: slash + name, shown: slash + name, note: DisplayText(sanitising: note).text)
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
        let candidates = fitting.map { nick in
            let note = silence[nick].map { "said something \(Amount.age($0)) ago" } ?? ""
            return Completion.Candidate(inserted: nick.text, shown: nick.text, note: note)
        }
        return Completion(replaceFrom: word.start, candidates: candidates, style: .cycle, suffix: suffix)
    }

    private func room(_ word: Piece) -> Completion { plain(rooms.map(\.text), word) }

    private func transfer(_ word: Piece, _ notes: [TransferNote]) -> Completion {
        let fitting = notes.filter { $0.number.description.utf8.starts(with: word.text.utf8) }
        let candidates = fitting.map {
            Completion.Candidate(inserted: $0.number.description, shown: $0.number.description, note: $0.note)
        }
        return Completion(replaceFrom: word.start, candidates: candidates, style: .commonPrefix, suffix: "")
    }

    private func plain(_ texts: [String], _ word: Piece) -> Completion {
        let fitting = texts.filter { $0.utf8.starts(with: word.text.utf8) }
        let candidates = fitting.map { Completion.Candidate(inserted: $0, shown: $0, note: "") }
        return Completion(replaceFrom: word.start, candidates: candidates, style: .commonPrefix, suffix: " ")
    }

    /// After the setting's name its values; where any text will do, the one that it has, to be changed.
    private func setting(_ text: String, _ word: Piece, isFirst: Bool) -> Completion? {
        if isFirst { return plain(SettingName.allCases.map(\.rawValue), word) }
        let words = Words.scan(text).words
        guard words.count > 1, let name = SettingName(rawValue: words[1].text) else { return nil }
        if name == .outputDirectory { return directory(text, of: words) }
        return plain(name.values.isEmpty ? [settings[name]] : name.values, word)
    }

    private func directory(_ text: String, of words: [Words.Word]) -> Completion {
        let isOpen = words.count > 2
        let word = isOpen ? words[2] : Words.Word(text: "", isQuoted: false, start: text.unicodeScalars.count)
        return LocalPaths(local).complete(word, directoriesOnly: true)
    }
}

extension Client {
    /// What Tab may put in; `local` tells of the files that are there already.
    package func complete(_ textBeforeCursor: String, local: LocalPlace = .nowhere, at now: Instant) -> Completion? {
        guard question == nil else { return nil }
        var everybody = rooms.everybody
        if let nickname { everybody.remove(nickname) }
        let completer = Completer(
            people: acquaintances.ordered(everybody), rooms: rooms.known, files: files.entries,
            transfers: transfers.active.map { transfer in
                let share = transfer.size.map { " \(Amount.percent(transfer.arrived, of: $0)) %" } ?? ""
                return .init(number: transfer.number, note: transfer.wish.name.text + share)
            },
            unfinished: transfers.transfers.filter(\.mayStartAgain).map {
                .init(number: $0.number, note: $0.wish.name.text)
            },
            settings: settings, aliases: aliases, nickname: nickname,
            topic: rooms.current.flatMap { rooms[$0]?.topic } ?? "",
            silence: acquaintances.silence(at: now), local: local)
        return completer.complete(textBeforeCursor)
    }
}
