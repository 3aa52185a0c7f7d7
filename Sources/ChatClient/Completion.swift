/// What Tab may put into the line.
package struct Completion: Hashable, Sendable {
    package struct Candidate: Hashable, Sendable {
        /// What goes into the line, quoted where the name needs it.
        package var inserted: String
        /// What the list shows.
        package var shown: String
        /// A fact beside it: the size, "have it"; empty for none.
        package var note: String
    }
    package enum Style: Hashable, Sendable {
        /// The longest common beginning goes in, then a list is shown.
        case commonPrefix
        /// One candidate after the other goes in.
        case cycle
    }

    /// Unicode scalars from the start of the line to the first that is replaced; the cursor is the end.
    package var replaceFrom: Int
    package var candidates: [Candidate]
    package var style: Style
    /// What follows a candidate that was chosen, usually a space.
    package var suffix: String
}
