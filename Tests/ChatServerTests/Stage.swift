import ChatServer
import IRC
import Testing
import Timeline

/// A hub on a stage: tests say what clients do and read what each of them gets.
///
/// After every step all effects are drained and the hub's invariants checked.
struct Stage {
    typealias Client = ConnectionID

    private(set) var hub: Hub
    private(set) var now = Instant(nanoseconds: 5_000_000_000)
    private var connections: UInt64 = 0
    private var inbox: [Client: [String]] = [:]
    private(set) var unread: [Client: Int] = [:]
    private(set) var closed: [Client: String] = [:]
    private(set) var paused: Set<Client> = []
    /// What is no line, close or pause, in order.
    private(set) var others: [Effect] = []
    /// Clients whose sockets take nothing.
    var blocked: Set<Client> = []

    static let wall = UnixTime(seconds: 1_795_350_000)

    init(_ configuration: HubConfiguration = Stage.calm) {
        hub = Hub(configuration, at: now, wall: Self.wall)
    }

    /// A server without flood control, so that a test may talk fast.
    static var calm: HubConfiguration {
        var configuration = HubConfiguration(network: "Test Net", motd: ["hello", "world"], version: "rdtchatd-1")
        configuration.floodControl = false
        configuration.connectionsPerAddress = 1_000
        return configuration
    }

    private mutating func drain() {
        while let effect = hub.nextEffect() {
            switch effect {
            case .send(let client, let bytes): queue(bytes, for: client)
            case .relay(let bytes, let clients):
                for client in clients { queue(bytes, for: client) }
            case .close(let client, let reason):
                closed[client] = reason
                paused.remove(client)
            case .pauseReading(let client): #expect(paused.insert(client).inserted)
            case .resumeReading(let client): #expect(paused.remove(client) != nil)
            case .log: break
            case .listShelf, .openFile, .stopTransfer, .explainTransfer, .verifyPassword, .tellStatus, .reload:
                others.append(effect)
            }
        }
        let faults = hub.checkInvariants()
        #expect(faults.isEmpty, "\(faults)")
    }

    private mutating func queue(_ bytes: [UInt8], for client: Client) {
        #expect(closed[client] == nil, "a line after the close")
        inbox[client, default: []].append(String(decoding: bytes.dropLast(2), as: UTF8.self))
        #expect(bytes.suffix(2) == [13, 10])
        unread[client, default: 0] += bytes.count
    }

    /// Every socket that is not blocked takes what there is, until nothing more comes.
    private mutating func settle() {
        drain()
        while let (client, count) = unread.first(where: { $0.value > 0 && !blocked.contains($0.key) }) {
            unread[client] = 0
            hub.written(count, to: client, at: now)
            drain()
        }
    }

    mutating func connect(from address: String = "192.0.2.1", group: String? = nil) -> Client {
        connections += 1
        let client = Client(rawValue: connections)
        hub.connected(client, address: address, group: group, at: now)
        settle()
        return client
    }

    mutating func say(_ client: Client, _ lines: String...) { say(client, lines: lines) }

    mutating func say(_ client: Client, lines: [String]) {
        for line in lines { feed(client, Array((line + "\r\n").utf8)) }
    }

    mutating func feed(_ client: Client, _ bytes: [UInt8]) {
        hub.receive(bytes[...], from: client, at: now)
        settle()
    }

    /// A registered client, its welcome already read.
    mutating func join(
        _ nick: String, channels: String? = nil, capabilities: String? = nil, from address: String = "192.0.2.1"
    ) -> Client {
        let client = connect(from: address)
        if let capabilities { say(client, "CAP REQ :\(capabilities)") }
        say(client, "NICK \(nick)", "USER \(nick.asciiLowercased) 0 * :Real \(nick)")
        if capabilities != nil { say(client, "CAP END") }
        if let channels { say(client, "JOIN \(channels)") }
        for other in inbox.keys { inbox[other] = [] }
        return client
    }

    mutating func leave(_ client: Client, reason: String = "connection lost") {
        hub.disconnected(client, reason: reason, at: now)
        settle()
    }

    mutating func unblock(_ client: Client) {
        blocked.remove(client)
        settle()
    }

    /// The lines that a client got since the last look.
    mutating func take(_ client: Client) -> [String] {
        defer { inbox[client] = [] }
        return inbox[client] ?? []
    }

    /// The numerics and commands of those lines.
    mutating func takeCommands(_ client: Client) throws -> [String] {
        try take(client).map { try Message(parsing: Array($0.utf8)).command }
    }

    /// Lets time go by, with every deadline on its instant.
    mutating func wait(_ interval: Interval) {
        let end = now + interval
        while let deadline = hub.nextDeadline, deadline.instant <= end {
            now = max(now, deadline.instant)
            hub.timeoutFired(at: now)
            settle()
            // What fires must move on, or the loop would spin.
            if let next = hub.nextDeadline { #expect(next.instant > now || next.reason != deadline.reason) }
        }
        now = end
    }

    mutating func act(_ change: (inout Hub, Instant) -> Void) {
        change(&hub, now)
        settle()
    }

    mutating func takeOthers() -> [Effect] {
        defer { others = [] }
        return others
    }
}

func numerics(_ list: Numeric...) -> [String] { list.map(\.rawValue) }
