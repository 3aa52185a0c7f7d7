import IRC
import Timeline

// MODE. Channels have one mode, +n (no messages from outside), and no operators yet who could change it.
extension Hub {
    /// As 004 and 005 announce them.
    static let userModes = "i"
    static let channelModes = "bnov"
    private static let channelListMode: Unicode.Scalar = "b"

    mutating func mode(_ call: Call) {
        let target = call[0] ?? ""
        if target.utf8.first == UInt8(ascii: "#") {
            guard let channel = existingChannel(target, for: call.id) else { return }
            channelMode(channel, call)
        } else if let id = user(named: target) {
            if id == call.id {
                userMode(call)
            } else {
                reply(call.id, .usersDoNotMatch, "You cannot see or change the modes of others")
            }
        } else {
            reply(call.id, .noSuchNick, target, "No such nickname")
        }
    }

    private mutating func channelMode(_ channel: Channel, _ call: Call) {
        guard let changes = call[1] else {
            reply(call.id, .channelModeIs, channel.name.text, "+n")
            reply(call.id, .creationTime, channel.name.text, String(channel.created.seconds))
            return
        }
        for letter in changes.unicodeScalars where letter != "+" && letter != "-" {
            if letter == Self.channelListMode, call[2] == nil {
                reply(call.id, .endOfBanList, channel.name.text, "End of channel ban list")
            } else if Self.channelModes.unicodeScalars.contains(letter) {
                reply(call.id, .channelOperatorNeeded, channel.name.text, "You are not a channel operator")
                return
            } else {
                reply(call.id, .unknownMode, String(letter), "is no mode that \(channel.name.text) can have")
            }
        }
    }

    private mutating func userMode(_ call: Call) {
        guard let user = users[call.id] else { return }
        guard let changes = call[1] else {
            reply(call.id, .userModeIs, user.isInvisible ? "+i" : "+")
            return
        }
        var isInvisible = user.isInvisible
        var adds = true
        var hasUnknown = false
        for letter in changes.unicodeScalars {
            switch letter {
            case "+": adds = true
            case "-": adds = false
            case "i": isInvisible = adds
            default: hasUnknown = true
            }
        }
        if hasUnknown { reply(call.id, .unknownUserMode, "Unknown MODE flag") }
        guard isInvisible != user.isInvisible else { return }
        users[call.id]?.isInvisible = isInvisible
        let parameters = [user.nickname.text, isInvisible ? "+i" : "-i"]
        relay(Message(source: user.source, command: "MODE", parameters: parameters), to: [call.id], answering: call.id)
    }
}
