import IRC
package import Timeline

// The pseudo-user `files`: what is on the shelf, for people whose client does not know our capability.
extension ShelfDesk {
    /// Nobody can have this nickname, in whatever case.
    static let librarian = "files"
}

extension Hub {
    /// Lines of a listing: more than a person reads, fewer than a send queue holds.
    private static let toldFiles = 100

    mutating func askLibrarian(_ text: String, _ call: Call) {
        let words = text.split(separator: " ").map(String.init)
        switch words.first?.asciiLowercased {
        case "list":
            let mask = words.count > 1 ? words.dropFirst().joined(separator: " ") : nil
            let request = shelf.ask(.tell(call.id, mask: mask))
            connections[call.id]?.awaiting = request
            effects.append(.listShelf(request, mask: mask))
        default:
            say("list [MASK] shows the files of this server, as: /msg \(ShelfDesk.librarian) list *.txt", to: call.id)
            say("to fetch one, take rdtchat on a terminal: rdtchat HOST:PORT, then /download NAME", to: call.id)
        }
    }

    mutating func tell(_ id: ConnectionID, _ entries: [FileEntry], _ mask: String?) {
        let filter = mask.map { Mask($0, foldsCase: false) }
        let found = entries.filter { filter?.matches($0.name.text) ?? true }
        for entry in found.prefix(Self.toldFiles) { say("\(entry.name.text) (\(entry.size) bytes)", to: id) }
        let left = found.count - Self.toldFiles
        let rest = left > 0 ? ", of which \(left) are not shown: list MASK shows fewer" : ""
        say("\(found.count) \(found.count == 1 ? "file" : "files")\(rest); help says how to fetch one", to: id)
    }

    private mutating func say(_ text: String, to id: ConnectionID) {
        let source = Message.Source(
            name: ShelfDesk.librarian, user: ShelfDesk.librarian, host: configuration.serverName.text)
        let message = Message(source: source, command: "NOTICE", parameters: [displayName(of: id), text])
        enqueueAnswer(message.encodedWithinLimit(), to: id)
    }

    /// The shelf is not what it was: clients with our capability are told, so that their Tab is never stale.
    package mutating func shelfChanged(at instant: Instant) {
        begin(at: instant)
        let receivers = users.keys.filter { has($0, .files) }
        relay(FilesExtension.Changed().message(from: serverSource), to: Array(receivers))
        settle()
    }
}
