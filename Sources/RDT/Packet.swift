/// The types of datagram with the number that stands for each on the wire (rdt(7), DATAGRAMS).
package enum PacketKind: UInt8, CaseIterable, Sendable {
    case hello = 1
    case helloAck = 2
    case accept = 3
    case info = 4
    case start = 5
    case data = 6
    case ack = 7
    case end = 8
    case done = 9
    case abort = 10
    case check = 11
    case probe = 12
    case challenge = 13
    case response = 14
}

/// What a datagram says, its transfer apart.
package enum Packet: Hashable, Sendable {
    case hello(Hello)
    case helloAck(HelloAck)
    case accept(Accept)
    case info(FileOffer)
    case start(Start)
    case data(DataHeader)
    case ack(Ack)
    case end(End)
    case done(Verdict)
    case abort(AbortReason)
    case check(Check)
    case probe(Probe)
    /// Who is at a new address shall send the number back; RESPONSE does.
    case challenge(Nonce)
    case response(Nonce)

    package var kind: PacketKind {
        switch self {
        case .hello: .hello
        case .helloAck: .helloAck
        case .accept: .accept
        case .info: .info
        case .start: .start
        case .data: .data
        case .ack: .ack
        case .end: .end
        case .done: .done
        case .abort: .abort
        case .check: .check
        case .probe: .probe
        case .challenge: .challenge
        case .response: .response
        }
    }

    /// The client's first word: what it can take and what it would like.
    package struct Hello: Hashable, Sendable {
        package var nonce: Nonce
        /// Bytes that may be on their way to the client.
        package var receiveWindow: UInt32
        /// Bytes of the largest datagram that the client can take, at least `Limits.helloSize`.
        package var largestDatagram: UInt16
        package var recovery: RecoveryChoice
        /// Whether this is START at 0 as well: the client has nothing of the file, and agrees to what the ticket said of it.
        package var beginsAtOnce: Bool

        package init(
            nonce: Nonce, receiveWindow: UInt32, largestDatagram: UInt16, recovery: RecoveryChoice,
            beginsAtOnce: Bool = false
        ) {
            self.nonce = nonce
            self.receiveWindow = receiveWindow
            self.largestDatagram = largestDatagram
            self.recovery = recovery
            self.beginsAtOnce = beginsAtOnce
        }
    }

    /// The server's answer; `nonce` shows that it saw the HELLO.
    package struct HelloAck: Hashable, Sendable {
        package var nonce: Nonce
        package var serverNonce: Nonce
        /// Bytes of the file in each DATA but the last.
        package var segmentSize: UInt16
        package var recovery: RecoveryChoice

        package init(nonce: Nonce, serverNonce: Nonce, segmentSize: UInt16, recovery: RecoveryChoice) {
            self.nonce = nonce
            self.serverNonce = serverNonce
            self.segmentSize = segmentSize
            self.recovery = recovery
        }
    }

    /// Completes the handshake: the client's address is not forged.
    package struct Accept: Hashable, Sendable {
        package var serverNonce: Nonce

        package init(serverNonce: Nonce) {
            self.serverNonce = serverNonce
        }
    }

    package struct Start: Hashable, Sendable {
        /// The first byte wanted.
        package var offset: FileOffset
        /// The hash of what the client keeps, before it and `beyond`; there only when that is something.
        package var kept: FileDigest?
        /// What the client keeps behind the first byte wanted: ascending, apart from it and from each other.
        package var beyond: [Range<UInt64>]
        /// The client only asks whether the server's bytes before `offset` have the hash: no data follows.
        package var isQuestion: Bool

        package init(
            offset: FileOffset, kept: FileDigest?, beyond: [Range<UInt64>] = [], isQuestion: Bool = false
        ) {
            self.offset = offset
            self.kept = kept
            self.beyond = beyond
            self.isQuestion = isQuestion
        }

        /// Bytes that are kept, and that the hash covers.
        package var covered: FileOffset { FileOffset(beyond.reduce(offset.rawValue) { $0 + UInt64($1.count) }) }
    }

    /// The server's word on the bytes that START says are kept, as long as no data may follow.
    package struct Check: Hashable, Sendable {
        /// Bytes that START says are kept.
        package var asked: FileOffset
        /// Bytes that the server has hashed so far.
        package var hashed: FileOffset
        package var finding: Finding

        package init(asked: FileOffset, hashed: FileOffset, finding: Finding) {
            self.asked = asked
            self.hashed = hashed
            self.finding = finding
        }
    }

    /// Zeros that show whether a datagram of this size arrives; it has a packet number as DATA has.
    package struct Probe: Hashable, Sendable {
        package var packet: PacketNumber
        /// Bytes of the whole datagram, `leastSize` or more.
        package var size: UInt16

        package static let leastSize = DatagramHeader.size + 6

        package init(packet: PacketNumber, size: UInt16) {
            self.packet = packet
            self.size = size
        }
    }

    /// DATA without its payload, which stays where it arrived.
    package struct DataHeader: Hashable, Sendable {
        package var packet: PacketNumber
        package var offset: FileOffset
        /// Where in the datagram the file's bytes are; never empty.
        package var payload: Range<Int>

        package init(packet: PacketNumber, offset: FileOffset, payload: Range<Int>) {
            self.packet = packet
            self.offset = offset
            self.payload = payload
        }
    }

    package struct Ack: Hashable, Sendable {
        /// The first byte that is missing.
        package var next: FileOffset
        package var receiveWindow: UInt32
        package var largest: PacketNumber
        /// Microseconds from the arrival of `largest` until this ACK left.
        package var delay: UInt32
        /// Datagrams that the client's own system dropped since the start: no loss of the path.
        package var localDrops: UInt32
        /// Bytes of the whole datagram (rdt(7), ACK).
        static func size(ranges count: Int) -> Int { 37 + 8 * count }

        /// Packet numbers that arrived, the highest first, apart from each other by at least one; `largest` ends the first.
        package var ranges: [ClosedRange<PacketNumber>]

        package init(
            next: FileOffset, receiveWindow: UInt32, largest: PacketNumber, delay: UInt32, localDrops: UInt32,
            ranges: [ClosedRange<PacketNumber>]
        ) {
            self.next = next
            self.receiveWindow = receiveWindow
            self.largest = largest
            self.delay = delay
            self.localDrops = localDrops
            self.ranges = ranges
        }
    }

    package struct End: Hashable, Sendable {
        package var size: FileOffset
        package var digest: FileDigest

        package init(size: FileOffset, digest: FileDigest) {
            self.size = size
            self.digest = digest
        }
    }

    /// What the client found when it had everything.
    package enum Verdict: UInt8, CaseIterable, Sendable {
        case verified = 0
        case mismatch = 1
    }
}

/// What a server knows of the bytes that a client keeps.
package enum Finding: UInt8, CaseIterable, Sendable {
    /// It is still reading its own.
    case hashing = 0
    /// Both have the same; only in answer to a question, for else data flows.
    case same = 1
    case differs = 2
}

/// What is wrong with a datagram; each is counted, none is answered.
package enum PacketError: Error, Hashable, CaseIterable, Sendable {
    /// Shorter than the header that all have.
    case tooShort
    case unknownVersion
    case unknownKind
    case badChecksum
    /// Not the length that its kind and its fields call for.
    case badLength
    /// A flag that its kind does not have.
    case badFlags
    /// A field with a value outside its range.
    case badField
}
