import IRC

// The welcome, and what a client may ask about the server.
extension Hub {
    mutating func welcome(_ id: ConnectionID, _ user: User) {
        let server = configuration.serverName.text
        let started = ServerTime.text(of: startedWall, milliseconds: 0)
        reply(id, .welcome, "Welcome to \(configuration.network), \(user.source.text)")
        reply(id, .yourHost, "Your host is \(server), running version \(configuration.version)")
        reply(id, .created, "This server was started at \(started)")
        reply(id, .myInfo, server, configuration.version, Self.userModes, Self.channelModes)
        replyISupport(id)
        replyLusers(id)
        replyMotd(id)
    }

    /// At most 13 tokens a line, so that a line has no more than RFC 1459's 15 parameters.
    private mutating func replyISupport(_ id: ConnectionID) {
        let tokens = [
            "AWAYLEN=\(WireLimits.awayText)", "CASEMAPPING=ascii", "CHANLIMIT=#:\(HubLimits.channelsPerUser)",
            "CHANMODES=b,,,n", "CHANNELLEN=\(WireLimits.channelName)", "CHANTYPES=#", "HOSTLEN=\(WireLimits.host)",
            "MODES=4", "NETWORK=\(configuration.network.split(separator: " ").joined(separator: "\\x20"))",
            "NICKLEN=\(WireLimits.nickname)", "PREFIX=(ov)@+",
            "TARGMAX=PRIVMSG:\(HubLimits.messageTargets),NOTICE:\(HubLimits.messageTargets),WHOIS:"
                + "\(HubLimits.messageTargets),JOIN:,PART:,NAMES:,LIST:",
            "TOPICLEN=\(WireLimits.topic)", "USERLEN=\(WireLimits.userName)", "UTF8ONLY",
        ]
        for start in stride(from: 0, to: tokens.count, by: 13) {
            let part = Array(tokens[start..<min(start + 13, tokens.count)])
            let parameters = [displayName(of: id)] + part + ["are supported by this server"]
            answer(id, Message(command: Numeric.isupport.rawValue, parameters: parameters))
        }
    }

    mutating func lusers(_ call: Call) { replyLusers(call.id) }

    private mutating func replyLusers(_ id: ConnectionID) {
        let count = users.count
        let invisible = users.values.count { $0.isInvisible }
        reply(id, .lusersClients, "There are \(count - invisible) users and \(invisible) invisible on 1 servers")
        if !greeters.isEmpty { reply(id, .lusersUnknown, String(greeters.count), "unknown connection(s)") }
        if !channels.isEmpty { reply(id, .lusersChannels, String(channels.count), "channels formed") }
        reply(id, .lusersMe, "I have \(count) clients and 0 servers")
        let most = String(mostUsers)
        reply(id, .localUsers, String(count), most, "Current local users \(count), max \(most)")
        reply(id, .globalUsers, String(count), most, "Current global users \(count), max \(most)")
    }

    mutating func motd(_ call: Call) { replyMotd(call.id) }

    private mutating func replyMotd(_ id: ConnectionID) {
        guard !configuration.motd.isEmpty else {
            reply(id, .noMotd, "MOTD File is missing")
            return
        }
        reply(id, .motdStart, "- \(configuration.serverName.text) Message of the day - ")
        for line in configuration.motd { reply(id, .motd, "- \(line)") }
        reply(id, .endOfMotd, "End of /MOTD command")
    }

    mutating func version(_ call: Call) {
        reply(call.id, .version, configuration.version, configuration.serverName.text, "")
        replyISupport(call.id)
    }

    mutating func time(_ call: Call) {
        reply(call.id, .time, configuration.serverName.text, serverTime)
    }
}
