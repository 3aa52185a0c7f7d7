import DequeModule
import IRC
package import Timeline

/// The chat server without its sockets: users, channels and what they say, one input at a time.
///
/// After every input the loop takes all effects (`nextEffect`) and then the next deadline. The invariants:
/// every connection is a greeter or a user, never both; a nickname belongs to one connection; a user is in a channel's
/// members exactly when the channel is in the user's; no channel but the standing one is empty.
package struct Hub: Sendable {
    package enum Timer: Hashable, Sendable {
        /// Registration timeout, PING or the end of waiting for PONG, whichever its connection is at.
        case liveness(ConnectionID)
        /// Flood control lets its next line pass.
        case flood(ConnectionID)
        /// A user is gone for `HubLimits.transferGrace`: its transfers end.
        case transfers(ConnectionID)
    }

    package internal(set) var configuration: HubConfiguration
    let started: Instant
    let startedWall: UnixTime
    /// Nanoseconds that the wall clock is ahead of the loop's.
    private var wallLead: Int64
    /// The instant of the input being handled.
    var now: Instant
    var timers = TimerTable<Timer>()
    var effects = Deque<Effect>()

    var connections = ConnectionTable<Connection>()
    var outlets = ConnectionTable<Outlet>()
    /// By the group of their addresses.
    var connectionsOf: [String: Int] = [:]
    var greeters = ConnectionTable<Greeter>()
    var users = ConnectionTable<User>()
    var mostUsers = 0
    var modeCounts = ModeCounts()
    var formerUsers = Deque<FormerUser>()
    /// Who wants to know when the user of a nickname comes and goes.
    var watchers: [Nickname: [ConnectionID]] = [:]
    var owners: [Nickname: ConnectionID] = [:]
    var channels: [ChannelName: Channel] = [:]
    var channelSerial: UInt64 = 0
    /// Lines in the histories of all channels.
    var historyCount = 0
    var messageCount: UInt64 = 0
    var batchCount: UInt64 = 0
    /// The reply to a line with a label, while the line is being handled.
    var labelled: LabelledReply?
    /// The instant up to which tries of passwords are paid for, by the group of their address; the past is dropped.
    var passwordsPaidUntil: [String: Instant] = [:]
    /// How many connections the hub closed, by reason.
    var closings: [Closing: Int] = [:]
    /// Connections whose queue overflowed in this input; closed at its end, when nobody walks the tables.
    var overflowing: [ConnectionID] = []
    var shelf = ShelfDesk()

    package init(_ configuration: HubConfiguration, at now: Instant, wall: UnixTime) {
        self.configuration = configuration
        started = now
        startedWall = wall
        wallLead = wall.seconds * 1_000_000_000 - now.nanoseconds
        self.now = now
    }
}

// What the world did.
extension Hub {
    /// What the wall clock shows: people and NTP set it while the server runs, and it goes on while the machine sleeps.
    package mutating func clockRead(_ wall: UnixTime, milliseconds: Int, at instant: Instant) {
        begin(at: instant)
        wallLead = wall.seconds * 1_000_000_000 + Int64(milliseconds) * 1_000_000 - now.nanoseconds
    }

    /// A client has connected from `address`, a numeric host without a port; those of one `group` are counted together.
    package mutating func connected(
        _ id: ConnectionID, address: String, group: String? = nil, at instant: Instant
    ) {
        begin(at: instant)
        precondition(!connections.contains(id), "a connection's number was used twice")
        let group = group ?? address
        let others = connectionsOf[group, default: 0]
        guard others < configuration.connectionsPerAddress else {
            let reason = "more than \(configuration.connectionsPerAddress) connections from \(group)"
            closings[.tooManyOfAddress, default: 0] += 1
            effects.append(.send(id, errorLine(address: address, reason: reason)))
            effects.append(.close(id, reason: reason))
            return
        }
        connectionsOf[group] = others + 1
        connections[id] = Connection(address: address, group: group, at: now)
        outlets[id] = Outlet()
        greeters[id] = Greeter()
        timers.set(.liveness(id), to: now + HubLimits.registration)
        effects.append(.log(.debug, "\(address) connected"))
    }

    /// Bytes have come, at most `HubLimits.readBuffer` at a time.
    package mutating func receive(_ bytes: ArraySlice<UInt8>, from id: ConnectionID, at instant: Instant) {
        begin(at: instant)
        guard let waiting = connections[id]?.decoder.pending else { return }
        hear(id)
        connections[id]?.lastRead = now
        guard waiting <= HubLimits.readBuffer else {
            close(id, .readBufferFull, reason: "read buffer full")
            settle()
            return
        }
        connections[id]?.decoder.feed(bytes)
        handleLines(of: id)
        settle()
    }

    /// The socket took `count` of the bytes that `send` effects carried.
    package mutating func written(_ count: Int, to id: ConnectionID, at instant: Instant) {
        begin(at: instant)
        guard let outlet = outlets[id] else { return }
        outlets[id]?.queued = max(0, outlet.queued - count)
        guard outlet.waitsForRoom else { return }
        // It reads a long answer, however slowly, and until then its own lines wait: this is how it is heard of.
        if count > 0 { hear(id) }
        releaseAnswers(of: id)
        handleLines(of: id)
        settle()
    }

    /// The client has written its last, or is gone: PING lets the loop find out which, whatever waits to be handled.
    package mutating func probe(_ id: ConnectionID, at instant: Instant) {
        begin(at: instant)
        ping(id)
        settle()
    }

    /// The connection is gone; nothing is said about one that the hub itself closed.
    package mutating func disconnected(_ id: ConnectionID, reason: String, at instant: Instant) {
        begin(at: instant)
        remove(id, reason: reason)
        settle()
    }

    package mutating func timeoutFired(at instant: Instant) {
        begin(at: instant)
        while let timer = timers.popDue(at: now) {
            switch timer {
            case .liveness(let id): checkLiveness(of: id)
            case .flood(let id):
                connections[id]?.isThrottled = false
                handleLines(of: id)
            case .transfers(let id): stopTransfers(of: id)
            }
        }
        settle()
    }

    /// The server ends: every client is told why.
    package mutating func shutDown(reason: String, at instant: Instant) {
        begin(at: instant)
        for (id, connection) in connections.entries.sorted(by: { $0.id < $1.id }) {
            effects.append(.send(id, errorLine(address: connection.address, reason: reason)))
            effects.append(.close(id, reason: reason))
            for timer in [Timer.liveness(id), .flood(id)] { timers.set(timer, to: nil) }
        }
        connections.removeAll()
        outlets.removeAll()
        connectionsOf = [:]
        greeters.removeAll()
        users.removeAll()
        modeCounts = ModeCounts()
        owners = [:]
        watchers = [:]
        channels = [:]
        historyCount = 0
        shelf.requests = [:]
        shelf.ended = [:]
    }
}

// What the hub wants.
extension Hub {
    package mutating func nextEffect() -> Effect? { effects.popFirst() }

    package var nextDeadline: Deadline<Timer>? {
        guard let instant = timers.next, let timer = timers.nextKey else { return nil }
        return Deadline(instant, timer)
    }

    /// Registered users.
    package var userCount: Int { users.count }
    package var channelCount: Int { channels.count }
}

extension Hub {
    mutating func begin(at instant: Instant) { now = max(now, instant) }

    /// Closes whoever overflowed; their QUITs may make others overflow.
    mutating func settle() {
        while let id = overflowing.popLast() { close(id, .sendQueueFull, reason: "send queue full") }
    }

    /// Wall-clock time of `now`.
    var wall: UnixTime { UnixTime(seconds: (now.nanoseconds + wallLead) / 1_000_000_000) }

    var serverTime: String {
        ServerTime.text(of: wall, milliseconds: Int((now.nanoseconds + wallLead) / 1_000_000 % 1_000))
    }
}
