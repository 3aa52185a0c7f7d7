import Posix
import Timeline

/// What came of talking.
struct TalkFigures {
    var lines = 0
    var deliveries = 0
    var seconds = 0.0
    /// Of each line, from being sent to being read by the neighbour; in microseconds.
    var times: [Int] = []

    func percentile(_ share: Double) -> Int {
        guard !times.isEmpty else { return 0 }
        return times.sorted()[min(times.count - 1, Int(share * Double(times.count)))]
    }
}

/// One client: what it waits for, and the rest of what it has read.
final class LoadClient {
    let connection: TCPConnection
    let number: Int
    /// The neighbour's lines begin with this.
    let neighbour: [UInt8]
    var isJoined = false
    var isTalking: Bool
    var sent: Instant?
    var rest: [UInt8] = []

    init(_ connection: consuming TCPConnection, number: Int, of count: Int, talks: Bool) {
        self.connection = connection
        self.number = number
        isTalking = talks
        neighbour = Array(":n\((number + count - 1) % count)!".utf8)
    }

    func say(_ text: String) { _ = connection.write(unsafe Array((text + "\r\n").utf8).span.bytes) }
}

/// All clients, the talking ones first, and the loop that drives them.
struct Load {
    struct Failure: Error, CustomStringConvertible { let description: String }

    private static let patience = Interval.seconds(120)
    /// Connections begun at a time: the backlog of a usual listener.
    private static let stride = 100

    private let port: UInt16
    private let talking: Int
    private let idle: Int
    private var clients: [LoadClient] = []
    private var poller = Poller<Int>()
    private var buffer = [UInt8](repeating: 0, count: 1 << 18)
    private var joined = 0
    private var figures = TalkFigures()
    private var isOver = true

    init(port: UInt16, talking: Int, idle: Int) throws {
        self.port = port
        self.talking = talking
        self.idle = idle
    }

    /// Connects everybody; the idle ones come first, and the time is what the talking ones take until the last has read
    /// the names of the channel.
    mutating func join() throws -> Interval {
        for first in Swift.stride(from: talking, to: talking + idle, by: Self.stride) {
            try connect(first..<min(first + Self.stride, talking + idle))
            try run { $0.joined == $0.clients.count }
        }
        let start = Clock.now()
        let idlers = clients
        clients = []
        joined = 0
        poller = Poller()
        for first in Swift.stride(from: 0, to: talking, by: Self.stride) {
            try connect(first..<min(first + Self.stride, talking))
            try run { $0.joined == $0.clients.count }
        }
        let took = Clock.now() - start
        // Everybody's JOIN must have been read before the talk begins.
        try settle()
        clients += idlers
        return took
    }

    private mutating func connect(_ numbers: Range<Int>) throws {
        guard let address = SocketAddress(numeric: "127.0.0.1", port: port) else { return }
        for number in numbers {
            let connection = try TCPConnection.connect(to: [address], timeout: .seconds(10))
            let client = LoadClient(connection, number: number, of: talking, talks: number < talking)
            poller.watch(client.connection.descriptor, for: .reading, as: clients.count)
            clients.append(client)
            let join = client.isTalking ? "JOIN #load" : "PING joined"
            client.say("NICK n\(number)\r\nUSER n 0 * :load\r\n\(join)")
        }
    }

    /// Reads until nothing has come for a tenth of a second.
    private mutating func settle() throws {
        while try poller.wait(atMost: .milliseconds(100)) > 0 { try readAll() }
    }

    private mutating func run(until isDone: (Load) -> Bool) throws {
        let end = Clock.now() + Self.patience
        while !isDone(self) {
            guard Clock.now() < end else { throw Failure(description: "the server is too slow: \(joined) have joined") }
            try poller.wait(atMost: .seconds(1))
            try readAll()
        }
    }

    mutating func talk(for time: Interval) throws -> TalkFigures {
        figures = TalkFigures()
        isOver = false
        let start = Clock.now()
        for client in clients.prefix(talking) { speak(client, at: start) }
        while Clock.now() - start < time {
            try poller.wait(atMost: .milliseconds(100))
            try readAll()
        }
        figures.seconds = (Clock.now() - start).seconds
        isOver = true
        let result = figures
        try settle()
        return result
    }

    private mutating func speak(_ client: LoadClient, at now: Instant) {
        client.sent = now
        figures.lines += 1
        client.say("PRIVMSG #load :a line as long as what people say to each other")
    }

    private mutating func readAll() throws {
        while let (index, _) = poller.nextReady() {
            switch clients[index].connection.read(into: &buffer) {
            case .bytes(let count): take(count, by: clients[index])
            case .wouldBlock: continue
            case .closed: throw Failure(description: "the server closed connection \(index): \(last(clients[index]))")
            }
        }
    }

    private func last(_ client: LoadClient) -> String { String(decoding: client.rest.suffix(200), as: UTF8.self) }

    private mutating func take(_ count: Int, by client: LoadClient) {
        var start = 0
        for position in 0..<count where buffer[position] == 0x0A {
            if client.rest.isEmpty {
                takeLine(buffer[start..<position], by: client)
            } else {
                let line = client.rest + buffer[start..<position]
                client.rest = []
                takeLine(line[...], by: client)
            }
            start = position + 1
        }
        if start < count { client.rest += buffer[start..<count] }
    }

    private mutating func takeLine(_ line: ArraySlice<UInt8>, by client: LoadClient) {
        guard client.isJoined else { return takeWelcome(line, by: client) }
        guard !isOver else { return }
        figures.deliveries += 1
        guard line.starts(with: client.neighbour) else { return }
        let speaker = clients[(client.number + talking - 1) % talking]
        let now = Clock.now()
        if let sent = speaker.sent { figures.times.append(Int((now - sent).nanoseconds / 1_000)) }
        speak(speaker, at: now)
    }

    /// The end of the channel's names, or the answer to PING, is the end of joining.
    private mutating func takeWelcome(_ line: ArraySlice<UInt8>, by client: LoadClient) {
        let words = line.prefix(80).split(separator: 0x20, maxSplits: 2)
        guard words.count > 1, words[1].elementsEqual((client.isTalking ? "366" : "PONG").utf8) else { return }
        client.isJoined = true
        joined += 1
    }
}
