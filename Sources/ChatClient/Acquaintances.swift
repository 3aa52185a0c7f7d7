import IRC
import Timeline

/// Who spoke with whom, so that Tab offers first whom one most likely means.
struct Acquaintances: Sendable {
    /// Who addressed us or was addressed by us, the newest first.
    private(set) var partners: [Nickname] = []
    /// Who said something, the newest first.
    private(set) var speakers: [Nickname] = []
    /// Who sent us a private message last: where `/reply` goes.
    private(set) var lastWriter: Nickname?

    /// When each of `speakers` said something last.
    private var lastSpoke: [Nickname: Instant] = [:]

    /// More than these nobody cycles through; both lists forget the oldest.
    static let limit = 64

    mutating func spoke(_ nick: Nickname, at now: Instant) {
        Self.bringForward(nick, in: &speakers)
        lastSpoke[nick] = now
        if lastSpoke.count > 2 * Self.limit { lastSpoke = lastSpoke.filter { speakers.contains($0.key) } }
    }

    /// How long each of the last speakers has been silent.
    func silence(at now: Instant) -> [Nickname: Interval] { lastSpoke.mapValues { now - $0 } }

    mutating func addressed(_ nick: Nickname) { Self.bringForward(nick, in: &partners) }

    mutating func wrotePrivately(_ nick: Nickname, at now: Instant) {
        spoke(nick, at: now)
        addressed(nick)
        lastWriter = nick
    }

    mutating func rename(_ old: Nickname, to new: Nickname) {
        partners = partners.map { $0 == old ? new : $0 }
        speakers = speakers.map { $0 == old ? new : $0 }
        if lastWriter == old { lastWriter = new }
        if let spoke = lastSpoke.removeValue(forKey: old) { lastSpoke[new] = spoke }
    }

    /// Whether we know somebody's voice: who said something within this time, or with whom we have spoken.
    func isTalking(_ nick: Nickname, within time: Interval, at now: Instant) -> Bool {
        partners.contains(nick) || lastSpoke[nick].map { now - $0 <= time } ?? false
    }

    /// `everybody` in the order of likelihood.
    func ordered(_ everybody: Set<Nickname>) -> [Nickname] {
        var rest = everybody
        let known = (partners + speakers).filter { rest.remove($0) != nil }
        return known + rest.sorted { $0.text.lowercased() < $1.text.lowercased() }
    }

    private static func bringForward(_ nick: Nickname, in list: inout [Nickname]) {
        list.removeAll { $0 == nick }
        list.insert(nick, at: 0)
        if list.count > limit { list.removeLast() }
    }
}
