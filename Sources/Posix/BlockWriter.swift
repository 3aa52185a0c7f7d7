import CPosix
import Glibc

/// A stretch of a file on its way to the disk in whole blocks, past the page cache and without waiting.
///
/// A fast download through the page cache costs a copy, memory for bytes that nobody reads soon, and, when the disk falls
/// behind, a write that holds up the whole program. Past it (O_DIRECT, io_submit(2)) the blocks of a stretch in order wait
/// here, at most `slots` of them; who finds it full leaves the socket alone. Measured: 0.1 s of processor time a GB for
/// 0.4 to 0.9. What a file system or a kernel does not take so is written in the usual way.
@safe package struct BlockWriter: ~Copyable {
    /// With four on their way they reach all of a disk's throughput, as larger ones do; who is killed loses less.
    package static let blockSize = 256 << 10
    /// One that is being filled, four on their way, and one more for a batch of datagrams. Who is killed loses what waits here,
    /// 1.5 MiB, of the 2 MiB that may come twice.
    package static let slots = 6
    private static let reserve = 2
    /// What every file system and disk is content with (statx(2), STATX_DIOALIGN).
    private static let alignment = 4_096

    private enum Slot: Equatable {
        case free
        /// It has so many of its bytes.
        case filling(at: UInt64, count: Int)
        case onItsWay(at: UInt64)
        /// It could not be written.
        case lost(at: UInt64)
    }

    private let direct: Descriptor
    private let usual: Descriptor
    private let path: String
    private let queue: UInt64
    private let memory: UnsafeMutableRawPointer
    private var states = [Slot](repeating: .free, count: BlockWriter.slots)
    private var done = [cposix_block_done](repeating: cposix_block_done(), count: BlockWriter.slots)
    private var current: Int?
    private var landed: [Range<UInt64>] = []
    /// The system does not take blocks of this file.
    package private(set) var isRefused = false

    /// For what comes of a part; nil where there are no such writes.
    package static func of(_ part: borrowing PartFile) -> BlockWriter? {
        let numbers = (cposix_open_again(part.descriptor.number, 1), cposix_open_again(part.descriptor.number, 0))
        var queue: UInt64 = 0
        guard numbers.0 >= 0, numbers.1 >= 0, unsafe cposix_blocks_open(Int32(Self.slots), &queue) == 0 else {
            for number in [numbers.0, numbers.1] where number >= 0 { close(number) }
            return nil
        }
        return BlockWriter(
            direct: Descriptor(owning: numbers.0), usual: Descriptor(owning: numbers.1), queue: queue,
            path: part.partPath)
    }

    private init(direct: consuming Descriptor, usual: consuming Descriptor, queue: UInt64, path: String) {
        self.direct = direct
        self.usual = usual
        self.queue = queue
        self.path = path
        unsafe memory = UnsafeMutableRawPointer.allocate(
            byteCount: Self.slots * Self.blockSize, alignment: Self.alignment)
    }

    deinit {
        cposix_blocks_close(queue)
        unsafe memory.deallocate()
    }

    /// Where the stretch goes on; nil when there is none.
    package var next: UInt64? {
        guard let current, case .filling(let start, let count) = states[current] else { return nil }
        return start + UInt64(count)
    }
    /// Whether the disk has been asked for something that it has not done.
    package var isBusy: Bool { states.contains { if case .onItsWay = $0 { true } else { false } } }
    /// A range that is in the file since the last time; each once.
    package mutating func nextLanded() -> Range<UInt64>? { landed.isEmpty ? nil : landed.removeFirst() }
    /// Whether the disk is behind.
    package var isFull: Bool { states.count { $0 == .free } < Self.reserve }

    /// A stretch begins at `offset`, which is at the border of a block.
    package mutating func begin(at offset: UInt64) throws(Errno) {
        precondition(offset % UInt64(Self.blockSize) == 0 && current == nil)
        current = try freeSlot(for: offset)
    }

    /// The stretch goes on with `bytes`.
    package mutating func append(_ bytes: RawSpan) throws(Errno) {
        var at = 0
        while at < bytes.byteCount {
            guard let slot = current, case .filling(let start, let count) = states[slot] else {
                preconditionFailure("bytes of no stretch")
            }
            let taken = min(Self.blockSize - count, bytes.byteCount - at)
            unsafe bytes.extracting(at..<at + taken).withUnsafeBytes { source in
                guard let first = source.baseAddress else { return }
                unsafe (memory + slot * Self.blockSize + count).copyMemory(from: first, byteCount: taken)
            }
            at += taken
            states[slot] = .filling(at: start, count: count + taken)
            guard count + taken == Self.blockSize else { continue }
            try send(slot, at: start)
            current = try freeSlot(for: start + UInt64(Self.blockSize))
        }
    }

    /// The stretch ends: what does not fill a block is written in the usual way.
    package mutating func end() throws(Errno) {
        guard let slot = current, case .filling(let start, let count) = states[slot] else { return }
        current = nil
        try write(slot, count, at: start)
    }

    /// Looks at what is done by now; waits until so many blocks are.
    package mutating func collect(atLeast least: Int = 0) throws(Errno) {
        guard isBusy else { return }
        let queue = queue
        let count = try systemCall("write \(path)") {
            unsafe cposix_blocks_done(queue, Int32(least), &done, Int32(Self.slots))
        }
        for index in 0..<Int(count) {
            let slot = Int(done[index].slot)
            guard case .onItsWay(let start) = states[slot] else { continue }
            states[slot] = .free
            guard done[index].result != Self.blockSize else {
                landed.append(start..<start + UInt64(Self.blockSize))
                continue
            }
            // The usual way succeeds or says what is wrong.
            isRefused = true
            try write(slot, Self.blockSize, at: start)
        }
    }

    /// Ends the stretch, and waits until everything is in the file.
    package mutating func finish() throws(Errno) {
        try end()
        while isBusy { try collect(atLeast: 1) }
    }

    private mutating func freeSlot(for offset: UInt64) throws(Errno) -> Int {
        while true {
            if let slot = states.firstIndex(of: .free) {
                states[slot] = .filling(at: offset, count: 0)
                return slot
            }
            try collect(atLeast: 1)
        }
    }

    private mutating func send(_ slot: Int, at offset: UInt64) throws(Errno) {
        let (queue, number) = (queue, direct.number)
        let result = attempt {
            unsafe cposix_blocks_write(
                queue, number, memory + slot * Self.blockSize, Self.blockSize, offset, Int32(slot))
        }
        if case .success(1) = result {
            states[slot] = .onItsWay(at: offset)
        } else {
            isRefused = true
            try write(slot, Self.blockSize, at: offset)
        }
    }

    private mutating func write(_ slot: Int, _ count: Int, at offset: UInt64) throws(Errno) {
        states[slot] = .lost(at: offset)
        var written = 0
        while written < count {
            let place = unsafe memory + slot * Self.blockSize + written
            written += try systemCall("write \(path)") {
                unsafe pwrite(usual.number, place, count - written, off_t(offset) + off_t(written))
            }
        }
        states[slot] = .free
        if count > 0 { landed.append(offset..<offset + UInt64(count)) }
    }
}
