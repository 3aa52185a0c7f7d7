/// A kind of name that a text can be, or fail to be by its rule.
package protocol CheckedName {
    associatedtype Fault: Hashable, Sendable

    /// What is wrong with `text` and what would be right, in one line.
    static func explanation(of fault: Fault, in text: String) -> String
}

/// A text that is no name of its kind, and why.
package struct NameError<Name: CheckedName>: Error, Hashable, Sendable, CustomStringConvertible {
    package typealias Reason = Name.Fault

    package let text: String
    package let reason: Reason

    package init(text: String, reason: Reason) {
        self.text = text
        self.reason = reason
    }

    package var description: String { Name.explanation(of: reason, in: text) }
}

package typealias NicknameError = NameError<Nickname>
package typealias ChannelNameError = NameError<ChannelName>
package typealias FileNameError = NameError<FileName>
