package import Timeline

// The last byte, the comparison of the hash, and the goodbye.
extension Receiver {
    /// All bytes are here and what their hash must be is known, so nothing is left to wait for.
    mutating func completeEarly() {
        guard case .receiving = state, inbox.next == size, let digest else { return }
        state = .verifying(heardEnd: false)
        events.append(.complete(digest: digest))
    }

    /// INFO again, behind the last data: the server has read the whole file by then, and tells its hash.
    mutating func learn(_ offer: FileOffer, at now: Instant) -> Received {
        guard case .receiving = state, digest == nil, let hash = offer.hash else { return .ignored(.duplicate) }
        guard FileOffset(offer.size) == size else {
            fail(.sizeChanged(announced: size, now: FileOffset(offer.size)), telling: .protocolViolation, at: now)
            return .accepted
        }
        digest = hash
        trace(.info, at: now)
        completeEarly()
        return .accepted
    }

    /// The answer to `.complete`: whether the bytes on disk have the hash.
    package mutating func verified(_ good: Bool, at now: Instant) {
        guard case .verifying(let heardEnd) = state else { return }
        say(.done(good ? .verified : .mismatch))
        trace(.done, at: now)
        if good, !heardEnd {
            let pause = min(max(roundTrip.timeout, firstSilence), Limits.firstTimeout)
            state = .parting(again: now + pause, pause: pause, until: now + Limits.tombstone)
            events.append(.confirmed(statistics(at: now)))
        } else {
            finish(good ? .completed : .failed(.digestMismatch), at: now)
        }
    }

    /// DONE again, or the end of the waiting for END.
    mutating func part(again: Instant, pause: Interval, until: Instant, at now: Instant) {
        if until <= now { return finish(.unconfirmed, at: now) }
        guard again <= now else { return }
        timeouts += 1
        state = .parting(again: now + pause * 2, pause: pause * 2, until: until)
        say(.done(.verified))
    }

    mutating func take(_ end: Packet.End, at now: Instant) -> Received {
        switch state {
        case .greeting, .preparing: return .ignored(.unexpected)
        case .closed: return .ignored(.duplicate)
        case .verifying(heardEnd: false):
            trace(.end, at: now)
            state = .verifying(heardEnd: true)
            return .accepted
        case .parting:
            trace(.end, at: now)
            finish(.completed, at: now)
            return .accepted
        case .verifying:
            // The server did not hear of it yet: it shall know that somebody is still here.
            ackIsDue = inbox.largest != nil
            return .ignored(.duplicate)
        case .starting where search.start.isQuestion: return .ignored(.unexpected)
        case .starting: if search.start.offset == size { begin() }
        case .receiving: break
        }
        guard end.size == size else {
            fail(.sizeChanged(announced: size, now: end.size), telling: .protocolViolation, at: now)
            return .accepted
        }
        guard inbox.next == size else { return .ignored(.unexpected) }
        ackIsDue = false
        trace(.end, at: now)
        state = .verifying(heardEnd: true)
        events.append(.complete(digest: end.digest))
        return .accepted
    }

    mutating func takeAbort(_ reason: AbortReason, at now: Instant) -> Received {
        if case .closed = state { return .ignored(.duplicate) }
        trace(.abort, at: now, detail: reason.text)
        if case .parting = state {
            finish(.unconfirmed, at: now)
            return .accepted
        }
        finish(.failed(.abortedByPeer(reason)), at: now)
        return .accepted
    }

    mutating func finish(_ outcome: Outcome, at now: Instant) {
        if progressIsDue { events.append(.progress(bytes: inbox.bytes)) }
        progressIsDue = false
        ackIsDue = false
        trace(.finished, at: now, detail: outcome.text)
        state = .closed
        events.append(.finished(outcome, statistics(at: now)))
    }

    /// The server has heard us from an address that it does not know, which only a NAT on the way can have changed.
    mutating func answer(_ token: Nonce, at now: Instant) -> Received {
        switch state {
        case .closed: return .ignored(.duplicate)
        case .greeting, .preparing, .starting, .receiving, .verifying, .parting:
            say(.response(token))
            // What was said from there before did not count: it is said again as soon as the address does.
            ackIsDue = inbox.largest != nil
            if case .receiving = state { acknowledge(at: now) }
            return .accepted
        }
    }
}
