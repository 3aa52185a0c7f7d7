import IRC

/// The server's files as it last listed them: for Tab, and to understand a name that has spaces and no quotes.
struct FileCatalogue: Sendable {
    private(set) var entries: [FileEntry] = []
    private var sizes: [FileName: UInt64] = [:]
    private var incoming: [FileEntry] = []
    /// A list was asked for, so that a server that does not give it is not asked for ever.
    var isAskedFor = false
    /// Whether the server has listed them at all.
    private(set) var isKnown = false
    /// The shelf has changed since the list that is on its way was asked for.
    var isStale = false

    /// More files than this are not remembered: 200,000 names of 50 bytes are 10 MB.
    static let limit = 200_000

    func contains(_ name: FileName) -> Bool { sizes[name] != nil }

    /// Whether files are below it; with its slash.
    func hasDirectory(_ name: String) -> Bool { entries.contains { $0.name.text.utf8.starts(with: name.utf8) } }

    /// The file's size when it was last listed.
    func size(of name: FileName) -> UInt64? { sizes[name] }

    mutating func listed(_ entry: FileEntry) {
        if incoming.count < Self.limit { incoming.append(entry) }
    }

    /// The list is complete and replaces the one before.
    mutating func listEnded() {
        isKnown = true
        entries = incoming.sorted { $0.name < $1.name }
        sizes = Dictionary(entries.map { ($0.name, $0.size) }) { _, last in last }
        incoming = []
    }
}
