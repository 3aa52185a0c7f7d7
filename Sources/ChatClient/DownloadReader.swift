import IRC

/// What follows `/download`: names, `> LOCAL`, `&` and `--force`.
///
/// When nothing is quoted and the whole text is a file on the server, that file is meant, whatever spaces are in its
/// name. Else the text is words; a word that was quoted is always a name.
struct DownloadReader {
    let files: FileCatalogue
    /// The words were those of a verb of the command line.
    var isVerb = false

    /// Whether it takes the list of files to tell what is meant: several words without marks may be one name, a mark that
    /// nothing closes belongs to one, and a pattern may be one too. A single word, or words in marks, are taken for what they are.
    static func needsFiles(_ text: String) -> Bool {
        guard let words = Words.split(text) else { return true }
        var bare = 0
        var isLocal = false
        for word in words {
            if !isLocal, word.text.utf8.last == UInt8(ascii: "/"), word.text.utf8.first != UInt8(ascii: ">") {
                return true
            } else if isLocal || word.isQuoted || ["&", "--force"].contains(word.text) {
                isLocal = false
            } else if word.text.utf8.first == UInt8(ascii: ">") {
                isLocal = word.text == ">"
            } else if word.text.utf8.first == UInt8(ascii: "-") || word.text.contains(where: { "*?".contains($0) }) {
                return true
            } else {
                bare += 1
            }
        }
        return bare > 1
    }

    /// Whether `> -` stands in the text.
    static func takesStandardOutput(_ text: String) -> Bool {
        var isLocal = false
        for word in Words.split(text) ?? [] {
            if isLocal, word.text == DownloadRequest.standardOutput { return true }
            isLocal = !word.isQuoted && word.text == ">"
            if !word.isQuoted, word.text == ">-" { return true }
        }
        return false
    }

    func read(_ text: String) throws(CommandError) -> DownloadRequest {
        let words = Words.split(text)
        let isQuoted = words?.contains(where: \.isQuoted) ?? true
        if !isQuoted, let literal = literal(text) { return literal }
        guard let words else {
            guard let literal = literal(text) else {
                throw CommandError("a quote is not closed; \\\" inside quotes is a quote that belongs to the name")
            }
            return literal
        }
        let request = try read(words)
        if isQuoted, !request.names.allSatisfy({ files.contains($0) }), let literal = literal(text) { return literal }
        return request
    }

    /// The text as one name that is on the server, with the options that stand around it.
    private func literal(_ text: String) -> DownloadRequest? {
        var rest = Words.trimmed(text)
        var (isBackground, force) = (false, false)
        while true {
            if let name = known(rest) {
                return DownloadRequest(names: [name], isBackground: isBackground, force: force)
            } else if rest.hasSuffix(" &") {
                rest = Words.trimmed(rest.dropLast(2))
                isBackground = true
            } else if rest.hasSuffix(" --force") {
                rest = Words.trimmed(rest.dropLast(8))
                force = true
            } else if rest.hasPrefix("--force ") {
                rest = Words.trimmed(rest.dropFirst(8))
                force = true
            } else {
                break
            }
        }
        let scalars = rest.unicodeScalars
        guard let mark = scalars.lastIndex(of: ">"), mark > scalars.startIndex,
            let name = known(Words.trimmed(String(scalars[..<mark]))),
            let local = Words.split(String(scalars[scalars.index(after: mark)...])), local.count == 1
        else { return nil }
        return DownloadRequest(names: [name], local: local[0].text, isBackground: isBackground, force: force)
    }

    private func known(_ text: String) -> FileName? {
        guard let name = try? FileName(text), files.contains(name) else { return nil }
        return name
    }

    private func read(_ words: [Words.Word]) throws(CommandError) -> DownloadRequest {
        var request = DownloadRequest(names: [])
        var hasOptions = true
        var awaitsLocal = false
        for (index, word) in words.enumerated() {
            if awaitsLocal {
                request.local = word.text
                awaitsLocal = false
            } else if let tree = try tree(word) {
                request.trees.append(tree)
            } else if word.isQuoted {
                request.names.append(try name(word.text))
            } else if word.text == "&", index == words.count - 1 {
                request.isBackground = true
            } else if word.text.hasPrefix(">") {
                guard request.local == nil else { throw CommandError("> stands once, before the copy's name") }
                let local = String(word.text.dropFirst())
                if local.isEmpty { awaitsLocal = true } else { request.local = local }
            } else if hasOptions, word.text.hasPrefix("-") {
                switch word.text {
                case "--force": request.force = true
                case "--": hasOptions = false
                default:
                    let shown = DisplayText.repeated(word.text)
                    throw CommandError("there is no option \(shown), only --force; quote a name that begins with -")
                }
            } else {
                request.names.append(try name(word.text))
            }
        }
        guard !request.names.isEmpty || !request.trees.isEmpty, !awaitsLocal, request.local != "" else {
            throw .usage(.download)
        }
        let isOne = request.names.count == 1 && request.trees.isEmpty
        guard request.local == nil || isOne || request.local?.utf8.last == UInt8(ascii: "/") else {
            throw CommandError("several files need a directory: > \(request.local ?? "")/")
        }
        return request
    }

    /// What a word with a slash at its end, or a pattern, stands for: all that `/files` lists for it. Nil for a name.
    func tree(_ word: Words.Word) throws(CommandError) -> DownloadRequest.Tree? {
        let text = word.text
        let isDirectory = text.utf8.last == UInt8(ascii: "/") && (word.isQuoted || text.utf8.first != UInt8(ascii: ">"))
        let isPattern = !word.isQuoted && text.unicodeScalars.contains { $0 == "*" || $0 == "?" }
        guard isDirectory || isPattern, text.utf8.first != UInt8(ascii: "-") || isDirectory else { return nil }
        if let name = try? FileName(text), files.contains(name) { return nil }
        let mask = Mask(isPattern && isDirectory ? text + "*" : text, foldsCase: false)
        let fitting = files.entries.filter { entry in
            isPattern ? mask.matches(entry.name.text) : entry.name.text.utf8.starts(with: text.utf8)
        }
        guard !fitting.isEmpty else {
            let shown = DisplayText.repeated(text)
            throw CommandError(
                "no file on the server \(isPattern ? "fits" : "is in") '\(shown)'; "
                    + "\(isVerb ? "rdtchat ls" : "/files") shows what there is")
        }
        return DownloadRequest.Tree(title: text, isPattern: isPattern, entries: fitting)
    }

    private func name(_ text: String) throws(CommandError) -> FileName {
        do { return try FileName(text) } catch { throw CommandError(error.description) }
    }
}
