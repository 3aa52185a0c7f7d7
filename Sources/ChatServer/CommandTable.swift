import IRC
import Timeline

/// One command of a client.
struct Call {
    let id: ConnectionID
    let message: Message

    /// A parameter, nil when there are not so many.
    subscript(index: Int) -> String? {
        index < message.parameters.count ? message.parameters[index] : nil
    }

    /// The parts of a list with commas, empty ones left out.
    func list(_ index: Int) -> [String] {
        (self[index] ?? "").split(separator: ",").map(String.init)
    }
}

/// A command that clients may send: who may, with how many parameters, and what it does.
struct Command: Sendable {
    enum Audience: Sendable {
        /// Registered or not.
        case everybody
        case users
        /// Users whose client asked for `rdtchat/files`; to others the command does not exist.
        case filesClients
    }

    let name: String
    let audience: Audience
    /// With fewer, or with an empty one among them, the answer is 461.
    let neededParameters: Int
    /// What a user's line with it costs, for flood control.
    let cost: Interval
    let run: @Sendable (inout Hub, Call) -> Void

    static let table: [String: Command] = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    private static func command(
        _ name: String, _ audience: Audience, needs count: Int = 0, cost: Interval = HubLimits.floodCost,
        _ run: @escaping @Sendable (inout Hub, Call) -> Void
    ) -> Command {
        Command(name: name, audience: audience, neededParameters: count, cost: cost, run: run)
    }

    private static let all: [Command] = [
        command("CAP", .everybody, needs: 1, cost: HubLimits.lightCost) { $0.cap($1) },
        command("PASS", .everybody, needs: 1) { $0.pass($1) },
        command("NICK", .everybody) { $0.nick($1) },
        command("USER", .everybody, needs: 4) { $0.user($1) },
        command("PING", .everybody, cost: HubLimits.lightCost) { $0.ping($1) },
        command("PONG", .everybody, cost: HubLimits.lightCost) { _, _ in },
        command("QUIT", .everybody) { $0.quit($1) },

        command("JOIN", .users, needs: 1) { $0.join($1) },
        command("PART", .users, needs: 1) { $0.part($1) },
        command("NAMES", .users) { $0.names($1) },
        command("TOPIC", .users, needs: 1) { $0.topic($1) },
        command("LIST", .users) { $0.list($1) },
        command("MODE", .users, needs: 1) { $0.mode($1) },

        command("PRIVMSG", .users) { $0.privateMessage($1) },
        command("NOTICE", .users) { $0.notice($1) },
        command("AWAY", .users) { $0.away($1) },

        command("WHO", .users) { $0.who($1) },
        command("WHOIS", .users) { $0.whois($1) },
        command("WHOWAS", .users) { $0.whowas($1) },
        command("ISON", .users, needs: 1) { $0.ison($1) },
        command("USERHOST", .users, needs: 1) { $0.userhost($1) },

        command("MOTD", .users) { $0.motd($1) },
        command("LUSERS", .users) { $0.lusers($1) },
        command("VERSION", .users) { $0.version($1) },
        command("TIME", .users) { $0.time($1) },

        command("FILES", .filesClients, cost: HubLimits.lightCost) { $0.files($1) },
        command("GET", .filesClients, cost: HubLimits.lightCost) { $0.get($1) },
        command("WHY", .filesClients, needs: 1, cost: HubLimits.lightCost) { $0.why($1) },
        command("GETSTOP", .filesClients, needs: 1, cost: HubLimits.lightCost) { $0.getStop($1) },
    ]
}

extension Hub {
    mutating func run(_ message: Message, from id: ConnectionID) {
        guard let command = Command.table[message.command] else {
            reply(id, .unknownCommand, message.command, "Unknown command")
            return
        }
        switch command.audience {
        case .everybody: break
        case .users, .filesClients:
            guard users[id] != nil else {
                // Before the parameters are looked at: irssi's early `JOIN :` waits for this very answer.
                reply(id, .notRegistered, "You have not registered")
                return
            }
        }
        if case .filesClients = command.audience, connections[id]?.capabilities.contains(.files) != true {
            let text = "Unknown command without the capability \(FilesExtension.capability)"
            reply(id, .unknownCommand, command.name, text)
            return
        }
        let given = message.parameters.prefix(command.neededParameters).prefix { !$0.isEmpty }
        guard given.count == command.neededParameters else {
            reply(id, .needMoreParameters, command.name, "Not enough parameters")
            return
        }
        command.run(&self, Call(id: id, message: message))
    }
}
