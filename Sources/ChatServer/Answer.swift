import DequeModule
import IRC

/// What is to be answered to a client: a line, or a listing whose lines are made when there is room for them.
enum Answer: Sendable {
    case line([UInt8])
    case listing(Listing)

    /// The line, if it is one alone.
    var onlyLine: [UInt8]? {
        switch self {
        case .line(let line): return line
        case .listing(var listing):
            let first = listing.next()
            return listing.isOver ? first : nil
        }
    }

    /// The lines that it stands for, of which each gets one more tag; one that is in a batch already stays there.
    func tagged(_ member: Message.Tag) -> Answer {
        switch self {
        case .line(let line): return .line(Message.isInBatch(line) ? line : Message.prepending(member, to: line))
        case .listing(var listing):
            listing.member = member
            return .listing(listing)
        }
    }
}

/// The shelf on its way to a client: a place in the list that all clients share.
///
/// As lines a shelf of 20,000 files is 5 MB, and a client that reads none of it would have the server hold them all.
struct Listing: Sendable {
    private let entries: [FileEntry]
    private let filter: Mask?
    private let source: Message.Source
    /// The next entry to be looked at; nil when the end has been told.
    private var position: Int? = 0
    var isOver: Bool { position == nil }
    private var count = 0
    fileprivate var member: Message.Tag?

    init(_ entries: [FileEntry], mask: String?, source: Message.Source) {
        self.entries = entries
        filter = mask.map { Mask($0, foldsCase: false) }
        self.source = source
    }

    /// The next file that the mask fits, then the end; nil after that.
    mutating func next() -> [UInt8]? {
        guard var index = position else { return nil }
        var message: Message?
        while message == nil, index < entries.count {
            let entry = entries[index]
            index += 1
            if filter?.matches(entry.name.text) ?? true { message = FilesExtension.FileLine(entry: entry).message }
        }
        position = message == nil ? nil : index
        count += message == nil ? 0 : 1
        var line = message ?? FilesExtension.FilesEnd(count: count).message
        line.source = source
        line.tags = member.map { [$0] } ?? []
        return line.encodedWithinLimit()
    }
}

extension Deque<Answer> {
    /// Takes the first line out, nil when there is none left.
    mutating func nextLine() -> [UInt8]? {
        while let first = popFirst() {
            switch first {
            case .line(let line): return line
            case .listing(var listing):
                guard let line = listing.next() else { continue }
                prepend(.listing(listing))
                return line
            }
        }
        return nil
    }
}
