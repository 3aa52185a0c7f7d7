import RDT
import Simulation
import Timeline

let id = TransferID(rawValue: 0x0123_4567_89AB_CDEF)
let zero = Instant(nanoseconds: 0)

func seconds(_ count: Double) -> Instant { zero + .seconds(count) }
func packet(_ number: UInt32) -> PacketNumber { PacketNumber(rawValue: number) }

/// Reads a datagram; throws what the codec throws.
func decoded(_ bytes: [UInt8]) throws(PacketError) -> Packet {
    let header = try DatagramHeader(parsing: unsafe bytes.span.bytes)
    return try Packet(parsing: unsafe bytes.span.bytes, header: header)
}

/// A table with one granted ticket, and the few things that a test says to it as its client.
struct ServerBench {
    var table = TransferTable<SimulatedAddress>(
        maximumDatagram: 1_224, firstDatagram: 1_224, key: 99, tracing: true)
    let client = SimulatedAddress(host: 1, port: 1_000)
    var events: [SenderEvent] = []
    var runs: [SegmentRun] = []
    /// Where something went, each once.
    var destinations: [SimulatedAddress] = []

    /// What the client wishes for.
    let wish: RecoveryChoice

    init(
        size: UInt64 = 12_000, hash: FileDigest? = FileDigest(high: 1, low: 2), wish: RecoveryChoice = .gbn,
        hint: PathHint = PathHint()
    ) throws {
        self.wish = wish
        try table.open(
            id, offer: FileOffer(name: "a", size: size, modified: UnixTime(seconds: 0), hash: hash),
            from: SimulatedAddress(host: 1, port: 6_667), recovery: .auto, hint: hint, nonce: 77, at: zero)
    }

    /// Says `packet`, and gives back what leaves at once: control packets as such, data runs into `runs`.
    mutating func say(_ packet: Packet, from: SimulatedAddress? = nil, at now: Instant) throws -> [Packet] {
        hear(packet.encoded(id: id), from: from ?? client, at: now)
        return try drain(at: now)
    }

    mutating func hear(_ bytes: [UInt8], from: SimulatedAddress, at now: Instant) {
        unsafe table.receive(bytes.span.bytes, from: from, at: now)
    }

    mutating func wait(until now: Instant) throws -> [Packet] {
        table.timeoutFired(at: now)
        return try drain(at: now)
    }

    mutating func drain(at now: Instant) throws -> [Packet] {
        var packets: [Packet] = []
        while let outgoing = table.nextTransmission(at: now) {
            if !destinations.contains(outgoing.to) { destinations.append(outgoing.to) }
            switch outgoing.transmission {
            case .control(let bytes): packets.append(try decoded(bytes))
            case .data(let run): runs.append(run)
            }
        }
        while let (_, event) = table.nextEvent() { events.append(event) }
        try table.checkInvariants()
        return packets
    }

    /// The handshake, up to the first data.
    mutating func start(receiveWindow: UInt32 = 1 << 20) throws {
        _ = try say(hello(receiveWindow: receiveWindow), at: zero)
        _ = try say(.accept(Packet.Accept(serverNonce: Nonce(rawValue: 77))), at: seconds(0.01))
        _ = try say(.start(Packet.Start(offset: .zero, kept: nil)), at: seconds(0.01))
    }

    func hello(nonce: UInt64 = 5, receiveWindow: UInt32 = 1 << 20, beginsAtOnce: Bool = false) -> Packet {
        .hello(
            Packet.Hello(
                nonce: Nonce(rawValue: nonce), receiveWindow: receiveWindow, largestDatagram: 1_224, recovery: wish,
                beginsAtOnce: beginsAtOnce))
    }

    func ack(_ next: UInt64, _ ranges: [ClosedRange<UInt32>]) -> Packet {
        .ack(
            Packet.Ack(
                next: FileOffset(next), receiveWindow: 1 << 20, largest: packet(ranges[0].upperBound), delay: 0,
                localDrops: 0, ranges: ranges.map { packet($0.lowerBound)...packet($0.upperBound) }))
    }

    var finished: [Outcome] {
        events.compactMap { if case .finished(let outcome, _) = $0 { outcome } else { nil } }
    }
    var traced: [TraceRecord.Event] {
        events.compactMap { if case .trace(let record) = $0 { record.event } else { nil } }
    }
}

/// A receiver and what it said.
struct ClientBench {
    var receiver: Receiver
    var said: [Packet] = []
    var events: [ReceiverEvent] = []

    init(size: UInt64 = 3_000, keeping kept: KeptPrefix? = nil, hint: PathHint = PathHint()) throws {
        receiver = Receiver(
            id: id, nonce: 5, recovery: .auto, receiveWindow: 1 << 20, largestDatagram: 1_224, expecting: size,
            preparing: kept != nil, hint: hint, tracing: false, at: zero)
        receiver.keep(kept, at: zero)
        try drain()
    }

    mutating func hear(_ packet: Packet, at now: Instant) throws -> Received {
        try hear(packet.encoded(id: id), at: now)
    }

    mutating func hear(_ bytes: [UInt8], at now: Instant) throws -> Received {
        let received = unsafe receiver.receive(bytes.span.bytes, at: now)
        receiver.batchEnded(at: now)
        try drain()
        return received
    }

    mutating func data(_ number: UInt32, _ offset: UInt64, count: Int, at now: Instant) throws -> Received {
        try hear(
            DataPacket.encoded(
                id: id, packet: packet(number), offset: FileOffset(offset),
                payload: [UInt8](repeating: 7, count: count)), at: now)
    }

    mutating func greet(size: UInt64 = 3_000, hash: FileDigest? = nil, at now: Instant) throws {
        _ = try hear(
            .helloAck(
                Packet.HelloAck(
                    nonce: Nonce(rawValue: 5), serverNonce: Nonce(rawValue: 77), segmentSize: 1_200, recovery: .gbn)),
            at: now)
        _ = try hear(.info(FileOffer(name: "a", size: size, modified: UnixTime(seconds: 0), hash: hash)), at: now)
    }

    mutating func wait(until now: Instant) throws {
        receiver.timeoutFired(at: now)
        try drain()
    }

    mutating func drain() throws {
        while let datagram = receiver.nextDatagram() { said.append(try decoded(datagram)) }
        while let event = receiver.nextEvent() { events.append(event) }
        try receiver.checkInvariants()
    }

    var finished: [Outcome] {
        events.compactMap { if case .finished(let outcome, _) = $0 { outcome } else { nil } }
    }
}
