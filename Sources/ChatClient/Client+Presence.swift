import IRC
import Timeline

/// Who we are to others and they to us: away, ignored, spoken with in private, and what they said before.
extension Client {
    // MARK: /query

    /// Turns plain text to one person, or with nil back to the room.
    mutating func query(_ nick: Nickname?, _ asker: Asker) {
        if nick == nil, query == nil {
            return refuse(asker, "you talk to the room already; /query NICK talks to one person")
        }
        query = nick
        conclude(asker.id, .succeeded)
    }

    // MARK: /away, /back

    mutating func goAway(_ text: String?, _ asker: Asker, at now: Instant) {
        awayWords = text ?? "away"
        let request = Request(command: asker.word, id: asker.id, answer: .awayChanged)
        ask([Message(command: "AWAY", parameters: [awayWords])], request, at: now)
    }

    mutating func comeBack(_ asker: Asker, at now: Instant) {
        let request = Request(command: asker.word, id: asker.id, answer: .awayChanged)
        ask([Message(command: "AWAY", parameters: [])], request, at: now)
    }

    mutating func awayChanged(isAway: Bool, at now: Instant) {
        self.isAway = isAway
        emit(.info(isAway ? "you are away; /back tells that you are here again" : "you are back"))
        settle(at: now) { $0 == .awayChanged }
    }

    // MARK: /ignore

    mutating func ignore(_ nick: Nickname, _ time: IgnoreTime, _ asker: Asker, at now: Instant) {
        let name = nick.text
        switch time {
        case .off:
            guard ignored.remove(nick, at: now) else { return refuse(asker, "\(name) is not ignored") }
            emit(.info("you hear \(name) again"))
        case .forever:
            ignored.add(nick, for: nil, at: now)
            emit(.info("\(name) is ignored; /ignore \(name) off ends it"))
        case .seconds(let seconds):
            ignored.add(nick, for: .seconds(seconds), at: now)
            emit(.info("\(name) is ignored for \(Amount.age(.seconds(seconds))); /ignore \(name) off ends it"))
        }
        conclude(asker.id, .succeeded)
    }

    mutating func tellIgnored(_ asker: Asker, at now: Instant) {
        let entries = ignored.entries(at: now)
        for (nick, left) in entries {
            emit(.info("\(nick.text) is ignored" + (left.map { " for another \(Amount.age($0))" } ?? "")))
        }
        if entries.isEmpty { emit(.info("nobody is ignored; /ignore NICK 10m ignores somebody for ten minutes")) }
        conclude(asker.id, .succeeded)
    }

    // MARK: /rooms

    mutating func listRooms(_ asker: Asker, at now: Instant) {
        listedRooms = []
        let request = Request(command: asker.word, id: asker.id, answer: .rooms)
        ask([Message(command: "LIST", parameters: [])], request, at: now)
    }

    /// A row of LIST: a room, how many are in it, its topic.
    mutating func roomListed(_ parameters: [String]) {
        guard parameters.count >= 3, let room = try? ChannelName(parameters[1]) else { return }
        rooms.heard(of: room)
        guard listedRooms.count < RoomList.mostHeardOf else { return }
        listedRooms.append(
            RoomLine(
                room: ForeignText(room.text), people: Int(parameters[2]) ?? 0,
                topic: ForeignText(parameters.count > 3 ? parameters[3] : "")))
    }

    mutating func roomsListed(at now: Instant) {
        let lines = listedRooms
        listedRooms = []
        guard let request = requests.take({ $0 == .rooms }) else { return }
        emit(.rooms(lines))
        settled(request, .succeeded, at: now)
    }

    // MARK: /recall

    mutating func recall(_ pattern: String, _ asker: Asker) {
        let hits = recollection.hits(pattern)
        guard !hits.isEmpty else {
            return refuse(asker, "nobody has said '\(DisplayText.repeated(pattern))' since you came")
        }
        for hit in hits { emit(.recalled(hit.time, hit.event)) }
        conclude(asker.id, .succeeded)
    }

    // MARK: What was not delivered

    /// False where there is a server to say it to. Where there is none that is told, and what was said is kept for `/resend`.
    mutating func keptUnsent(
        _ text: String, to person: Nickname? = nil, isAction: Bool = false, _ asker: Asker
    ) -> Bool {
        guard let absence else { return false }
        let place = (comeback?.rooms.last ?? rooms.current).map { Said.Target.room($0) }
        var way = ""
        if !configuration.isScript, wasConnected, let target = (person ?? query).map({ .person($0) }) ?? place {
            keepUndelivered(Said(text: text, target: target, isAction: isAction))
            if comeback != nil { way = "; what you say is kept, and /resend says it then" }
        }
        refuse(asker, absence + way)
        return true
    }

    /// There was a connection, and it ended.
    private var wasConnected: Bool {
        if case .lost = link { true } else { comeback != nil }
    }

    mutating func keepUndelivered(_ said: Said) {
        undelivered.append(said)
        if undelivered.count > Self.mostUndelivered { undelivered.removeFirst() }
    }

    /// Whether the echo is of something that was given up; with its last piece it was delivered after all.
    mutating func wasUndelivered(_ echo: Echo) -> Bool {
        for index in undelivered.indices where undelivered[index].echoed(echo) {
            if undelivered[index].unechoed.isEmpty { undelivered.remove(at: index) }
            return true
        }
        return false
    }

    /// More would be a flood when it is said again.
    static let mostUndelivered = 100

    /// The connection is back: what was not delivered can be said again.
    mutating func offerUndelivered() {
        guard !undelivered.isEmpty else { return }
        let isOne = undelivered.count == 1
        let (lines, what) = isOne ? ("1 line was", "it") : ("\(undelivered.count) lines were", "them")
        emit(.info("\(lines) not delivered; /resend says \(what) again, /resend drop forgets \(what)"))
    }

    mutating func resend(drops: Bool, _ asker: Asker, at now: Instant) {
        let lines = undelivered
        guard !lines.isEmpty else { return refuse(asker, "everything that you said was delivered") }
        undelivered = []
        if !drops { for said in lines { speak(said, Asker(word: asker.word, id: nil), at: now) } }
        conclude(asker.id, .succeeded)
    }
}

/// How long `/ignore` lasts.
enum IgnoreTime: Hashable, Sendable {
    case forever
    case off
    case seconds(Double)

    /// `30s`, `10m`, `2h`, `1d`, `off`; a number alone is minutes.
    init?(_ text: String) {
        if text == "off" {
            self = .off
            return
        }
        let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        let unit = text.last.flatMap { units[$0] }
        guard let number = Double(unit == nil ? text : String(text.dropLast())), number > 0 else { return nil }
        let seconds = number * (unit ?? 60)
        guard seconds <= IgnoreList.longest.seconds else { return nil }
        self = .seconds(seconds)
    }
}
