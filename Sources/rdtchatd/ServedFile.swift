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

    private enum Hashing {
        /// The bytes before `next` went into the hasher.
        case running(FileHasher, next: UInt64)
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
        hashing = isHashKnown ? .done : .running(FileHasher(), next: 0)
    }

    // MARK: What a client has already

    func wantPrefix(_ bytes: UInt64) { prefix.want(bytes) }

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

    /// Data begins there: what lies before it was hashed just now.
    func begin(at offset: UInt64) {
        guard case .running = hashing, offset > 0, prefix.hasher.size == offset else { return }
        hashing = .running(prefix.hasher, next: offset)
        prefix = PrefixReader()
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
        guard run.isNew, case .running(var hasher, let next) = hashing, run.newBytes.lowerBound == next else {
            return nil
        }
        // Two owners of the hasher's buffer would copy it at every run.
        hashing = .done
        for index in 0..<run.count {
            let place = run.payload(index)
            let start = run.offset + UInt64(index * run.segmentSize)
            let new = run.newBytes.clamped(to: start..<start + UInt64(place.count))
            guard !new.isEmpty else { continue }
            let first = place.lowerBound + Int(new.lowerBound - start)
            hasher.update(unsafe buffer.span.bytes.extracting(first..<first + new.count))
        }
        guard run.newBytes.upperBound < identity.size else { return hasher.finish() }
        hashing = .running(hasher, next: run.newBytes.upperBound)
        return nil
    }
}
