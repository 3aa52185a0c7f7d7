import IRC
import Timeline

/// Going to another server, or back to the one that was lost.
extension Client {
    /// What we are called here, to be called so elsewhere.
    package var nicknameText: String? { nickname?.text }

    mutating func connect(to address: ServerAddress?, _ asker: Asker, at now: Instant) {
        guard !configuration.isScript else {
            return refuse(asker, "connect is for the prompt; a script names its server on the command line")
        }
        if let address {
            conclude(asker.id, .succeeded)
            return move(to: address)
        }
        guard case .lost = link else { return refuse(asker, "you are connected; /connect HOST goes to another server") }
        conclude(asker.id, .succeeded)
        if comeback != nil {
            comeback?.next = now
            countDown(at: now)
        } else if let server = ServerAddress(configuration.server) {
            move(to: server)
        }
    }

    /// Downloads stop here and are left for the next time at this server.
    private mutating func move(to address: ServerAddress) {
        for number in transfers.activeNumbers { stopAtBothEnds(number) }
        sayGoodbye("going to another server")
        perform(.move(address))
    }
}
