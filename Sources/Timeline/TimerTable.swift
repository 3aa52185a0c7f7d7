import HeapModule

/// One timer for each key, and the earliest of them at no cost.
///
/// A changed or cancelled timer leaves its old entry in the heap, to be passed over when it comes up: setting is
/// O(log n) and never searches. The heap is rebuilt when such leftovers outnumber the live timers, so its size stays
/// within twice the number of keys (plus a constant) however often a timer moves.
package struct TimerTable<Key: Hashable & Sendable>: Sendable {
    private struct Entry: Comparable, Sendable {
        let instant: Instant
        let key: Key
        /// Two timers of the same instant fire in the order in which they were set, so that a run can be repeated.
        let order: UInt64

        static func < (left: Entry, right: Entry) -> Bool {
            (left.instant, left.order) < (right.instant, right.order)
        }
        static func == (left: Entry, right: Entry) -> Bool { left.order == right.order }
    }

    private var heap = Heap<Entry>()
    private var live: [Key: Entry] = [:]
    private var nextOrder: UInt64 = 0

    package init() {}

    package var count: Int { live.count }
    package var next: Instant? { heap.min?.instant }
    /// Whose timer `next` is, so that a `Deadline` can name its reason.
    package var nextKey: Key? { heap.min?.key }

    package func isSet(_ key: Key) -> Bool { live[key] != nil }

    /// Sets the timer of `key`, in place of the one that it had; nil takes it away.
    package mutating func set(_ key: Key, to instant: Instant?) {
        guard live[key]?.instant != instant else { return }
        if let instant {
            nextOrder += 1
            let entry = Entry(instant: instant, key: key, order: nextOrder)
            live[key] = entry
            heap.insert(entry)
        } else {
            live[key] = nil
        }
        dropLeftovers()
    }

    /// Takes the earliest timer that is due at `now`, or nil when none is.
    package mutating func popDue(at now: Instant) -> Key? {
        guard let first = heap.min, first.instant <= now else { return nil }
        heap.removeMin()
        live[first.key] = nil
        dropLeftovers()
        return first.key
    }

    /// After this the heap's minimum is a live timer, so that `next` needs no search.
    private mutating func dropLeftovers() {
        while let first = heap.min, live[first.key]?.order != first.order { heap.removeMin() }
        if heap.count > 2 * live.count + 64 { heap = Heap(live.values) }
    }
}
