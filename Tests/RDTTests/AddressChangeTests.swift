import RDT
import Simulation
import Testing
import Timeline

/// The client's NAT gives it another port while a file comes (rdt(7), ADDRESS CHANGE).
@Suite struct AddressChangeTests {
    private let elsewhere = SimulatedAddress(host: 1, port: 2_000)

    /// The token of the one CHALLENGE among `packets`, if nothing else is there.
    private func token(_ packets: [Packet]) throws -> Nonce {
        guard packets.count == 1, case .challenge(let token) = packets[0] else {
            throw InvariantViolation("not one CHALLENGE: \(packets)")
        }
        return token
    }

    private func aged(_ packet: Packet, _ delay: UInt32) -> Packet {
        guard case .ack(var ack) = packet else { return packet }
        ack.delay = delay
        return .ack(ack)
    }

    @Test("a newer ACK from another port is answered with CHALLENGE alone, and after RESPONSE the data goes there")
    func moves() throws {
        var bench = try ServerBench(size: 60_000)
        try bench.start()
        #expect(try bench.say(bench.ack(1_200, [0...0]), at: seconds(0.02)).isEmpty)
        let sent = bench.runs.count
        let token = try token(try bench.say(bench.ack(3_600, [0...2]), from: elsewhere, at: seconds(0.03)))
        #expect(bench.runs.count == sent && bench.destinations == [bench.client, elsewhere])
        #expect(try bench.say(.response(token), from: elsewhere, at: seconds(0.04)).isEmpty)
        bench.destinations = []
        _ = try bench.say(bench.ack(3_600, [0...2]), from: elsewhere, at: seconds(0.04))
        #expect(bench.runs.count > sent && bench.destinations == [elsewhere])
        #expect(bench.traced.contains(.moved))
        // The old address is a stranger's now.
        #expect(try bench.say(bench.ack(2_400, [0...1]), at: seconds(0.05)).isEmpty)
        #expect(bench.table.drops[.foreignAddress] == 1)
    }

    @Test("what the client said before does not move the transfer, whoever sends it again")
    func replays() throws {
        var bench = try ServerBench(size: 60_000)
        try bench.start()
        let said = [
            bench.ack(1_200, [0...0]), aged(bench.ack(1_200, [0...0]), 500), bench.ack(2_400, [0...1]),
            aged(bench.ack(2_400, [0...1]), 9),
        ]
        for packet in said { _ = try bench.say(packet, at: seconds(0.02)) }
        for packet in said + [bench.hello(), .accept(Packet.Accept(serverNonce: Nonce(rawValue: 77)))] {
            #expect(try bench.say(packet, from: elsewhere, at: seconds(0.03)).isEmpty)
        }
        #expect(try bench.say(.abort(.cancelled), from: elsewhere, at: seconds(0.03)).isEmpty)
        #expect(bench.table.drops[.foreignAddress] == 7 && bench.finished.isEmpty)
        // A reminder tells of more time since the same packet.
        _ = try token(try bench.say(aged(bench.ack(2_400, [0...1]), 10), from: elsewhere, at: seconds(0.04)))
    }

    @Test("an ACK that others overtook makes no copy of those in between newer")
    func overtaken() throws {
        var bench = try ServerBench(size: 60_000)
        try bench.start()
        for packet in [bench.ack(3_600, [0...2]), bench.ack(1_200, [0...0])] {
            _ = try bench.say(packet, at: seconds(0.02))
        }
        #expect(try bench.say(bench.ack(2_400, [0...1]), from: elsewhere, at: seconds(0.03)).isEmpty)
        #expect(bench.table.drops[.foreignAddress] == 1)
    }

    @Test("a guessed RESPONSE, one from a third port and one without CHALLENGE prove nothing")
    func guesses() throws {
        var bench = try ServerBench(size: 60_000)
        try bench.start()
        let third = SimulatedAddress(host: 1, port: 3_000)
        #expect(try bench.say(.response(Nonce(rawValue: 0)), from: elsewhere, at: seconds(0.02)).isEmpty)
        let token = try token(try bench.say(bench.ack(1_200, [0...0]), from: elsewhere, at: seconds(0.02)))
        let wrong = Nonce(rawValue: token.rawValue ^ 1)
        #expect(try bench.say(.response(wrong), from: elsewhere, at: seconds(0.03)).isEmpty)
        #expect(try bench.say(.response(token), from: third, at: seconds(0.03)).isEmpty)
        #expect(bench.table.drops[.wrongNonce] == 3)
        bench.destinations = []
        _ = try bench.say(bench.ack(1_200, [0...0]), at: seconds(0.04))
        #expect(bench.destinations == [bench.client])
    }

    @Test("another host, even with a newer ACK, and a wrong id get no byte")
    func strangers() throws {
        var bench = try ServerBench(size: 60_000)
        try bench.start()
        let ack = bench.ack(1_200, [0...0])
        #expect(try bench.say(ack, from: SimulatedAddress(host: 2, port: 1_000), at: seconds(0.02)).isEmpty)
        bench.hear(ack.encoded(id: TransferID(rawValue: id.rawValue ^ 1)), from: elsewhere, at: seconds(0.02))
        #expect(try bench.drain(at: seconds(0.02)).isEmpty)
        #expect(bench.table.drops == [.foreignAddress: 1, .unknownTransfer: 1])
    }

    @Test("CHALLENGE leaves once in 20 ms, and never more than three bytes for each that came")
    func amplification() throws {
        var bench = try ServerBench(size: 6_000_000)
        try bench.start()
        var (heard, said) = (0, 0)
        for step in 0..<100 {
            let ack = aged(bench.ack(1_200, [0...0]), UInt32(step))
            heard += ack.encoded(id: id).count
            said += try bench.say(ack, from: elsewhere, at: seconds(0.02 + Double(step) / 1_000))
                .map { $0.encoded(id: id).count }.reduce(0, +)
            #expect(said <= Limits.amplification * heard)
        }
        #expect(said == 5 * Packet.challenge(Nonce(rawValue: 0)).encoded(id: id).count)
    }

    @Test("a client answers CHALLENGE, and while it receives with what it has")
    func answers() throws {
        var bench = try ClientBench()
        let challenge = Packet.challenge(Nonce(rawValue: 9))
        #expect(try bench.hear(challenge, at: zero) == .accepted)
        #expect(bench.said.map(\.kind) == [.hello, .response])
        try bench.greet(at: zero)
        _ = try bench.data(0, 0, count: 1_200, at: seconds(0.1))
        bench.said = []
        #expect(try bench.hear(challenge, at: seconds(0.7)) == .accepted)
        #expect(bench.said.map(\.kind) == [.response, .ack] && bench.said.first == .response(Nonce(rawValue: 9)))
    }

    @Test("a port that changes in the handshake is found by the nonces, and the answers leave again")
    func handshake() throws {
        var bench = try ServerBench(size: 60_000)
        _ = try bench.say(bench.hello(), at: zero)
        let token = try token(try bench.say(bench.hello(), from: elsewhere, at: seconds(1)))
        #expect(try bench.say(.response(token), from: elsewhere, at: seconds(1.1)).map(\.kind) == [.helloAck, .info])
        let accept = Packet.accept(Packet.Accept(serverNonce: Nonce(rawValue: 77)))
        let second = try self.token(try bench.say(accept, at: seconds(1.2)))
        _ = try bench.say(.response(second), at: seconds(1.3))
        _ = try bench.say(accept, at: seconds(1.4))
        bench.destinations = []
        _ = try bench.say(.start(Packet.Start(offset: .zero, kept: nil)), at: seconds(1.4))
        #expect(bench.destinations == [bench.client] && !bench.runs.isEmpty)
    }

    @Test("whatever else the path does, a port that changes again and again costs neither bytes nor the transfer")
    func seeds() throws {
        for seed in UInt64(1)...150 {
            var random = SeededGenerator(seed: seed ^ 0xADD2)
            var scenario = Scenario(seed: seed, sizes: [random.pick([30_000, 200_000, 600_000]), 3_000])
            scenario.recoveries = [random.pick(RecoveryChoice.allCases)]
            scenario.toClient.rate = 1_250_000
            scenario.toClient.delay = .milliseconds(Int64(random.below(60)))
            scenario.toServer.delay = scenario.toClient.delay
            scenario.toClient.loss = random.pick([0, 0.01, 0.1])
            scenario.toServer.loss = random.pick([0, 0.01, 0.1])
            scenario.toServer.reordering = random.pick([0, 0.1])
            scenario.knowsHash = random.chance(0.5)
            scenario.replays = random.chance(0.5)
            scenario.rebinds = (0..<1 + random.below(4)).map { _ in zero + .milliseconds(Int64(random.below(1_200))) }
            var world = World(scenario)
            do throws(InvariantViolation) {
                try world.run()
                let outcomes = world.downloads.map(\.clientOutcome)
                #expect(outcomes.allSatisfy { $0 == .completed || $0 == .unconfirmed }, "seed \(seed): \(outcomes)")
            } catch {
                Issue.record("seed \(seed): \(error)")
            }
        }
    }
}
