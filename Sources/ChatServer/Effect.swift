package import IRC

/// What the loop must do for the hub, in this order.
package enum Effect: Hashable, Sendable {
    /// Queue these bytes for the connection.
    case send(ConnectionID, [UInt8])
    /// Queue these bytes for each of the connections, which share them.
    case relay([UInt8], [ConnectionID])
    /// Write what the socket takes at once and close it. The hub has forgotten the connection already.
    case close(ConnectionID, reason: String)
    /// Read nothing from it until `resumeReading`; what was read before is kept and handled in its time.
    case pauseReading(ConnectionID)
    case resumeReading(ConnectionID)
    /// Look at the shelf and call `shelfListed`. The hub filters by the mask again, so heeding it is optional.
    case listShelf(RequestID, mask: String?)
    /// Open the file, issue a ticket bound to the connection's address, and call `fileOpened` or `fileRefused`.
    case openFile(RequestID, ConnectionID, name: FileName, offset: UInt64, mode: String, nick: String)
    /// Stop the transfer at our end; `transferEnded` follows as for every other.
    case stopTransfer(ticket: UInt64)
    /// Look at a running transfer and call `transferExplained`.
    case explainTransfer(RequestID, ticket: UInt64)
    /// Compare a password with its hash, not in the loop, and call `passwordVerified`.
    case verifyPassword(RequestID, password: String, hash: String)
    /// Call `statusTold` with what the loop knows of itself.
    case tellStatus(RequestID)
    /// Read the configuration again.
    case reload
    case log(LogLevel, String)
}

package enum LogLevel: String, CaseIterable, Sendable {
    case debug, info, warning
}

/// Why the shelf does not give a file.
package enum FileRefusal: Hashable, Sendable {
    case noSuchFile
    /// The text is what the system said.
    case unreadable(String)
    /// The offset lies beyond the file's end.
    case badOffset(size: UInt64)
    /// The server serves as many transfers as it can.
    case tooMany
    /// So many run to the user's address.
    case tooManyOfHost(Int)
}
