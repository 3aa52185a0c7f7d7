import IRC

/// The server's files as it last listed them: for Tab, and to understand a name that has spaces and no quotes.
struct FileCatalogue: Sendable {
    private(set) var entries: [FileEntry] = []
    private var names: Set<FileName> = []
    private var incoming: [FileEntry] = []

    /// More files than this are not remembered: 200,000 names of 50 bytes are 10 MB.
    static let limit = 200_000

    func contains(_ name: FileName) -> Bool { names.contains(name) }

    mutating func listed(_ entry: FileEntry) {
        if incoming.count < Self.limit { incoming.append(entry) }
    }

    /// The list is complete and replaces the one before.
    mutating func listEnded() {
        entries = incoming.sorted { $0.name < $1.name }
        names = Set(entries.map(\.name))
        incoming = []
    }
}
