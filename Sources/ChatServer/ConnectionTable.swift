/// A value for each of some connections: a dictionary by `ConnectionID` whose look-up is an index.
///
/// The look-up is inlinable, or the loop's would be generic code: a fifth of what a line costs for each receiver.
package struct ConnectionTable<Value> {
    @usableFromInline
    struct Slot {
        @usableFromInline var id: ConnectionID
        @usableFromInline var value: Value?

        @usableFromInline
        init(id: ConnectionID, value: Value?) {
            self.id = id
            self.value = value
        }
    }

    @usableFromInline var slots: [Slot] = []
    @usableFromInline var used = 0
    package var count: Int { used }

    package init() {}

    package var isEmpty: Bool { used == 0 }

    /// Nil for a connection that has none, also when another one has its slot by now; writing then changes nothing.
    @inlinable
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
                used += (slots[slot].value == nil ? 0 : 1) - before
            } else {
                var value: Value?
                yield &value
                if let value { insert(value, for: id) }
            }
        }
    }

    @usableFromInline
    mutating func insert(_ value: Value, for id: ConnectionID) {
        precondition(id.slot >= slots.count, "two connections in one slot")
        while slots.count < id.slot { slots.append(Slot(id: ConnectionID(rawValue: UInt64(slots.count)), value: nil)) }
        slots.append(Slot(id: id, value: value))
        used += 1
    }

    @inlinable
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
        used = 0
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
