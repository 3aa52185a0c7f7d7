/// What Tab may put in the place of the word before the cursor.
///
/// The completer answers at once from what it knows: the editor waits for nothing while a key is handled.
package struct Completion: Sendable {
    package struct Candidate: Hashable, Sendable {
        /// What is inserted, quoted as the command line wants it.
        package var text: String
        /// What the list shows.
        package var shown: String
        /// A fact beside it in the list, "1.2 MiB" or "have it"; may be empty.
        package var note: String

        package init(_ text: String, shown: String? = nil, note: String = "") {
            self.text = text
            self.shown = shown ?? text
            self.note = note
        }
    }

    package enum Style: Sendable {
        /// Insert what all candidates share; when that is nothing more, list them above the prompt.
        case commonPrefix
        /// Insert the first candidate, and at each further Tab the next one in its place.
        case cycle
    }

    /// Unicode scalars before the word: what lies from there to the cursor is replaced.
    package var replaceFrom: Int
    package var candidates: [Candidate]
    package var style: Style
    /// Put after a candidate that is complete, ": " after a nick at the start of the line.
    package var suffix: String

    package init(replaceFrom: Int, candidates: [Candidate], style: Style = .commonPrefix, suffix: String = " ") {
        self.replaceFrom = replaceFrom
        self.candidates = candidates
        self.style = style
        self.suffix = suffix
    }

    package static let none = Completion(replaceFrom: 0, candidates: [])
}
