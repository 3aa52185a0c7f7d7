import IRC
import Timeline

/// Whom the person does not want to hear, for a time or until they say otherwise.
struct IgnoreList: Sendable {
    /// nil is for ever.
    private var ends: [Nickname: Instant?] = [:]

    /// Longer than this nobody remembers why; then it is for ever.
    static let longest = Interval.seconds(365 * 86_400)

    func contains(_ nick: Nickname, at now: Instant) -> Bool {
        guard let end = ends[nick] else { return false }
        return end.map { now < $0 } ?? true
    }

    mutating func add(_ nick: Nickname, for time: Interval?, at now: Instant) {
        ends[nick] = .some(time.map { now + $0 })
    }

    /// False when the nickname was not ignored.
    mutating func remove(_ nick: Nickname, at now: Instant) -> Bool {
        let was = contains(nick, at: now)
        ends.removeValue(forKey: nick)
        return was
    }

    /// Who changes the name is still the same person.
    mutating func rename(_ old: Nickname, to new: Nickname) {
        if let end = ends.removeValue(forKey: old) { ends[new] = end }
    }

    /// Each with the time that is left, nil for ever; by name.
    func entries(at now: Instant) -> [(nick: Nickname, left: Interval?)] {
        ends.filter { contains($0.key, at: now) }.sorted { $0.key.text.lowercased() < $1.key.text.lowercased() }
            .map { (nick: $0.key, left: $0.value.map { $0 - now }) }
    }
}
