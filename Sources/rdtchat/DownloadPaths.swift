import ChatClient
import IRC
import Posix
import RDT

extension RecoveryWish {
    var choice: RecoveryChoice {
        switch self {
        case .auto: .auto
        case .gbn: .gbn
        case .sr: .sr
        }
    }
}

extension Errno {
    /// What the server is told when this ends a download.
    var abortReason: AbortReason {
        switch code {
        case .noSpace, .quotaExceeded, .fileTooLarge: .noSpace
        case .exists, .isPart: .targetExists
        case _: .cannotWrite
        }
    }

    /// The error with the way out, for who asked for `path` in the shell, or by a verb of the command line.
    func advice(for path: String, of start: TransferStart) -> String {
        if start.takesStandardOutput { return "\(self)" }
        if start.isByVerb { return verbAdvice(for: path) }
        // Whoever has written a directory behind > has nothing to set.
        let levels = start.localName.utf8.count { $0 == UInt8(ascii: "/") }
        let isNamed = start.localName.utf8.first != UInt8(ascii: ".") && levels > start.treeLevels
        return shellAdvice(
            for: path,
            elsewhere: isNamed ? "write another directory behind >" : "choose another directory by /set output-dir")
    }

    private func verbAdvice(for path: String) -> String {
        let elsewhere = "choose another directory with --output-dir"
        return switch code {
        case .exists: "'\(path)' exists already; --force replaces it, or \(elsewhere)"
        case .isDirectory: "'\(path)' is a directory; \(elsewhere)"
        case .wouldBlock: "'\(path)' is being downloaded already; \(elsewhere)"
        case .nameTooLong: "\(self); rdtchat -c 'download NAME > OTHER' gives it a shorter one"
        case .notOurs: "'\(path).part' is in the way and no partial download; move it, or \(elsewhere)"
        case .isPart: "'\(path)' is the partial file of another download; let that end first, or \(elsewhere)"
        case .noSuchFile: "\(self); make the directory, or \(elsewhere)"
        case .accessDenied, .notPermitted: "\(self); \(elsewhere)"
        case .noSpace, .quotaExceeded: "\(self); make room, or \(elsewhere)"
        case .fileTooLarge: "\(self); a limit (ulimit -f) or the file system allows less, or \(elsewhere)"
        case _: shellAdvice(for: path, elsewhere: elsewhere)
        }
    }

    private func shellAdvice(for path: String, elsewhere: String) -> String {
        switch code {
        case .exists: "'\(path)' exists already; write '> OTHER' for another name or --force to replace it"
        case .isDirectory: "'\(path)' is a directory; write '> \(path)/' to put the file into it"
        case .nameTooLong: "\(self); write '> OTHER' for a shorter name"
        case .notOurs: "'\(path).part' is in the way and no partial download; move it, or write '> OTHER'"
        case .isPart: "'\(path)' is the partial file of another download; let that end first, or write '> OTHER'"
        case .wouldBlock: "'\(path)' is being downloaded already; write '> OTHER' for another name"
        case .noDevice: "nobody reads the pipe '\(path)'; start its reader first"
        case .noSuchFile: "\(self); make the directory, or \(elsewhere)"
        case .accessDenied, .notPermitted: "\(self); \(elsewhere)"
        case .noSpace, .quotaExceeded: "\(self); make room, or \(elsewhere)"
        case .fileTooLarge:
            "\(self); a limit (ulimit -f) or the file system allows less; \(elsewhere)"
        case _: "\(self)"
        }
    }
}

extension PartFile {
    /// Reads a block back to be hashed.
    func read(_ block: Range<UInt64>, for hasher: inout ScatteredHasher) throws(Errno) {
        var buffer = [UInt8](repeating: 0, count: block.count)
        let count = try read(at: block.lowerBound, into: &buffer, range: 0..<block.count)
        guard count == block.count else { throw Errno(.inputOutput, "read \(partPath): it was cut") }
        hasher.read(unsafe buffer.span.bytes)
    }
}

extension Download {
    /// Where the file will be.
    static func path(of start: TransferStart) -> String {
        if start.takesStandardOutput { return start.localName }
        let local = Environment.expandingHome(start.localName)
        let directory = Environment.expandingHome(start.directory)
        guard !local.hasPrefix("/"), !directory.isEmpty else { return local }
        return directory.hasSuffix("/") ? directory + local : "\(directory)/\(local)"
    }

    /// Whether the file is there already, as far as its size and its time tell.
    static func isHere(_ start: TransferStart) -> Bool {
        guard let file = try? ReadableFile(path: path(of: start)) else { return false }
        return file.opened.size == start.entry.size && file.opened.modified == start.entry.modified
    }
}

extension RDT.TransferFailure {
    /// Whether the download may go on later.
    var kind: ChatClient.TransferFailure.Kind {
        switch self {
        case .abortedByPeer(.serverStopping): .serverLeft
        case .abortedByPeer(.connectionLost): .linkLost
        case .noAnswer, .noProgress, .abortedByPeer(.noProgress), .handshakeTimedOut, .ticketExpired: .interrupted
        case .sizeChanged, .digestMismatch, .beyondEnd: .checkFailed
        case .aborted, .abortedByPeer, .acknowledgedUnsent: .failed
        }
    }
}
