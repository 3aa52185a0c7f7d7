import IRC

/// What a line from the prompt or a script means, given who and what is there.
struct LineReader {
    enum Meaning: Hashable {
        case nothing
        case say(String)
        case run(Command, word: String)
        /// Nothing is done or said; `command` is the word that was tried.
        case wrong(command: String, text: String)
    }

    let isScript: Bool
    /// The line was made of a verb of the command line.
    var isVerb = false
    /// Everybody who is connected and shares a room with us.
    let people: Set<Nickname>
    let files: FileCatalogue
    /// The person's own commands.
    var aliases: [String: String] = [:]

    func meaning(of line: String) -> Meaning { meaning(of: line, depth: 0) }

    /// An alias may lead to another, but not for ever: `depth` counts.
    private func meaning(of line: String, depth: Int) -> Meaning {
        let text = Words.trimmed(line)
        guard !text.isEmpty else { return .nothing }
        if line.utf8.starts(with: "//".utf8) { return .say(String(line.dropFirst())) }
        guard text.utf8.first == UInt8(ascii: "/") else { return bareWords(text) ?? .say(line) }
        let (word, rest) = Words.first(of: String(text.dropFirst()))
        if depth < Self.deepestAlias, let own = aliases[word.lowercased()] {
            return meaning(of: Self.expanding(own, with: rest), depth: depth + 1)
        }
        switch CommandTable.find(word) {
        case .found(let entry): return meaning(of: entry.name, rest)
        case .ambiguous(let entries):
            let names = entries.map { "/\($0.name.rawValue)" }.joined(separator: ", ")
            return .wrong(command: word, text: "/\(word) may be \(names); write more of it")
        case .unknown(let nearest):
            let shown = DisplayText.repeated(word)
            let way =
                CommandTable.way(insteadOf: word) ?? nearest.map { "did you mean /\($0)?" }
                ?? "/help lists them, and // says a line that begins with a slash"
            return .wrong(command: word, text: "there is no command /\(shown); \(way)")
        }
    }

    /// Whether the line is to be said, and no command.
    func isTalk(_ line: String) -> Bool {
        if case .say = meaning(of: line) { true } else { false }
    }

    private static let deepestAlias = 8

    /// What follows the word stands for `$*`, or at the end.
    private static func expanding(_ text: String, with rest: String) -> String {
        let parts = text.split(separator: "$*", omittingEmptySubsequences: false)
        if parts.count == 1 { return rest.isEmpty ? text : "\(text) \(rest)" }
        return parts.joined(separator: rest)
    }

    /// Whether the line cannot be understood before the server's files are known.
    func needsFiles(_ line: String) -> Bool {
        download(in: line, depth: 0).map(DownloadReader.needsFiles) ?? false
    }

    /// Whether the line fetches files, or tries to.
    func isDownload(_ line: String) -> Bool { download(in: line, depth: 0) != nil }

    /// Whether the line sends a file to standard output.
    func takesStandardOutput(_ line: String) -> Bool {
        download(in: line, depth: 0).map(DownloadReader.takesStandardOutput) ?? false
    }

    /// What follows the word `download`; nil when the line is none.
    private func download(in line: String, depth: Int) -> String? {
        let (first, rest) = Words.first(of: Words.trimmed(line))
        if first == "download" { return rest }
        guard first.utf8.first == UInt8(ascii: "/") else { return nil }
        let word = String(first.unicodeScalars.dropFirst())
        if depth < Self.deepestAlias, let own = aliases[word.lowercased()] {
            return download(in: Self.expanding(own, with: rest), depth: depth + 1)
        }
        guard case .found(let entry) = CommandTable.find(word), entry.name == .download else { return nil }
        return rest
    }

    private func meaning(of name: CommandTable.Name, _ rest: String) -> Meaning {
        do throws(CommandError) {
            return .run(try command(name, rest), word: name.rawValue)
        } catch {
            return .wrong(command: name.rawValue, text: error.text)
        }
    }

    /// The original's four words, and in scripts the two that are for them, when the whole line fits.
    private func bareWords(_ text: String) -> Meaning? {
        let (word, rest) = Words.first(of: text)
        switch word {
        case "nicknames" where rest.isEmpty: return meaning(of: .nicknames, rest)
        case "files" where rest.isEmpty || isPattern(rest): return meaning(of: .files, rest)
        case "download" where !rest.isEmpty && isMeantAsDownload(rest): return meaning(of: .download, rest)
        case "to":
            let (nick, text) = Words.first(of: rest)
            guard let nick = try? Nickname(nick, by: .unicode), people.contains(nick), !text.isEmpty else { return nil }
            return .run(.msg(nick, text: text), word: "to")
        // In a script these words alone are what is left of a command whose argument was empty.
        case "download" where isScript: return meaning(of: .download, rest)
        case "print" where isScript: return meaning(of: .printing, rest)
        case "assert" where isScript: return meaning(of: .assert, rest)
        case "wait-for" where isScript: return meaning(of: .waitFor, rest)
        case "sleep" where isScript && rest.isEmpty: return meaning(of: .sleep, rest)
        case "why" where isScript && Int(rest) != nil: return meaning(of: .why, rest)
        case "sleep" where isScript && Words.split(rest)?.count == 1: return meaning(of: .sleep, rest)
        default: return nil
        }
    }

    /// One word that no sentence goes on with: `files *.txt`, `files odd/`.
    private func isPattern(_ rest: String) -> Bool {
        guard let words = Words.split(rest), words.count == 1, let word = words.first else { return false }
        return word.isQuoted || word.text.unicodeScalars.contains { $0 == "*" || $0 == "?" || $0 == "/" }
    }

    /// One name, or names that are all on the server, are a download; "download the file, please" is talk. In a script
    /// a download that fails must be told, so there it is never talk.
    private func isMeantAsDownload(_ rest: String) -> Bool {
        if isScript { return true }
        guard let request = try? DownloadReader(files: files).read(rest) else { return Words.split(rest)?.count == 1 }
        return request.names.count + request.trees.count == 1 && Words.split(rest)?.count == 1
            || request.names.allSatisfy { files.contains($0) }
    }

    private func command(_ name: CommandTable.Name, _ rest: String) throws(CommandError) -> Command {
        switch name {
        case .help: return .help(try helpTopics(rest))
        case .nicknames: return .nicknames(rest.isEmpty ? nil : try room(rest))
        case .transfers: return try noArguments(rest, name, .transfers)
        case .whois: return .whois(try nickname(rest, name))
        case .nick: return .nick(try nickname(rest, name))
        case .msg:
            let (nick, text) = Words.first(of: rest)
            return .msg(try nickname(nick, name), text: try needed(text, name))
        case .query: return .query(rest.isEmpty ? nil : try nickname(rest, name))
        case .away: return .away(text: rest.isEmpty ? nil : rest)
        case .back: return try noArguments(rest, name, .back)
        case .ignore: return try ignore(rest)
        case .rooms: return try noArguments(rest, name, .rooms)
        case .recall: return .recall(pattern: try needed(rest, name))
        case .connect:
            guard !rest.isEmpty else { return .connect(nil) }
            guard let address = ServerAddress(rest) else {
                throw CommandError("'\(DisplayText.repeated(rest))' is no server; write HOST or HOST:PORT")
            }
            return .connect(address)
        case .resend where rest == "drop": return .resend(drops: true)
        case .resend: return try noArguments(rest, name, .resend(drops: false))
        case .reply: return .reply(text: try needed(rest, name))
        case .me: return .me(text: try needed(rest, name))
        case .join: return .join(try room(try needed(rest, name)))
        case .part: return .part(rest.isEmpty ? nil : try room(rest))
        case .topic: return .topic(text: rest.isEmpty ? nil : rest)
        case .files: return .files(try glob(rest))
        case .download: return .download(try DownloadReader(files: files, isVerb: isVerb).read(rest))
        case .why: return .why(rest.isEmpty ? nil : try transfer(rest, name))
        case .wait: return .wait(rest.isEmpty ? nil : try transfer(rest, name))
        case .pause: return .pause(rest.isEmpty ? nil : try transfer(rest, name))
        case .resume: return .resume(rest.isEmpty ? nil : try transfer(rest, name))
        case .cancel: return .cancel(try transfer(rest, name))
        case .set: return try setting(rest)
        case .alias: return try alias(rest)
        case .printing: return .printing(text: try needed(rest, name))
        case .assert: return try assertion(rest)
        case .quit: return .quit(text: rest.isEmpty ? nil : rest)
        case .waitFor: return try waitFor(rest)
        case .sleep: return .sleep(seconds: try seconds(rest, name))
        }
    }
}

/// The arguments, one kind each.
extension LineReader {
    private func noArguments(
        _ rest: String, _ name: CommandTable.Name, _ command: Command
    ) throws(CommandError) -> Command {
        guard rest.isEmpty else { throw .usage(name) }
        return command
    }

    private func needed(_ rest: String, _ name: CommandTable.Name) throws(CommandError) -> String {
        guard !rest.isEmpty else { throw .usage(name) }
        return rest
    }

    private func nickname(_ text: String, _ name: CommandTable.Name) throws(CommandError) -> Nickname {
        do {
            return try Nickname(try needed(text, name), by: .unicode)
        } catch let error as NicknameError {
            throw CommandError(error.description)
        } catch {
            throw .usage(name)
        }
    }

    /// A room's name; its `#` need not be typed.
    private func room(_ text: String) throws(CommandError) -> ChannelName {
        let isWhole = text.utf8.first == UInt8(ascii: "#")
        guard let room = try? ChannelName(isWhole ? text : "#" + text) else {
            throw CommandError("'\(DisplayText.repeated(text))' is no room; \(ErrorText.roomRule)")
        }
        return room
    }

    private func ignore(_ rest: String) throws(CommandError) -> Command {
        guard !rest.isEmpty else { return .ignored }
        let (nick, time) = Words.first(of: rest)
        let name = try nickname(nick, .ignore)
        guard !time.isEmpty else { return .ignore(name, .forever) }
        guard let time = IgnoreTime(time) else {
            throw CommandError("'\(DisplayText.repeated(time))' is no time; write 30s, 10m, 2h, 1d or off")
        }
        return .ignore(name, time)
    }

    private func helpTopics(_ rest: String) throws(CommandError) -> [CommandTable.Entry] {
        guard !rest.isEmpty else { return [] }
        let word = rest.hasPrefix("/") ? String(rest.dropFirst()) : rest
        switch CommandTable.find(word) {
        case .found(let entry): return [entry]
        case .ambiguous(let entries): return entries
        case .unknown(let nearest):
            let way = nearest.map { "did you mean /help \($0)?" } ?? "/help lists all"
            throw CommandError("there is no command '\(DisplayText.repeated(rest))'; \(way)")
        }
    }

    private func glob(_ rest: String) throws(CommandError) -> Mask? {
        guard !rest.isEmpty else { return nil }
        let words = Words.split(rest)
        let pattern = words?.count == 1 ? words?.first?.text : nil
        return Mask(pattern ?? rest, foldsCase: false)
    }

    private func transfer(_ rest: String, _ name: CommandTable.Name) throws(CommandError) -> TransferNumber {
        guard let number = Int(try needed(rest, name)), number > 0 else {
            throw CommandError(
                "'\(DisplayText.repeated(rest))' is no number of a download; /transfers shows them")
        }
        return TransferNumber(number)
    }

    private func setting(_ rest: String) throws(CommandError) -> Command {
        if rest.isEmpty || rest == "all" { return .settings(all: !rest.isEmpty) }
        let (word, value) = Words.first(of: rest)
        let names = SettingName.allCases.map(\.rawValue)
        guard let name = SettingName(rawValue: word) else {
            let way = Nearness.nearest(to: word, of: names).map { "did you mean \($0)?" }
            let list = "the settings are \(names.joined(separator: ", "))"
            throw CommandError("there is no setting '\(DisplayText.repeated(word))'; \(way ?? list)")
        }
        guard !value.isEmpty else { return .setting(name) }
        let words = Words.split(value)
        return .set(name, value: words?.count == 1 ? words?.first?.text ?? value : value)
    }

    private func alias(_ rest: String) throws(CommandError) -> Command {
        guard !rest.isEmpty else { return .aliases }
        let (word, text) = Words.first(of: rest)
        let name = (word.hasPrefix("/") ? String(word.dropFirst()) : word).lowercased()
        guard !name.isEmpty, name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") }) else {
            throw CommandError(
                "'\(DisplayText.repeated(word))' is no name; an alias is named with ASCII letters")
        }
        guard !CommandTable.entries.contains(where: { $0.name.rawValue == name }) else {
            throw CommandError("/\(name) is a command; an alias needs a name of its own")
        }
        guard !text.isEmpty else { return .aliasShown(name) }
        if text == "off" { return .alias(name, text: nil) }
        // Whoever writes the name of a command means the command: said aloud it would be a mishap.
        let isCommand = CommandTable.entries.contains { $0.name.rawValue == Words.first(of: text).0 }
        return .alias(name, text: isCommand ? "/" + text : text)
    }

    private func assertion(_ rest: String) throws(CommandError) -> Command {
        let isThere = rest.utf8.first != UInt8(ascii: "!")
        let pattern = isThere ? rest : Words.trimmed(rest.dropFirst())
        guard let words = Words.split(pattern) else { throw CommandError("a quote is not closed") }
        guard !words.isEmpty else { throw .usage(.assert) }
        return .assert(pattern: words.map(\.text).joined(separator: " "), isThere: isThere)
    }

    private func waitFor(_ rest: String) throws(CommandError) -> Command {
        guard var words = Words.split(rest) else { throw CommandError("a quote is not closed") }
        var seconds = 30.0
        if words.count > 1, let last = words.last, !last.isQuoted, let number = Double(last.text) {
            seconds = try self.seconds(of: number)
            words.removeLast()
        }
        guard !words.isEmpty else { throw .usage(.waitFor) }
        return .waitFor(pattern: words.map(\.text).joined(separator: " "), seconds: seconds)
    }

    private func seconds(_ rest: String, _ name: CommandTable.Name) throws(CommandError) -> Double {
        guard let number = Double(rest) else { throw .usage(name) }
        return try seconds(of: number)
    }

    /// A day at most: a longer wait is a mistake.
    private func seconds(of number: Double) throws(CommandError) -> Double {
        guard number >= 0, number <= 86_400 else { throw CommandError("the time is 0 to 86400 seconds") }
        return number
    }
}
