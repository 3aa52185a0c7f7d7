/// Which bytes of one file a relay has delivered, and how many of them came again in a later run.
///
/// Bytes that are sent again within a run are the protocol's own affair: only what an earlier run had delivered counts.
package struct Deliveries: Sendable {
    /// Bytes are counted in grains, by their first one.
    private static let grain = 64

    private var lastRun: [UInt16] = []
    private var run: UInt16 = 0
    /// The run in which a transfer to each client's port began: what a server goes on saying to one that was killed reaches
    /// nobody, and does not count.
    private var beginnings: [UInt16: UInt16] = [:]
    private var isCounting = false
    /// Bytes delivered in this run, and those of them that an earlier run had delivered.
    package private(set) var bytes = 0
    package private(set) var again = 0

    package mutating func beginRun() {
        run += 1
        isCounting = true
        bytes = 0
        again = 0
    }

    /// Somebody is killed now: what the relay still holds reaches nobody.
    package mutating func endRun() { isCounting = false }

    /// Another file, or the same from the beginning.
    package mutating func forget() { lastRun = [] }

    /// A datagram from the client at `port`: HELLO (rdt(7): type 1) begins a transfer.
    mutating func heard(_ datagram: [UInt8], from port: UInt16) {
        if datagram.first == 0x11 { beginnings[port] = run }
    }

    /// A datagram on its way to the client at `port`; only DATA counts (rdt(7): type 6, offset at 18, payload at 24).
    mutating func note(_ datagram: [UInt8], to port: UInt16) {
        guard isCounting, beginnings[port] == run, datagram.count > 24, datagram[0] == 0x16 else { return }
        let offset = datagram[18..<24].reduce(0) { $0 << 8 | Int($1) }
        let first = (offset + Self.grain - 1) / Self.grain
        let last = (offset + datagram.count - 24 - 1) / Self.grain
        guard first <= last else { return }
        if lastRun.count <= last { lastRun += Array(repeating: 0, count: last + 1 - lastRun.count + 4_096) }
        for index in first...last where lastRun[index] != run {
            if lastRun[index] > 0 { again += Self.grain }
            lastRun[index] = run
            bytes += Self.grain
        }
    }
}
