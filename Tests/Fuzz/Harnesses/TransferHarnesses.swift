import CXXHash
import RDT
import Timeline

/// Datagrams with a header and a checksum that are right, whatever they carry: without them nothing gets past the door.
private enum Sealed {
    static let id = TransferID(rawValue: 0x0123_4567_89AB_CDEF)

    /// The kind from 1 to 11 or more, the flags, and the rest.
    static func datagram(kind: UInt8, flags: UInt8, _ body: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = [DatagramHeader.version << 4 | kind & 0x0F, flags, 0, 0, 0, 0]
        bytes += (0..<8).map { UInt8(truncatingIfNeeded: id.rawValue >> (56 - 8 * UInt64($0))) }
        bytes += body
        let covered = Array(bytes[6...])
        let seed = UInt64(bytes[0]) << 8 | UInt64(bytes[1])
        let hash = unsafe covered.withUnsafeBytes { unsafe cxxhash_64($0.baseAddress, $0.count, seed) }
        for index in 0..<4 { bytes[2 + index] = UInt8(truncatingIfNeeded: hash >> (24 - 8 * UInt64(index))) }
        return bytes
    }
}

enum PacketsHarness {
    static func run(_ input: [UInt8]) {
        check(input)
        guard input.count >= 2 else { return }
        check(Sealed.datagram(kind: input[0], flags: input[1] & 3, Array(input[2...])))
    }

    private static func check(_ bytes: [UInt8]) {
        guard let header = try? DatagramHeader(parsing: unsafe bytes.span.bytes),
            let packet = try? Packet(parsing: unsafe bytes.span.bytes, header: header)
        else { return }
        if case .data(let data) = packet {
            precondition(data.payload.upperBound <= bytes.count, "a payload lies outside its datagram")
        } else if packet != .abort(.unspecified) {
            precondition(packet.encoded(id: header.id) == bytes, "what was read is not what is written")
        }
    }
}

private struct Peer: PeerAddress {
    let number: UInt8
    func isSameHost(as other: Peer) -> Bool { number / 2 == other.number / 2 }
}

enum SenderHarness {
    static func run(_ input: [UInt8]) {
        var choices = Choices(input)
        var now = Instant(nanoseconds: 1)
        var table = TransferTable<Peer>(maximumDatagram: 1_452, key: 3, tracing: false)
        let size = choices.wide() % (1 << 22)
        let offer = FileOffer(name: "f", size: size, modified: UnixTime(seconds: 1), hash: nil)
        let recovery = choices.pick(RecoveryChoice.allCases)
        try? table.open(Sealed.id, offer: offer, from: Peer(number: 0), recovery: recovery, nonce: 7, at: now)
        while !choices.isEmpty {
            step(&table, &choices, &now)
            for _ in 0..<64 {
                guard let next = table.nextTransmission(at: now) else { break }
                _ = next.to
            }
            while table.nextEvent() != nil {}
            do throws(InvariantViolation) { try table.checkInvariants() } catch { preconditionFailure("\(error)") }
        }
    }

    private static func step(_ table: inout TransferTable<Peer>, _ choices: inout Choices, _ now: inout Instant) {
        var bytes: [UInt8]
        switch choices.number(below: 7) {
        case 0:
            let hello = Packet.Hello(
                nonce: Nonce(rawValue: 42), receiveWindow: UInt32(choices.wide() | 1), largestDatagram: 1_452,
                recovery: choices.pick(RecoveryChoice.allCases))
            bytes = Packet.hello(hello).encoded(id: Sealed.id)
        case 1: bytes = Packet.accept(Packet.Accept(serverNonce: Nonce(rawValue: 7))).encoded(id: Sealed.id)
        case 2:
            let offset = choices.wide() % (1 << 22)
            var start = Packet.Start(offset: FileOffset(offset), kept: nil)
            if choices.number(below: 2) == 1 {
                let first = offset + 1 + choices.wide() % (1 << 12)
                start.beyond = [first..<first + 1 + choices.wide() % (1 << 22)]
                start.kept = FileDigest(high: 1, low: 2)
            }
            bytes = Packet.start(start).encoded(id: Sealed.id)
        case 3: bytes = Sealed.datagram(kind: 7, flags: 0, choices.bytes())
        case 4: bytes = Sealed.datagram(kind: choices.byte(), flags: choices.byte() & 7, choices.bytes())
        case 5: bytes = choices.bytes()
        default:
            now += .microseconds(Int64(choices.wide() % 4_000_000))
            if let next = table.nextDeadline, next.instant <= now { table.timeoutFired(at: now) }
            return
        }
        table.receive(unsafe bytes.span.bytes, from: Peer(number: choices.byte() & 3), at: now)
    }
}

enum ReceiverHarness {
    static func run(_ input: [UInt8]) {
        var choices = Choices(input)
        var now = Instant(nanoseconds: 1)
        var receiver = Receiver(
            id: Sealed.id, nonce: 42, recovery: choices.pick(RecoveryChoice.allCases), receiveWindow: 1 << 20,
            largestDatagram: 1_452, expecting: choices.wide() % (1 << 22), tracing: false, at: now)
        while !choices.isEmpty {
            step(&receiver, &choices, &now)
            while receiver.nextDatagram() != nil {}
            while receiver.nextEvent() != nil {}
            do throws(InvariantViolation) { try receiver.checkInvariants() } catch { preconditionFailure("\(error)") }
        }
    }

    private static func step(_ receiver: inout Receiver, _ choices: inout Choices, _ now: inout Instant) {
        let bytes: [UInt8]
        switch choices.number(below: 7) {
        case 0:
            let answer = Packet.HelloAck(
                nonce: Nonce(rawValue: 42), serverNonce: Nonce(rawValue: 7), segmentSize: 1_200,
                recovery: choices.pick([.gbn, .sr]))
            bytes = Packet.helloAck(answer).encoded(id: Sealed.id)
        case 1:
            let offer = FileOffer(
                name: "f", size: choices.wide() % (1 << 22), modified: UnixTime(seconds: 1), hash: nil)
            bytes = Packet.info(offer).encoded(id: Sealed.id)
        case 2:
            // DATA: packet number and offset as small numbers, then bytes.
            bytes = Sealed.datagram(kind: 6, flags: 0, choices.bytes())
        case 3:
            let end = Packet.End(size: FileOffset(choices.wide() % (1 << 22)), digest: FileDigest(high: 1, low: 2))
            bytes = Packet.end(end).encoded(id: Sealed.id)
        case 4: bytes = Sealed.datagram(kind: choices.byte(), flags: choices.byte() & 3, choices.bytes())
        case 5:
            receiver.batchEnded(at: now)
            return
        default:
            now += .microseconds(Int64(choices.wide() % 4_000_000))
            if let next = receiver.nextDeadline, next.instant <= now { receiver.timeoutFired(at: now) }
            return
        }
        let datagram = bytes
        let received = receiver.receive(unsafe datagram.span.bytes, at: now)
        switch received {
        case .ignored, .accepted: break
        case .write(_, let payload):
            precondition(payload.upperBound <= datagram.count, "a payload lies outside its datagram")
        case .writeParts(let parts):
            for part in parts {
                precondition(part.payload.upperBound <= datagram.count, "a part lies outside its datagram")
            }
        }
    }
}
