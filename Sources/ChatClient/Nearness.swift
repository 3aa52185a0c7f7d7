/// Which known word was meant by one that is not known.
enum Nearness {
    /// The nearest of `words`, when at most a third of the word, and at most two letters, differ.
    static func nearest(to word: String, of words: [String]) -> String? {
        let wanted = Array(word.lowercased().unicodeScalars)
        let most = min(2, max(1, wanted.count / 3))
        var best: (distance: Int, word: String)?
        for candidate in words {
            let scalars = Array(candidate.lowercased().unicodeScalars)
            guard abs(scalars.count - wanted.count) <= most else { continue }
            let distance = distance(wanted, scalars)
            if distance <= most, distance < best?.distance ?? .max { best = (distance, candidate) }
        }
        return best?.word
    }

    /// Letters to insert, drop, change or swap with their neighbour to make one word of the other.
    static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
        var before: [Int] = []
        var last = Array(0...right.count)
        for row in left.indices {
            var now = [row + 1]
            for column in right.indices {
                let change = last[column] + (left[row] == right[column] ? 0 : 1)
                var cost = min(change, last[column + 1] + 1, now[column] + 1)
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    cost = min(cost, before[column - 1] + 1)
                }
                now.append(cost)
            }
            (before, last) = (last, now)
        }
        return last[right.count]
    }
}
