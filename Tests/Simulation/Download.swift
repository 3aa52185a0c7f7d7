package import RDT
package import Timeline

/// One transfer as a run sees it: the file, what came of it at the client, and what either end has said so far.
package struct Download: Sendable {
    package let id: TransferID
    /// Where the client is, was, and is imitated.
    var addresses: AddressBook
    package var address: SimulatedAddress { addresses.current }
    package let file: [UInt8]
    package let digest: FileDigest
    package internal(set) var receiver: Receiver?
    package internal(set) var clientOutcome: Outcome?
    package internal(set) var serverOutcome: Outcome?
    package internal(set) var clientStatistics = TransferStatistics()
    package internal(set) var serverStatistics = TransferStatistics()
    /// The client is there no more and did not say so.
    var isSilent = false
    var batchIsOpen = false
    /// When the first and the last byte of the file were written.
    package private(set) var firstByteAt = Instant(nanoseconds: 0)
    package private(set) var lastByteAt = Instant(nanoseconds: 0)
    /// What waits in the socket of a client that does not read, and what that has cost so far.
    private var backlog: [[UInt8]] = []
    private var backlogBytes = 0
    private var localDrops: UInt32 = 0
    /// When a client that reads slowly is through with what has come.
    private var readTo = Instant(nanoseconds: 0)
    private var written: [UInt8]
    /// Bytes that the client was told to write.
    private var brought: UInt64 = 0
    private var hasher: FileHasher? = FileHasher()
    private var hashedTo: UInt64 = 0
    /// What the client has behind gaps, and does not get.
    private var omitted: [Range<UInt64>] = []
    /// Bytes that the client had from an earlier time, right or wrong.
    package private(set) var keptBytes = 0
    private var nextPacket = PacketNumber.first
    private var acknowledged = FileOffset.zero
    /// The highest offset in an ACK that reached the server.
    private var heardOffset = FileOffset.zero
    private var bytesToServer = 0
    private var bytesFromServer = 0
    /// What may leave after a HELLO that begins at once, before an ACK: the first window, and a few times some of it again.
    private var firstFlight = 0
    private static let mostAtOnce = 3 * Limits.smallFile * 1_472 / 2
    /// Whether ACCEPT has reached the server.
    private(set) var isAccepted = false
    private var isStarted = false
    /// From HELLO until the whole file was there and compared with its hash, which is when a person gets it.
    package private(set) var secondsToFile: Double?

    init(index: Int, size: Int, random: inout SeededGenerator) {
        id = TransferID(rawValue: random.next())
        addresses = AddressBook(SimulatedAddress(host: index + 1, port: 5_000 + index))
        var bytes: [UInt8] = []
        bytes.reserveCapacity(size + 8)
        while bytes.count < size {
            var word = random.next()
            for _ in 0..<8 {
                bytes.append(UInt8(truncatingIfNeeded: word))
                word >>= 8
            }
        }
        bytes.removeLast(bytes.count - size)
        file = bytes
        written = Array(repeating: 0, count: size)
        var hasher = FileHasher()
        hasher.update(unsafe bytes.span.bytes)
        digest = hasher.finish()
    }

    // MARK: What the client has from an earlier time

    /// Has the client keep a share of the file, with one wrong byte or none.
    mutating func keep(_ kept: Scenario.Kept, random: inout SeededGenerator) -> KeptPrefix {
        let count = min(file.count, Int(Double(file.count) * kept.share))
        written.replaceSubrange(..<count, with: file[..<count])
        let beyond = Self.parts(kept.parts, behind: count, of: file.count, random: &random)
        for part in beyond { written.replaceSubrange(part, with: file[part]) }
        switch kept.wrong {
        case nil: break
        case .beginning: if count > 0 { written[count / 2] ^= 1 }
        case .beyond: if let part = beyond.randomElement(using: &random) { written[part.upperBound - 1] ^= 1 }
        }
        keptBytes = beyond.reduce(count) { $0 + $1.count }
        var hasher = FileHasher()
        hasher.update(unsafe written.span.bytes.extracting(..<count))
        var all = hasher
        for part in beyond { all.update(unsafe written.span.bytes.extracting(part)) }
        return KeptPrefix(
            hasher, beyond: beyond.map { UInt64($0.lowerBound)..<UInt64($0.upperBound) }, all: all)
    }

    /// Up to `count` parts behind a gap each.
    private static func parts(
        _ count: Int, behind start: Int, of size: Int, random: inout SeededGenerator
    ) -> [Range<Int>] {
        var (at, parts) = (start, [Range<Int>]())
        for _ in 0..<count {
            let from = at + 1 + random.below(max(1, (size - at) / 4))
            guard from < size else { break }
            at = min(size, from + 1 + random.below(max(1, (size - from) / 2)))
            parts.append(from..<at)
        }
        return parts
    }

    /// What the server's loop finds.
    func prefixDigest(_ bytes: UInt64, beyond: [Range<UInt64>]) -> FileDigest {
        var hasher = FileHasher()
        for range in [0..<bytes] + beyond {
            hasher.update(unsafe file.span.bytes.extracting(Int(range.lowerBound)..<Int(range.upperBound)))
        }
        return hasher.finish()
    }

    mutating func started(from offset: UInt64, without omitted: [Range<UInt64>]) {
        var hasher = FileHasher()
        hasher.update(unsafe file.span.bytes.extracting(..<Int(offset)))
        self.hasher = hasher
        hashedTo = offset
        self.omitted = omitted
    }

    // MARK: The client's side

    mutating func receive(_ bytes: [UInt8], at now: Instant) throws(InvariantViolation) {
        guard clientOutcome == nil, let received = receiver?.receive(unsafe bytes.span.bytes, at: now) else { return }
        switch received {
        case .ignored, .accepted: break
        case .write(let offset, let payload): try write(bytes[payload], at: offset, at: now)
        case .writeParts(let parts):
            for part in parts { try write(bytes[part.payload], at: part.offset, at: now) }
        }
    }

    private mutating func write(_ bytes: ArraySlice<UInt8>, at offset: UInt64, at now: Instant)
        throws(InvariantViolation)
    {
        let place = Int(offset)..<Int(offset) + bytes.count
        try require(file[place] == bytes, "bytes at \(offset) are not the file's")
        if lastByteAt == Instant(nanoseconds: 0) { firstByteAt = now }
        lastByteAt = now
        written.replaceSubrange(place, with: bytes)
        brought += UInt64(bytes.count)
    }

    /// A datagram came that the client does not read now.
    mutating func keep(_ bytes: [UInt8], buffer: Int) {
        guard backlogBytes + bytes.count <= buffer else {
            localDrops += 1
            return
        }
        backlog.append(bytes)
        backlogBytes += bytes.count
    }

    /// When a client that reads slowly has read a datagram that comes now; nil when its socket has no room.
    mutating func queue(_ bytes: Int, rate: Double, buffer: Int, at now: Instant) -> Instant? {
        let waiting = max(0, (readTo - now).seconds) * rate
        guard waiting + Double(bytes) <= Double(buffer) else {
            localDrops += 1
            receiver?.dropped(localDrops)
            return nil
        }
        readTo = max(readTo, now) + .seconds(Double(bytes) / rate)
        return readTo
    }

    /// The client reads again.
    mutating func wakeUp(at now: Instant) throws(InvariantViolation) {
        for bytes in backlog { try receive(bytes, at: now) }
        backlog = []
        backlogBytes = 0
        receiver?.dropped(localDrops)
    }

    mutating func take(_ event: ReceiverEvent, at now: Instant) throws(InvariantViolation) {
        try require(clientOutcome == nil, "an event after the end: \(event)")
        switch event {
        case .info(let offer): try require(Int(offer.size) == file.count, "INFO of another file")
        case .progress, .trace, .checking: break
        case .kept(let bytes, let beyond):
            for range in [0..<bytes] + beyond {
                let place = Int(range.lowerBound)..<Int(range.upperBound)
                try require(written[place] == file[place], "kept what is not the file's")
            }
        case .complete(let digest):
            var hasher = FileHasher()
            hasher.update(unsafe written.span.bytes)
            let found = hasher.finish()
            try require(found == self.digest, "complete, and the bytes are not the file's")
            receiver?.verified(found == digest, at: now)
        case .confirmed(let statistics):
            try require(written == file, "confirmed, and the bytes are not the file's")
            secondsToFile = statistics.seconds
        case .finished(let outcome, let statistics):
            clientOutcome = outcome
            clientStatistics = statistics
            try require(brought == statistics.bytes, "\(brought) bytes to write, and \(statistics.bytes) arrived")
        }
    }

    /// Notes what the client sends; whether it is the ACK for everything.
    mutating func clientSaid(_ bytes: [UInt8]) throws(InvariantViolation) -> Bool {
        guard case .ack(let ack) = try decoded(bytes) else { return false }
        try noteOffset(ack.next)
        return Int(ack.next.rawValue) == file.count
    }

    /// As if the next ACK took everything back.
    mutating func takeBack() throws(InvariantViolation) { try noteOffset(.zero) }

    private mutating func noteOffset(_ next: FileOffset) throws(InvariantViolation) {
        try require(next >= acknowledged, "the client's offset fell from \(acknowledged) to \(next)")
        acknowledged = next
    }

    // MARK: The server's side

    /// Notes what reached the server.
    mutating func heard(_ bytes: [UInt8], _ from: SimulatedAddress) {
        bytesToServer += bytes.count
        guard let header = try? DatagramHeader(parsing: unsafe bytes.span.bytes), header.id == id,
            let packet = try? decoded(bytes)
        else { return }
        addresses.serverHeard(packet, bytes: bytes.count, from: from)
        switch packet {
        case .accept: isAccepted = true
        case .start(let start):
            isStarted = true
            if !start.isQuestion, start.beyond.isEmpty { heardOffset = max(heardOffset, start.offset) }
        case .ack(let ack):
            // Who acknowledges data is where the data went.
            isAccepted = true
            heardOffset = max(heardOffset, ack.next)
        case .done: heardOffset = FileOffset(UInt64(file.count))
        case .hello(let hello):
            if hello.beginsAtOnce {
                isStarted = true
                firstFlight = Self.mostAtOnce
            }
        case .helloAck, .info, .data, .end, .abort, .check, .probe, .challenge, .response: break
        }
    }

    mutating func serverSaid(_ bytes: [UInt8]) throws(InvariantViolation) {
        let packet = try decoded(bytes)
        try countUnproven(bytes.count)
        if case .probe(let probe) = packet {
            try require(probe.packet == nextPacket, "probe \(probe.packet) after \(nextPacket)")
            nextPacket = nextPacket.advanced(by: 1)
        }
        guard case .end = packet else { return }
        try require(isStarted && Int(heardOffset.rawValue) == file.count, "END after \(heardOffset) of \(file.count)")
    }

    mutating func serverSent(_ run: SegmentRun) throws(InvariantViolation) {
        try countUnproven(run.bytesOnWire)
        try require(isStarted, "DATA before START")
        try require(run.firstPacket == nextPacket, "packet \(run.firstPacket) after \(nextPacket)")
        nextPacket = nextPacket.advanced(by: run.count)
        try require(Int(run.offset) + run.length <= file.count, "DATA past the end of the file")
        let place = run.offset..<run.offset + UInt64(run.length)
        try require(!omitted.contains { $0.overlaps(place) }, "DATA at \(run.offset) that the client has")
    }

    /// What the server's loop does with new bytes; the digest when it has seen all.
    mutating func hash(_ run: SegmentRun) -> FileDigest? {
        guard run.isNew, var hasher else { return nil }
        precondition(run.newBytes.lowerBound == hashedTo, "new bytes come in file order, each once")
        hashedTo = run.newBytes.upperBound
        if let range = omitted.first(where: { $0.lowerBound == hashedTo }) { hashedTo = range.upperBound }
        let part = Array(file[Int(run.newBytes.lowerBound)..<Int(hashedTo)])
        hasher.update(unsafe part.span.bytes)
        guard Int(hashedTo) == file.count else {
            self.hasher = hasher
            return nil
        }
        self.hasher = nil
        return hasher.finish()
    }

    private mutating func countUnproven(_ bytes: Int) throws(InvariantViolation) {
        guard !isAccepted else { return }
        bytesFromServer += bytes
        try require(
            bytesFromServer <= firstFlight + Limits.amplification * bytesToServer,
            "\(bytesFromServer) bytes for \(bytesToServer) before ACCEPT")
    }

    private func decoded(_ bytes: [UInt8]) throws(InvariantViolation) -> Packet {
        do throws(PacketError) {
            let header = try DatagramHeader(parsing: unsafe bytes.span.bytes)
            return try Packet(parsing: unsafe bytes.span.bytes, header: header)
        } catch {
            throw InvariantViolation("an end sent what nobody can read: \(error)")
        }
    }

    // MARK: The end

    func checkEnd(scenario: Scenario) throws(InvariantViolation) {
        if clientOutcome == .completed {
            try require(written == file, "completed, and the bytes are not the file's")
            try require(
                serverOutcome == .completed || serverOutcome == .unconfirmed || scenario.cancel?.byServer == true,
                "the client completed, the server \(serverOutcome?.text ?? "did not")")
        }
        if serverOutcome == .completed {
            try require(
                clientOutcome == .completed || clientOutcome == .unconfirmed && written == file,
                "the server completed alone")
        }
        for case .failed(let failure) in [clientOutcome, serverOutcome].compactMap({ $0 }) {
            try require(Self.isHonest(failure), "failed for a reason that no path gives: \(failure)")
        }
        guard scenario.isClean, scenario.isFast, scenario.sabotage == nil else { return }
        try require(clientOutcome == .completed, "a clean path, and yet: \(clientOutcome?.text ?? "no end")")
        try require(
            serverStatistics.resent == 0 && serverStatistics.goBacks == 0 && serverStatistics.timeouts == 0,
            "sent again on a clean path: \(serverStatistics)")
    }

    private static func isHonest(_ failure: TransferFailure) -> Bool {
        switch failure {
        case .aborted, .abortedByPeer, .ticketExpired, .handshakeTimedOut, .noAnswer, .noProgress: true
        case .beyondEnd, .sizeChanged, .acknowledgedUnsent, .digestMismatch: false
        }
    }
}
