import IRC
import Timeline

/// A change of a channel that has been made, to be told.
private struct ModeChange {
    let adds: Bool
    let letter: String
    var parameter: String?

    /// Without what was taken back in the same line, as `+i-i`: a line has room for four hundred of them, and the one that
    /// tells the members has not. `before` and `after` are the channel's flags.
    static func net(_ changes: [ModeChange], _ before: Set<ChannelFlag>, _ after: Set<ChannelFlag>) -> [ModeChange] {
        var told: Set<ChannelFlag> = []
        return changes.reversed().filter { change in
            guard let flag = ChannelFlag(rawValue: change.letter) else { return true }
            return before.contains(flag) != after.contains(flag) && told.insert(flag).inserted
        }.reversed()
    }

    /// `+ob-l nick mask`: the letters with a sign where it changes, then their parameters.
    static func parameters(of changes: [ModeChange]) -> [String] {
        var letters = ""
        var sign: Bool?
        for change in changes {
            if sign != change.adds { letters += change.adds ? "+" : "-" }
            sign = change.adds
            letters += change.letter
        }
        return [letters] + changes.compactMap(\.parameter)
    }
}

/// One letter of a MODE line with its parameter, before anybody has looked whether it may be.
private struct ModeWish {
    let adds: Bool
    let letter: String
    let parameter: String?

    /// Letters that take a parameter, and those of them that take one only when set.
    private static let withParameter: Set<String> = ["o", "v", "b", "k"]
    private static let withParameterWhenSet: Set<String> = ["l"]

    /// It needs a parameter, and the line has none left.
    var lacksParameter: Bool {
        parameter == nil && (["o", "v"].contains(letter) || adds && ["k", "l"].contains(letter))
    }

    static func list(_ parameters: ArraySlice<String>) -> [ModeWish] {
        var wishes: [ModeWish] = []
        var rest = parameters
        while let letters = rest.popFirst() {
            var adds = true
            for scalar in letters.unicodeScalars {
                switch scalar {
                case "+": adds = true
                case "-": adds = false
                default:
                    let letter = String(scalar)
                    let takes = withParameter.contains(letter) || adds && withParameterWhenSet.contains(letter)
                    wishes.append(ModeWish(adds: adds, letter: letter, parameter: takes ? rest.popFirst() : nil))
                }
            }
        }
        return wishes
    }
}

// MODE.
extension Hub {
    /// As 004 and 005 announce them.
    static let userModes = "Bio"
    static let channelModes = "biklmnostv"
    static let channelModeTypes = "b,k,l,imnst"

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

    /// What a secret channel's modes and bans are, outsiders do not learn. Its lists and what is no mode are told once a line,
    /// however often the line has their letters.
    private mutating func channelMode(_ channel: Channel, _ call: Call) {
        guard isVisible(channel, to: call.id) || users[call.id]?.isOperator == true || isMember(call.id, of: channel)
        else { return }
        let wishes = ModeWish.list(call.message.parameters.dropFirst())
        guard !wishes.isEmpty else {
            replyModes(call.id, channel)
            return
        }
        var changes: [ModeChange] = []
        var isAllowed: Bool?
        var parameters = 0
        var told: Set<String> = []
        for wish in wishes {
            let isList = wish.letter == "b" && wish.parameter == nil
            if isList || wish.lacksParameter || !Self.channelModes.contains(wish.letter) {
                guard told.insert(wish.letter).inserted else { continue }
            }
            if isList {
                replyBans(call.id, channel)
                continue
            }
            if isAllowed == nil { isAllowed = mayChange(call.id, channel) }
            guard isAllowed == true else { break }
            if wish.parameter != nil { parameters += 1 }
            guard parameters <= HubLimits.modesPerLine else { break }
            if let change = apply(wish, to: channel.name, by: call.id) { changes.append(change) }
        }
        changes = ModeChange.net(changes, channel.flags, channels[channel.name]?.flags ?? [])
        guard !changes.isEmpty, let source = users[call.id]?.source else { return }
        let message = Message(
            source: source, command: "MODE", parameters: [channel.name.text] + ModeChange.parameters(of: changes))
        relay(message, to: channels[channel.name]?.members ?? [], answering: call.id)
        if !channel.members.contains(call.id) { relay(message, to: [call.id], answering: call.id) }
    }

    private mutating func mayChange(_ id: ConnectionID, _ channel: Channel) -> Bool {
        guard users[id]?.isOperator == true || isMember(id, of: channel) else { return false }
        return isOperator(id, of: channel)
    }

    private mutating func replyModes(_ id: ConnectionID, _ channel: Channel) {
        let isInside = users[id]?.channels.contains(channel.name) == true
        var letters = ChannelFlag.allCases.filter { channel.flags.contains($0) }.map(\.rawValue).joined()
        var parameters: [String] = []
        if let key = channel.key {
            letters += "k"
            if isInside { parameters.append(key) }
        }
        if let limit = channel.limit {
            letters += "l"
            parameters.append(String(limit))
        }
        answer(
            id,
            Message(
                command: Numeric.channelModeIs.rawValue,
                parameters: [displayName(of: id), channel.name.text, "+" + letters] + parameters))
        reply(id, .creationTime, channel.name.text, String(channel.created.seconds))
    }

    private mutating func replyBans(_ id: ConnectionID, _ channel: Channel) {
        for ban in channel.bans {
            reply(id, .banList, channel.name.text, ban.mask.text, ban.author, String(ban.time.seconds))
        }
        reply(id, .endOfBanList, channel.name.text, "End of channel ban list")
    }

    /// Makes one change; nil when nothing changed, which the client has been told where it is a fault.
    private mutating func apply(_ wish: ModeWish, to name: ChannelName, by id: ConnectionID) -> ModeChange? {
        if let flag = ChannelFlag(rawValue: wish.letter) {
            let changed =
                wish.adds ? channels[name]?.flags.insert(flag).inserted : channels[name]?.flags.remove(flag) != nil
            return changed == true ? ModeChange(adds: wish.adds, letter: wish.letter) : nil
        }
        switch wish.letter {
        case "o": return setStatus(.channelOperator, wish, name, id)
        case "v": return setStatus(.voiced, wish, name, id)
        case "b": return wish.adds ? ban(wish, name, id) : unban(wish, name)
        case "k": return setKey(wish, name, id)
        case "l": return setLimit(wish, name, id)
        default:
            reply(id, .unknownMode, wish.letter, "is no mode that \(name.text) can have")
            return nil
        }
    }

    private mutating func setStatus(
        _ status: MemberStatus, _ wish: ModeWish, _ name: ChannelName, _ id: ConnectionID
    ) -> ModeChange? {
        guard let nick = wish.parameter, !nick.isEmpty else {
            reply(id, .needMoreParameters, "MODE", "Not enough parameters")
            return nil
        }
        guard let member = user(named: nick), let nickname = users[member]?.nickname else {
            reply(id, .noSuchNick, nick, "No such nickname")
            return nil
        }
        guard users[member]?.channels.contains(name) == true else {
            reply(id, .userNotInChannel, nickname.text, name.text, "is not on that channel")
            return nil
        }
        guard channels[name]?.status(of: member).contains(status) != wish.adds else { return nil }
        channels[name]?.set(status, of: member, to: wish.adds)
        return ModeChange(adds: wish.adds, letter: wish.letter, parameter: nickname.text)
    }

    private mutating func ban(_ wish: ModeWish, _ name: ChannelName, _ id: ConnectionID) -> ModeChange? {
        guard let author = users[id]?.nickname.text, let channel = channels[name],
            let text = wish.parameter.flatMap(Self.wholeMask),
            !channel.bans.contains(where: { $0.mask.isSame(as: text) })
        else { return nil }
        guard channel.bans.count < HubLimits.bans else {
            reply(id, .banListFull, name.text, text, "The ban list is full: it has \(HubLimits.bans) masks")
            return nil
        }
        let entry = Channel.Ban(mask: Mask(text), author: author, time: wall)
        channels[name]?.bans.append(entry)
        return ModeChange(adds: true, letter: wish.letter, parameter: text)
    }

    private mutating func unban(_ wish: ModeWish, _ name: ChannelName) -> ModeChange? {
        guard let text = wish.parameter.flatMap(Self.wholeMask), let bans = channels[name]?.bans,
            let index = bans.firstIndex(where: { $0.mask.isSame(as: text) })
        else { return nil }
        channels[name]?.bans.remove(at: index)
        return ModeChange(adds: false, letter: wish.letter, parameter: bans[index].mask.text)
    }

    /// A mask with all its three parts: `nick` is `nick!*@*`, `user@host` is `*!user@host`. What follows a space is left out,
    /// for no name has any; nil when nothing is left.
    static func wholeMask(_ given: String) -> String? {
        let text = String(given.prefix { $0 != " " })
        guard !text.isEmpty else { return nil }
        let source = Message.Source(parsing: text)
        let isHostOnly = source.user == nil && source.host != nil
        let nick = isHostOnly ? "*" : source.name
        let user = isHostOnly ? source.name : source.user ?? "*"
        return [nick, "!", user, "@", source.host.map(User.host) ?? "*"].map { $0.isEmpty ? "*" : $0 }.joined()
            .cut(toBytes: HubLimits.banMask)
    }

    private mutating func setKey(_ wish: ModeWish, _ name: ChannelName, _ id: ConnectionID) -> ModeChange? {
        guard wish.adds else {
            guard channels[name]?.key != nil else { return nil }
            channels[name]?.key = nil
            return ModeChange(adds: false, letter: "k", parameter: "*")
        }
        guard let key = wish.parameter, !key.isEmpty else {
            reply(id, .needMoreParameters, "MODE", "Not enough parameters")
            return nil
        }
        guard key.utf8.count <= WireLimits.channelKey, key.utf8.first != UInt8(ascii: ":"),
            key.unicodeScalars.allSatisfy({ $0 != "," && $0.value > 0x20 && $0.value != 0x7F })
        else {
            let rule = "1 to \(WireLimits.channelKey) bytes without space, comma or control character, no colon first"
            reply(id, .invalidKey, name.text, "A key has \(rule)")
            return nil
        }
        channels[name]?.key = key
        return ModeChange(adds: true, letter: "k", parameter: key)
    }

    private mutating func setLimit(_ wish: ModeWish, _ name: ChannelName, _ id: ConnectionID) -> ModeChange? {
        guard wish.adds else {
            guard channels[name]?.limit != nil else { return nil }
            channels[name]?.limit = nil
            return ModeChange(adds: false, letter: "l")
        }
        guard let text = wish.parameter, !text.isEmpty else {
            reply(id, .needMoreParameters, "MODE", "Not enough parameters")
            return nil
        }
        guard let limit = Int(text), limit > 0 else {
            reply(id, .invalidModeParameter, name.text, "l", text, "A limit is a number of members above 0")
            return nil
        }
        guard channels[name]?.limit != limit else { return nil }
        channels[name]?.limit = limit
        return ModeChange(adds: true, letter: "l", parameter: String(limit))
    }

    private mutating func userMode(_ call: Call) {
        guard let user = users[call.id] else { return }
        guard let changes = call[1] else {
            reply(call.id, .userModeIs, "+" + Self.modeText(of: user))
            return
        }
        var changed = user
        var hasUnknown = false
        var adds = true
        for letter in changes.unicodeScalars {
            switch letter {
            case "+": adds = true
            case "-": adds = false
            case "i": changed.isInvisible = adds
            case "B": changed.isBot = adds
            // Only OPER makes an operator; everybody may stop being one.
            case "o": changed.isOperator = adds ? user.isOperator : false
            default: hasUnknown = true
            }
        }
        if hasUnknown { reply(call.id, .unknownUserMode, "Unknown MODE flag") }
        users[call.id] = changed
        modeCounts.remove(user)
        modeCounts.add(changed)
        tellUserModes(of: call.id, before: user)
    }

    private static func modeText(of user: User) -> String {
        (user.isBot ? "B" : "") + (user.isInvisible ? "i" : "") + (user.isOperator ? "o" : "")
    }

    /// Tells a user what has changed in its modes.
    mutating func tellUserModes(of id: ConnectionID, before: User) {
        guard let user = users[id] else { return }
        let (old, new) = (Self.modeText(of: before), Self.modeText(of: user))
        let changes =
            new.filter { !old.contains($0) }.map { ModeChange(adds: true, letter: String($0)) }
            + old.filter { !new.contains($0) }.map { ModeChange(adds: false, letter: String($0)) }
        guard !changes.isEmpty else { return }
        let parameters = [user.nickname.text] + ModeChange.parameters(of: changes)
        relay(Message(source: user.source, command: "MODE", parameters: parameters), to: [id], answering: id)
    }
}
