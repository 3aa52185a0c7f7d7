import IRC
import Timeline

/// What the server sends, each message to the part that it concerns. What nobody here knows is passed over.
extension Client {
    mutating func handle(_ message: Message, at now: Instant) {
        if !past.batches.isEmpty, tookForPast(message) { return }
        switch message.command {
        case "PING": send(Message(command: "PONG", parameters: message.parameters))
        case "PONG": settle(at: now) { $0 == .pong(message.parameters.last ?? "") }
        case "CAP": negotiated(message)
        case "BATCH": batchChanged(message, at: now)
        case "PRIVMSG": heardSpeech(message, at: now)
        case "NOTICE": heardNotice(message, at: now)
        case "JOIN": joined(message, at: now)
        case "PART": parted(message, at: now)
        case "KICK": kicked(message, at: now)
        case "QUIT": wentAway(message, at: now)
        case "NICK": renamed(message, at: now)
        case "TOPIC": topicChanged(message, at: now)
        case "INVITE": invited(message)
        case "ERROR": farewell = message.parameters.last
        case "FILE", "FILEEND", "FILESCHANGED", "TICKET", "FIGURES", "WINDOWS", "FAIL": handleFiles(message, at: now)
        default: handleNumeric(message, at: now)
        }
    }

    private mutating func negotiated(_ message: Message) {
        guard message.parameters.count >= 3 else { return }
        let names = (message.parameters.last ?? "").split(separator: " ").map(String.init)
        switch message.parameters[1] {
        case "ACK": capabilities.formUnion(names)
        case "DEL": capabilities.subtract(names)
        default: break
        }
    }

    private mutating func handleNumeric(_ message: Message, at now: Instant) {
        let parameters = message.parameters
        guard let numeric = Numeric(rawValue: message.command) else {
            if message.isError { refused(message, at: now) }
            return
        }
        switch numeric {
        case .welcome: welcomed(message, at: now)
        case .motd: emit(.motd(ForeignText(parameters.last ?? "")))
        case .nicknameInUse, .erroneousNickname, .noNicknameGiven: nicknameRefused(message, at: now)
        case .namesReply: namesListed(parameters)
        case .endOfNames: namesEnded(parameters, at: now)
        case .topic, .noTopic: topicTold(message, at: now)
        case .whoisUser, .whoisServer, .whoisOperator, .whoisIdle, .whoisChannels, .away, .endOfWhois:
            handleWhois(numeric, parameters, at: now)
        case .unAway, .nowAway: awayChanged(isAway: numeric == .nowAway, at: now)
        case .list: roomListed(parameters)
        case .listEnd: roomsListed(at: now)
        case .noMotd: break
        default: if message.isError { refused(message, at: now) }
        }
    }

    private mutating func welcomed(_ message: Message, at now: Instant) {
        guard link == .registering else { return }
        link = .registered
        if let name = message.parameters.first, let granted = try? Nickname(name, by: .unicode) { nickname = granted }
        let server = message.source?.name ?? configuration.server
        emit(.welcome(server: ForeignText(server), nick: ForeignText(nickname?.text ?? "")))
        greetFirstTime()
        offerUndelivered()
        flightArrived(at: now)
        cameBack(at: now)
    }

    private mutating func nicknameRefused(_ message: Message, at now: Instant) {
        let wanted = DisplayText(sanitising: message.parameters.dropFirst().first ?? "").text
        let isTaken = message.command == Numeric.nicknameInUse.rawValue
        let reason = DisplayText(sanitising: message.parameters.last ?? "").text
        let text = isTaken ? "nickname '\(wanted)' is taken" : "nickname '\(wanted)' was refused: \(reason)"
        if link == .registering {
            flight.isRefused = true
            if !isTaken || !takeSubstitute(for: wanted) { refuseNickname(text) }
        } else if isTaken, let wishedNickname, wanted == wishedNickname.text {
            // Our own ghost still has it.
            return
        } else {
            refuseOldest(text, at: now)
        }
    }

    /// An error numeric: before we are registered a server may not know CAP, which is no fault.
    private mutating func refused(_ message: Message, at now: Instant) {
        if link == .registering, message.command == Numeric.unknownCommand.rawValue { return }
        if link == .registering, message.command == Numeric.notRegistered.rawValue {
            flight.isRefused = true
            return
        }
        if isOfAbsentFiles(message) { return }
        refuseOldest(Self.text(ofError: message), at: now)
    }

    /// One line for an error of the server's: what was wrong, and where we know it, what would be right.
    private static func text(ofError message: Message) -> String {
        let subjects = message.parameters.dropFirst().dropLast().map { DisplayText(sanitising: $0).text }
        let subject = subjects.joined(separator: " ")
        let reason = DisplayText(sanitising: message.parameters.last ?? "").text
        switch Numeric(rawValue: message.command) {
        case .noSuchNick?: return "nobody here is called '\(subject)'; /nicknames shows who is here"
        case .noSuchChannel?: return "there is no room '\(subject)'"
        case .cannotSendToChannel?: return "you cannot talk in \(subject): \(reason)"
        case .notOnChannel?: return "you are not in \(subject); /join \(subject) goes there"
        default: return subject.isEmpty ? reason : "\(subject): \(reason)"
        }
    }

    // MARK: Whois

    private mutating func handleWhois(_ numeric: Numeric, _ parameters: [String], at now: Instant) {
        guard parameters.count >= 3 else { return }
        let (name, last) = (parameters[1], ForeignText(parameters.last ?? ""))
        if numeric == .endOfWhois { return whoisEnded(name, at: now) }
        if numeric == .away, whois?.nick.exact != name {
            return emit(.info("\(DisplayText(sanitising: name).text) is away: \(last.talk.text)"))
        }
        if whois == nil || numeric == .whoisUser { whois = WhoisAnswer(nick: ForeignText(name)) }
        switch numeric {
        case .whoisUser where parameters.count >= 6:
            whois?.user = ForeignText(parameters[2])
            whois?.host = ForeignText(parameters[3])
            whois?.realName = last
        case .whoisIdle: whois?.idle = Int(parameters[2]).map { .seconds(max(0, min($0, 1 << 32))) }
        case .whoisChannels:
            whois?.rooms += last.exact.split(separator: " ").map { ForeignText(String($0.drop { "@+".contains($0) })) }
        case .away: whois?.away = last
        default: break
        }
    }

    private mutating func whoisEnded(_ name: String, at now: Instant) {
        if let answer = whois { emit(.whois(answer)) }
        whois = nil
        guard let nick = try? Nickname(name, by: .unicode) else { return }
        settle(at: now) { $0 == .whois(nick) }
    }
}

extension Message {
    /// A numeric from 400 to 599 tells an error (RFC 1459, section 6.1).
    fileprivate var isError: Bool {
        command.utf8.count == 3 && (command.utf8.first == UInt8(ascii: "4") || command.utf8.first == UInt8(ascii: "5"))
    }
}
