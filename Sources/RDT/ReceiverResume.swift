import DequeModule
package import Timeline

/// What the client has of the file from an earlier time.
extension Receiver {
    /// What the owner has of the file already, hashed; once, after `preparing`.
    package mutating func keep(_ kept: KeptPrefix?, at now: Instant) {
        guard isPreparing else { return }
        precondition(kept.map { $0.end <= expected.rawValue } ?? true, "more is kept than the file has")
        isPreparing = false
        search = PrefixSearch(kept)
        guard case .preparing(let serverNonce, _) = state else { return }
        lastProgress = now
        start(serverNonce, at: now)
    }

    mutating func prepare(_ serverNonce: Nonce, at now: Instant) {
        state = .preparing(serverNonce: serverNonce, again: now + Limits.firstTimeout)
        say(.accept(Packet.Accept(serverNonce: serverNonce)))
        trace(.accept, at: now)
    }

    mutating func take(_ check: Packet.Check, at now: Instant) -> Received {
        guard case .starting(let serverNonce, _) = state, check.asked == search.start.covered else {
            return .ignored(.duplicate)
        }
        trace(.check, at: now)
        if check.finding != .hashing || check.hashed > checked { lastProgress = now }
        checked = max(checked, check.hashed)
        if search.heard(check) {
            start(serverNonce, at: now)
        } else {
            state = .starting(serverNonce: serverNonce, again: now + Limits.firstTimeout)
            events.append(.checking(done: check.hashed.rawValue, total: check.asked.rawValue))
        }
        return .accepted
    }

    /// The server goes on where START said: what lies before that is kept, and what START named beyond.
    mutating func begin() {
        guard case .starting = state, search.hasKept else { return }
        let start = search.start
        inbox.keep(start.offset.rawValue, beyond: start.beyond)
        events.append(.kept(bytes: start.offset.rawValue, beyond: start.beyond))
        progressIsDue = true
    }
}
