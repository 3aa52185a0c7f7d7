import Timeline

/// The hash, and END with it, until the client has said its last word.
extension Sender {
    mutating func bidFarewell(_ clientNonce: Nonce, at now: Instant) {
        let pause = flight?.roundTrip.timeout ?? roundTrip.timeout
        state = .ending(clientNonce: clientNonce, Farewell(pause: pause, at: now))
        if digest != nil { sayEnd(at: now) }
    }

    /// INFO again behind the last data, now with the hash: whoever has all of it by then need not wait for END, which comes
    /// a round trip later.
    mutating func sayHash(_ digest: FileDigest, at now: Instant) {
        var offer = offer
        offer.hash = digest
        say(.info(offer))
        trace(.info, at: now)
    }

    var end: Packet? { digest.map { .end(Packet.End(size: size, digest: $0)) } }

    mutating func sayEnd(at now: Instant) {
        guard case .ending(let clientNonce, var farewell) = state, let end else { return }
        say(end)
        farewell.said(at: now)
        state = .ending(clientNonce: clientNonce, farewell)
        trace(.end, at: now)
    }
}
