import Posix

/// What the kernel says of the server's process (proc(5)).
struct ServerMeter {
    let process: Int

    /// Ticks of /proc/PID/stat a second: USER_HZ, 100 on every Linux.
    private static let ticks = 100.0

    /// Seconds of processor time so far, its own and the kernel's for it.
    func processorTime() -> Double {
        // The name in parentheses may hold spaces; utime and stime are the 12th and 13th after it.
        let fields = text("stat").split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { return 0 }
        return (user + system) / Self.ticks
    }

    /// Bytes of memory that it has of its own, without the pages of its program.
    func memory() -> Int {
        let line = text("status").split(separator: "\n").first { $0.hasPrefix("RssAnon:") }
        return (line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 1_024
    }

    private func text(_ name: String) -> String {
        guard let file = try? Descriptor(reading: "/proc/\(process)/\(name)") else { return "" }
        var buffer = [UInt8](repeating: 0, count: 8_192)
        guard case .bytes(let count) = file.read(into: &buffer) else { return "" }
        return String(decoding: buffer.prefix(count), as: UTF8.self)
    }
}
