/// A value for each of some connections: a dictionary by `ConnectionID` whose look-up is an index.
package struct ConnectionTable<Value> {
    fileprivate struct Slot {
        var id: ConnectionID
        var value: Value?
    }

    private var slots: [Slot] = []
    package private(set) var count = 0

    package init() {}

    package var isEmpty: Bool { count == 0 }

    /// Nil for a connection that has none, also when another one has its slot by now; writing then changes nothing.
    package subscript(id: ConnectionID) -> Value? {
        // Not `get`: a look at one property must not copy the whole value.
        _read {
            let slot = id.slot
            if slot < slots.count, slots[slot].id == id { yield slots[slot].value } else { yield nil }
        }
        _modify {
            let slot = id.slot
            if slot < slots.count, slots[slot].id == id || slots[slot].value == nil {
                slots[slot].id = id
                let before = slots[slot].value == nil ? 0 : 1
                yield &slots[slot].value
                count += (slots[slot].value == nil ? 0 : 1) - before
            } else {
                var value: Value?
                yield &value
                if let value { insert(value, for: id) }
            }
        }
    }

    private mutating func insert(_ value: Value, for id: ConnectionID) {
        precondition(id.slot >= slots.count, "two connections in one slot")
        while slots.count < id.slot { slots.append(Slot(id: ConnectionID(rawValue: UInt64(slots.count)), value: nil)) }
        slots.append(Slot(id: id, value: value))
        count += 1
    }

    package func contains(_ id: ConnectionID) -> Bool {
        let slot = id.slot
        return slot < slots.count && slots[slot].id == id && slots[slot].value != nil
    }

    @discardableResult
    package mutating func removeValue(forKey id: ConnectionID) -> Value? {
        guard let value = self[id] else { return nil }
        self[id] = nil
        return value
    }

    package mutating func removeAll() {
        slots = []
        count = 0
    }

    /// In the order of slots.
    package var entries: some Sequence<(id: ConnectionID, value: Value)> {
        slots.lazy.compactMap { slot in slot.value.map { (slot.id, $0) } }
    }

    package var keys: some Sequence<ConnectionID> { slots.lazy.filter { $0.value != nil }.map(\.id) }
    package var values: some Sequence<Value> { slots.lazy.compactMap(\.value) }
}

extension ConnectionTable: Sendable where Value: Sendable {}

extension ConnectionTable.Slot: Sendable where Value: Sendable {}
