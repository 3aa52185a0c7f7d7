import CTun
import HeapModule
import PathModel
import Posix
import Timeline

/// The packets on their way in one direction, and what is decided about them.
struct Wire {
    /// A copy of a packet that will arrive; those due at the same time keep the order in which they were sent.
    private struct Arrival: Comparable {
        let due: Instant
        let order: Int
        let slot: Int
        let length: Int

        static func < (left: Arrival, right: Arrival) -> Bool {
            (left.due, left.order) < (right.due, right.order)
        }
    }

    /// Packets read in one go: enough to make the wait between two rounds cheap, few enough to be on time with the rest.
    private static let batch = 64

    private var direction: PathDirection
    private var travelling = Heap<Arrival>()
    /// Room for one packet each, used again and again.
    private var slots: [[UInt8]] = []
    private var free: [Int] = []
    private var sent = 0
    private var delivered = 0
    private var deliveredBytes = 0
    /// Packets that the host at the other end did not take.
    private var refused = 0

    init(faults: PathFaults, seed: UInt64) {
        direction = PathDirection(faults: faults, seed: seed)
    }

    var nextArrival: Instant? { travelling.min?.due }

    mutating func take(from host: borrowing Host) throws(Errno) {
        for _ in 0..<Self.batch {
            let slot = freeSlot()
            switch host.device.read(into: &slots[slot]) {
            case .bytes(let length):
                send(slot, length: length)
            case .wouldBlock:
                free.append(slot)
                return
            case .closed(let code):
                throw Errno(code ?? .inputOutput, "read from the tun device of \(host.address)")
            }
        }
    }

    mutating func deliver(to host: borrowing Host, at now: Instant) {
        while let first = travelling.min, first.due <= now {
            travelling.removeMin()
            let packet = slots[first.slot]
            if unsafe host.device.write(packet.span.bytes.extracting(first: first.length)) == .bytes(first.length) {
                delivered += 1
                deliveredBytes += first.length
            } else {
                refused += 1
            }
            free.append(first.slot)
        }
    }

    var report: String {
        let seen = direction.statistics
        return """
            packets \(seen.packets) bytes \(seen.bytes) lost \(seen.lost) overflowed \(seen.overflowed) \
            duplicated \(seen.duplicated) reordered \(seen.reordered) delivered \(delivered) bytes \(deliveredBytes) \
            refused \(refused) largest-queue \(seen.largestQueue)
            """
    }

    private mutating func send(_ slot: Int, length: Int) {
        switch direction.carry(bytes: length, at: Clock.now()) {
        case .arrives(let due):
            schedule(slot, length: length, due: due)
        case .arrivesTwice(let due, let second):
            schedule(slot, length: length, due: due)
            let copy = freeSlot()
            slots[copy] = slots[slot]
            schedule(copy, length: length, due: second)
        case .lost, .overflowed:
            free.append(slot)
        }
    }

    private mutating func schedule(_ slot: Int, length: Int, due: Instant) {
        travelling.insert(Arrival(due: due, order: sent, slot: slot, length: length))
        sent += 1
    }

    private mutating func freeSlot() -> Int {
        if let slot = free.popLast() { return slot }
        slots.append([UInt8](repeating: 0, count: Int(ctun_mtu)))
        return slots.count - 1
    }
}
