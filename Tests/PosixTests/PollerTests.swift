import Posix
import Testing
import Timeline

@Suite struct PollerTests {
    @Test("each ready descriptor is reported once, under its token, and a forgotten one is not")
    func tokens() throws {
        let address = try #require(SocketAddress(numeric: "127.0.0.1", port: 0))
        let first = try UDPSocket(boundTo: address)
        let second = try UDPSocket(boundTo: address)
        var poller = Poller<String>()
        poller.watch(first.descriptor, for: .reading, as: "first")
        let place = poller.watch(second.descriptor, for: .reading, as: "second")
        #expect(try poller.wait(atMost: .zero) == 0)
        #expect(poller.nextReady() == nil)
        var sender = try UDPSocket(boundTo: address)
        for receiver in [first.address, second.address] {
            #expect(sender.send(unsafe [UInt8]([1]).span.bytes, to: receiver) == .sent(1))
        }
        #expect(try poller.wait(atMost: .seconds(10)) == 2)
        let next = poller.nextReady()
        let ready = try #require(next)
        #expect(ready.token == "first" && ready.readiness.isReadable && !ready.readiness.isOver)
        poller.forget(place)
        #expect(poller.nextReady() == nil)
        #expect(try poller.wait(atMost: .seconds(10)) == 1)
        #expect(poller.watchedCount == 1)
    }

    @Test("what a loop waits for can be changed, and a hang-up is reported whatever it waits for")
    func interest() throws {
        let listener = try TCPTests.listener()
        let client = try TCPConnection.connect(to: [listener.address], timeout: .seconds(10))
        var poller = Poller<Int>()
        let place = poller.watch(client.descriptor, for: .reading, as: 1)
        #expect(try poller.wait(atMost: .zero) == 0)
        poller.change(place, to: [.reading, .writing])
        #expect(try poller.wait(atMost: .seconds(10)) == 1)
        #expect(poller.nextReady()?.readiness.isWritable == true)
        poller.change(place, to: [])
        do {
            let server = try TCPTests.accepted(listener)
            #expect(client.write(unsafe [UInt8]([1]).span.bytes) == .bytes(1))
            _ = server.peer
        }
        #expect(try poller.wait(atMost: .seconds(10)) == 1)
        #expect(poller.nextReady()?.readiness.isOver == true)
    }

    @Test("the place of a forgotten descriptor is used again")
    func reuse() throws {
        let listener = try TCPTests.listener()
        var poller = Poller<Int>()
        for token in 0..<100 {
            let place = poller.watch(listener.descriptor, for: .reading, as: token)
            #expect(poller.watchedCount == 1)
            poller.forget(place)
        }
        #expect(poller.watchedCount == 0)
    }
}

extension PollerTests {
    @Test("who is idle in a large set goes to the crowd, is still heard from there, and can be forgotten there")
    func crowd() throws {
        let address = try #require(SocketAddress(numeric: "127.0.0.1", port: 0))
        var poller = Poller<Int>()
        var sockets: [Box] = []
        var places: [Poller<Int>.Place] = []
        for token in 0..<200 {
            let box = try Box(UDPSocket(boundTo: address))
            places.append(poller.watch(box.socket.descriptor, for: .reading, as: token))
            sockets.append(box)
        }
        for _ in 0..<200 { #expect(try poller.wait(atMost: .zero) == 0) }
        #expect(poller.watchedCount == 200)
        #expect(poller.busyCount <= 64)
        var sender = try UDPSocket(boundTo: address)
        for box in sockets {
            #expect(sender.send(unsafe [UInt8]([1]).span.bytes, to: box.socket.address) == .sent(1))
        }
        // What is ready and not read is reported again, wherever it is.
        for _ in 0..<3 {
            try poller.wait(atMost: .seconds(10))
            var heard: Set<Int> = []
            while let (token, readiness) = poller.nextReady() {
                #expect(heard.insert(token).inserted && readiness.isReadable)
            }
            #expect(heard == Set(0..<200))
        }
        for place in places { poller.change(place, to: []) }
        for _ in 0..<200 { #expect(try poller.wait(atMost: .zero) == 0) }
        #expect(poller.busyCount <= 64)
        poller.change(places[7], to: .reading)
        try poller.wait(atMost: .seconds(10))
        let seventh = poller.nextReady()
        #expect(seventh?.token == 7)
        for place in places { poller.forget(place) }
        #expect(try poller.wait(atMost: .zero) == 0)
        #expect(poller.watchedCount == 0)
        #expect(poller.busyCount == 0)
    }

    /// A socket that can be kept in an array.
    private final class Box {
        let socket: UDPSocket
        init(_ socket: consuming UDPSocket) { self.socket = socket }
    }

    @Test("the clock goes forward and a wait takes its time")
    func clock() throws {
        let start = Clock.now()
        var poller = Poller<Int>()
        try poller.wait(atMost: .milliseconds(20))
        #expect(Clock.now() - start >= .milliseconds(20))
    }
}
