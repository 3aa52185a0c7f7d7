import IRC

/// Something that we say: kept until the server has echoed it.
struct Said: Hashable, Sendable {
    /// Where our words go.
    enum Target: Hashable, Sendable {
        case room(ChannelName)
        case person(Nickname)

        var text: String {
            switch self {
            case .room(let name): name.text
            case .person(let nick): nick.text
            }
        }
    }

    var text: String
    var target: Target
    var isAction = false
}
