/// Ctrl-R: finds the newest line that holds the pattern, then older ones.
///
/// A pattern in lower case matches any case.
struct HistorySearch {
    private let entries: [String]
    private(set) var pattern = ""
    /// The entry found last; `entries.count` before anything was found.
    private var position: Int
    private(set) var hasFailed = false

    init(_ entries: [String]) {
        self.entries = entries
        position = entries.count
    }

    var match: String? { position < entries.count ? entries[position] : nil }

    var prompt: StyledText {
        let title = hasFailed ? "(search: no other) " : "(search) "
        return StyledText(title, .dim) + StyledText(pattern, .bold) + StyledText(": ", .dim)
    }

    mutating func type(_ scalar: Unicode.Scalar) {
        pattern.unicodeScalars.append(scalar)
        find(from: min(position, entries.count - 1))
    }

    /// Goes to an older entry, or to a newer one; an empty pattern takes `last`, that of the search before.
    mutating func goOn(older: Bool, last: String) {
        if pattern.isEmpty {
            pattern = last
            return find(from: entries.count - 1)
        }
        older ? find(from: position - 1) : findNewer()
    }

    mutating func deleteBackwards() {
        guard !pattern.isEmpty else { return }
        pattern.removeLast()
        position = entries.count
        hasFailed = false
        if !pattern.isEmpty { find(from: entries.count - 1) }
    }

    private func matches(_ entry: String) -> Bool {
        pattern == pattern.lowercased() ? entry.lowercased().contains(pattern) : entry.contains(pattern)
    }

    private mutating func find(from start: Int) {
        let found = start < 0 ? nil : entries[...start].lastIndex(where: matches)
        hasFailed = found == nil
        position = found ?? position
    }

    private mutating func findNewer() {
        let found = position + 1 < entries.count ? entries[(position + 1)...].firstIndex(where: matches) : nil
        hasFailed = found == nil
        position = found ?? position
    }
}
