import ArgumentParser
import CTun
import Glibc
import PathModel
import Posix
import Timeline

/// `PathEmulator`: two hosts on this machine with a bad network between them, for programs that know nothing of it.
struct PathEmulator: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "PathEmulator", abstract: "Emulate a network path between two network namespaces.",
        discussion: """
            Needs root and /dev/net/tun. When both hosts are up, two lines tell where: `client NAMESPACE ADDRESS` and \
            `server NAMESPACE ADDRESS`. `nsenter --net=NAMESPACE COMMAND` runs a command there. The path stands until \
            SIGINT, SIGTERM or the end of the parent process; then a line for each direction says what it carried. \
            Faults hold for both directions.
            """)

    @Option(help: "Bits a second from the server to the client (k, M, G).")
    var rate: BitRate?
    @Option(help: "Bits a second from the client to the server; the same when it is not said.")
    var returnRate: BitRate?
    @Option(help: "Milliseconds one way.")
    var delay = 0.0
    @Option(help: "Up to so many milliseconds more for each packet.")
    var jitter = 0.0
    @Option(help: "Packets that may wait for the bottleneck.")
    var queue = 1_000
    @Option(help: "Share of the packets that is lost: 0.01 is one in a hundred.")
    var loss = 0.0
    @Option(help: "Mean length of a run of losses; without it losses are independent.")
    var burst: Double?
    @Option(help: "Share of the packets that arrives twice.")
    var duplicate = 0.0
    @Option(help: "Share of the packets that takes no delay, and so overtakes.")
    var reorder = 0.0
    @Option(help: "Nothing gets through from second AT on, for FOR seconds; may be repeated.")
    var outage: [Outage] = []
    @Option(help: "All chance comes from it.")
    var seed: UInt64 = 1

    func validate() throws {
        let shares = [loss, duplicate, reorder]
        guard shares.allSatisfy({ (0...1).contains($0) }) else { throw ValidationError("a share is from 0 to 1") }
        guard (0...60_000).contains(delay), (0...60_000).contains(jitter) else {
            throw ValidationError("delay and jitter are from 0 to 60,000 ms")
        }
        guard queue >= 0, burst.map({ $0 >= 1 }) ?? true else {
            throw ValidationError("the queue is not below 0, and a run of losses has at least one")
        }
    }

    func run() throws {
        guard ctun_serve_parent() == 0 else { throw Errno(Errno.Code(rawValue: errno), "follow the parent process") }
        let signals = try SignalDescriptor([.interrupt, .terminate, .hangup])
        let client = try Host(address: "10.77.0.1")
        let server = try Host(address: "10.77.0.2")
        let output = Descriptor.standardOutput
        try output.writeAll("client \(client.spacePath) \(client.address)\n")
        try output.writeAll("server \(server.spacePath) \(server.address)\n")
        var toClient = Wire(faults: faults(rate: rate), seed: seed)
        var toServer = Wire(faults: faults(rate: returnRate ?? rate), seed: ~seed)

        var poller = Poller<Void>()
        poller.watch(signals.descriptor, for: .reading, as: ())
        poller.watch(client.device, for: .reading, as: ())
        poller.watch(server.device, for: .reading, as: ())
        while signals.next() == nil {
            let next = [toClient.nextArrival, toServer.nextArrival].compactMap { $0 }.min()
            try poller.wait(atMost: next.map { max($0 - Clock.now(), Self.pause) })
            try toClient.take(from: server)
            try toServer.take(from: client)
            let now = Clock.now()
            toClient.deliver(to: client, at: now)
            toServer.deliver(to: server, at: now)
        }
        try output.writeAll("to-client \(toClient.report)\nto-server \(toServer.report)\n")
    }

    /// The least wait for a packet that is due, so that fast paths deliver a few at once: at 1 Gbit/s a packet takes
    /// 12 us. Nothing on a path of a millisecond notices it.
    private static let pause = Interval.microseconds(40)

    private func faults(rate: BitRate?) -> PathFaults {
        var faults = PathFaults()
        faults.rate = rate?.bitsPerSecond
        faults.delay = .seconds(delay / 1_000)
        faults.jitter = .seconds(jitter / 1_000)
        faults.queue = queue
        faults.loss = loss
        faults.burst = burst
        faults.duplication = duplicate
        faults.reordering = reorder
        faults.outages = outage.map(\.time)
        return faults
    }
}

PathEmulator.main()
