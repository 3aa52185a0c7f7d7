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
        let network = configuration.network.split(separator: " ").joined(separator: "\\x20")
        let tokens =
            [
                "AWAYLEN=\(WireLimits.awayText)", "BOT=B", "CASEMAPPING=ascii",
                "CHANLIMIT=#:\(HubLimits.channelsPerUser)",
                "CHANMODES=\(Self.channelModeTypes)", "CHANNELLEN=\(WireLimits.channelName)", "CHANTYPES=#",
                "HOSTLEN=\(WireLimits.host)",
                "ELIST=CMNTU", "KICKLEN=\(WireLimits.kickText)", "MAXLIST=b:\(HubLimits.bans)",
                "MODES=\(HubLimits.modesPerLine)", "MONITOR=\(HubLimits.monitored)", "NAMELEN=\(WireLimits.realName)",
                "NETWORK=\(network)",
                "NICKLEN=\(WireLimits.nickname)", "PREFIX=(ov)@+",
                "TARGMAX=PRIVMSG:\(HubLimits.messageTargets),NOTICE:\(HubLimits.messageTargets),WHOIS:"
                    + "\(HubLimits.messageTargets),KICK:\(HubLimits.messageTargets),JOIN:,PART:,NAMES:"
                    + "\(HubLimits.namesTargets),LIST:",
                "TOPICLEN=\(WireLimits.topic)", "USERLEN=\(WireLimits.userName)", "UTF8ONLY", "WHOX", "SAFELIST",
                "KEYLEN=\(WireLimits.channelKey)",
            ]
            + (configuration.history > 0
                ? ["CHATHISTORY=\(configuration.history)", "MSGREFTYPES=msgid,timestamp"] : [])
        for start in stride(from: 0, to: tokens.count, by: 13) {
            let part = Array(tokens[start..<min(start + 13, tokens.count)])
            let parameters = [displayName(of: id)] + part + ["are supported by this server"]
            answer(id, Message(command: Numeric.isupport.rawValue, parameters: parameters))
        }
    }

    mutating func lusers(_ call: Call) { replyLusers(call.id) }

    private mutating func replyLusers(_ id: ConnectionID) {
        let count = users.count
        let invisible = modeCounts.invisible
        reply(id, .lusersClients, "There are \(count - invisible) users and \(invisible) invisible on 1 servers")
        if modeCounts.operators > 0 { reply(id, .lusersOperators, String(modeCounts.operators), "operator(s) online") }
        if !greeters.isEmpty { reply(id, .lusersUnknown, String(greeters.count), "unknown connection(s)") }
        if !channels.isEmpty { reply(id, .lusersChannels, String(channels.count), "channels formed") }
        reply(id, .lusersMe, "I have \(count) clients and 0 servers")
        let most = String(mostUsers)
        reply(id, .localUsers, String(count), most, "Current local users \(count), max \(most)")
        reply(id, .globalUsers, String(count), most, "Current global users \(count), max \(most)")
    }

    mutating func motd(_ call: Call) {
        if isAskedHere(call) { replyMotd(call.id) }
    }

    private mutating func replyMotd(_ id: ConnectionID) {
        guard !configuration.motd.isEmpty else {
            reply(id, .noMotd, "MOTD File is missing")
            return
        }
        reply(id, .motdStart, "- \(configuration.serverName.text) Message of the day - ")
        for line in configuration.motd { reply(id, .motd, "- \(line)") }
        reply(id, .endOfMotd, "End of /MOTD command")
    }

    /// Asked of another server than this, which there is none of.
    private mutating func isAskedHere(_ call: Call) -> Bool {
        guard let name = call[0], !name.isEmpty else { return true }
        if Mask(name).matches(configuration.serverName.text) || user(named: name) != nil { return true }
        reply(call.id, .noSuchServer, name, "No such server")
        return false
    }

    mutating func version(_ call: Call) {
        guard isAskedHere(call) else { return }
        reply(call.id, .version, configuration.version, configuration.serverName.text, "")
        replyISupport(call.id)
    }

    mutating func time(_ call: Call) {
        guard isAskedHere(call) else { return }
        reply(call.id, .time, configuration.serverName.text, serverTime)
    }

    mutating func info(_ call: Call) {
        guard isAskedHere(call) else { return }
        let started = ServerTime.text(of: startedWall, milliseconds: 0)
        let lines = [
            "\(configuration.version), a chat server that shares a directory over RDT", "running since \(started)",
            "to see and fetch its files: rdtchat, or /msg \(ShelfDesk.librarian) help",
        ]
        for line in lines { reply(call.id, .info, line) }
        reply(call.id, .endOfInfo, "End of /INFO list")
    }

    /// Without a subject the names of all commands; the table that runs them also explains them.
    mutating func help(_ call: Call) {
        let mayUseFiles = has(call.id, .files)
        func isThere(_ command: Command) -> Bool {
            switch command.audience {
            case .everybody, .users: true
            case .filesClients: mayUseFiles
            }
        }
        guard let subject = call[0].map(\.asciiUppercased), !subject.isEmpty else {
            let names = Command.all.filter(isThere).map(\.name).sorted()
            reply(call.id, .helpStart, "*", "HELP COMMAND explains one of these:")
            for line in Self.lines(of: names, room: 200) { reply(call.id, .helpText, "*", line) }
            reply(call.id, .endOfHelp, "*", "End of /HELP")
            return
        }
        guard let command = Command.table[subject], isThere(command) else {
            reply(call.id, .helpNotFound, call[0] ?? "*", "There is no help on this; HELP lists the commands")
            return
        }
        let usage = command.parameters.isEmpty ? command.name : "\(command.name) \(command.parameters)"
        reply(call.id, .helpStart, subject, usage)
        reply(call.id, .helpText, subject, command.help)
        reply(call.id, .endOfHelp, subject, "End of /HELP")
    }
}
