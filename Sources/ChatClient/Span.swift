/// A piece of a line with the part that it plays; the loop gives each part its colours, and none where none are wanted.
package struct Span: Hashable, Sendable {
    package enum Role: Hashable, Sendable, CaseIterable {
        case plain
        case nick
        /// Our own nickname and our own lines.
        case own
        case room
        /// Who has said our nickname.
        case mention
        /// What we said and the server has not echoed yet.
        case pending
        case time
        /// What was said before we came.
        case past
        case file
        case error
        /// Comings, goings, and what the program itself says.
        case notice
        case privateMessage
        case progress
    }

    package var text: String
    package var role: Role

    package init(_ text: String, _ role: Role = .plain) {
        self.text = text
        self.role = role
    }
}

/// What stands before the half-typed line.
package struct Prompt: Hashable, Sendable {
    package var text: String
    /// A question's answer is no command and no message: it belongs neither in the history nor to Tab.
    package var isQuestion: Bool
}
