/// What one press of Tab does to the line, given what the presses before it did.
struct TabCompletion {
    enum Action: Equatable {
        case beep
        /// Delete so many scalars before the cursor and insert the text; it is not complete when `isPartial`. What may
        /// come instead is listed above when there is anything in `listing`.
        case replace(deleting: Int, with: String, isPartial: Bool, listing: [Completion.Candidate] = [])
        case list([Completion.Candidate])
    }

    private enum State {
        case fresh
        /// The candidates for this line have been listed: once is enough.
        case listed(before: String, after: String)
        /// `inserted` scalars before the cursor are the candidate at `index`; the next Tab puts the next one there.
        case cycling(before: String, after: String, completion: Completion, index: Int, inserted: Int)
    }

    private var state = State.fresh
    /// The candidates of the cycle have been listed.
    private var hasListed = false

    mutating func press(before: String, after: String, completer: (String) -> Completion) -> Action {
        switch state {
        case .listed(let old, let rest) where old.isSame(as: before) && rest.isSame(as: after): return .beep
        case .cycling(let old, let rest, let completion, let index, let inserted)
        where old.isSame(as: before) && rest.isSame(as: after):
            let next = (index + 1) % completion.candidates.count
            let kept = String(before.unicodeScalars.dropLast(inserted))
            // The first Tab was no question; at the second the person wants to know who else there is, once.
            let listing = index == 0 && !hasListed && completion.candidates.count > 1 ? completion.candidates : []
            hasListed = true
            return cycle(completion, to: next, kept: kept, deleting: inserted, after: after, listing: listing)
        case .fresh, .listed, .cycling: break
        }
        state = .fresh
        hasListed = false
        let completion = completer(before)
        let scalars = before.unicodeScalars
        let kept = String(scalars.prefix(completion.replaceFrom))
        let word = String(scalars.dropFirst(completion.replaceFrom))
        guard let only = completion.candidates.first else { return .beep }
        switch completion.style {
        case .cycle:
            return cycle(completion, to: 0, kept: kept, deleting: word.unicodeScalars.count, after: after)
        case .commonPrefix:
            if completion.candidates.count == 1 {
                let text = only.text + completion.suffix
                return .replace(deleting: word.unicodeScalars.count, with: text, isPartial: false)
            }
            let shared = Self.sharedPrefix(of: completion.candidates.map(\.text))
            // A mark that all names begin with tells nothing: what there is to choose from does.
            let isOnlyMark = word.isEmpty && shared == "\""
            if !isOnlyMark, shared.count > word.count || (shared.count == word.count && !shared.isSame(as: word)) {
                return .replace(deleting: word.unicodeScalars.count, with: shared, isPartial: true)
            }
            state = .listed(before: before, after: after)
            return .list(completion.candidates)
        }
    }

    private mutating func cycle(
        _ completion: Completion, to index: Int, kept: String, deleting: Int, after: String,
        listing: [Completion.Candidate] = []
    ) -> Action {
        let text = completion.candidates[index].text + completion.suffix
        let inserted = text.unicodeScalars.count
        state = .cycling(before: kept + text, after: after, completion: completion, index: index, inserted: inserted)
        return .replace(deleting: deleting, with: text, isPartial: false, listing: listing)
    }

    /// What all texts begin with, by whole characters: a prefix never ends between a letter and its accent.
    static func sharedPrefix(of texts: [String]) -> String {
        guard var shared = texts.first else { return "" }
        for text in texts.dropFirst() {
            let pairs = zip(shared, text).prefix { String($0).isSame(as: String($1)) }
            shared = String(shared.prefix(pairs.count))
        }
        return shared
    }
}

/// Texts in columns, read downwards.
private func straight(_ shown: [StyledText], gap: Int, width: Int) -> [StyledText] {
    let widest = shown.map(\.displayWidth).max() ?? 0
    let count = max(1, (width - 1 + gap) / (widest + gap))
    let rows = (shown.count + count - 1) / count
    return (0..<rows).map { row in
        var line = StyledText()
        for index in stride(from: row, to: shown.count, by: rows) {
            line = line + shown[index]
            let isLast = index + rows >= shown.count
            if !isLast { line.append(String(repeating: " ", count: widest + gap - shown[index].displayWidth)) }
        }
        return line
    }
}

/// The candidates in columns, read downwards like `ls`, within `width` cells.
func columns(_ candidates: [Completion.Candidate], width: Int) -> [StyledText] {
    /// More would push the conversation off the screen.
    let most = 100
    let gap = 3
    let shown = candidates.prefix(most).map { candidate in
        var text = StyledText(candidate.shown)
        if !candidate.note.isEmpty { text.append("  " + candidate.note, .dim) }
        return text.truncated(to: max(1, width - 1))
    }
    // A few long names stand below in rows of their own: all the others would else be one column with them.
    let half = (width - 1 - gap) / 2
    let long = shown.filter { $0.displayWidth > half }
    let areApart = long.count * 3 < shown.count
    var lines = straight(areApart ? shown.filter { $0.displayWidth <= half } : shown, gap: gap, width: width)
    if areApart { lines += long }
    if candidates.count > most { lines.append(StyledText("… and \(candidates.count - most) more", .dim)) }
    return lines
}
