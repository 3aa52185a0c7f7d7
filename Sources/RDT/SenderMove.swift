import Timeline

// The client at another address than before.
extension Sender {
    /// Whether what came from another address is the client's own word, and no copy of an old one: once something was
    /// acknowledged, only a newer ACK and DONE are; before, it is who knows the nonces.
    func isOfClient(_ packet: Packet, newest: AckAge?) -> Bool {
        let isUnderWay =
            switch state {
            case .sending, .ending: true
            case .granted, .greeted, .accepted, .checking, .ended: false
            }
        switch packet {
        case .hello(let hello):
            if case .greeted(let greeting) = state { return hello.nonce == greeting.clientNonce }
            return !hasEnded && newest == nil && hello.nonce == unanswered?.clientNonce
        case .accept(let accept): return !hasEnded && newest == nil && accept.serverNonce == nonce
        case .ack(let ack): return isUnderWay && newest.map { $0 < AckAge(ack) } ?? true
        case .done: return isUnderWay
        case .helloAck, .info, .start, .data, .end, .abort, .check, .probe, .challenge, .response: return false
        }
    }

    /// The client is at another address, and has proven it. What was lost on the way to the old one is found out now, and
    /// not when a timer fires that has doubled meanwhile.
    mutating func moved(at now: Instant) {
        trace(.moved, at: now)
        if case .greeted(let greeting) = state { answer(greeting, at: now) }
        if var greeting = unanswered {
            sayAnswers(&greeting, at: now)
            unanswered = greeting
        }
        flight?.hurry(at: now)
    }
}
