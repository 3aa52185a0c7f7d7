import RDT
import Simulation
import Testing
import Timeline

/// HELLO with flag 1, which is START at 0 as well (rdt(7), SERVER).
struct BeginAtOnceTests {
    private let accept = Packet.accept(Packet.Accept(serverNonce: Nonce(rawValue: 77)))

    private let start = Packet.start(Packet.Start(offset: .zero, kept: nil))

    private func kinds(_ packets: [Packet]) -> [PacketKind] { packets.map(\.kind) }

    @Test(
        "data follows the answers at once, which leave twice, and no more than the first window until something is acknowledged"
    )
    func data() throws {
        var bench = try ServerBench(size: 10_000_000, wish: .sr, hint: PathHint(roundTrip: .milliseconds(50)))
        let answers = kinds(try bench.say(bench.hello(beginsAtOnce: true), at: zero))
        #expect(answers == [.helloAck, .info, .helloAck, .info])
        #expect(!bench.runs.isEmpty)
        for step in 1...40 { _ = try bench.wait(until: seconds(Double(step) * 0.001)) }
        let sent = bench.runs.reduce(0) { $0 + $1.bytesOnWire }
        #expect(sent > 0 && sent <= Limits.smallFile * 1_224)
        #expect(bench.events.contains { if case .started(_, from: 0, without: []) = $0 { true } else { false } })
    }

    @Test("without the flag nothing of the file leaves before ACCEPT and START")
    func usual() throws {
        var bench = try ServerBench(wish: .sr)
        #expect(kinds(try bench.say(bench.hello(), at: zero)) == [.helloAck, .info])
        #expect(bench.runs.isEmpty)
    }

    @Test("another host than the ticket's gets nothing")
    func stranger() throws {
        var bench = try ServerBench(wish: .sr)
        let stranger = SimulatedAddress(host: 2, port: 1_000)
        #expect(try bench.say(bench.hello(beginsAtOnce: true), from: stranger, at: zero).isEmpty)
        #expect(bench.runs.isEmpty && bench.destinations.isEmpty)
    }

    @Test("HELLO is answered again while data flows, until ACCEPT shows that the answers have come")
    func again() throws {
        var bench = try ServerBench(wish: .sr)
        let hello = bench.hello(beginsAtOnce: true)
        _ = try bench.say(hello, at: zero)
        #expect(kinds(try bench.say(hello, at: seconds(0.1))) == [.helloAck, .info])
        #expect(try bench.say(bench.hello(nonce: 6, beginsAtOnce: true), at: seconds(0.1)).isEmpty)
        #expect(try bench.say(accept, at: seconds(0.2)).isEmpty)
        _ = try bench.say(start, at: seconds(0.2))
        #expect(try bench.say(hello, at: seconds(0.3)).isEmpty)
        #expect(bench.table.drops == [.ticketUsed: 1, .duplicate: 1])
    }

    @Test("answers that took many HELLOs bring the data at once", arguments: [RecoveryChoice.gbn, .auto, .sr])
    func late(_ recovery: RecoveryChoice) throws {
        var bench = try ServerBench(wish: recovery, hint: PathHint(roundTrip: .milliseconds(50)))
        for second in 0...12 {
            _ = try bench.wait(until: seconds(Double(second)))
            _ = try bench.say(bench.hello(beginsAtOnce: true), at: seconds(Double(second)))
        }
        bench.runs = []
        _ = try bench.wait(until: seconds(12.9))
        bench.runs = []
        _ = try bench.say(accept, at: seconds(13))
        _ = try bench.say(start, at: seconds(13))
        _ = try bench.wait(until: seconds(13))
        #expect(!bench.runs.isEmpty)
        #expect(bench.finished.isEmpty)
    }

    @Test("who is not heard of after HELLO is given up after the time of a handshake")
    func silent() throws {
        var bench = try ServerBench(wish: .sr)
        _ = try bench.say(bench.hello(beginsAtOnce: true), at: zero)
        _ = try bench.wait(until: zero + Limits.handshake - .milliseconds(1))
        #expect(bench.finished.isEmpty)
        _ = try bench.wait(until: zero + Limits.handshake)
        #expect(bench.finished == [.failed(.handshakeTimedOut)])
    }

    @Test("a client that has missed its answers and the reason of the end is told the reason when it asks again")
    func ended() throws {
        var bench = try ServerBench(wish: .sr)
        let hello = bench.hello(beginsAtOnce: true)
        _ = try bench.say(hello, at: zero)
        bench.table.cancel(id, reason: .fileChanged, at: seconds(0.1))
        #expect(kinds(try bench.drain(at: seconds(0.1))) == [.abort])
        #expect(kinds(try bench.say(hello, at: seconds(1))) == [.abort])
    }

    @Test("an empty file waits for a client that goes on asking")
    func patient() throws {
        var bench = try ServerBench(size: 0, wish: .auto)
        for second in 0..<25 {
            _ = try bench.wait(until: seconds(Double(second)))
            _ = try bench.say(bench.hello(beginsAtOnce: true), at: seconds(Double(second)))
        }
        _ = try bench.say(accept, at: seconds(25))
        #expect(kinds(try bench.say(start, at: seconds(25))).contains(.end))
        #expect(bench.finished.isEmpty)
    }

    @Test("an empty file ends right behind its answers")
    func empty() throws {
        var bench = try ServerBench(size: 0, wish: .auto)
        #expect(kinds(try bench.say(bench.hello(beginsAtOnce: true), at: zero)) == [.helloAck, .info, .end])
        _ = try bench.say(.done(.verified), at: seconds(0.1))
        #expect(bench.finished == [.completed])
    }

    @Test("a client whose port changes before its answers came is challenged at the new one, and answered there")
    func moves() throws {
        var bench = try ServerBench(wish: .sr)
        let hello = bench.hello(beginsAtOnce: true)
        _ = try bench.say(hello, at: zero)
        let elsewhere = SimulatedAddress(host: 1, port: 1_001)
        let asked = try bench.say(hello, from: elsewhere, at: seconds(0.2))
        let token = try #require(asked.compactMap { if case .challenge(let token) = $0 { token } else { nil } }.first)
        bench.destinations = []
        #expect(kinds(try bench.say(.response(token), from: elsewhere, at: seconds(0.3))).contains(.helloAck))
        #expect(bench.destinations == [elsewhere])
    }

    @Test(
        "the client asks for it when it has nothing of the file and does not wish for Go-Back-N",
        arguments: [(RecoveryChoice.auto, false, true), (.sr, false, true), (.gbn, false, false), (.auto, true, false)])
    func wish(_ recovery: RecoveryChoice, _ preparing: Bool, _ expected: Bool) throws {
        var receiver = Receiver(
            id: id, nonce: 5, recovery: recovery, receiveWindow: 9_999, largestDatagram: 1_472, expecting: 3_000,
            preparing: preparing, tracing: false, at: zero)
        let datagram = receiver.nextDatagram()
        guard case .hello(let hello) = try decoded(try #require(datagram)) else {
            Issue.record("no HELLO")
            return
        }
        #expect(hello.beginsAtOnce == expected)
    }

    @Test("data without both answers is not kept, and brings HELLO again at once, but one time only")
    func missing() throws {
        var client = try ClientBench()
        client.said = []
        for number in UInt32(0)..<3 {
            let received = try client.data(number, UInt64(number) * 1_000, count: 1_000, at: seconds(0.02))
            #expect(received == .ignored(.unexpected))
        }
        try client.wait(until: seconds(0.02))
        #expect(client.said.map(\.kind) == [.hello])
        _ = try client.data(3, 0, count: 1_000, at: seconds(0.03))
        try client.wait(until: seconds(0.03))
        #expect(client.said.map(\.kind) == [.hello])
        try client.greet(at: seconds(0.04))
        #expect(try client.data(4, 0, count: 1_000, at: seconds(0.05)) != .ignored(.unexpected))
    }
}
