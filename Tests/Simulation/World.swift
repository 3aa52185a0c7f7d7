import HeapModule
package import RDT
package import Timeline

/// An address of the simulated network.
package struct SimulatedAddress: PeerAddress, Sendable {
    package var host: Int
    package var port: Int

    package init(host: Int, port: Int) {
        self.host = host
        self.port = port
    }

    package func isSameHost(as other: SimulatedAddress) -> Bool { host == other.host }
}

/// Both ends of several transfers in one process, over links with faults, in virtual time.
///
/// `step()` lets one thing happen, drains both ends and asks for every invariant; it throws what is broken.
package struct World: Sendable {
    private struct Event: Comparable, Sendable {
        enum Happening: Sendable {
            case toServer([UInt8], from: SimulatedAddress)
            case toClient(Int, [UInt8])
            case reads(Int, [UInt8])
            case batchEnds(Int)
            case wakes(Int)
            case opens(Int)
            case hashed(Int, UInt64, beyond: [Range<UInt64>])
            case prepared(Int)
            case cancels
            case rebinds
        }
        let at: Instant
        let order: UInt64
        let happening: Happening

        static func < (left: Event, right: Event) -> Bool { (left.at, left.order) < (right.at, right.order) }
        static func == (left: Event, right: Event) -> Bool { left.order == right.order }
    }

    /// What a server takes to read what a client has; longer than some paths, shorter than others.
    private static let hashingTime = Interval.milliseconds(20)
    /// Somebody who has no ticket.
    private static let stranger = SimulatedAddress(host: 99, port: 9)

    package let scenario: Scenario
    package private(set) var now = Instant(nanoseconds: 0)
    package private(set) var downloads: [Download] = []
    package private(set) var table: TransferTable<SimulatedAddress>
    /// Every trace line of both ends, when the scenario asks for them.
    package private(set) var traces: [TraceRecord] = []
    /// Changes with everything that happens: two runs of a seed have the same.
    package private(set) var digest: UInt64 = 0
    package private(set) var steps = 0
    private var random: SeededGenerator
    private var toClient: Link
    private var toServer: Link
    private var events = Heap<Event>()
    private var order: UInt64 = 0
    /// Datagrams to the server that noise may send again.
    private var recorded: [[UInt8]] = []
    private var staging: [UInt8] = []
    private var preparations: [Int: KeptPrefix] = [:]

    package init(_ scenario: Scenario) {
        self.scenario = scenario
        random = SeededGenerator(seed: scenario.seed ^ 0xC0FF_EE00)
        toClient = Link(faults: scenario.toClient)
        toServer = Link(faults: scenario.toServer)
        table = TransferTable(
            maximumDatagram: scenario.largestDatagram, firstDatagram: scenario.firstDatagram, key: scenario.seed,
            tracing: scenario.tracing)
        for index in scenario.sizes.indices {
            downloads.append(Download(index: index, size: scenario.sizes[index], random: &random))
            schedule(.opens(index), at: Instant(nanoseconds: 0) + scenario.stagger * Int64(index))
        }
        if let stall = scenario.stall {
            for index in scenario.sizes.indices { schedule(.wakes(index), at: stall.upperBound) }
        }
        if let cancel = scenario.cancel { schedule(.cancels, at: cancel.at) }
        for at in scenario.rebinds { schedule(.rebinds, at: at) }
    }

    /// Whether both ends of every transfer are through and nothing is on its way.
    package var isOver: Bool {
        downloads.allSatisfy { $0.receiver != nil && $0.clientOutcome != nil && $0.serverOutcome != nil }
    }

    /// Runs to the end; throws when an invariant breaks, or when the end does not come within `limit`.
    package mutating func run(limit: Interval = .seconds(200)) throws(InvariantViolation) {
        while !isOver {
            try require(now - Instant(nanoseconds: 0) < limit, "not at the end after \(now.nanoseconds) ns")
            try step()
        }
        for download in downloads { try download.checkEnd(scenario: scenario) }
    }

    package mutating func step() throws(InvariantViolation) {
        let server = table.nextDeadline?.instant
        let clients =
            isStalled ? nil : downloads.compactMap { $0.isSilent ? nil : $0.receiver?.nextDeadline?.instant }.min()
        guard let next = [events.min?.at, server, clients].compactMap({ $0 }).min() else {
            throw InvariantViolation("both ends wait for nothing")
        }
        try require(next >= now || next == server || next == clients, "time runs backwards")
        now = max(now, next)
        steps += 1
        mix(UInt64(bitPattern: now.nanoseconds))
        if let event = events.min, event.at <= now {
            events.removeMin()
            try happen(event.happening)
        } else {
            table.timeoutFired(at: now)
            for index in downloads.indices where !downloads[index].isSilent && !isStalled {
                downloads[index].receiver?.timeoutFired(at: now)
            }
        }
        try drain()
        if steps % scenario.checkEvery == 0 { try check() }
    }
}

// MARK: What one may ask

extension World {
    private var isStalled: Bool { scenario.stall?.contains(now) == true }

    /// What the server knows of a running transfer.
    package func statistics(of index: Int) -> TransferStatistics {
        table.statistics(of: downloads[index].id, at: now) ?? downloads[index].serverStatistics
    }

    /// Bytes of the file that a client has.
    package func received(by index: Int) -> UInt64 { downloads[index].receiver?.statistics(at: now).bytes ?? 0 }

    package var segmentSize: Int { scenario.largestDatagram - DataPacket.headerSize }

    /// Seconds that a datagram to a client waited before the link, on average since `forgetQueueing()`.
    package var queueing: Double {
        toClient.waits.count > 0 ? toClient.waits.seconds / Double(toClient.waits.count) : 0
    }
    package mutating func forgetQueueing() { toClient.forgetWaits() }
}

// MARK: What happens

extension World {
    private mutating func happen(_ happening: Event.Happening) throws(InvariantViolation) {
        switch happening {
        case .opens(let index): open(index)
        case .prepared(let index): downloads[index].receiver?.keep(preparations[index], at: now)
        case .hashed(let index, let bytes, let beyond):
            let download = downloads[index]
            table.prefixHashed(
                download.id, bytes: beyond.reduce(bytes) { $0 + UInt64($1.count) },
                download.prefixDigest(bytes, beyond: beyond), at: now)
        case .toServer(let bytes, let from):
            if let index = downloads.firstIndex(where: { $0.addresses.knows(from) }) {
                downloads[index].heard(bytes, from)
            }
            table.receive(unsafe bytes.span.bytes, from: from, at: now)
        case .toClient(let index, let bytes) where scenario.stall?.contains(now) == true:
            downloads[index].keep(bytes, buffer: scenario.socketBuffer)
        case .wakes(let index):
            try downloads[index].wakeUp(at: now)
            downloads[index].receiver?.batchEnded(at: now)
        case .toClient(let index, let bytes) where scenario.reading != nil:
            guard let rate = scenario.reading else { return }
            if let at = downloads[index].queue(bytes.count, rate: rate, buffer: scenario.socketBuffer, at: now) {
                schedule(.reads(index, bytes), at: at)
            }
        case .toClient(let index, let bytes), .reads(let index, let bytes):
            try downloads[index].receive(bytes, at: now)
            if scenario.batch == .zero {
                downloads[index].receiver?.batchEnded(at: now)
            } else if !downloads[index].batchIsOpen {
                downloads[index].batchIsOpen = true
                schedule(.batchEnds(index), at: now + scenario.batch)
            }
        case .batchEnds(let index):
            downloads[index].batchIsOpen = false
            downloads[index].receiver?.batchEnded(at: now)
        case .rebinds: for index in downloads.indices { downloads[index].addresses.rebind() }
        case .cancels:
            if scenario.cancel?.byServer == true {
                table.cancel(downloads[0].id, reason: .serverStopping, at: now)
            } else {
                downloads[0].receiver?.cancel(.cancelled, at: now)
            }
        }
    }

    private mutating func open(_ index: Int) {
        let download = downloads[index]
        let offer = FileOffer(
            name: "file \(index)", size: UInt64(download.file.count), modified: UnixTime(seconds: 1),
            hash: scenario.knowsHash ? download.digest : nil)
        do throws(OpenError) {
            try table.open(
                download.id, offer: offer, from: SimulatedAddress(host: download.address.host, port: 0),
                recovery: scenario.recovery(of: index), control: scenario.control(of: index), hint: scenario.hint,
                nonce: random.next(),
                at: now)
        } catch {
            preconditionFailure("\(error)")
        }
        let kept = scenario.kept.map { downloads[index].keep($0, random: &random) }
        downloads[index].receiver = Receiver(
            id: download.id, nonce: random.next(), recovery: scenario.recovery(of: index),
            receiveWindow: scenario.receiveWindow, largestDatagram: scenario.largestDatagram, expecting: offer.size,
            preparing: kept != nil, hint: scenario.hint, tracing: scenario.tracing, at: now)
        guard let kept else { return }
        preparations[index] = kept
        schedule(.prepared(index), at: now + Self.hashingTime)
    }

    private mutating func schedule(_ happening: Event.Happening, at: Instant) {
        order += 1
        events.insert(Event(at: at, order: order, happening: happening))
    }

    private mutating func mix(_ value: UInt64) {
        digest = (digest ^ value) &* 0x0000_0100_0000_01B3
    }
}

// MARK: What leaves

extension World {
    private mutating func drain() throws(InvariantViolation) {
        // First where a transfer begins, then its data.
        while let (id, event) = table.nextEvent() { try take(event, of: id) }
        while let outgoing = table.nextTransmission(at: now) { try send(outgoing) }
        while let (id, event) = table.nextEvent() { try take(event, of: id) }
        for index in downloads.indices where !downloads[index].isSilent {
            try drainClient(index)
        }
    }

    private mutating func send(_ outgoing: Outgoing<SimulatedAddress>) throws(InvariantViolation) {
        let to = scenario.sabotage == .answersGarbage ? Self.stranger : outgoing.to
        guard let index = downloads.firstIndex(where: { $0.addresses.knows(to) && $0.id == outgoing.id }) else {
            throw InvariantViolation("the server answers \(to), who has no transfer")
        }
        try downloads[index].addresses.serverSaid(outgoing.transmission, to: to)
        // A NAT forgets: what goes to an address of before is lost.
        let arrives = to == downloads[index].address
        switch outgoing.transmission {
        case .control(let bytes):
            if scenario.sabotage == .earlyEnd {
                let end = Packet.End(size: FileOffset(0), digest: downloads[index].digest)
                try downloads[index].serverSaid(Packet.end(end).encoded(id: outgoing.id))
            }
            for _ in 0..<(scenario.sabotage == .generousHandshake ? 100 : 1) {
                try downloads[index].serverSaid(bytes)
            }
            if arrives { transmit(bytes, toClient: index, isTail: false) }
        case .data(let run):
            try downloads[index].serverSent(run)
            if scenario.sabotage == .repeatedPacketNumbers { try downloads[index].serverSent(run) }
            let file = downloads[index].file
            for number in 0..<run.count {
                let start = Int(run.offset) + number * run.segmentSize
                let end = min(start + run.segmentSize, Int(run.offset) + run.length)
                var payload = Array(file[start..<end])
                if scenario.sabotage == .wrongBytes { payload[0] ^= 1 }
                let bytes = DataPacket.encoded(
                    id: outgoing.id, packet: run.firstPacket.advanced(by: number), offset: FileOffset(UInt64(start)),
                    payload: payload)
                if arrives { transmit(bytes, toClient: index, isTail: end == file.count) }
            }
            if let digest = downloads[index].hash(run) { table.hashed(outgoing.id, digest, at: now) }
        }
    }

    private mutating func transmit(_ bytes: [UInt8], toClient index: Int, isTail: Bool) {
        let kind = PacketKind(rawValue: bytes[0] & 0x0F)
        for arrival in toClient.carry(bytes, kind: kind, isTail: isTail, at: now, random: &random) {
            schedule(.toClient(index, arrival.bytes), at: arrival.at)
        }
    }

    private mutating func take(_ event: SenderEvent, of id: TransferID) throws(InvariantViolation) {
        guard let index = downloads.firstIndex(where: { $0.id == id }) else {
            throw InvariantViolation("an event of a transfer that nobody opened")
        }
        switch event {
        case .started(_, let offset, let omitted): downloads[index].started(from: offset, without: omitted)
        case .prefixWanted(let bytes, let beyond):
            table.prefixProgressed(id, to: bytes / 2)
            schedule(.hashed(index, bytes, beyond: beyond), at: now + Self.hashingTime)
        case .trace(let record): traces.append(record)
        case .finished(let outcome, let statistics):
            try require(downloads[index].serverOutcome == nil, "the server ended \(id) twice")
            downloads[index].serverOutcome = outcome
            downloads[index].serverStatistics = statistics
            if scenario.sabotage == .repeatedEnd {
                try require(downloads[index].serverOutcome == nil, "the server ended \(id) twice")
            }
        }
    }

    private mutating func drainClient(_ index: Int) throws(InvariantViolation) {
        while let event = downloads[index].receiver?.nextEvent() {
            if case .trace(let record) = event { traces.append(record) }
            try downloads[index].take(event, at: now)
        }
        while let bytes = downloads[index].receiver?.nextDatagram() {
            if scenario.sabotage == .lostClient, bytes[0] & 0x0F == PacketKind.ack.rawValue {
                downloads[index].isSilent = true
                downloads[index].clientOutcome = .failed(.aborted(.connectionLost))
                return
            }
            let isTail = try downloads[index].clientSaid(bytes)
            if scenario.sabotage == .fallingOffset { try downloads[index].takeBack() }
            let kind = PacketKind(rawValue: bytes[0] & 0x0F)
            for arrival in toServer.carry(bytes, kind: kind, isTail: isTail, at: now, random: &random) {
                schedule(.toServer(arrival.bytes, from: downloads[index].address), at: arrival.at)
            }
            if random.chance(scenario.noise) { makeNoise(bytes, of: index) }
            if scenario.replays { replay(bytes, of: index) }
        }
    }

    /// Somebody on the client's host sends what the client has said, now or earlier, from a port of his own.
    private mutating func replay(_ bytes: [UInt8], of index: Int) {
        recorded.append(bytes)
        guard random.chance(0.2) else { return }
        let copy = random.chance(0.5) ? bytes : random.pick(recorded)
        let later = now + .microseconds(Int64(random.below(200_000)))
        schedule(.toServer(copy, from: downloads[index].addresses.imitator), at: later)
    }

    /// Garbage, a datagram of somebody else, an old datagram again, and a HELLO of another nonce for the same ticket.
    private mutating func makeNoise(_ bytes: [UInt8], of index: Int) {
        let stranger = Self.stranger
        recorded.append(bytes)
        let later = now + .microseconds(Int64(random.below(30_000)))
        switch random.below(4) {
        case 0:
            let garbage = (0..<random.below(60)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            schedule(.toServer(garbage, from: stranger), at: later)
        case 1: schedule(.toServer(bytes, from: stranger), at: later)
        case 2:
            schedule(
                .toServer(random.pick(recorded), from: downloads[random.below(downloads.count)].address), at: later)
        case _ where downloads[index].isAccepted:
            let hello = Packet.hello(
                Packet.Hello(
                    nonce: Nonce(rawValue: random.next()), receiveWindow: 9_999, largestDatagram: 1_200, recovery: .sr))
            let other = SimulatedAddress(host: downloads[index].address.host, port: 77)
            schedule(.toServer(hello.encoded(id: downloads[index].id), from: other), at: later)
        case _: break
        }
    }

    private func check() throws(InvariantViolation) {
        try table.checkInvariants()
        for download in downloads { try download.receiver?.checkInvariants() }
    }
}
