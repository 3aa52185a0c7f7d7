import RDT

/// The addresses of one client, and what the server may send to each of them.
struct AddressBook: Sendable {
    private(set) var current: SimulatedAddress
    private var former: [SimulatedAddress] = []
    /// The first from which HELLO came, which has its own rules until ACCEPT, and such that RESPONSE has proven.
    private var proven: Set<SimulatedAddress> = []
    private var challenged: [SimulatedAddress: Nonce] = [:]
    private var bytes: [SimulatedAddress: (heard: Int, said: Int)] = [:]

    /// Another program on the client's host, which has seen what the client said.
    var imitator: SimulatedAddress { SimulatedAddress(host: current.host, port: 78) }

    init(_ address: SimulatedAddress) {
        current = address
    }

    func knows(_ address: SimulatedAddress) -> Bool {
        address == current || former.contains(address) || address == imitator
    }

    mutating func rebind() {
        former.append(current)
        current.port += 1_000
    }

    mutating func serverHeard(_ packet: Packet, bytes count: Int, from address: SimulatedAddress) {
        if case .hello = packet, proven.isEmpty { proven = [address] }
        guard !proven.contains(address) else { return }
        bytes[address, default: (0, 0)].heard += count
        if case .response(let token) = packet, challenged[address] == token { proven.insert(address) }
    }

    mutating func serverSaid(_ transmission: Transmission, to address: SimulatedAddress) throws(InvariantViolation) {
        guard !proven.contains(address) else { return }
        guard case .control(let datagram) = transmission, let packet = try? Self.packet(datagram),
            case .challenge(let token) = packet
        else { throw InvariantViolation("the server sends more than CHALLENGE to \(address), which nobody has proven") }
        challenged[address] = token
        bytes[address, default: (0, 0)].said += datagram.count
        let (heard, said) = bytes[address, default: (0, 0)]
        try require(said <= Limits.amplification * heard, "\(said) bytes for \(heard) to \(address)")
    }

    private static func packet(_ datagram: [UInt8]) throws(PacketError) -> Packet {
        let header = try DatagramHeader(parsing: unsafe datagram.span.bytes)
        return try Packet(parsing: unsafe datagram.span.bytes, header: header)
    }
}
