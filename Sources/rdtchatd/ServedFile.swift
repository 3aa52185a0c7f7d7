import ChatServer
import IRC
import Posix
import RDT
import Timeline

/// A file while it is being sent: open, with what it was when it was opened, and for whom.
///
/// A file that is not the same any more is given up with a reason: the client would otherwise get a mixture.
final class ServedFile {
    /// Between two looks at whether the file has changed, in bytes sent; the last look is before its hash is told.
    private static let bytesBetweenLooks = 16 << 20

    let name: FileName
    let owner: ConnectionID
    let nick: String
    let address: SocketAddress
    let identity: FileIdentity
    private let file: ReadableFile
    private var hashing: Hashing
    private var bytesSinceLook = 0
    private var prefix = PrefixReader()

    /// What the client has and does not get, as far as the hash has not come to it.
    private var omitted: ArraySlice<Range<UInt64>> = []

    private enum Hashing {
        /// The bytes before `next` went into the hasher. Those before `left` have left, or need not: when that is more the
        /// hash catches up.
        case running(FileHasher, next: UInt64, left: UInt64)
        /// It was known before, or has been told.
        case done
    }

    init(
        _ file: consuming ReadableFile, name: FileName, owner: ConnectionID, nick: String, address: SocketAddress,
        isHashKnown: Bool
    ) {
        identity = file.opened
        self.file = file
        self.name = name
        self.owner = owner
        self.nick = nick
        self.address = address
        hashing = isHashKnown ? .done : .running(FileHasher(), next: 0, left: 0)
    }

    // MARK: What a client has already

    func wantPrefix(_ bytes: UInt64, beyond: [Range<UInt64>]) { prefix.want(bytes, beyond: beyond) }

    /// Reads the next slice of it; nil when nothing is wanted.
    func readPrefix(_ buffer: inout [UInt8]) throws(AbortReason) -> PrefixReader.Progress? {
        let progress: PrefixReader.Progress?
        do throws(Errno) {
            progress = try prefix.step(file, &buffer)
        } catch {
            throw file.hasChanged ? .fileChanged : .fileUnreadable
        }
        if progress == .cut { throw .fileChanged }
        if case .found = progress, file.hasChanged { throw .fileChanged }
        return progress
    }

    /// Data begins there, what lies before it was hashed just now, and what the client has behind that does not leave.
    func begin(at offset: UInt64, without omitted: [Range<UInt64>]) {
        defer { prefix = PrefixReader() }
        guard case .running = hashing, offset > 0 || !omitted.isEmpty, prefix.beginning.size == offset else { return }
        self.omitted = omitted[...]
        hashing = .running(prefix.beginning, next: offset, left: offset)
    }

    /// Whether bytes that the client had are still to be hashed, and what has left since.
    var isBehind: Bool {
        if case .running(_, let next, let left) = hashing { next < left } else { false }
    }

    /// Reads and hashes the next slice of that; nil when nothing is left.
    func catchUp(_ buffer: inout [UInt8]) throws(AbortReason) -> PrefixReader.Progress? {
        guard isBehind, case .running(var hasher, let next, let left) = hashing else { return nil }
        hashing = .done
        let count = Int(min(UInt64(PrefixReader.slice), left - next))
        if buffer.count < count { buffer = [UInt8](repeating: 0, count: PrefixReader.slice) }
        let read = try? file.read(at: next, into: &buffer, range: 0..<count)
        guard read == count else { throw file.hasChanged ? .fileChanged : .fileUnreadable }
        hasher.update(unsafe buffer.span.bytes.extracting(0..<count))
        guard next + UInt64(count) < identity.size else {
            if file.hasChanged { throw .fileChanged }
            return .found(hasher.finish(), bytes: identity.size)
        }
        hashing = .running(hasher, next: next + UInt64(count), left: left)
        return .hashed(next + UInt64(count))
    }

    // MARK: Sending

    enum Staged {
        /// The datagrams are in the buffer; and the hash of the whole file, when this run completes it.
        case ready(FileDigest?)
        /// The bytes are on their way from the disk.
        case cold
    }

    /// Fills `buffer` with the datagrams of `run`, and waits for the disk only if it may.
    func stage(
        _ run: SegmentRun, id: TransferID, in buffer: inout [UInt8], waits: Bool
    ) throws(AbortReason) -> Staged {
        do throws(Errno) {
            let count = try file.readStrided(
                at: run.offset, length: run.length, header: DataPacket.headerSize, payload: run.segmentSize,
                into: &buffer, waits: waits)
            guard let count else { return .cold }
            guard count == run.length else { throw Errno(.inputOutput, "file cut") }
        } catch {
            throw file.hasChanged ? .fileChanged : .fileUnreadable
        }
        bytesSinceLook += run.length
        if bytesSinceLook >= ServedFile.bytesBetweenLooks {
            bytesSinceLook = 0
            if file.hasChanged { throw .fileChanged }
        }
        let digest = hash(run, in: buffer)
        if digest != nil || run.offset + UInt64(run.length) == identity.size, file.hasChanged { throw .fileChanged }
        var span = buffer.mutableSpan
        var bytes = unsafe span.mutableBytes
        run.seal(id: id, in: &bytes)
        return .ready(digest)
    }

    /// Hashes the part of the run that is sent for the first time: these parts come in file order.
    private func hash(_ run: SegmentRun, in buffer: [UInt8]) -> FileDigest? {
        guard run.isNew, case .running(var hasher, var next, let left) = hashing, run.newBytes.lowerBound == left else {
            return nil
        }
        let isLevel = next == left
        // Two owners of the hasher's buffer would copy it at every run.
        hashing = .done
        for index in 0..<(isLevel ? run.count : 0) {
            let place = run.payload(index)
            let start = run.offset + UInt64(index * run.segmentSize)
            let new = run.newBytes.clamped(to: start..<start + UInt64(place.count))
            guard !new.isEmpty else { continue }
            let first = place.lowerBound + Int(new.lowerBound - start)
            hasher.update(unsafe buffer.span.bytes.extracting(first..<first + new.count))
        }
        if isLevel { next = run.newBytes.upperBound }
        guard next < identity.size else { return hasher.finish() }
        hashing = .running(hasher, next: next, left: passed(run.newBytes.upperBound))
        return nil
    }

    /// Where the new bytes go on after those before `end`.
    private func passed(_ end: UInt64) -> UInt64 {
        guard let range = omitted.first, range.lowerBound == end else { return end }
        omitted.removeFirst()
        return range.upperBound
    }
}
