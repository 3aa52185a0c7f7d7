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
    /// The pieces that went to the server and have not come back, in the order of saying.
    var unechoed: [String] = []

    /// Takes the piece away that has come back; false when it is none of these.
    mutating func echoed(_ echo: Echo) -> Bool {
        guard echo.isAction == isAction, echo.target == target,
            let index = unechoed.firstIndex(where: { $0.utf8.elementsEqual(echo.text.utf8) })
        else { return false }
        unechoed.remove(at: index)
        return true
    }
}

/// Something of ours that the server has sent back.
struct Echo: Hashable, Sendable {
    var text: String
    var target: Said.Target
    var isAction: Bool
}
