/// The one place where the text of name errors is made, for the server's replies and the client's lines alike.
package enum ErrorText {
    package static let nicknameRule =
        "a nickname is a letter or one of []\\`_^{|} first, then also digits and -, at most \(WireLimits.nickname)"
    package static let channelRule = "a channel is \(hash)"
    /// The same in the words of the shell, whose channels are rooms.
    package static let roomRule = "a room is \(hash)"
    private static let hash =
        "# and then no space, comma, colon or control character, at most \(WireLimits.channelName) bytes"

    fileprivate static func quoted(_ text: String) -> String { "'\(DisplayText.repeated(text))'" }

    fileprivate static func name(of scalar: Unicode.Scalar) -> String {
        switch scalar {
        case " ": "a space"
        case ",": "a comma"
        case ":": "a colon"
        case "0"..."9": "a digit"
        default: "the character \(DisplayText(sanitising: String(scalar)).text)"
        }
    }

    fileprivate static func length(of text: String) -> String { "is \(text.utf8.count) bytes long" }
}

extension Nickname: CheckedName {
    package static func explanation(of fault: Fault, in text: String) -> String {
        let wrong =
            switch fault {
            case .empty: "is empty"
            case .badStart(let scalar): "begins with \(ErrorText.name(of: scalar))"
            case .badCharacter(let scalar): "has \(ErrorText.name(of: scalar))"
            case .tooLong: ErrorText.length(of: text)
            case .mixedScripts: "mixes letters of two scripts"
            case .lookAlike: "looks like a name in Latin letters and is none"
            }
        return "nickname \(ErrorText.quoted(text)) \(wrong); \(ErrorText.nicknameRule)"
    }
}

extension ChannelName: CheckedName {
    package static func explanation(of fault: Fault, in text: String) -> String {
        let wrong =
            switch fault {
            case .noHash: text == "#" ? "has nothing after the #" : "does not begin with #"
            case .badCharacter(let scalar): "has \(ErrorText.name(of: scalar))"
            case .tooLong: ErrorText.length(of: text)
            }
        return "channel \(ErrorText.quoted(text)) \(wrong); \(ErrorText.channelRule)"
    }
}

extension FileName: CheckedName {
    package static func explanation(of fault: Fault, in text: String) -> String {
        let wrong =
            switch fault {
            case .empty: "is empty"
            case .absolute: "is absolute; a name is relative to the shelf"
            case .emptyPart: "has an empty part"
            case .hiddenPart: "has a part that begins with a dot; such files are not shared"
            case .partTooLong: "has a part of more than \(WireLimits.fileNamePart) bytes"
            case .tooLong: "\(ErrorText.length(of: text)); at most \(WireLimits.fileName) are shared"
            case .badCharacter(let scalar): "has \(ErrorText.name(of: scalar)), which a reader could not see"
            }
        return "file name \(ErrorText.quoted(text)) \(wrong)"
    }
}
