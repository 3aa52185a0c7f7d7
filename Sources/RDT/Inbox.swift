import Timeline

/// What has arrived at the client: which bytes, and in which packets.
struct Inbox: Sendable {
    private var written = Extents()
    private var packets = Extents()
    private var largestArrivedAt = Instant(nanoseconds: 0)
    /// Different packet numbers that have arrived; the ranges alone forget the oldest.
    private var arrived = 0

    /// ACKs that were made.
    private(set) var acks = 0
    private var marks = (older: PacketNumber.first, newer: PacketNumber.first)
    private static let acksOfMark = 64

    private(set) var largest: PacketNumber?
    /// Bytes in all datagrams that came.
    private var delivered: UInt64 = 0
    /// Datagrams that came, such that came after a later one, and such whose bytes were here already.
    private(set) var counts = (all: 0, outOfOrder: 0, known: 0)
    private(set) var longestSilence = Interval.zero
    private var lastArrivedAt: Instant?
    /// Whether packets were passed over since the last ACK.
    private(set) var hasNewGap = false
    /// Whether something came since then that was here: the server may not know that, for an ACK was lost.
    private(set) var hasCopy = false

    enum Taken: Hashable, Sendable {
        /// Nobody wrote these bytes yet.
        case new
        /// Of these bytes of the file that is so, and the rest is here.
        case partly([Range<UInt64>])
        case known
        case wrong(TransferFailure)
    }

    /// Bytes that were there before.
    private(set) var kept: UInt64 = 0

    /// Bytes that are there, whatever their order.
    var bytes: UInt64 { written.covered }
    /// Those of them that this transfer brought.
    var arrivedBytes: UInt64 { bytes - kept }
    /// The first byte that is missing.
    var next: FileOffset {
        guard let first = written.ranges.first, first.lowerBound == 0 else { return .zero }
        return FileOffset(first.upperBound)
    }
    /// Packet numbers that the server has used, as far as is known here.
    var numbered: Int { largest.map { Int($0.rawValue) + 1 } ?? 0 }
    /// Those of them that did not come.
    var missing: Int { max(0, numbered - arrived) }

    /// The client has the first `bytes` of the file from an earlier time, and what is `beyond`; before the first segment.
    mutating func keep(_ bytes: UInt64, beyond: [Range<UInt64>]) {
        written.insert(0..<bytes)
        for range in beyond { written.insert(range) }
        kept = written.covered
    }

    mutating func take(_ segment: Packet.DataHeader, size: FileOffset, at now: Instant) -> Taken {
        let start = segment.offset.rawValue
        let range = start..<start + UInt64(segment.payload.count)
        guard range.upperBound <= size.rawValue else { return .wrong(.beyondEnd(segment.offset, size: size)) }
        note(segment.packet, at: now)
        delivered += UInt64(segment.payload.count)
        switch written.relation(to: range) {
        case .inside:
            counts.known += 1
            hasCopy = true
            return .known
        case .apart:
            written.insert(range)
            return .new
        // What leaves again may be cut anew, and then brings a part that is here.
        case .overlapping:
            let gaps = written.gaps(in: range)
            written.insert(range)
            return .partly(gaps)
        }
    }

    /// A datagram came: DATA or PROBE.
    mutating func note(_ packet: PacketNumber, at now: Instant) {
        let number = UInt64(packet.rawValue)
        counts.all += 1
        if let largest, packet < largest { counts.outOfOrder += 1 }
        if let lastArrivedAt { longestSilence = max(longestSilence, now - lastArrivedAt) }
        lastArrivedAt = now
        if !packets.contains(number) {
            arrived += 1
            packets.insert(number..<number + 1)
            packets.keepHighest(Limits.ranges)
        }
        if largest.map({ packet > $0 }) ?? true {
            if packet > (largest?.advanced(by: 1) ?? .first) { hasNewGap = true }
            largest = packet
            largestArrivedAt = now
        }
    }

    /// Gaps in the packet numbers stay for ever, and a hundred ACKs after one the server knows of it: what lay before the last
    /// but one of these marks is not told any more, which keeps ACKs short on thin return paths.
    private mutating func forgetOld(before largest: PacketNumber) {
        acks += 1
        guard acks % Self.acksOfMark == 0 else { return }
        packets.remove(below: UInt64(marks.older.rawValue))
        marks = (marks.newer, largest)
    }

    /// Bytes of the ACK that would leave now.
    var ackSize: Int { Packet.Ack.size(ranges: packets.ranges.count) }

    /// Nil before the first segment.
    mutating func ack(receiveWindow: UInt32, localDrops: UInt32, at now: Instant) -> Packet.Ack? {
        guard let largest else { return nil }
        hasNewGap = false
        hasCopy = false
        forgetOld(before: largest)
        return Packet.Ack(
            next: next, receiveWindow: receiveWindow, largest: largest,
            delay: UInt32(clamping: (now - largestArrivedAt).nanoseconds / 1_000), localDrops: localDrops,
            ranges: packets.ranges.reversed().map {
                PacketNumber(rawValue: UInt32($0.lowerBound))...PacketNumber(rawValue: UInt32($0.upperBound - 1))
            })
    }

    func fill(_ statistics: inout TransferStatistics) {
        statistics.packets = counts.all
        statistics.delivered = delivered
        statistics.outOfOrder = counts.outOfOrder
        statistics.duplicates = counts.known
        statistics.acks = acks
        statistics.longestSilence = longestSilence
    }

    func checkInvariants(size: FileOffset) throws(InvariantViolation) {
        try require(next <= size, "expects byte \(next) of \(size)")
        try require(packets.ranges.count <= Limits.ranges, "\(packets.ranges.count) ranges")
        try require(bytes <= size.rawValue, "\(bytes) bytes of \(size)")
    }
}
