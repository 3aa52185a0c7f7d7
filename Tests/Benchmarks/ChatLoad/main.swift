import ArgumentParser
import Posix
import Timeline

/// `ChatLoad`: many clients of one chat server, by one poll loop, and what it costs the server to serve them.
struct ChatLoad: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ChatLoad", abstract: "Load a chat server and print what came of it, as `key=value` words.",
        discussion: """
            The clients register, join one channel, and then talk in a closed loop: everyone has one line on its way, \
            and says the next when its neighbour has read the last. With --idle, so many more clients are there and \
            say nothing. With --garbage nobody talks: so many datagrams a second go to the UDP port of this number.
            """)

    @Option(help: "The server's TCP port on 127.0.0.1.")
    var port: UInt16
    @Option(help: "Clients that talk in the channel.")
    var clients = 10
    @Option(help: "Clients that are registered and say nothing.")
    var idle = 0
    @Option(help: "How long they talk.")
    var seconds = 3.0
    @Option(help: "The server's process, to read its processor time and memory.")
    var process: Int?
    @Option(help: "Send so many datagrams of garbage a second, and do nothing else.")
    var garbage: Int?

    func validate() throws {
        guard clients > 1, idle >= 0, clients + idle < 100_000 else {
            throw ValidationError("2 clients talk at least, and all are fewer than 100,000")
        }
    }

    func run() throws {
        OpenFiles.raiseLimit()
        if let garbage {
            var flood = try Garbage(port: port)
            try flood.run(rate: garbage, for: .seconds(seconds))
            return try tell([("garbage/s", "\(Int(Double(flood.sent) / seconds))")])
        }
        let meter = process.map { ServerMeter(process: $0) }
        let memory = meter?.memory() ?? 0
        var load = try Load(port: port, talking: clients, idle: idle)
        let joined = try load.join()
        let perClient = ((meter?.memory() ?? 0) - memory) / (clients + idle)
        let processor = meter?.processorTime() ?? 0
        let talk = try load.talk(for: .seconds(seconds))
        let used = (meter?.processorTime() ?? 0) - processor
        try tell([
            ("clients", "\(clients)"), ("idle", "\(idle)"), ("join-ms", "\(Int(joined.milliseconds))"),
            ("lines", "\(talk.lines)"), ("deliveries/s", "\(Int(Double(talk.deliveries) / talk.seconds))"),
            ("us-cpu/delivery", fixed(talk.deliveries > 0 ? used * 1e6 / Double(talk.deliveries) : 0)),
            ("p50-us", "\(talk.percentile(0.5))"), ("p99-us", "\(talk.percentile(0.99))"),
            ("bytes/client", "\(perClient)"),
        ])
    }

    private func tell(_ figures: [(String, String)]) throws {
        let line = figures.map { "\($0.0)=\($0.1)" }.joined(separator: " ")
        try Descriptor.standardOutput.writeAll(line + "\n")
    }

    /// Three decimals.
    private func fixed(_ number: Double) -> String {
        let thousandths = Int((number * 1_000).rounded())
        let rest = String(thousandths % 1_000)
        return "\(thousandths / 1_000)." + String(repeating: "0", count: 3 - rest.count) + rest
    }
}

ChatLoad.main()
