import ChatServer
import Posix
import TestSupport
import Testing
import Timeline

@testable import RDT
@testable import rdtchatd

@Suite struct ColdRunsTests {
    private static func outgoing(_ number: UInt64) throws -> Outgoing<Route> {
        let address = try #require(SocketAddress(numeric: "127.0.0.1", port: 1))
        return Outgoing(
            id: TransferID(rawValue: number), to: Route(peer: address, local: nil), transmission: .control([]))
    }

    @Test("who cannot go on with the second of two runs finds it again later, before those that came meanwhile")
    func keeps() throws {
        var cold = ColdRuns()
        let start = Instant(nanoseconds: 0)
        for number in [1, 2] as [UInt64] { cold.add(try Self.outgoing(number), since: start, at: start) }
        #expect(cold.next(at: start)?.outgoing.id == nil)
        let due = try #require(cold.nextLook)
        #expect(cold.next(at: due)?.outgoing.id.rawValue == 1)
        // The socket is full here, and another transfer's bytes are not there either.
        cold.add(try Self.outgoing(3), since: due, at: due)
        #expect(cold.next(at: due)?.outgoing.id.rawValue == 2)
        #expect(cold.next(at: due)?.outgoing.id == nil)
        let later = try #require(cold.nextLook)
        #expect(later > due)
        #expect(cold.next(at: later)?.outgoing.id.rawValue == 3)
        #expect(cold.next(at: later)?.outgoing.id == nil && cold.nextLook == nil)
    }
}
