import IRC

/// What the shell at a terminal asks besides the prompt's own text.
extension Client {
    /// The room that plain text goes to, as the prompt shows it; nil when we are in none.
    package var currentRoom: String? { query == nil ? rooms.current?.text : nil }

    /// Whether the line would be said in the room: it then comes back from the server, to be shown as said.
    package func isTalk(_ line: String) -> Bool {
        link == .registered && (rooms.current != nil || query != nil) && reader.isTalk(line)
    }

    /// Reads lines with what is known now of people and files.
    var reader: LineReader {
        LineReader(
            isScript: configuration.isScript, isVerb: configuration.isVerb, people: rooms.everybody, files: files,
            aliases: aliases)
    }
}
