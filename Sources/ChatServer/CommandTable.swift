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

/// A command that clients may send: who may, with how many parameters, what it does, and what HELP says of it.
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
    let parameters: String
    let help: String
    let run: @Sendable (inout Hub, Call) -> Void

    static let table: [String: Command] = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    private static func command(
        _ name: String, _ audience: Audience, needs count: Int = 0, cost: Interval = HubLimits.floodCost,
        _ parameters: String, _ help: String, _ run: @escaping @Sendable (inout Hub, Call) -> Void
    ) -> Command {
        Command(
            name: name, audience: audience, neededParameters: count, cost: cost, parameters: parameters, help: help,
            run: run)
    }

    static let all = connection + channels + talk + people + server + operators + files

    private static let light = HubLimits.lightCost

    private static let connection: [Command] = [
        command("CAP", .everybody, needs: 1, cost: light, "LS|LIST|REQ|END", "Negotiate capabilities.") { $0.cap($1) },
        command("PASS", .everybody, needs: 1, "<password>", "Give the server's password, first of all.") {
            $0.pass($1)
        },
        command("NICK", .everybody, "<nickname>", "Take another nickname.") { $0.nick($1) },
        command("USER", .everybody, needs: 4, "<name> 0 * :<real name>", "Say who you are.") { $0.user($1) },
        command("PING", .everybody, cost: light, "<token>", "Be answered PONG, after all earlier answers.") {
            $0.ping($1)
        },
        command("PONG", .everybody, cost: light, "<token>", "Answer PING.") { _, _ in },
        command("QUIT", .everybody, "[:<reason>]", "Leave the server.") { $0.quit($1) },
    ]

    private static let channels: [Command] = [
        command("JOIN", .users, needs: 1, "<channels> [<keys>]", "Enter channels; JOIN 0 leaves all.") { $0.join($1) },
        command("PART", .users, needs: 1, "<channels> [:<reason>]", "Leave channels.") { $0.part($1) },
        command("NAMES", .users, "<channels>", "Who is in a channel.") { $0.names($1) },
        command("TOPIC", .users, needs: 1, "<channel> [:<topic>]", "See or set a channel's topic.") { $0.topic($1) },
        command("LIST", .users, "[<masks and conditions>]", "The channels; conditions as >5, C<60, T>10, !mask.") {
            $0.list($1)
        },
        command("MODE", .users, needs: 1, "<channel or nick> [<modes> [<parameters>]]", "See or change modes.") {
            $0.mode($1)
        },
        command("KICK", .users, needs: 2, "<channel> <nicks> [:<reason>]", "Put users out of your channel.") {
            $0.kick($1)
        },
        command("INVITE", .users, needs: 2, "<nick> <channel>", "Invite a user to your channel.") { $0.invite($1) },
        command("CHATHISTORY", .users, needs: 3, "<subcommand> <channel> <place> <count>", "What was said before.") {
            $0.chatHistory($1)
        },
    ]

    private static let talk: [Command] = [
        command("PRIVMSG", .users, "<targets> :<text>", "Say something to channels or users.") {
            $0.privateMessage($1)
        },
        command("NOTICE", .users, "<targets> :<text>", "Say something that nobody answers by itself.") {
            $0.notice($1)
        },
        command("TAGMSG", .users, needs: 1, "<targets>", "Send tags without a text.") { $0.tagMessage($1) },
        command("AWAY", .users, "[:<text>]", "Say that you are away, or back again.") { $0.away($1) },
        command("SETNAME", .users, needs: 1, ":<real name>", "Change your real name.") { $0.setName($1) },
    ]

    private static let people: [Command] = [
        command("WHO", .users, "<channel or mask> [o][%<fields>]", "Users of a channel or that a mask fits.") {
            $0.who($1)
        },
        command("WHOIS", .users, "<nicks>", "What is known of a user.") { $0.whois($1) },
        command("WHOWAS", .users, "<nick> [<count>]", "What was known of a user who has left.") { $0.whowas($1) },
        command("ISON", .users, needs: 1, "<nicks>", "Which of these are here.") { $0.ison($1) },
        command("USERHOST", .users, needs: 1, "<nicks>", "Addresses of up to five users.") { $0.userhost($1) },
        command("MONITOR", .users, needs: 1, "+|-|C|L|S [<nicks>]", "Be told when users come and go.") {
            $0.monitor($1)
        },
    ]

    private static let server: [Command] = [
        command("MOTD", .users, "", "The message of the day.") { $0.motd($1) },
        command("LUSERS", .users, "", "How many are here.") { $0.lusers($1) },
        command("VERSION", .users, "", "The server's version and what it supports.") { $0.version($1) },
        command("TIME", .users, "", "The server's time.") { $0.time($1) },
        command("INFO", .users, "", "About this server.") { $0.info($1) },
        command("HELP", .users, "[<command>]", "The commands, or what one of them does.") { $0.help($1) },
        command("HELPOP", .users, "[<command>]", "Like HELP.") { $0.help($1) },
        command("STATS", .users, "[u]", "How long the server is up; for operators, its figures.") { $0.stats($1) },
    ]

    private static let operators: [Command] = [
        command("OPER", .users, needs: 2, "<name> <password>", "Become an operator of this server.") { $0.oper($1) },
        command("KILL", .users, needs: 1, "<nick> [:<reason>]", "Close a user's connection.") { $0.kill($1) },
        command("REHASH", .users, "", "Read the configuration file again.") { $0.rehash($1) },
    ]

    private static let files: [Command] = [
        command("FILES", .filesClients, cost: light, "[<mask>]", "The files of the shelf.") { $0.files($1) },
        command("GET", .filesClients, cost: light, "<offset> <mode> :<name>", "A ticket for a file.") { $0.get($1) },
        command("WHY", .filesClients, needs: 1, cost: light, "<ticket>", "Why a download was as fast as it was.") {
            $0.why($1)
        },
        command("GETSTOP", .filesClients, needs: 1, cost: light, "<ticket>", "Stop a download.") { $0.getStop($1) },
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
            guard users.contains(id) else {
                // Before the parameters are looked at: irssi's early `JOIN :` waits for this very answer.
                reply(id, .notRegistered, "You have not registered")
                return
            }
        }
        if case .filesClients = command.audience, !has(id, .files) {
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
