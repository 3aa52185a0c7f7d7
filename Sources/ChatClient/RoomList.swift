import IRC

/// The rooms that we are in, who is there, and which of them plain text goes to.
struct RoomList: Sendable {
    struct Room: Hashable, Sendable {
        /// The name as the server writes it.
        let name: ChannelName
        var members: Set<Nickname> = []
        var topic = ""
        /// Names of a list that has not ended yet (353 before 366); it replaces `members` as a whole.
        var incoming: [Nickname] = []
    }

    /// Names of the list of a room that we are not in.
    private var strangers: [Nickname] = []

    /// In the order of joining; the newest is the last.
    private(set) var rooms: [Room] = []
    /// Where plain text goes; nil when we are in no room.
    private(set) var current: ChannelName?

    /// Rooms of the server's that we have heard of, whether we are in them or not.
    private var heardOf: Set<ChannelName> = []
    /// More rooms than these nobody completes a name among.
    static let mostHeardOf = 10_000

    /// Ours first, then the others by name.
    var known: [ChannelName] {
        let own = rooms.map(\.name)
        return own + heardOf.subtracting(own).sorted { $0.text.lowercased() < $1.text.lowercased() }
    }

    mutating func heard(of room: ChannelName) {
        if heardOf.count < Self.mostHeardOf { heardOf.insert(room) }
    }

    mutating func topic(of name: ChannelName, is text: String) { change(name) { $0.topic = text } }

    subscript(name: ChannelName) -> Room? { rooms.first { $0.name == name } }

    /// Everybody whom we share a room with.
    var everybody: Set<Nickname> { rooms.reduce(into: []) { $0.formUnion($1.members) } }

    func rooms(with nick: Nickname) -> [Room] { rooms.filter { $0.members.contains(nick) } }

    mutating func enter(_ name: ChannelName, as own: Nickname) {
        if self[name] == nil { rooms.append(Room(name: name, members: [own])) }
        current = name
    }

    /// Makes a room that we are in already the one that plain text goes to; false when we are not in it.
    mutating func turn(to name: ChannelName) -> Bool {
        guard let room = self[name] else { return false }
        current = room.name
        return true
    }

    mutating func leave(_ name: ChannelName) {
        rooms.removeAll { $0.name == name }
        if current == name { current = rooms.last?.name }
    }

    mutating func leaveAll() {
        rooms = []
        current = nil
    }

    mutating func add(_ nick: Nickname, to name: ChannelName) { change(name) { $0.members.insert(nick) } }

    mutating func remove(_ nick: Nickname, from name: ChannelName) { change(name) { $0.members.remove(nick) } }

    mutating func rename(_ old: Nickname, to new: Nickname) {
        for room in rooms(with: old) {
            change(room.name) {
                $0.members.remove(old)
                $0.members.insert(new)
            }
        }
    }

    mutating func listed(_ nicks: [Nickname], in name: ChannelName) {
        if self[name] == nil { strangers += nicks } else { change(name) { $0.incoming += nicks } }
    }

    /// The list of a room is complete: its names in the order in which a person looks for them.
    mutating func listEnded(of name: ChannelName) -> [Nickname] {
        change(name) {
            $0.members = Set($0.incoming)
            $0.incoming = []
        }
        defer { strangers = [] }
        return (self[name]?.members ?? Set(strangers)).sorted { $0.text.lowercased() < $1.text.lowercased() }
    }

    private mutating func change(_ name: ChannelName, _ body: (inout Room) -> Void) {
        if let index = rooms.firstIndex(where: { $0.name == name }) { body(&rooms[index]) }
    }
}
