import Glibc
import Synchronization
import Timeline

/// Stands between rdtchat and rdtchatd at 127.0.0.2, on the server's own port number, and spoils the datagrams.
///
/// The ticket of a download names a port and is bound to the address of the chat connection. A relay on the same port at
/// another loopback address passes both unchanged: it connects to the server from 127.0.0.1 by TCP and by UDP.
package final class LossyRelay: Sendable {
    /// What happens to the datagrams of both directions; the chat passes untouched.
    package struct Faults: Sendable {
        /// Share of the datagrams that vanish, 0 to 1.
        package var loss: Double = 0
        /// Share that arrives twice.
        package var duplication: Double = 0
        /// Share that arrives after the next one.
        package var reordering: Double = 0
        /// Share in which one byte is changed.
        package var corruption: Double = 0
        /// Seconds that a datagram is on its way, in each direction.
        package var delay: Double = 0
        /// After so many bytes from the server nothing passes in either direction, until the faults are set anew.
        package var holdAfter: Int?

        package init(
            loss: Double = 0, duplication: Double = 0, reordering: Double = 0, corruption: Double = 0,
            delay: Double = 0, holdAfter: Int? = nil
        ) {
            self.loss = loss
            self.duplication = duplication
            self.reordering = reordering
            self.corruption = corruption
            self.delay = delay
            self.holdAfter = holdAfter
        }
    }

    package struct Counts: Sendable {
        package var fromServer = 0
        package var fromClient = 0
        package var bytesFromServer = 0
        package var dropped = 0
        package var held = 0
    }

    /// Where rdtchat connects to.
    package let address: String
    let shared: Shared
    private let stopper: Int32

    /// What the relay's thread and the test both touch.
    final class Shared: Sendable {
        let faults: Mutex<Faults>
        let counts = Mutex(Counts())
        let deliveries = Mutex(Deliveries())
        /// How often the relay has given its clients other ports.
        let ports = Mutex(0)
        /// How often it has closed every chat connection.
        let cuts = Mutex(0)
        let heard = Mutex([[UInt8]]())
        let lies = Mutex(Lies())

        init(faults: Faults) {
            self.faults = Mutex(faults)
        }
    }

    /// What the relay changes in what the server says. In a struct: a closure that is itself what a mutex holds is wrapped
    /// anew each time it is looked at, and overflows the stack after some 100,000 datagrams.
    struct Lies: Sendable {
        var datagram: @Sendable ([UInt8]) -> [UInt8] = { $0 }
        var chat: @Sendable (String) -> String = { $0 }
    }

    package init(serverPort: UInt16, seed: UInt64, faults: Faults) throws {
        address = "127.0.0.2:\(serverPort)"
        shared = Shared(faults: faults)
        var pipe: [Int32] = [-1, -1]
        guard unsafe pipe2(&pipe, O_CLOEXEC) == 0 else { throw TestFailure.call("pipe2") }
        stopper = pipe[1]
        let listener = try LoopbackSocket.bound(.tcp, to: .loopback(2, port: serverPort))
        let datagrams = try LoopbackSocket.bound(.udp, to: .loopback(2, port: serverPort))
        let stop = pipe[0]
        try startThread { [shared] in
            var loop = RelayLoop(
                listener: listener, datagrams: datagrams, server: .loopback(port: serverPort), stop: stop,
                shared: shared, random: SeededGenerator(seed: seed))
            loop.run()
            close(stop)
        }
    }

    deinit {
        close(stopper)
    }

    package var counts: Counts {
        shared.counts.withLock { $0 }
    }

    /// What was delivered to clients since the run began, all of it of one file.
    package var delivered: (bytes: Int, again: Int) { shared.deliveries.withLock { ($0.bytes, $0.again) } }
    package func endRun() { shared.deliveries.withLock { $0.endRun() } }
    package func beginRun(ofNewFile isNew: Bool = false) {
        shared.deliveries.withLock {
            if isNew { $0.forget() }
            $0.beginRun()
        }
    }

    /// What the server says reaches clients as `change` has it.
    package func rewrite(_ change: @escaping @Sendable ([UInt8]) -> [UInt8]) {
        shared.lies.withLock { $0.datagram = change }
    }
    package func rewriteChat(_ change: @escaping @Sendable (String) -> String) {
        shared.lies.withLock { $0.chat = change }
    }

    /// What came to the server from clients, the first of it.
    package var heard: [[UInt8]] { shared.heard.withLock { $0 } }

    /// Clients have another port at the server from now on, as behind a NAT that has forgotten them: what the server sends
    /// to the old ones reaches nobody.
    package func rebind() { shared.ports.withLock { $0 += 1 } }

    /// Closes every chat connection at the next datagram or byte that passes; datagrams are left alone.
    package func cutChat() { shared.cuts.withLock { $0 += 1 } }

    package func set(_ faults: Faults) {
        shared.faults.withLock { $0 = faults }
    }
}

/// A thread of its own: a blocking loop in Swift's pool would take a worker away from the tests.
func startThread(_ body: @escaping @Sendable () -> Void) throws {
    final class Box {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) {
            self.body = body
        }
    }
    let box = unsafe Unmanaged.passRetained(Box(body))
    var thread = pthread_t()
    let code = unsafe pthread_create(
        &thread, nil,
        { argument in
            if let argument = unsafe argument { unsafe Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body() }
            return nil
        }, box.toOpaque())
    guard code == 0 else { throw TestFailure.call("pthread_create", code) }
    pthread_detach(thread)
}
