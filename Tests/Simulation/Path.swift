package import RDT
package import Timeline

/// A path, what crosses it and what is promised of that: a row of the table that `simulate --scenarios` prints.
package struct Path: Sendable {
    package var name: String
    package var bytes: Int
    /// Bytes a second to the client and back.
    package var rate: Double
    package var returnRate: Double
    package var roundTrip: Interval
    /// Of each way, on top of half the round trip.
    package var jitter = Interval.zero
    /// The same in order, about so much.
    package var sway = Interval.zero
    /// The buffer before the link, in bandwidth-delay products, and at least sixteen full datagrams.
    package var buffer = 2.0
    /// The buffer as the time that it takes to empty it, in place of `buffer`.
    package var longestQueue: Interval?
    package var bucket = 0
    package var loss = 0.0
    package var lossTimes: Range<Instant>?
    package var returnLoss = 0.0
    package var reordering = 0.0
    package var overtaking = 0.0
    package var burstLoss = 0.0
    package var returnBurstLoss = 0.0
    /// Nothing arrives on either way in this time.
    package var dead: Range<Instant>?
    /// The client reads nothing in this time; its socket keeps 1 MiB.
    package var stall: Range<Instant>?
    package var bound = Bound.none
    /// Milliseconds that a datagram may wait before the link on average, after the first third.
    package var mostQueueing: Double?
    /// What is promised holds for each of these.
    package var seeds: [UInt64] = [1]

    /// What selective repeat has to keep.
    package enum Bound: Hashable, Sendable {
        case none
        /// Seconds from HELLO until the file is there and compared, handshake included.
        case seconds(Double)
        /// Of what the path could carry if it carried nothing but payload in full segments, while data flows.
        case share(Double)
    }

    /// Mbit/s and milliseconds, as people speak of paths.
    package init(
        _ name: String, megabytes: Double, megabits: Double, back: Double? = nil, roundTrip: Double, buffer: Double = 2,
        loss: Double = 0, jitter: Double = 0, bound: Bound = .none
    ) {
        self.name = name
        bytes = Int(megabytes * 1e6)
        rate = megabits * 125_000
        returnRate = (back ?? megabits) * 125_000
        self.roundTrip = .seconds(roundTrip / 1_000)
        self.buffer = buffer
        self.loss = loss
        self.jitter = .seconds(jitter / 1_000)
        self.bound = bound
    }

    func with(_ change: (inout Path) -> Void) -> Path {
        var path = self
        change(&path)
        return path
    }

    /// Largest datagrams of Ethernet over IPv4: 1,500 bytes less the headers of IP and UDP.
    private static let datagram = 1_472
    private static let leastBuffer = 16

    /// Bytes of the file that a full datagram carries, as a share of it.
    package static var payloadShare: Double { Double(datagram - DataPacket.headerSize) / Double(datagram) }

    /// What a run of one transfer needs.
    package func scenario(_ recovery: RecoveryChoice, _ control: ControlChoice = .own) -> Scenario {
        var scenario = Scenario(seed: 1, sizes: [bytes])
        scenario.recoveries = [recovery]
        scenario.controls = [control]
        scenario.receiveWindow = Limits.window
        scenario.checkEvery = 1_000
        scenario.largestDatagram = Self.datagram
        scenario.toClient = faults(rate: rate, loss: loss)
        scenario.toServer = faults(rate: returnRate, loss: returnLoss)
        scenario.toClient.reordering = reordering
        scenario.toClient.overtaking = overtaking
        scenario.toServer.overtaking = overtaking
        scenario.toClient.burstLoss = burstLoss
        scenario.toServer.burstLoss = returnBurstLoss
        scenario.stall = stall
        // As the programs know it from the chat's TCP.
        scenario.hint = PathHint(roundTrip: roundTrip, largestDatagram: Self.datagram)
        return scenario
    }

    private func faults(rate: Double, loss: Double) -> LinkFaults {
        var faults = LinkFaults()
        faults.rate = rate
        faults.delay = roundTrip / 2
        faults.jitter = jitter
        faults.sway = sway
        let queue = longestQueue.map { rate * $0.seconds } ?? buffer * rate * roundTrip.seconds
        faults.queue = max(Self.leastBuffer * Self.datagram, Int(queue))
        faults.bucket = bucket
        faults.loss = loss
        faults.lossTimes = lossTimes
        faults.blackHoles = dead.map { [$0] } ?? []
        return faults
    }
}

extension Path {
    /// The paths of the promises: 100 Mbit/s and 50 ms with and without loss, and what is hard in other ways.
    package static let promised = [
        Path("100 Mbit/s, 10 ms", megabytes: 40, megabits: 100, roundTrip: 10, bound: .share(0.97)),
        steady("100 Mbit/s, 50 ms", loss: 0, least: 0.97),
        steady("50 ms, 0.1 % loss", loss: 0.001, least: 0.97),
        steady("50 ms, 1 % loss", loss: 0.01, least: 0.96),
        steady("50 ms, 5 % loss", loss: 0.05, least: 0.92),
        Path("50 ms, buffer 0.1 BDP", megabytes: 160, megabits: 100, roundTrip: 50, buffer: 0.1, bound: .share(0.88)),
        Path("1 Gbit/s, 1 ms", megabytes: 100, megabits: 1_000, roundTrip: 1, bound: .share(0.94)),
        Path(
            "20 Mbit/s, 600 ms, 1 %", megabytes: 40, megabits: 20, roundTrip: 600, buffer: 1, loss: 0.01,
            bound: .share(0.75)),
        Path("50 Mbit/s, 16 ms, jitter 6", megabytes: 40, megabits: 50, roundTrip: 16, jitter: 6, bound: .share(0.85))
            .with {
                $0.burstLoss = 0.0004
                $0.reordering = 0.01
            },
        // As the benchmarks emulate it: both ways lose 2 % in runs of about four, and one in a hundred overtakes all.
        Path("50 Mbit/s, 16 ms, rough", megabytes: 20, megabits: 50, roundTrip: 16, jitter: 6, bound: .share(0.88)).with
        {
            $0.longestQueue = .milliseconds(240)
            $0.burstLoss = 0.0055
            $0.returnBurstLoss = 0.0055
            $0.overtaking = 0.01
            $0.seeds = severalSeeds
        },
        Path("100 kB over 50 ms", megabytes: 0.1, megabits: 100, roundTrip: 50, bound: .seconds(0.18)),
        Path("100 kB over 1 Mbit/s", megabytes: 0.1, megabits: 1, roundTrip: 50, bound: .seconds(2)),
        Path("100 kB, 20 packets of buffer", megabytes: 0.1, megabits: 20, roundTrip: 50, bound: .seconds(0.4)).with {
            $0.longestQueue = .milliseconds(12)
        },
        Path("100 kB, 5 % loss", megabytes: 0.1, megabits: 100, roundTrip: 50, loss: 0.05, bound: .seconds(0.4)),
        Path("bucket of 100 kB, 20 Mbit/s", megabytes: 10, megabits: 20, roundTrip: 50, bound: .share(0.9)).with {
            $0.bucket = 100_000
        },
        Path("outage of 20 s", megabytes: 20, megabits: 20, roundTrip: 50, bound: .seconds(31)).with {
            $0.dead = second(2)..<second(22)
        },
        Path("receiver stalls for 1 s", megabytes: 20, megabits: 50, roundTrip: 20, bound: .seconds(5.5)).with {
            $0.stall = second(1)..<second(2)
        },
    ]

    /// The paths of `make bench` as its emulator makes them, for what many seeds show and one run does not: both ways lose.
    ///
    /// A share counts from the first byte to the last, so a whole command gets less by its start: two round trips and some.
    package static let benched = [
        bench("bench loss0.1", megabytes: 40, loss: 0.001, least: 0.9),
        bench("bench loss1", megabytes: 40, loss: 0.01, least: 0.9),
        bench("bench loss5", megabytes: 40, loss: 0.05, least: 0.85),
        bench("bench shallow", megabytes: 40, packets: 40, least: 0.88),
        bench("bench satellite", megabytes: 20, megabits: 20, roundTrip: 600, packets: 1_000, loss: 0.01, least: 0.75),
        bench("bench rough", megabytes: 20, megabits: 50, roundTrip: 16, packets: 1_000, least: 0.85).with {
            $0.jitter = .milliseconds(6)
            $0.burstLoss = 0.0055
            $0.returnBurstLoss = 0.0055
            $0.overtaking = 0.01
        },
    ]

    private static func bench(
        _ name: String, megabytes: Double, megabits: Double = 100, roundTrip: Double = 50, packets: Int = 400,
        loss: Double = 0, least: Double
    ) -> Path {
        Path(name, megabytes: megabytes, megabits: megabits, roundTrip: roundTrip, loss: loss, bound: .share(least))
            .with {
                $0.longestQueue = .seconds(Double(packets * datagram) / $0.rate)
                $0.returnLoss = loss
                $0.seeds = Array(1...50)
            }
    }

    /// The cases that picoquic publishes, as far as they say anything of a file transfer, on links like its own
    /// (picoquictest/satellite_test.c, congestion_test.c, high_latency_test.c, tls_api_test.c; picoquic/sim_link.c).
    ///
    /// A link whose rate a case sets itself runs 4.86 % fast, for its time for a byte is shifted by 20 bits and was not
    /// multiplied by 1.024². Jitter keeps the order. The asymmetric cases have a buffer of 50 ms. picoquic's time ends with
    /// the last byte at the receiver, and its satellite cases send from the client, half a round trip earlier than a server
    /// can; ours ends when the hash is compared, which follows the last byte. So each bound here is stricter than its original.
    package static let picoquic = [
        satellite("satellite", megabits: 250, back: 3, bound: 5.5),
        satellite("satellite, 1/64 lost", megabits: 250, back: 3, bound: 8).with {
            $0.loss = 1.0 / 64
            $0.returnLoss = 1.0 / 64
        },
        satellite("satellite, jitter 3 ms", megabits: 250, back: 3, bound: 6.7).with { $0.sway = .milliseconds(3) },
        satellite("small satellite", megabits: 50, back: 10, bound: 18.2),
        performance("100/100, 10 ms, jitter 3", megabits: 100, oneWay: 10, sway: 3, bound: 1.05),
        performance("1000/1000, 4 ms, jitter 2", megabits: 1_000, oneWay: 4, sway: 2, bound: 0.25),
        performance(
            "10/0.1, 1 ms, jitter 0.75", megabits: 10, back: 0.1, oneWay: 1, sway: 0.75, queue: 50, bound: 8.5),
        performance(
            "40/0.4, 1 ms, jitter 0.75", megabits: 40, back: 0.4, oneWay: 1, sway: 0.75, queue: 50, bound: 2.35),
        Path("1 MB over 300 ms", megabytes: 1, megabits: 10, roundTrip: 600, buffer: 1, bound: .seconds(3.6)),
        performance("dead for 2 s", megabits: 10, oneWay: 15, sway: 0, queue: 30, bound: 15).with {
            $0.dead = second(5)..<second(7)
        },
        Path("half lost for 20 s", megabytes: 4, megabits: 10, roundTrip: 20, loss: 0.5, bound: .seconds(23.5)).with {
            $0.returnLoss = 0.5
            $0.lossTimes = zero + .milliseconds(140)..<zero + .milliseconds(20_140)
            $0.seeds = severalSeeds
        },
        performance("1 Mbit/s, 1 s", megabits: 1, oneWay: 1_000, sway: 3, bound: 90),
    ]

    /// 100 Mbit/s and 50 ms, where a file keeps the link full and the queue below a quarter of the round trip, whatever the
    /// seed.
    private static func steady(_ name: String, loss: Double, least: Double) -> Path {
        Path(name, megabytes: 160, megabits: 100, roundTrip: 50, loss: loss, bound: .share(least)).with {
            $0.mostQueueing = 12.5
            if loss > 0 { $0.seeds = severalSeeds }
        }
    }

    private static let severalSeeds = Array(UInt64(1)...5)
    private static let fast = 1.024 * 1.024

    private static func satellite(_ name: String, megabits: Double, back: Double, bound: Double) -> Path {
        Path(
            name, megabytes: 100, megabits: megabits * fast, back: back * fast, roundTrip: 600, buffer: 1,
            bound: .seconds(bound))
    }

    private static func performance(
        _ name: String, megabits: Double, back: Double? = nil, oneWay: Double, sway: Double, queue: Double? = nil,
        bound: Double
    ) -> Path {
        Path(
            name, megabytes: 10, megabits: megabits * fast, back: (back ?? megabits) * fast, roundTrip: 2 * oneWay,
            bound: .seconds(bound)
        ).with {
            $0.sway = .seconds(sway / 1_000)
            $0.longestQueue = .seconds((queue ?? 2 * (oneWay + sway)) / 1_000)
        }
    }

    private static let zero = Instant(nanoseconds: 0)
    private static func second(_ count: Int) -> Instant { zero + .seconds(count) }
}
