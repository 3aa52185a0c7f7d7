import RDT
import Simulation
import Testing
import Timeline

/// HELLO with flag 1, which is START at 0 as well (rdt(7), SERVER).
struct BeginAtOnceTests {
    private let accept = Packet.accept(Packet.Accept(serverNonce: Nonce(rawValue: 77)))

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
        #expect(try bench.say(hello, at: seconds(0.3)).isEmpty)
        #expect(bench.table.drops == [.ticketUsed: 1, .duplicate: 1])
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
