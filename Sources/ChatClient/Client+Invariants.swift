import IRC
import Timeline

/// What is true of a client between any two calls; tests look after every step.
extension Client {
    /// The sentence that is not true, or nil.
    func brokenInvariant() -> String? {
        if let current = rooms.current, rooms[current] == nil { return "plain text goes to a room that we are in" }
        if rooms.current == nil, !rooms.rooms.isEmpty { return "who is in a room has one that plain text goes to" }
        if transfers.transfers.count(where: \.takesPlace) > FilesExtension.atOnce {
            return "at most \(FilesExtension.atOnce) downloads have a place at the server"
        }
        let numbers = transfers.transfers.map(\.number)
        if zip(numbers, numbers.dropFirst()).contains(where: { $0 >= $1 }) { return "numbers of downloads only grow" }
        if waits.transfers.contains(where: \.left.isEmpty) { return "nobody waits for downloads that have ended" }
        let isOver = { (number: TransferNumber) in transfers[number]?.isActive != true && transfers.group(number) == nil
        }
        if waits.transfers.contains(where: { $0.left.contains(where: isOver) }) {
            return "whoever waits for a download waits for one that has not ended"
        }
        if link == .registered, requests.oldest != nil, timers.next == nil { return "a request has its time limit" }
        if case .lost = link, requests.oldest != nil { return "without a server nobody waits for its answer" }
        return nil
    }
}
