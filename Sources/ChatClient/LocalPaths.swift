/// The person's own files as the loop sees them, asked only when Tab is pressed.
package struct LocalPlace {
    package struct Name: Hashable, Sendable {
        package var text: String
        package var isDirectory: Bool

        package init(_ text: String, isDirectory: Bool) {
            self.text = text
            self.isDirectory = isDirectory
        }
    }

    /// The size of a file in the directory of downloads; nil when there is none.
    package var size: (_ name: String) -> UInt64?
    /// The names in a directory as the person writes it, "" for the current one; none when it cannot be read.
    package var names: (_ directory: String) -> [Name]

    package init(
        size: @escaping (_ name: String) -> UInt64?,
        names: @escaping (_ directory: String) -> [Name]
    ) {
        self.size = size
        self.names = names
    }

    package static var nowhere: LocalPlace { LocalPlace(size: { _ in nil }, names: { _ in [] }) }
}

/// Paths on this machine, part by part, as every shell completes them.
struct LocalPaths {
    private let place: LocalPlace

    init(_ place: LocalPlace) { self.place = place }

    func complete(_ word: Words.Word, directoriesOnly: Bool) -> Completion {
        let scalars = word.text.unicodeScalars
        let split = scalars.lastIndex(of: "/").map { scalars.index(after: $0) } ?? scalars.startIndex
        let (directory, beginning) = (String(scalars[..<split]), String(scalars[split...]))
        let fitting = place.names(directory).filter { name in
            name.text.utf8.starts(with: beginning.utf8) && (name.isDirectory || !directoriesOnly)
                && (name.text.utf8.first != UInt8(ascii: ".") || !beginning.isEmpty)
        }
        let names = fitting.map { directory + $0.text + ($0.isDirectory ? "/" : "") }.sorted()
        let isQuoted = word.isQuoted || names.contains { !Words.isPlain($0) }
        let candidates = names.map { name in
            let isDirectory = name.utf8.last == UInt8(ascii: "/")
            // The quote of a directory stays open: its path goes on.
            var inserted = isQuoted ? Words.quoted(name) : name
            if isQuoted, isDirectory { inserted.unicodeScalars.removeLast() }
            return Completion.Candidate(inserted: inserted, shown: name, note: "")
        }
        let isPath = names.count == 1 && names[0].utf8.last == UInt8(ascii: "/")
        return Completion(
            replaceFrom: word.start, candidates: candidates, style: .commonPrefix, suffix: isPath ? "" : " ")
    }
}
