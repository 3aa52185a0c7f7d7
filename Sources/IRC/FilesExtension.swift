/// Files over IRC: the messages of the capability `rdtchat/files`.
///
/// A file's name is always the last parameter. Numbers are decimal, a ticket is 16 small hexadecimal digits, a hash is
/// 32 of them or `*`.
package enum FilesExtension {
    package static let capability = Capability.files.rawValue
    /// How a client may want losses repaired: names that RDT gives a meaning, and IRC only passes on.
    package static let modes = ["auto", "gbn", "sr"]
    /// Files that a user fetches at a time: more large ones would only share the same path, while small ones spend their
    /// time waiting for answers, and take little room.
    package static let largeAtOnce = 2
    package static let atOnce = 8
    /// Files of at most so many bytes are small: eight of them together are 2 MiB.
    package static let smallFile: UInt64 = 256 << 10

    package enum Command: String, CaseIterable, Sendable {
        case files = "FILES"
        case file = "FILE"
        case filesEnd = "FILEEND"
        case get = "GET"
        case ticket = "TICKET"
        case stop = "GETSTOP"
        case why = "WHY"
        case figures = "FIGURES"
        case windows = "WINDOWS"
        case fail = "FAIL"
        case changed = "FILESCHANGED"
    }

    /// Why a message of the extension cannot be read.
    package enum ParseError: Error, Hashable, Sendable {
        case wrongCommand
        case missingParameters
        /// A number, ticket or hash is not written as it must be.
        case badNumber(String)
        case badMode(String)
        case badName(FileNameError)
    }

    /// Client: what is on the shelf, of names that match the mask or of all?
    package struct FilesRequest: Hashable, Sendable {
        package var mask: String?
        package init(mask: String? = nil) { self.mask = mask }
    }

    /// Server: one file of the list.
    package struct FileLine: Hashable, Sendable {
        package var entry: FileEntry
        package init(entry: FileEntry) { self.entry = entry }
    }

    /// Server: the list is complete.
    package struct FilesEnd: Hashable, Sendable {
        package var count: Int
        package init(count: Int) { self.count = count }
    }

    /// Client: give me this file from this byte on.
    package struct GetRequest: Hashable, Sendable {
        package var offset: UInt64
        package var mode: String
        package var name: FileName
        package init(offset: UInt64, mode: String, name: FileName) {
            self.offset = offset
            self.mode = mode
            self.name = name
        }
    }

    /// Server: fetch it with this ticket at this UDP port of the same host.
    package struct Ticket: Hashable, Sendable {
        package var ticket: UInt64
        package var port: UInt16
        package var entry: FileEntry
        package init(ticket: UInt64, port: UInt16, entry: FileEntry) {
            self.ticket = ticket
            self.port = port
            self.entry = entry
        }
    }

    /// Server: a listing from before may be stale.
    package struct Changed: Hashable, Sendable {
        package init() {}

        package func message(from source: Message.Source) -> Message {
            Message(source: source, command: Command.changed.rawValue)
        }
    }

    /// Client: stop the transfer of this ticket.
    package struct GetStop: Hashable, Sendable {
        package var ticket: UInt64
        package init(ticket: UInt64) { self.ticket = ticket }
    }
}
