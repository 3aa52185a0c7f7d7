import ChatClient
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
        case .exists: .targetExists
        case _: .cannotWrite
        }
    }

    /// The error with the way out, for the person who asked for `path`.
    func advice(for path: String) -> String {
        switch code {
        case .exists: "'\(path)' exists already; write '> OTHER' for another name or --force to replace it"
        case .isDirectory: "'\(path)' is a directory; write '> \(path)/' to put the file into it"
        case .nameTooLong: "\(self); write '> OTHER' for a shorter name"
        case .notOurs: "'\(path).part' is in the way and no partial download; move it, or write '> OTHER'"
        case .wouldBlock: "'\(path)' is being downloaded already"
        case .noSuchFile: "\(self); make the directory, or choose another by /set output-dir"
        case .accessDenied, .notPermitted: "\(self); choose another directory by /set output-dir"
        case .noSpace, .quotaExceeded: "\(self); make room, or choose another directory by /set output-dir"
        case _: "\(self)"
        }
    }
}
