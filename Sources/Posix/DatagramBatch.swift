import CPosix

/// Buffers for the datagrams of one call, used again for the next: receiving allocates nothing.
///
/// With coalescing the kernel hands over a list of equal datagrams in one buffer; here they are datagrams again, each a
/// range of `bytes`.
package struct DatagramBatch: Sendable {
    /// One datagram: where it lies in `bytes`, and who sent it.
    package struct Datagram: Sendable {
        package let range: Range<Int>
        package let from: SocketAddress
        /// The address of this machine that it was sent to, without a port: the one that an answer must leave from.
        /// nil where the socket has one address only.
        package let to: SocketAddress?
    }

    /// Holds the longest list that the kernel joins (64 KiB of payload; the lists of loopback were seen at 88 KiB).
    package static let listBytes = 128 << 10
    /// Lists a call: 32 are the datagrams of a millisecond at 400 Mbit/s, which come singly.
    package static let lists = 32
    /// Where lists are long: eight are half a megabyte of full lists, which is still in the processor's cache when it is
    /// written, and keeps a turn below a millisecond.
    private static let longLists = 8
    private static let longList = 16 << 10

    /// As many as there are buffers, from the first call on: who receives nothing needs no memory.
    package private(set) var bytes: [UInt8] = []
    package private(set) var datagrams: [Datagram] = []
    /// All lists were used: more may be waiting. Otherwise the socket is empty, and to ask it again is a call for nothing.
    package private(set) var isFull = false
    /// The kernel's count of dropped datagrams, where the last batch told it.
    private(set) var drops: UInt32?
    /// Datagrams longer than a buffer, lost.
    package private(set) var truncated = 0
    private var received: [cposix_received]
    private let slot: Int
    /// Lists that the next call asks for.
    private var wanted = DatagramBatch.lists

    package init() {
        slot = DatagramBatch.listBytes
        received = [cposix_received](repeating: cposix_received(), count: DatagramBatch.lists)
        datagrams.reserveCapacity(DatagramBatch.lists * UDPSocket.mostSegments)
    }

    mutating func fill(from descriptor: borrowing Descriptor, atMost lists: Int) -> Result<Int, Errno.Code> {
        empty()
        let number = descriptor.number
        let wanted = min(wanted, lists)
        let result = attempt {
            unsafe cposix_receive_batch(number, &bytes, slot, Int32(wanted), &received)
        }
        guard case .success(let count) = result else { return result.map(Int.init) }
        isFull = Int(count) == wanted
        var length = 0
        for index in 0..<Int(count) {
            take(received[index], at: index * slot)
            length += Int(received[index].length)
        }
        let areLong = length > Int(count) * DatagramBatch.longList
        self.wanted = areLong ? DatagramBatch.longLists : DatagramBatch.lists
        return .success(datagrams.count)
    }

    /// The same for a kernel that hands over one list a call.
    mutating func fillSingly(from descriptor: borrowing Descriptor) -> Result<Int, Errno.Code> {
        empty()
        let number = descriptor.number
        for index in 0..<received.count {
            let start = index * slot
            let result = attempt {
                unsafe bytes.withUnsafeMutableBytes { buffer in
                    let place = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[start..<start + slot])
                    return unsafe cposix_receive_one(number, place.baseAddress, slot, &received[index])
                }
            }
            if case .failure(let code) = result {
                guard index > 0 else { return .failure(code) }
                break
            }
            take(received[index], at: start)
            isFull = index + 1 == received.count
        }
        return .success(datagrams.count)
    }

    private mutating func empty() {
        if bytes.isEmpty {
            // Not zeroed, so that the system finds memory only for the buffers that are used.
            let size = slot * DatagramBatch.lists
            bytes = unsafe [UInt8](unsafeUninitializedCapacity: size) { $1 = size }
        }
        datagrams.removeAll(keepingCapacity: true)
        drops = nil
        isFull = false
    }

    private mutating func take(_ list: cposix_received, at start: Int) {
        if list.has_drops != 0 { drops = list.drops }
        guard list.truncated == 0 else {
            truncated += 1
            return
        }
        guard let from = SocketAddress(list.from) else { return }
        let to = SocketAddress(list.to)
        let end = start + Int(list.length)
        var position = start
        repeat {
            let next = min(position + max(Int(list.segment), 1), end)
            datagrams.append(Datagram(range: position..<next, from: from, to: to))
            position = next
        } while position < end
    }
}
