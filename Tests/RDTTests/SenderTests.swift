import RDT
import Simulation
import Testing
import Timeline

@Suite struct SenderTests {
    @Test("HELLO-ACK and INFO leave together, and data flows as soon as START comes")
    func handshake() throws {
        var bench = try ServerBench()
        let answers = try bench.say(bench.hello(), at: zero)
        #expect(answers.map(\.kind) == [.helloAck, .info])
        guard case .helloAck(let answer) = answers[0] else { return }
        #expect(answer.nonce == Nonce(rawValue: 5) && answer.serverNonce == Nonce(rawValue: 77))
        #expect(answer.segmentSize == 1_200 && answer.recovery == .gbn)
        #expect(try bench.say(.accept(Packet.Accept(serverNonce: Nonce(rawValue: 77))), at: zero).isEmpty)
        #expect(bench.runs.isEmpty)
        _ = try bench.say(.start(Packet.Start(offset: .zero, kept: nil)), at: zero)
        #expect(bench.runs.map(\.length).reduce(0, +) == Limits.firstWindow * 1_200)
        #expect(bench.runs.allSatisfy { $0.isNew })
        #expect(bench.traced == [.hello, .helloAck, .info, .accept, .start])
    }

    @Test("START that overtakes its ACCEPT counts as soon as that is here, and nothing flows before")
    func overtaken() throws {
        var bench = try ServerBench()
        _ = try bench.say(bench.hello(), at: zero)
        _ = try bench.say(.start(Packet.Start(offset: .zero, kept: nil)), at: zero)
        #expect(bench.runs.isEmpty)
        _ = try bench.say(.accept(Packet.Accept(serverNonce: Nonce(rawValue: 77))), at: zero)
        #expect(!bench.runs.isEmpty)
    }

    @Test("the ticket's recovery counts, and the client's wish where the ticket leaves it open")
    func recovery() throws {
        for wish in RecoveryChoice.allCases {
            var bench = try ServerBench(wish: wish)
            guard case .helloAck(let answer)? = try bench.say(bench.hello(), at: zero).first else {
                throw PacketError.badField
            }
            #expect(answer.recovery == wish)
        }
    }

    @Test("a ticket is used once: a HELLO with another nonce is dropped while the transfer runs and after it ended")
    func ticketUsed() throws {
        var bench = try ServerBench()
        try bench.start()
        #expect(try bench.say(bench.hello(nonce: 6), at: seconds(0.02)).isEmpty)
        #expect(try bench.say(.abort(.cancelled), at: seconds(0.03)).isEmpty)
        #expect(try bench.say(bench.hello(nonce: 6), at: seconds(0.04)).isEmpty)
        #expect(bench.table.drops[.ticketUsed] == 2)
    }

    @Test("a foreign host, another port, an unknown id, garbage and truncation are dropped, counted and never answered")
    func drops() throws {
        var bench = try ServerBench()
        #expect(try bench.say(bench.hello(), from: SimulatedAddress(host: 2, port: 1), at: zero).isEmpty)
        _ = try bench.say(bench.hello(), at: zero)
        #expect(try bench.say(bench.hello(nonce: 6), from: SimulatedAddress(host: 1, port: 2), at: zero).isEmpty)
        #expect(bench.table.drops[.foreignAddress] == 2)
        bench.hear(bench.hello().encoded(id: TransferID(rawValue: 4)), from: bench.client, at: zero)
        bench.hear([1, 2, 3], from: bench.client, at: zero)
        bench.hear(Array(bench.hello().encoded(id: id).dropLast()), from: bench.client, at: zero)
        #expect(try bench.drain(at: zero).isEmpty)
        #expect(bench.table.drops[.unknownTransfer] == 1)
        #expect(bench.table.drops[.malformed(.tooShort)] == 1)
        #expect(bench.table.drops[.malformed(.badChecksum)] == 1)
    }

    @Test("a ticket without a HELLO is good for 30 s and no longer")
    func ticketExpires() throws {
        for (wait, answers) in [(29.9, 2), (30.0, 0)] {
            var bench = try ServerBench()
            _ = try bench.wait(until: seconds(wait))
            #expect(bench.finished == (answers == 0 ? [.failed(.ticketExpired)] : []))
            _ = try bench.wait(until: seconds(wait))
            #expect(try bench.say(bench.hello(), at: seconds(wait)).count == answers)
        }
    }

    @Test("who goes on saying HELLO is answered for as long as a ticket is good, and then has failed")
    func helloGoesOn() throws {
        var bench = try ServerBench()
        for second in 0..<30 {
            _ = try bench.wait(until: seconds(Double(second)))
            #expect(try bench.say(bench.hello(), at: seconds(Double(second))).map(\.kind) == [.helloAck, .info])
        }
        _ = try bench.wait(until: seconds(29.9))
        #expect(bench.finished.isEmpty)
        _ = try bench.wait(until: seconds(30))
        #expect(bench.finished == [.failed(.handshakeTimedOut)])
    }

    @Test("a handshake that is not completed within 5 s has failed")
    func handshakeTimesOut() throws {
        var bench = try ServerBench()
        _ = try bench.say(bench.hello(), at: seconds(1))
        _ = try bench.wait(until: seconds(5.9))
        #expect(bench.finished.isEmpty)
        _ = try bench.wait(until: seconds(6))
        #expect(bench.finished == [.failed(.handshakeTimedOut)])
    }

    @Test("ACCEPT begins the 5 s anew, the first as well as each that follows")
    func handshakeGoesOn() throws {
        var bench = try ServerBench()
        _ = try bench.say(bench.hello(), at: zero)
        for (at, then) in [(4.6, 9.5), (9.5, 14.4)] {
            _ = try bench.say(.accept(Packet.Accept(serverNonce: Nonce(rawValue: 77))), at: seconds(at))
            _ = try bench.wait(until: seconds(then))
            #expect(bench.finished.isEmpty)
        }
        _ = try bench.wait(until: seconds(14.5))
        #expect(bench.finished == [.failed(.handshakeTimedOut)])
    }

    @Test("the same question a thousand times over queues one answer while that has not left")
    func answersOnce() throws {
        var bench = try ServerBench()
        func ask(_ packet: Packet) throws -> [PacketKind] {
            for _ in 0..<1_000 { bench.hear(packet.encoded(id: id), from: bench.client, at: zero) }
            return try bench.drain(at: zero).map(\.kind)
        }
        #expect(try ask(bench.hello()) == [.helloAck, .info])
        #expect(try ask(.accept(Packet.Accept(serverNonce: Nonce(rawValue: 77)))).isEmpty)
        let start = Packet.start(Packet.Start(offset: FileOffset(10), kept: FileDigest(high: 3, low: 4)))
        #expect(try ask(start) == [.check])
        bench.table.prefixHashed(id, bytes: 10, FileDigest(high: 5, low: 6), at: zero)
        #expect(try ask(start) == [.check])
        bench.table.cancel(id, reason: .cancelled, at: zero)
        #expect(try ask(start) == [.abort])
    }

    @Test("three packets that came after the first unacknowledged one make the whole window go again, once")
    func goBack() throws {
        var bench = try ServerBench()
        try bench.start()
        bench.runs = []
        _ = try bench.say(bench.ack(0, [1...2]), at: seconds(0.03))
        #expect(bench.runs.isEmpty)
        _ = try bench.say(bench.ack(0, [1...3]), at: seconds(0.03))
        #expect(bench.runs.first?.offset == 0 && bench.runs.first?.isNew == false)
        #expect(bench.runs.first?.firstPacket == packet(10))
        let before = bench.runs.count
        _ = try bench.say(bench.ack(0, [1...9]), at: seconds(0.03))
        #expect(bench.runs.count == before || bench.runs.allSatisfy { $0.firstPacket >= packet(10) })
        #expect(bench.traced.count { $0 == .goBack } == 1)
        #expect(bench.traced.count { $0 == .windowHalved } == 1)
    }

    @Test("duplicates that our own resend provokes make no second go-back")
    func sorcerersApprentice() throws {
        var bench = try ServerBench()
        try bench.start()
        _ = try bench.say(bench.ack(0, [1...9]), at: seconds(0.03))
        // The resent first segment fills the gap; the others of the resend are duplicates for the receiver.
        _ = try bench.say(bench.ack(12_000, [1...10]), at: seconds(0.06))
        #expect(bench.traced.count { $0 == .goBack } == 1)
        #expect(bench.traced.last == .end)
    }

    @Test("on a timeout one segment goes first; when its ACK shows that the original came, nothing goes back")
    func spuriousTimeout() throws {
        var bench = try ServerBench()
        try bench.start()
        bench.runs = []
        _ = try bench.wait(until: seconds(0.9))
        #expect(bench.runs.map(\.length) == [1_200] && bench.runs[0].offset == 0)
        _ = try bench.say(bench.ack(12_000, [0...10]), at: seconds(1))
        #expect(bench.traced.contains(.spuriousTimeout) && !bench.traced.contains(.goBack))
        #expect(!bench.traced.contains(.windowHalved))
    }

    @Test("when the ACK of that segment shows no more than itself, the rest of the window follows")
    func realTimeout() throws {
        var bench = try ServerBench()
        try bench.start()
        _ = try bench.wait(until: seconds(0.9))
        bench.runs = []
        _ = try bench.say(bench.ack(1_200, [10...10]), at: seconds(1))
        #expect(bench.traced.contains(.goBack) && bench.traced.contains(.windowHalved))
        #expect(bench.runs.first?.offset == 1_200)
    }

    @Test("END leaves only after everything was acknowledged and the digest is known")
    func end() throws {
        var bench = try ServerBench(size: 2_400, hash: nil)
        try bench.start()
        #expect(try bench.say(bench.ack(1_200, [0...0]), at: seconds(0.02)).isEmpty)
        #expect(try bench.say(bench.ack(2_400, [0...1]), at: seconds(0.03)).isEmpty)
        bench.table.hashed(id, FileDigest(high: 3, low: 4), at: seconds(0.04))
        let end = Packet.end(Packet.End(size: FileOffset(2_400), digest: FileDigest(high: 3, low: 4)))
        #expect(try bench.drain(at: seconds(0.04)) == [end])
        #expect(try bench.wait(until: seconds(1.1)) == [end])
        #expect(try bench.say(.done(.verified), at: seconds(1.2)).isEmpty)
        #expect(bench.finished == [.completed])
    }

    @Test("DONE that overtakes the last ACK ends the transfer, and END follows; without a hash nobody can have said it")
    func earlyDone() throws {
        var bench = try ServerBench(size: 2_400)
        try bench.start()
        #expect(try bench.say(bench.ack(1_200, [0...0]), at: seconds(0.02)).isEmpty)
        #expect(try bench.say(.done(.verified), at: seconds(0.03)).map(\.kind) == [.end])
        #expect(bench.finished == [.completed])
        bench = try ServerBench(size: 2_400)
        try bench.start()
        #expect(try bench.say(.done(.mismatch), at: seconds(0.03)).map(\.kind) == [.end])
        #expect(bench.finished == [.failed(.digestMismatch)])
        bench = try ServerBench(size: 2_400, hash: nil)
        try bench.start()
        #expect(try bench.say(.done(.verified), at: seconds(0.03)).isEmpty && bench.finished.isEmpty)
    }

    @Test("a client that lost END is answered for 10 s after the end, and then not any more")
    func tombstone() throws {
        var bench = try ServerBench(size: 0)
        _ = try bench.say(bench.hello(), at: zero)
        _ = try bench.say(.accept(Packet.Accept(serverNonce: Nonce(rawValue: 77))), at: zero)
        #expect(try bench.say(.start(Packet.Start(offset: .zero, kept: nil)), at: zero).map(\.kind) == [.end])
        _ = try bench.say(.done(.verified), at: zero)
        #expect(try bench.say(.done(.verified), at: seconds(9.9)).map(\.kind) == [.end])
        _ = try bench.wait(until: seconds(10))
        #expect(try bench.say(.done(.verified), at: seconds(10)).isEmpty)
        #expect(bench.finished == [.completed] && bench.table.drops[.unknownTransfer] == 1)
    }

    @Test("no progress for 30 s ends a transfer, and the client is told")
    func noProgress() throws {
        var bench = try ServerBench()
        try bench.start()
        while bench.finished.isEmpty, let deadline = bench.table.nextDeadline {
            let told = try bench.wait(until: deadline.instant)
            if !bench.finished.isEmpty {
                #expect(told == [.abort(.noProgress)])
                #expect(deadline.instant == seconds(0.01) + Limits.noProgress)
            }
        }
        #expect(bench.finished == [.failed(.noProgress(Limits.noProgress))])
    }

    @Test("an acknowledgement of what never left ends the transfer with a typed failure")
    func acknowledgedUnsent() throws {
        var bench = try ServerBench(size: 100_000)
        try bench.start()
        _ = try bench.say(bench.ack(50_000, [0...0]), at: seconds(0.02))
        #expect(bench.finished == [.failed(.acknowledgedUnsent)])
    }

    @Test("several transfers take turns")
    func roundRobin() throws {
        var bench = try ServerBench(size: 1_000_000)
        let other = TransferID(rawValue: 9)
        try bench.table.open(
            other, offer: FileOffer(name: "b", size: 1_000_000, modified: UnixTime(seconds: 0)),
            from: bench.client, recovery: .gbn, nonce: 77, at: zero)
        for id in [id, other] {
            for packet in [
                bench.hello(), .accept(Packet.Accept(serverNonce: Nonce(rawValue: 77))),
                .start(Packet.Start(offset: .zero, kept: nil)),
            ] {
                bench.hear(packet.encoded(id: id), from: bench.client, at: zero)
            }
        }
        var order: [TransferID] = []
        while let outgoing = bench.table.nextTransmission(at: zero) {
            if case .data = outgoing.transmission { order.append(outgoing.id) }
        }
        #expect(Set(order) == [id, other])
    }

    @Test("a transfer that is held leaves its turns to the others, and goes on when it is released")
    func held() throws {
        var bench = try ServerBench(size: 1_000_000)
        try bench.start()
        bench.runs = []
        bench.table.hold(id)
        #expect(try bench.say(bench.ack(12_000, [0...9]), at: seconds(0.02)).isEmpty && bench.runs.isEmpty)
        // Not the pacer, which would be due again and again.
        #expect(bench.table.nextDeadline?.reason == .progress)
        bench.table.release(id)
        _ = try bench.drain(at: seconds(0.03))
        #expect(bench.runs.first?.offset == 12_000)
    }

    /// A ticket for a file of one byte, given `number` milliseconds after the start.
    private func open(_ number: Int, host: Int, in table: inout TransferTable<SimulatedAddress>) throws {
        try table.open(
            TransferID(rawValue: UInt64(number)),
            offer: FileOffer(name: "a", size: 1, modified: UnixTime(seconds: 0)),
            from: SimulatedAddress(host: host, port: number), recovery: .auto, nonce: 1,
            at: zero + .milliseconds(Int64(number)))
    }

    @Test("the 129th transfer and the 17th of a host are refused")
    func limits() throws {
        var table = TransferTable<SimulatedAddress>(maximumDatagram: 1_200, key: 1, tracing: false)
        let bench = try ServerBench()
        for number in 0..<Limits.transfersOfHost { try open(number, host: 0, in: &table) }
        #expect(throws: OpenError.tooManyOfHost) { try open(999, host: 0, in: &table) }
        #expect(throws: OpenError.idInUse) { try open(0, host: 1, in: &table) }
        for number in Limits.transfersOfHost..<Limits.transfers {
            try open(number, host: number, in: &table)
            let hello = bench.hello().encoded(id: TransferID(rawValue: UInt64(number)))
            unsafe table.receive(hello.span.bytes, from: SimulatedAddress(host: number, port: 1), at: zero)
        }
        // Tickets without HELLO make room, the oldest first.
        for number in 0..<Limits.transfersOfHost {
            #expect(table.statistics(of: TransferID(rawValue: UInt64(number)), at: zero) != nil)
            try open(1_000 + number, host: 1_000 + number, in: &table)
            #expect(table.statistics(of: TransferID(rawValue: UInt64(number)), at: zero) == nil)
            let hello = bench.hello().encoded(id: TransferID(rawValue: UInt64(1_000 + number)))
            let from = SimulatedAddress(host: 1_000 + number, port: 1)
            unsafe table.receive(hello.span.bytes, from: from, at: zero)
        }
        #expect(throws: OpenError.tooManyTransfers) { try open(2_000, host: 2_000, in: &table) }
        #expect(table.count == Limits.transfers)
    }

    @Test("who collects tickets loses the oldest when there are too many, and nobody else does")
    func collectors() throws {
        var table = TransferTable<SimulatedAddress>(maximumDatagram: 1_200, key: 1, tracing: false)
        try open(0, host: 999, in: &table)
        for number in 1..<Limits.transfers { try open(number, host: number / Limits.transfersOfHost, in: &table) }
        for number in 0..<200 {
            let now = zero + .milliseconds(Int64(number + 1_000))
            try? open(number + 1_000, host: number % 8, in: &table)
            #expect(table.count <= Limits.transfers)
            #expect(table.statistics(of: TransferID(rawValue: 0), at: now) != nil)
        }
        var outcomes: [Outcome] = []
        while let (_, event) = table.nextEvent() {
            if case .finished(let outcome, _) = event { outcomes.append(outcome) }
        }
        #expect(!outcomes.isEmpty && outcomes.allSatisfy { $0 == .failed(.ticketExpired) })
        // The timers of those that made room are gone with them.
        table.timeoutFired(at: zero + Limits.ticketLife)
        #expect(table.count == 127)
    }
}
