import Posix

/// The file of `--trace`, shared by all downloads. A disk that fills up ends the trace, not the download.
final class TraceFile {
    private var file: LineFile
    /// Why the trace ended early; told once.
    private(set) var failure: Errno?

    init(path: String) throws(Errno) {
        file = try LineFile(path: path)
    }

    func write(_ line: String) {
        guard failure == nil else { return }
        do throws(Errno) {
            try file.append(line)
        } catch {
            failure = error
        }
    }

    func flush() {
        guard failure == nil else { return }
        do throws(Errno) {
            try file.flush()
        } catch {
            failure = error
        }
    }
}
