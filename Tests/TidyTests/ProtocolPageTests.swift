import Testing
import Timeline

@testable import RDT

@Suite("rdt(7) tells what the code does")
struct ProtocolPageTests {
    private let page: [Substring]

    init() throws { page = try Project.text("man/rdt.7").split(separator: "\n", omittingEmptySubsequences: false) }

    /// 1200 as the page writes it: `1,200`.
    private static func grouped(_ number: Int) -> String {
        let digits = Array(String(number))
        return digits.enumerated().reduce(into: "") { text, digit in
            if digit.offset > 0, (digits.count - digit.offset) % 3 == 0 { text += "," }
            text.append(digit.element)
        }
    }

    private static func text(_ interval: Interval) -> String {
        let milliseconds = interval.nanoseconds / 1_000_000
        return milliseconds % 1_000 == 0 ? "\(milliseconds / 1_000) s" : "\(milliseconds) ms"
    }

    private static var limits: [(row: String, value: String)] {
        let window = Limits.window >> 20
        return [
            ("ticket without HELLO", text(Limits.ticketLife)), ("handshake", text(Limits.handshake)),
            ("no progress, either end", text(Limits.noProgress)),
            ("an ended transfer is remembered", text(Limits.tombstone)),
            (
                "retransmission timeout, from",
                "\(text(Limits.leastTimeout)) to \(text(Limits.greatestTimeout))"
            ),
            ("and until measured", "\(text(Limits.leastUnproven)), \(text(Limits.firstTimeout))"),
            ("silence, first and longest", "\(text(Limits.firstSilence)), \(text(Limits.greatestSilence))"),
            ("timer granularity", text(Limits.granularity)),
            ("bytes out for each in, before ACCEPT", "\(Limits.amplification)"),
            ("and to an address on trial", "\(Limits.amplification)"),
            ("HELLO, and least datagram", "\(grouped(Limits.helloSize)) bytes"),
            ("datagram", "\(grouped(Limits.largestDatagram)) bytes"),
            ("packets of a transfer", "2^32 \\- \(Limits.runSegments + 1)"),
            ("name", "\(grouped(Limits.nameBytes)) bytes"), ("in flight", "receive window, \(window) MiB"),
            (
                "first datagrams, largest",
                "\(grouped(Limits.helloSize)) and \(grouped(MTUSearch.ladder.last ?? 0)) bytes"
            ),
            ("PROBEs lost until a size is given up", "\(MTUSearch.mostLosses)"),
            ("a search for the MTU rests", text(MTUSearch.rest)),
            ("timeouts in a row that mean a black hole", "\(MTUSearch.timeouts)"),
            ("first window", "\(Limits.firstWindow) segments"),
            (
                "first window with auto or sr",
                "\(Limits.firstModelWindow) to \(Limits.firstWindow * 6) segments"
            ),
            ("probe of selective repeat, at the latest", text(Limits.longestProbePause)),
            ("an ACK is held back, in the timeout", text(Limits.longestHold)),
            ("duplicates that mean a loss", "\(Limits.duplicates)"), ("ranges in an ACK", "\(Limits.ranges)"),
            ("run of segments", "\(Limits.runSegments), and \(grouped(Limits.runBytes)) bytes"),
            ("new bytes beyond the first missing", "\(Limits.reach >> 20) MiB"),
            ("transfers of a server", "\(Limits.transfers)"), ("transfers of a host", "\(Limits.transfersOfHost)"),
        ]
    }

    @Test("every limit of the page has the value of the code")
    func limits() {
        for limit in Self.limits {
            let row = page.first { $0.hasPrefix(".It \(limit.row) Ta ") }
            #expect(row?.hasPrefix(".It \(limit.row) Ta \(limit.value) Ta") == true, "\(limit.row): \(limit.value)")
        }
        #expect(page.contains { $0 == Substring(MTUSearch.ladder.map(Self.grouped).joined(separator: "  ")) })
    }

    /// A packet of each kind, as short as it can be, and what the page says of its length.
    private static let packets: [(packet: Packet, length: String)] = [
        (
            .hello(Packet.Hello(nonce: Nonce(rawValue: 1), receiveWindow: 9, largestDatagram: 1_200, recovery: .sr)),
            "from the client, %"
        ),
        (
            .helloAck(
                Packet.HelloAck(
                    nonce: Nonce(rawValue: 1), serverNonce: Nonce(rawValue: 2), segmentSize: 1, recovery: .gbn)),
            "from the server, %"
        ),
        (.accept(Packet.Accept(serverNonce: Nonce(rawValue: 3))), "from the client, %"),
        (.info(FileOffer(name: "", size: 1, modified: UnixTime(seconds: 1))), "from the server, % and the name"),
        (.start(Packet.Start(offset: .zero, kept: nil)), "from the client, %"),
        (.end(Packet.End(size: .zero, digest: FileDigest(high: 5, low: 6))), "from the server, %"),
        (.done(.verified), "from the client, %"), (.abort(.cancelled), "from either, %"),
        (.challenge(Nonce(rawValue: 1)), "from the server, %"), (.response(Nonce(rawValue: 1)), "from the client, %"),
        (.check(Packet.Check(asked: FileOffset(9), hashed: .zero, finding: .hashing)), "from the server, %"),
    ]

    @Test("every packet has its section, with its number and its length")
    func packets() {
        let sections = page.filter { $0.hasPrefix(".Ss ") && $0.contains(", from ") }
        #expect(sections.count == PacketKind.allCases.count)
        for kind in PacketKind.allCases {
            let titles = sections.filter { $0.contains(" (\(kind.rawValue)), from ") }
            #expect(titles.count == 1, "\(kind)")
        }
        for (packet, length) in Self.packets {
            let bytes = "\(Self.grouped(packet.encoded(id: TransferID(rawValue: 1)).count)) bytes"
            let wanted = " (\(packet.kind.rawValue)), \(length.replacing("%", with: bytes))"
            #expect(sections.contains { $0.contains(wanted) }, "\(wanted)")
        }
        #expect(sections.contains { $0.contains("(6), from the server, \(DataPacket.headerSize) bytes") })
        #expect(
            sections.contains { $0.contains("(7), from the client, \(Packet.Ack.size(ranges: 0)) bytes and 8 for") })
    }

    @Test("every field of a packet begins where the one before ends")
    func fields() throws {
        var expected: Int?
        var checked = 0
        for line in page {
            if line.hasPrefix(".Ss ") { expected = line.contains(", from ") ? DatagramHeader.size : nil }
            guard let at = expected, line.hasPrefix(".It ") else { continue }
            let parts = line.dropFirst(4).split(separator: " Ta ")
            guard parts.count >= 3, let start = Int(parts[0]), let size = Int(parts[1]) else {
                // A field after one that may be missing has two places.
                expected = nil
                continue
            }
            #expect(start == at, "\(line)")
            expected = start + size
            checked += 1
        }
        #expect(checked > 20)
    }

    @Test("every event of a trace and every reason of ABORT is told")
    func words() {
        let text = page.joined(separator: " ")
        for event in TraceRecord.Event.allCases {
            #expect(text.contains(" \(event.rawValue) "), "\(event.rawValue)")
        }
        for reason in AbortReason.allCases {
            #expect(text.contains(" \(reason.rawValue) "), "\(reason)")
        }
        for phase in ControlPhase.allCases where ![.slowStart, .avoidance, .leastTrip].contains(phase) {
            #expect(page.contains { $0.hasPrefix(".It \(phase.rawValue) Ta ") }, "\(phase)")
        }
    }
}
