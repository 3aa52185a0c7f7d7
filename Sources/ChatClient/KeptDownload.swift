/// A download that has not ended, as it is written down for the next time that the shell starts.
package struct KeptDownload: Hashable, Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        case file, directory, pattern
    }
    package var kind: Kind
    /// The server's name of the file or directory, or the pattern.
    package var name: String
    /// Absolute, or below the home directory.
    package var directory: String
    /// Of a file its name here; else what stands before the server's names, empty or with a slash at its end.
    package var local: String
    /// Of a file that a directory or a pattern brought: so many directories of `local` are the server's.
    package var treeLevels: Int
    package var force: Bool
    package var recovery: RecoveryWish

    package init(
        kind: Kind, name: String, directory: String, local: String, treeLevels: Int = 0, force: Bool,
        recovery: RecoveryWish
    ) {
        self.kind = kind
        self.name = name
        self.directory = directory
        self.local = local
        self.treeLevels = treeLevels
        self.force = force
        self.recovery = recovery
    }

    private static let title = "rdtchat queue 1"
    /// More is not read back: a person asks for hundreds of files by one pattern.
    package static let most = 10_000
    /// Bytes of a list at most: names and paths have up to some kilobytes each.
    package static let mostBytes = 32 << 20

    /// A line each, below one that says what this is; words as the shell reads them.
    package static func text(of list: [KeptDownload]) -> String {
        let lines = list.prefix(most).compactMap(\.line)
        return ([title] + lines).map { $0 + "\n" }.joined()
    }

    /// Nil for what does not fit a line.
    private var line: String? {
        let names = [name, directory, local]
        guard !names.contains(where: { $0.utf8.contains(UInt8(ascii: "\n")) }) else { return nil }
        let words = [kind.rawValue, recovery.rawValue, force ? "replace" : "keep"] + names.map(Words.quoted)
        return (words + (treeLevels > 0 ? ["\(treeLevels)"] : [])).joined(separator: " ")
    }

    /// A line that cannot be read is passed over, and of another kind of file nothing is read.
    package static func list(of text: String) -> [KeptDownload] {
        let lines = text.utf8.split(separator: UInt8(ascii: "\n")).map { String(decoding: Array($0), as: UTF8.self) }
        guard lines.first == title else { return [] }
        return lines.dropFirst().prefix(most).compactMap { KeptDownload(line: $0) }
    }

    private init?(line: String) {
        guard let words = Words.split(line)?.map(\.text), words.count == 6 || words.count == 7,
            let kind = Kind(rawValue: words[0]), let levels = words.count == 7 ? Int(words[6]) : 0, levels >= 0,
            let recovery = RecoveryWish(rawValue: words[1]), ["replace", "keep"].contains(words[2]), !words[3].isEmpty
        else { return nil }
        self.init(
            kind: kind, name: words[3], directory: words[4], local: words[5], treeLevels: levels,
            force: words[2] == "replace", recovery: recovery)
    }
}
