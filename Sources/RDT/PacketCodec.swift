import Timeline

extension RecoveryChoice {
    /// The number that stands for the choice on the wire.
    var code: UInt8 {
        switch self {
        case .auto: 0
        case .gbn: 1
        case .sr: 2
        }
    }

    init(code: UInt8) throws(PacketError) {
        guard let choice = Self.allCases.first(where: { $0.code == code }) else { throw .badField }
        self = choice
    }
}

/// Bit 0 of the flags of INFO and START: a hash is there.
private let hasHash: UInt8 = 1
/// Bit 0 of the flags of HELLO: it is START at 0 as well.
private let beginsAtOnce: UInt8 = 1
/// Bit 1 of the flags of START, beside bit 0: it is a question.
private let isQuestion: UInt8 = 2
/// Bit 2 of the flags of START, beside bit 0: ranges behind the first byte wanted are there. No other flag exists.
private let hasRanges: UInt8 = 4

extension Packet {
    /// Reads what follows the header. Every length is checked to the byte, so that encoding gives the same datagram again.
    package init(parsing datagram: borrowing RawSpan, header: DatagramHeader) throws(PacketError) {
        switch header.kind {
        case .info:
            guard header.flags & ~hasHash == 0 else { throw .badFlags }
        case .start:
            guard [0, hasHash, hasHash | isQuestion, hasHash | hasRanges].contains(header.flags) else {
                throw .badFlags
            }
        case .hello:
            guard header.flags & ~beginsAtOnce == 0 else { throw .badFlags }
        case .helloAck, .accept, .data, .ack, .end, .done, .abort, .check, .probe, .challenge, .response:
            guard header.flags == 0 else { throw .badFlags }
        }
        var reader = ByteReader(from: DatagramHeader.size)
        switch header.kind {
        case .hello: self = .hello(try Hello(from: &reader, datagram, flags: header.flags))
        case .helloAck: self = .helloAck(try HelloAck(from: &reader, datagram))
        case .accept: self = .accept(Accept(serverNonce: Nonce(rawValue: try reader.number(datagram))))
        case .info: self = .info(try FileOffer(from: &reader, datagram, hasHash: header.flags == hasHash))
        case .start: self = .start(try Start(from: &reader, datagram, flags: header.flags))
        case .data: self = .data(try DataHeader(from: &reader, datagram))
        case .ack: self = .ack(try Ack(from: &reader, datagram))
        case .end: self = .end(End(size: try reader.offset(datagram), digest: try reader.digest(datagram)))
        case .done:
            guard let verdict = Verdict(rawValue: try reader.number(datagram)) else { throw .badField }
            self = .done(verdict)
        case .abort: self = .abort(AbortReason(rawValue: try reader.number(datagram)) ?? .unspecified)
        case .check: self = .check(try Check(from: &reader, datagram))
        case .probe: self = .probe(try Probe(from: &reader, datagram))
        case .challenge: self = .challenge(Nonce(rawValue: try reader.number(datagram)))
        case .response: self = .response(Nonce(rawValue: try reader.number(datagram)))
        }
        guard reader.at == datagram.byteCount else { throw .badLength }
    }

    /// The whole datagram. DATA has no encoding here: see `DataPacket`.
    package func encoded(id: TransferID) -> [UInt8] {
        var writer = ByteWriter()
        writer.number(DatagramHeader.version << 4 | kind.rawValue)
        writer.number(flags)
        writer.number(0, bytes: 4)
        writer.number(id.rawValue)
        switch self {
        case .hello(let hello): hello.write(to: &writer)
        case .helloAck(let answer): answer.write(to: &writer)
        case .accept(let accept): writer.number(accept.serverNonce.rawValue)
        case .info(let offer): offer.write(to: &writer)
        case .start(let start): start.write(to: &writer)
        case .data: preconditionFailure("DATA is written by DataPacket, around its payload")
        case .ack(let ack): ack.write(to: &writer)
        case .end(let end):
            writer.number(end.size.rawValue, bytes: 6)
            writer.digest(end.digest)
        case .done(let verdict): writer.number(verdict.rawValue)
        case .abort(let reason): writer.number(reason.rawValue)
        case .check(let check):
            writer.number(check.asked.rawValue, bytes: 6)
            writer.number(check.hashed.rawValue, bytes: 6)
            writer.number(check.finding.rawValue)
        case .probe(let probe): probe.write(to: &writer)
        case .challenge(let token), .response(let token): writer.number(token.rawValue)
        }
        var bytes = writer.bytes
        Checksum.seal(&bytes)
        return bytes
    }

    private var flags: UInt8 {
        switch self {
        case .info(let offer): offer.hash == nil ? 0 : hasHash
        case .start(let start): start.flags
        case .hello(let hello): hello.beginsAtOnce ? RDT.beginsAtOnce : 0
        case .helloAck, .accept, .data, .ack, .end, .done, .abort, .check, .probe, .challenge, .response: 0
        }
    }
}

extension ByteReader {
    /// What is left has to be zeros.
    fileprivate mutating func zeros(_ bytes: borrowing RawSpan) throws(PacketError) {
        while at < bytes.byteCount {
            guard try number(bytes, as: UInt8.self) == 0 else { throw .badField }
        }
    }
    fileprivate mutating func offset(_ bytes: borrowing RawSpan) throws(PacketError) -> FileOffset {
        FileOffset(try number(bytes, count: 6))
    }
    fileprivate mutating func digest(_ bytes: borrowing RawSpan) throws(PacketError) -> FileDigest {
        FileDigest(high: try number(bytes), low: try number(bytes))
    }
}

extension ByteWriter {
    fileprivate mutating func digest(_ digest: FileDigest) {
        number(digest.high)
        number(digest.low)
    }
}

extension Packet.Hello {
    fileprivate init(
        from reader: inout ByteReader, _ datagram: borrowing RawSpan, flags: UInt8
    ) throws(PacketError) {
        beginsAtOnce = flags == RDT.beginsAtOnce
        nonce = Nonce(rawValue: try reader.number(datagram))
        receiveWindow = try reader.number(datagram)
        largestDatagram = try reader.number(datagram)
        recovery = try RecoveryChoice(code: try reader.number(datagram))
        guard largestDatagram >= Limits.helloSize, receiveWindow > 0 else { throw .badField }
        guard datagram.byteCount == Limits.helloSize else { throw .badLength }
        try reader.zeros(datagram)
    }

    fileprivate func write(to writer: inout ByteWriter) {
        writer.number(nonce.rawValue)
        writer.number(receiveWindow)
        writer.number(largestDatagram)
        writer.number(recovery.code)
        writer.pad(to: Limits.helloSize)
    }
}

extension Packet.Probe {
    fileprivate init(from reader: inout ByteReader, _ datagram: borrowing RawSpan) throws(PacketError) {
        packet = PacketNumber(rawValue: try reader.number(datagram))
        size = try reader.number(datagram)
        guard datagram.byteCount == Int(size) else { throw .badLength }
        try reader.zeros(datagram)
    }

    fileprivate func write(to writer: inout ByteWriter) {
        writer.number(packet.rawValue)
        writer.number(size)
        writer.pad(to: Int(size))
    }
}

extension Packet.HelloAck {
    fileprivate init(from reader: inout ByteReader, _ datagram: borrowing RawSpan) throws(PacketError) {
        nonce = Nonce(rawValue: try reader.number(datagram))
        serverNonce = Nonce(rawValue: try reader.number(datagram))
        segmentSize = try reader.number(datagram)
        recovery = try RecoveryChoice(code: try reader.number(datagram))
        guard segmentSize > 0 else { throw .badField }
    }

    fileprivate func write(to writer: inout ByteWriter) {
        writer.number(nonce.rawValue)
        writer.number(serverNonce.rawValue)
        writer.number(segmentSize)
        writer.number(recovery.code)
    }
}

extension FileOffer {
    fileprivate init(from reader: inout ByteReader, _ datagram: borrowing RawSpan, hasHash: Bool) throws(PacketError) {
        let size = try reader.offset(datagram)
        let modified = UnixTime(seconds: Int64(bitPattern: try reader.number(datagram)))
        let hash = hasHash ? try reader.digest(datagram) : nil
        let count = Int(try reader.number(datagram, as: UInt16.self))
        guard datagram.byteCount - reader.at == count else { throw .badLength }
        guard count <= Limits.nameBytes else { throw .badField }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        for _ in 0..<count { bytes.append(try reader.number(datagram)) }
        guard let name = String(validating: bytes, as: UTF8.self) else { throw .badField }
        self.init(name: name, size: size.rawValue, modified: modified, hash: hash)
    }

    fileprivate func write(to writer: inout ByteWriter) {
        writer.number(size, bytes: 6)
        writer.number(modified.seconds)
        if let hash { writer.digest(hash) }
        writer.number(UInt16(name.utf8.count))
        writer.append(name.utf8)
    }
}

extension Packet.Start {
    fileprivate init(from reader: inout ByteReader, _ datagram: borrowing RawSpan, flags: UInt8) throws(PacketError) {
        offset = try reader.offset(datagram)
        kept = flags & hasHash != 0 ? try reader.digest(datagram) : nil
        isQuestion = flags & RDT.isQuestion != 0
        beyond = []
        if flags & hasRanges != 0 { try readRanges(from: &reader, datagram) }
        guard (kept == nil) == (covered == .zero) else { throw .badField }
    }

    private mutating func readRanges(
        from reader: inout ByteReader, _ datagram: borrowing RawSpan
    ) throws(PacketError) {
        let count = Int(try reader.number(datagram, as: UInt8.self))
        guard count > 0, count <= Limits.keptRanges else { throw .badField }
        var (end, bytes) = (offset.rawValue, 0)
        for _ in 0..<count {
            let start = try reader.offset(datagram).rawValue
            let length = try reader.number(datagram, as: UInt32.self)
            bytes += Int(length)
            guard start > end, length > 0, bytes <= Limits.keptBeyond else { throw .badField }
            end = start + UInt64(length)
            guard end <= FileOffset.largest.rawValue else { throw .badField }
            beyond.append(start..<end)
        }
    }

    fileprivate var flags: UInt8 {
        if kept == nil { return 0 }
        return hasHash | (isQuestion ? RDT.isQuestion : 0) | (beyond.isEmpty ? 0 : hasRanges)
    }

    fileprivate func write(to writer: inout ByteWriter) {
        writer.number(offset.rawValue, bytes: 6)
        if let kept { writer.digest(kept) }
        guard !beyond.isEmpty else { return }
        writer.number(UInt8(beyond.count))
        for range in beyond {
            writer.number(range.lowerBound, bytes: 6)
            writer.number(UInt32(range.count))
        }
    }
}

extension Packet.Check {
    fileprivate init(from reader: inout ByteReader, _ datagram: borrowing RawSpan) throws(PacketError) {
        asked = try reader.offset(datagram)
        hashed = try reader.offset(datagram)
        guard let finding = Finding(rawValue: try reader.number(datagram)), hashed <= asked, asked != .zero else {
            throw .badField
        }
        self.finding = finding
    }
}

extension Packet.DataHeader {
    fileprivate init(from reader: inout ByteReader, _ datagram: borrowing RawSpan) throws(PacketError) {
        packet = PacketNumber(rawValue: try reader.number(datagram))
        offset = try reader.offset(datagram)
        payload = reader.at..<datagram.byteCount
        guard !payload.isEmpty else { throw .badLength }
        guard offset.rawValue + UInt64(payload.count) <= FileOffset.largest.rawValue else { throw .badField }
        reader.skip(payload.count)
    }
}

extension Packet.Ack {
    fileprivate init(from reader: inout ByteReader, _ datagram: borrowing RawSpan) throws(PacketError) {
        next = try reader.offset(datagram)
        receiveWindow = try reader.number(datagram)
        largest = PacketNumber(rawValue: try reader.number(datagram))
        delay = try reader.number(datagram)
        localDrops = try reader.number(datagram)
        let count = Int(try reader.number(datagram, as: UInt8.self))
        guard count > 0, count <= Limits.ranges else { throw .badField }
        guard datagram.byteCount - reader.at == count * 8 else { throw .badLength }
        ranges = []
        ranges.reserveCapacity(count)
        for _ in 0..<count {
            let first = PacketNumber(rawValue: try reader.number(datagram))
            let last = PacketNumber(rawValue: try reader.number(datagram))
            guard first <= last else { throw .badField }
            if let above = ranges.last {
                guard last < above.lowerBound, last.distance(to: above.lowerBound) > 1 else { throw .badField }
            } else {
                guard last == largest else { throw .badField }
            }
            ranges.append(first...last)
        }
    }

    fileprivate func write(to writer: inout ByteWriter) {
        writer.number(next.rawValue, bytes: 6)
        writer.number(receiveWindow)
        writer.number(largest.rawValue)
        writer.number(delay)
        writer.number(localDrops)
        writer.number(UInt8(ranges.count))
        for range in ranges {
            writer.number(range.lowerBound.rawValue)
            writer.number(range.upperBound.rawValue)
        }
    }
}
