package import Timeline

/// The name of a file on the shelf: a path relative to it, equal to another only byte by byte.
///
/// Whatever is one can be shown as it is (`DisplayText` leaves it alone) and cannot lead out of the directory that it
/// is joined to. Names come from the network in both directions, so both ends make one of every name that they read.
package struct FileName: Hashable, Comparable, Sendable {
    package enum Fault: Hashable, Sendable {
        case empty
        /// It begins with `/`.
        case absolute
        /// Two slashes in a row, or one at the end.
        case emptyPart
        /// A part begins with a dot: `.`, `..` and hidden files.
        case hiddenPart
        case partTooLong
        case tooLong
        /// A control, bidi or invisible character.
        case badCharacter(Unicode.Scalar)
    }

    private let bytes: ByteText
    package var text: String { bytes.text }

    package init(_ text: String) throws(FileNameError) {
        guard !text.isEmpty else { throw FileNameError(text: text, reason: .empty) }
        guard text.utf8.first != UInt8(ascii: "/") else { throw FileNameError(text: text, reason: .absolute) }
        if let bad = HiddenScalars.first(in: text) {
            throw FileNameError(text: text, reason: .badCharacter(bad))
        }
        for part in text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            guard let first = part.first else { throw FileNameError(text: text, reason: .emptyPart) }
            guard first != UInt8(ascii: ".") else { throw FileNameError(text: text, reason: .hiddenPart) }
            guard part.count <= WireLimits.fileNamePart else { throw FileNameError(text: text, reason: .partTooLong) }
        }
        guard text.utf8.count <= WireLimits.fileName else { throw FileNameError(text: text, reason: .tooLong) }
        bytes = ByteText(text: text)
    }

    package var parts: [String] {
        text.utf8.split(separator: UInt8(ascii: "/")).map { String($0) ?? "" }
    }

    /// What the file is called without its directories: the name under which a download is stored.
    package var lastPart: String { parts.last ?? text }

    package static func < (left: FileName, right: FileName) -> Bool { left.bytes < right.bytes }
}

/// One file of the shelf's list.
package struct FileEntry: Hashable, Sendable {
    package var name: FileName
    /// In bytes, at most `largest` when it came from the network.
    package var size: UInt64
    package var modified: UnixTime
    /// 32 small hexadecimal digits, or nil while nobody has computed it.
    package var hash: String?

    /// 64 TiB: the sizes of as many files as are remembered of a list (200,000) can be added up in 64 bits.
    package static let largest: UInt64 = 1 << 46

    package init(name: FileName, size: UInt64, modified: UnixTime, hash: String? = nil) {
        self.name = name
        self.size = size
        self.modified = modified
        self.hash = hash
    }
}
