package import Timeline

/// One DATA datagram that has left.
package struct SentPacket: Sendable {
    package let offset: FileOffset
    package let sentAt: Instant
    /// What the delivery meter showed when it left.
    let meter: DeliveryMeter.Reading
    // A segment and a window (`Limits.window`) fit 32 bits, and a slot of the ring stays within one cache line.
    private let bytes: UInt32
    private let flying: UInt32
    fileprivate(set) var isAcknowledged = false

    fileprivate init(offset: FileOffset, length: Int, inFlight: Int, sentAt: Instant, meter: DeliveryMeter.Reading) {
        self.offset = offset
        self.sentAt = sentAt
        self.meter = meter
        bytes = UInt32(length)
        flying = UInt32(clamping: inFlight)
    }

    package var length: Int { Int(bytes) }
    /// A PROBE: it has no bytes of the file, and its loss is none of the path's.
    package var isProbe: Bool { bytes == 0 }
    /// Bytes that were on their way when it left, itself among them.
    var inFlight: Int { Int(flying) }
    package var end: FileOffset { offset.advanced(by: length) }
}

/// What has left and may still matter, by packet number: a flat ring, so that finding, adding and dropping touch one slot.
///
/// Packet numbers are consecutive from `base` to `next`. A packet goes from the front when it, or another copy of its
/// bytes, has been acknowledged.
package struct SendWindow: Sendable {
    private var slots: [SentPacket?] = Array(repeating: nil, count: 64)
    private var head = 0
    package private(set) var base = PacketNumber.first
    package private(set) var count = 0
    /// The packet numbers that are known to have arrived and are not below `base`.
    private(set) var arrived = Extents()
    private var meter = DeliveryMeter()

    package var next: PacketNumber { base.advanced(by: count) }

    /// The packet of this number, nil when it is not here any more or has not left yet.
    package subscript(packet: PacketNumber) -> SentPacket? {
        guard packet >= base, packet < next else { return nil }
        return slots[slot(packet)]
    }

    /// Bytes in all packets known to have arrived; a second copy counts again.
    var delivered: UInt64 { meter.delivered }

    /// Notes that the packet `next` has left with `length` bytes from `offset` on, `inFlight` on their way before it.
    mutating func append(offset: FileOffset, length: Int, inFlight: Int, at now: Instant) {
        if count == slots.count { grow() }
        slots[(head + count) & (slots.count - 1)] = SentPacket(
            offset: offset, length: length, inFlight: inFlight + length, sentAt: now,
            meter: meter.reading(at: now, wasIdle: inFlight == 0))
        count += 1
    }

    /// Notes the packet numbers that an ACK names, highest range first, and gives the newest of those that are news; the
    /// policy is told of each.
    mutating func acknowledge(
        _ ranges: [ClosedRange<PacketNumber>], telling policy: inout some RecoveryPolicy, at now: Instant
    ) -> (PacketNumber, SentPacket)? {
        var newest: (PacketNumber, SentPacket)?
        for range in ranges {
            let lower = max(range.lowerBound, base)
            guard lower <= range.upperBound, range.upperBound < next else { continue }
            var numbers = UInt64(lower.rawValue)..<UInt64(range.upperBound.rawValue) + 1
            while let gap = arrived.firstGap(in: numbers) {
                for number in gap {
                    let packet = PacketNumber(rawValue: UInt32(number))
                    let place = slot(packet)
                    guard let sent = slots[place] else { continue }
                    slots[place]?.isAcknowledged = true
                    meter.arrived(bytes: sent.length, at: now)
                    if !sent.isProbe { policy.arrived(sent, as: packet) }
                    if newest.map({ $0.0 < packet }) ?? true { newest = (packet, sent) }
                }
                arrived.insert(gap)
                numbers = gap.upperBound..<numbers.upperBound
            }
        }
        return newest
    }

    /// The delivery rate that the newest packet of an ACK shows, in bytes a second.
    mutating func deliveryRate(from packet: SentPacket, shortest: Interval?, at now: Instant) -> Double? {
        meter.rate(from: packet, shortest: shortest, at: now)
    }

    /// Drops from the front what lies before `offset`; says how many of those never arrived as far as is known, and tells
    /// the policy of them.
    mutating func drop(before offset: FileOffset, telling policy: inout some RecoveryPolicy, at now: Instant) -> Int {
        var lost = 0
        while count > 0, let first = slots[head], first.end <= offset {
            if !first.isAcknowledged, !first.isProbe {
                if policy.dropped(first, as: base) { lost += 1 } else { meter.arrived(bytes: first.length, at: now) }
            }
            slots[head] = nil
            head = (head + 1) & (slots.count - 1)
            base = base.advanced(by: 1)
            count -= 1
        }
        arrived.remove(below: UInt64(base.rawValue))
        return lost
    }

    private func slot(_ packet: PacketNumber) -> Int {
        (head + base.distance(to: packet)) & (slots.count - 1)
    }

    private mutating func grow() {
        let old = slots
        slots = Array(repeating: nil, count: old.count * 2)
        for index in 0..<count { slots[index] = old[(head + index) & (old.count - 1)] }
        head = 0
    }
}

/// Measures the rate at which packets arrive at the other end (draft-cheng-iccrg-delivery-rate-estimation-02): bytes
/// acknowledged over the longer of the time that it took to send them and the time that it took to hear of them.
struct DeliveryMeter: Sendable {
    struct Reading: Sendable {
        let delivered: UInt64
        let deliveredAt: Instant
        let firstSentAt: Instant
    }

    /// Bytes in all packets known to have arrived; a second copy counts again, for it crossed the path.
    private(set) var delivered: UInt64 = 0
    private var deliveredAt = Instant(nanoseconds: 0)
    private var firstSentAt = Instant(nanoseconds: 0)

    /// The reading that goes with a packet sent `now`; the clocks begin anew when nothing was on its way.
    mutating func reading(at now: Instant, wasIdle: Bool) -> Reading {
        if wasIdle {
            deliveredAt = now
            firstSentAt = now
        }
        return Reading(delivered: delivered, deliveredAt: deliveredAt, firstSentAt: firstSentAt)
    }

    mutating func arrived(bytes: Int, at now: Instant) {
        delivered += UInt64(bytes)
        deliveredAt = now
    }

    /// Bytes a second from the newest packet of an ACK; nil when less than half the least round trip was measured, which
    /// says nothing of the path.
    mutating func rate(from packet: SentPacket, shortest: Interval?, at now: Instant) -> Double? {
        let sending = packet.sentAt - packet.meter.firstSentAt
        let hearing = now - packet.meter.deliveredAt
        firstSentAt = packet.sentAt
        let interval = max(sending, hearing)
        guard interval > .zero, let shortest, interval * 2 >= shortest else { return nil }
        return Double(delivered - packet.meter.delivered) / interval.seconds
    }
}
