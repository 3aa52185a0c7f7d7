import IRC

/// Names on the server and names here, for `/download` and `/files`.
extension Completer {
    /// The files that go on from what stands of the name, all within quotes as soon as one of them must be; behind `>`
    /// the person's own files, and behind `-` the option.
    func file(_ text: String, after count: Int) -> Completion? {
        let rest = String(text.unicodeScalars.dropFirst(count))
        let scan = Words.scan(rest, from: count)
        let word = scan.isOpen ? scan.words.last : nil
        let before = scan.isOpen ? scan.words.dropLast() : scan.words[...]
        let next = word ?? Words.Word(text: "", isQuoted: false, start: text.unicodeScalars.count)
        if before.last.map({ !$0.isQuoted && $0.text == ">" }) == true {
            return LocalPaths(local).complete(next, directoriesOnly: false)
        }
        if !next.isQuoted, next.text.utf8.first == UInt8(ascii: ">") {
            let path = String(next.text.dropFirst())
            let behind = Words.Word(text: path, isQuoted: false, start: next.start + 1)
            return LocalPaths(local).complete(behind, directoriesOnly: false)
        }
        if !next.isQuoted, next.text.utf8.count > 0, "--force".utf8.starts(with: next.text.utf8) {
            return dashed(next)
        }
        var fitting = entries(from: next.text)
        var start = next.start
        if fitting.isEmpty || word == nil, !before.contains(where: \.isQuoted), let first = before.first {
            // A name with spaces, typed without quotes.
            let whole = String(text.unicodeScalars.dropFirst(first.start))
            let longer = entries(from: whole)
            if !longer.isEmpty { (fitting, start) = (longer, first.start) }
        }
        let isQuoted = fitting.contains { !Words.isPlain($0.name.text) } || word?.isQuoted == true
        let typed = start == next.start ? next.text : String(text.unicodeScalars.dropFirst(start))
        let levels = Self.levels(of: fitting, behind: typed)
        let candidates = levels.map { level in
            let note = level.entry.map { self.note(of: $0) } ?? "\(level.count) files, \(Amount.bytes(level.size))"
            return Completion.Candidate(
                inserted: isQuoted ? Words.quoted(level.name) : level.name, shown: level.name, note: note)
        }
        let isDirectory = levels.count == 1 && levels[0].entry == nil
        return Completion(
            replaceFrom: start, candidates: candidates, style: .commonPrefix, suffix: isDirectory ? "" : " ")
    }

    /// A file, or a directory with all that is below it.
    private struct Level {
        let name: String
        var entry: FileEntry?
        var count = 0
        var size: UInt64 = 0
    }

    /// The next level of the tree: a directory with two files and more stands for them, with its slash.
    private static func levels(of entries: [FileEntry], behind typed: String) -> [Level] {
        var levels: [Level] = []
        for entry in entries {
            let bytes = Array(entry.name.text.utf8)
            let slash = bytes.dropFirst(typed.utf8.count).firstIndex(of: UInt8(ascii: "/"))
            let name = slash.map { String(decoding: bytes[...$0], as: UTF8.self) } ?? entry.name.text
            if slash != nil, let last = levels.last, last.name == name {
                levels[levels.count - 1].entry = nil
            } else {
                levels.append(Level(name: name, entry: entry))
            }
            levels[levels.count - 1].count += 1
            levels[levels.count - 1].size += entry.size
        }
        return levels.map { level in
            level.entry.map { Level(name: $0.name.text, entry: $0) } ?? level
        }
    }

    /// Exact beginnings; when there are none, small letters also fit capitals.
    private func entries(from beginning: String) -> [FileEntry] {
        let exact = files.filter { $0.name.text.utf8.starts(with: beginning.utf8) }
        guard exact.isEmpty, beginning == beginning.lowercased() else { return exact }
        return files.filter { $0.name.text.lowercased().utf8.starts(with: beginning.utf8) }
    }

    /// The size, and what of the file is here.
    private func note(of entry: FileEntry) -> String {
        let size = Amount.bytes(entry.size)
        let name = entry.name.lastPart
        if let part = local.size(name + ".part") {
            return "\(size), partial \(Amount.percent(part, of: entry.size)) %"
        }
        return local.size(name) == nil ? size : "\(size), have it"
    }

    /// The option, and the files whose names begin like one and stand in quotes.
    private func dashed(_ word: Words.Word) -> Completion {
        let option = Completion.Candidate(inserted: "--force", shown: "--force", note: "replaces what is there")
        let names = entries(from: word.text).map { entry in
            Completion.Candidate(
                inserted: Words.quoted(entry.name.text), shown: entry.name.text, note: note(of: entry))
        }
        return Completion(replaceFrom: word.start, candidates: [option] + names, style: .commonPrefix, suffix: " ")
    }
}
