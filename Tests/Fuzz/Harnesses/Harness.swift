/// A part of the programs that takes bytes from strangers, as a fuzzer drives it: any bytes, no crash, no broken promise.
package enum Harness: String, CaseIterable, Sendable {
    /// IRC lines: decoder, parser, encoder, the files extension.
    case lines
    /// Clients of the chat server, in any order.
    case hub
    /// Datagrams: what can be read can be written again.
    case packets
    /// The server's side of transfers.
    case sender
    /// The client's side of a transfer.
    case receiver
    /// The shell: a server's lines and a person's.
    case client
    /// Not a part of any program: it has a fault that only a fuzzer which learns from its tries can find.
    case canary

    package func run(_ input: [UInt8]) {
        switch self {
        case .lines: LinesHarness.run(input)
        case .hub: HubHarness.run(input)
        case .packets: PacketsHarness.run(input)
        case .sender: SenderHarness.run(input)
        case .receiver: ReceiverHarness.run(input)
        case .client: ClientHarness.run(input)
        case .canary: precondition(!Self.isCaught(input), "the canary sang")
        }
    }

    /// Four bytes, one after the other, so that each is a new branch: one in 4 thousand million tries without guidance.
    package static func isCaught(_ input: [UInt8]) -> Bool {
        guard input.count >= 4, input[0] == 0x72 else { return false }
        guard input[1] == 0x64 else { return false }
        guard input[2] == 0x74 else { return false }
        return input[3] == 0x21
    }
}

/// Reads an input as a list of choices; an input that is used up gives zeros and says so.
struct Choices {
    private var rest: ArraySlice<UInt8>

    init(_ input: [UInt8]) { rest = input[...] }

    var isEmpty: Bool { rest.isEmpty }

    mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }

    mutating func number(below limit: Int) -> Int { Int(byte()) % limit }

    mutating func wide() -> UInt64 { (0..<4).reduce(UInt64(0)) { value, _ in value << 8 | UInt64(byte()) } }

    /// As many bytes as the next one says.
    mutating func bytes() -> [UInt8] {
        let count = Int(byte())
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }

    mutating func pick<Element>(_ list: [Element]) -> Element { list[number(below: list.count)] }
}
