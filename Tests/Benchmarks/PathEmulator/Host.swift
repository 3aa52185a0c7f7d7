import CTun
import Glibc
import Posix

/// The host at one end: a network namespace of its own, and the device where its packets come out.
struct Host: ~Copyable {
    /// Packets that may wait to be read here. More than any sender has on its way through the paths that are worth
    /// emulating, so that packets are lost only where the model says so.
    private static let transmitQueue: Int32 = 10_000

    let address: String
    let device: Descriptor
    private let space: Descriptor

    init(address: String) throws(Errno) {
        let made = try Self.make(address: address)
        self.address = address
        device = Descriptor(owning: made.device)
        space = Descriptor(owning: made.space)
    }

    /// Where nsenter(1) finds the namespace for as long as this process runs.
    var spacePath: String { "/proc/\(getpid())/fd/\(space.number)" }

    private static func make(address: String) throws(Errno) -> ctun_host {
        let home = ctun_open_own_space()
        guard home >= 0 else { throw Errno(Errno.Code(rawValue: errno), "open the network namespace") }
        let way = Descriptor(owning: home)
        var host = ctun_host()
        var step: UnsafePointer<CChar>? = nil
        guard unsafe ctun_make_host(address, transmitQueue, &host, &step) == 0 else {
            let code = Errno.Code(rawValue: errno)
            throw unsafe Errno(code, step.map { unsafe String(cString: $0) } ?? "make a host")
        }
        guard ctun_enter(way.number) == 0 else {
            throw Errno(Errno.Code(rawValue: errno), "leave the network namespace")
        }
        return host
    }
}
