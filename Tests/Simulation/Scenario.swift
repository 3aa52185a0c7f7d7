package import RDT
package import Timeline

/// Everything that a run depends on; made from a seed, or by hand.
package struct Scenario: Sendable {
    package var seed: UInt64
    /// Sizes of the files, one transfer each, all through one table; a transfer starts `stagger` after the one before.
    package var sizes: [Int]
    package var stagger = Interval.milliseconds(3)
    /// The recovery of each transfer, the last one for all that follow, and its controller.
    package var recoveries: [RecoveryChoice] = [.auto]
    package var controls: [ControlChoice] = [.own]
    package var toClient = LinkFaults()
    package var toServer = LinkFaults()
    package var receiveWindow = 1 << 20
    package var largestDatagram = 1_472
    /// The client handles what came within so long together.
    package var batch = Interval.zero
    /// The clients read nothing in this time; what comes waits in their sockets, and what is too much is lost there.
    package var stall: Range<Instant>?
    package var socketBuffer = 1 << 20
    /// Bytes a second that the clients read; what waits for that lies in their sockets, and what is too much is lost there.
    package var reading: Double?
    /// What TCP says of the path, and what every path is taken to carry.
    package var hint = PathHint()
    package var firstDatagram = Limits.helloSize
    /// Whether INFO carries the hash.
    package var knowsHash = false
    /// Of each datagram: garbage, foreign and replayed ones come as well.
    package var noise = 0.0
    /// The first transfer is cancelled then, by one of both ends.
    package var cancel: (at: Instant, byServer: Bool)?
    /// What each client has of its file from an earlier time.
    package var kept: Kept?
    /// The clients' NAT gives them another port at these times.
    package var rebinds: [Instant] = []
    /// What clients say is sent again, from another port of their host.
    package var replays = false
    /// Breaks something on purpose, so that a test sees a check fail.
    package var sabotage: Sabotage?
    package var tracing = false
    /// Invariants are asked for at each so manieth step: a long window takes long to be looked through.
    package var checkEvery = 1

    package struct Kept: Sendable {
        /// How much of the beginning.
        package var share: Double
        /// So many parts behind it, as far as there is room.
        package var parts = 0
        package var wrong: Wrong? = nil

        /// Where one byte is wrong.
        package enum Wrong: Sendable {
            case beginning, beyond
        }

        package init(share: Double, parts: Int = 0, wrong: Wrong? = nil) {
            self.share = share
            self.parts = parts
            self.wrong = wrong
        }
    }

    package enum Sabotage: String, CaseIterable, Sendable {
        /// The server sends other bytes than the file's, with a right checksum.
        case wrongBytes
        /// The client's second ACK says less than its first.
        case fallingOffset
        /// What the server says goes to somebody who never asked.
        case answersGarbage
        /// Each run leaves twice under the same numbers.
        case repeatedPacketNumbers
        /// END leaves in place of HELLO-ACK.
        case earlyEnd
        /// The server's end is told twice.
        case repeatedEnd
        /// A hundred answers to one HELLO.
        case generousHandshake
        /// The client goes silent without closing.
        case lostClient
    }

    package init(seed: UInt64, sizes: [Int]) {
        self.seed = seed
        self.sizes = sizes
    }

    package func recovery(of index: Int) -> RecoveryChoice { recoveries[min(index, recoveries.count - 1)] }
    package func control(of index: Int) -> ControlChoice { controls[min(index, controls.count - 1)] }

    /// Nothing goes wrong on either way, and nobody guesses how long that is: a first timeout may come early then.
    package var isClean: Bool {
        hint.roundTrip == nil && toClient.areNone && toServer.areNone && cancel == nil && stall == nil
            && rebinds.isEmpty
    }

    /// Whether the queue that the transfers build for each other drains faster than a first timeout.
    package var isFast: Bool {
        let bytes = Double(sizes.reduce(0, +) + 2_000 * sizes.count)
        return [toClient.rate, toServer.rate].allSatisfy { $0.map { bytes / $0 < 0.1 } ?? true }
    }

    /// A scenario with about three faults of the list, drawn by `seed`.
    package init(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var sizes: [Int] = []
        for _ in 0..<1 + random.below(3) {
            sizes.append(random.pick([0, 1, 1_175, 1_176, 1_177, random.below(9_000), random.below(50_000)]))
        }
        self.init(seed: seed, sizes: sizes)
        let delay = random.pick([
            Interval.zero, .microseconds(100), .milliseconds(2), .milliseconds(25), .milliseconds(150),
        ])
        let rate: Double? = random.pick([nil, 125_000, 1_250_000, 12_500_000])
        toClient.delay = delay
        toServer.delay = delay
        toClient.rate = rate
        toServer.rate = rate
        largestDatagram = random.pick([1_200, 1_452, 1_472, 8_952])
        receiveWindow = random.pick([3_000, 20_000, 1 << 20])
        batch = random.pick([.zero, .zero, .microseconds(200), .milliseconds(3)])
        knowsHash = random.chance(0.5)
        noise = random.pick([0, 0, 0.05])
        for _ in 0..<random.below(4) { addFault(&random) }
        if random.chance(0.05) {
            cancel = (Instant(nanoseconds: Int64(random.below(400_000_000))), random.chance(0.5))
        }
        recoveries = sizes.map { _ in random.pick(RecoveryChoice.allCases) }
        if random.chance(0.25) { keep(&random) }
        // TCP knows the path, or a proxy on the way makes it seem shorter, or it met a queue.
        hint.roundTrip = random.pick([nil, nil, delay * 2, delay / 5, delay * 6])
    }

    private mutating func keep(_ random: inout SeededGenerator) {
        var kept = Kept(share: random.pick([0.01, 0.5, 0.99, 1]))
        let isWrong = random.chance(0.3)
        kept.parts = random.pick([0, 0, 1, 5, Limits.keptRanges])
        if isWrong { kept.wrong = kept.parts > 0 && random.chance(0.5) ? .beyond : .beginning }
        self.kept = kept
    }

    private mutating func addFault(_ random: inout SeededGenerator) {
        let size = random.pick([0.001, 0.01, 0.05, 0.1, 0.3])
        let path: WritableKeyPath<Scenario, LinkFaults> = random.chance(0.65) ? \.toClient : \.toServer
        let start = Instant(nanoseconds: Int64(random.below(600_000_000)))
        let kinds = PacketKind.allCases
        switch random.below(14) {
        case 0: self[keyPath: path].loss = size
        case 1:
            toClient.loss = size
            toServer.loss = size
        case 2: self[keyPath: path].burstLoss = min(size, 0.05)
        case 3: self[keyPath: path].duplication = size
        case 4: self[keyPath: path].reordering = size
        case 5: self[keyPath: path].jitter = .milliseconds(Int64(1 + random.below(20)))
        case 6: self[keyPath: path].corruption = size
        case 7: self[keyPath: path].truncation = min(size, 0.1)
        case 8: self[keyPath: path].spikes = [start..<start + .milliseconds(300)]
        case 9: self[keyPath: path].blackHoles = [start..<start + .milliseconds(Int64(50 + random.below(2_500)))]
        case 10: stall = start..<start + .milliseconds(Int64(1 + random.below(1_500)))
        case 11: toClient.shrinks = (random.pick([1_200, 1_400]), start)
        case 12:
            toClient.losesFirst = Set(kinds.filter { _ in random.chance(0.4) })
            toServer.losesFirst = Set(kinds.filter { _ in random.chance(0.4) })
            self[keyPath: path].losesTail = random.chance(0.5)
        case _:
            if self[keyPath: path].rate == nil { self[keyPath: path].rate = 1_250_000 }
            self[keyPath: path].queue = 3_000 + random.below(60_000)
        }
    }
}
