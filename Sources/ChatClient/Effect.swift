package import IRC
import Timeline

/// What the client's core wants done; the loop drains these after every input, in order.
package enum Effect: Hashable, Sendable {
    /// Open the chat connection, then tell with `connected(at:)` or `disconnected(reason:at:)`.
    case connect
    /// Bytes for the chat connection.
    case send([UInt8])
    /// Close the chat connection; `disconnected(reason:at:)` with this reason follows from the loop.
    case disconnect(reason: String)
    /// Something to show or to print.
    case emit(ClientEvent)
    case startTransfer(TransferStart)
    /// Abort the transfer at our end (the server was told already) and report nothing more about it.
    case cancelTransfer(TransferNumber)
    /// Tell by `transferExamined` what our own end knows of it.
    case examineTransfer(TransferNumber)
    /// A line that came with an identity has had its effect, or failed.
    case finished(CommandID, CommandResult)
    /// The downloads that have not ended, for the next shell.
    case keepQueue([KeptDownload])
    /// A line for the rc file, so that a setting is there again the next time.
    case keep(RunCommands.Kept)
    /// Tell the person when downloads cannot go to this directory.
    case lookAtDirectory(String)
    /// Go to another server: close, and begin anew there with what is set and with this nickname.
    case move(ServerAddress)
    /// Everything is done: send what is left (at most for a second), close, and exit with this status.
    case quit(ExitStatus)
}

/// Names a command that somebody waits for.
package struct CommandID: Hashable, Sendable {
    package let rawValue: UInt64

    package init(_ rawValue: UInt64) {
        self.rawValue = rawValue
    }
}

/// How a command ended; what was wrong has been told by an `error` event.
package enum CommandResult: Hashable, Sendable {
    case succeeded
    /// The status that a script ends with because of it.
    case failed(ExitStatus)
}

/// The number that the person knows a download by: 1, 2, 3 … in the order of asking.
package struct TransferNumber: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let rawValue: Int

    package init(_ rawValue: Int) {
        self.rawValue = rawValue
    }

    package var description: String { String(rawValue) }
    package static func < (left: TransferNumber, right: TransferNumber) -> Bool { left.rawValue < right.rawValue }
}

/// A ticket in hand: all that the loop needs to fetch the file.
package struct TransferStart: Hashable, Sendable {
    package var number: TransferNumber
    package var ticket: UInt64
    /// UDP port at the chat server's address.
    package var port: UInt16
    package var entry: FileEntry
    /// Directory of `localName`, from `/set output-dir`; empty is the current one.
    package var directory: String
    /// The name to write: what followed `>`, or the last part of the server's name. It may be a path of the person's own.
    package var localName: String
    /// The bytes go to standard output, and `localName` is only what that is called.
    package var takesStandardOutput: Bool
    /// Whether an existing file may be replaced.
    package var force: Bool
    package var recovery: RecoveryWish
    /// So many of the last directories of `localName` are the server's, and made where they are missing.
    package var treeLevels = 0
    /// It is one of several: a file that is here already with the same size and time is no mistake.
    package var isOfGroup = false
    /// Asked for by a verb of the command line, to which the shell's ways are closed.
    package var isByVerb = false
}

/// What the loop tells about a transfer that ended well.
package struct TransferReport: Hashable, Sendable {
    /// Where the file lies now.
    package var path: String
    package var bytes: UInt64
    /// Those of them that came now: the others were here from an earlier time.
    package var fetched: UInt64
    package var seconds: Double
    /// Packets lost, and packets sent again, as the transfer's end tells them.
    package var lost: UInt64
    package var resent: UInt64
    package var recovery: String

    package init(
        path: String, bytes: UInt64, fetched: UInt64? = nil, seconds: Double, lost: UInt64, resent: UInt64,
        recovery: String
    ) {
        self.path = path
        self.bytes = bytes
        self.fetched = fetched ?? bytes
        self.seconds = seconds
        self.lost = lost
        self.resent = resent
        self.recovery = recovery
    }
}

/// What the loop tells about a transfer that did not end well: one clear line, and what a script's status follows from.
package struct TransferFailure: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// The file cannot be written, the server went silent, the target exists …
        case failed
        /// The server is stopping: the news may come before the end of the chat connection, or after it.
        case serverLeft
        /// The server ended it because our chat connection is gone.
        case linkLost
        /// The path or the server went silent: it may go on later.
        case interrupted
        /// All bytes came and were not those of the server's file.
        case checkFailed
    }
    package var kind: Kind
    package var text: String

    package init(_ kind: Kind, _ text: String) {
        self.kind = kind
        self.text = text
    }
}
