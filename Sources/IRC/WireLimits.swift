/// How long things may be on the wire, in bytes, with the source of each number.
package enum WireLimits {
    /// A line with its CR LF, without tags (RFC 1459, section 2.3).
    package static let line = 512
    /// The tags that a client may send, with `@` and the space after them (IRCv3 message-tags: 4094 bytes of data).
    package static let clientTags = 4096
    /// The tags that a client must be ready to read, with `@` and the space after them (IRCv3 message-tags).
    package static let serverTags = 8191
    /// NICKLEN.
    package static let nickname = 30
    /// CHANNELLEN, with the `#`.
    package static let channelName = 50
    /// USERLEN, without the `~` that no server here adds.
    package static let userName = 16
    /// HOSTLEN.
    package static let host = 64
    /// TOPICLEN.
    package static let topic = 390
    /// KICKLEN.
    package static let kickText = 300
    /// NAMELEN.
    package static let realName = 150
    /// KEYLEN.
    package static let channelKey = 23
    /// AWAYLEN.
    package static let awayText = 200
    /// One part of a shared file's path: NAME_MAX of Linux.
    package static let fileNamePart = 255
    /// A shared file's whole path: what is left of a line by the longest `TICKET` that can stand before it.
    package static let fileName = 340
}
