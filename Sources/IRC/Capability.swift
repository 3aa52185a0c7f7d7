/// A capability of IRCv3 that a client may ask for.
package enum Capability: String, CaseIterable, Hashable, Sendable {
    /// The time of each message in a `time` tag.
    case serverTime = "server-time"
    /// A sender gets its own messages back, as everybody else sees them.
    case echoMessage = "echo-message"
    /// All prefixes of a member in NAMES, WHO and WHOIS, not only the highest.
    case multiPrefix = "multi-prefix"
    /// `nick!user@host` in NAMES.
    case userhostInNames = "userhost-in-names"
    /// Who shares a channel is told of AWAY at once.
    case awayNotify = "away-notify"
    /// CAP NEW and CAP DEL; implied by `CAP LS 302`.
    case capNotify = "cap-notify"
    /// Tags that clients put before a message (`+…`) reach its receivers, and each message has a `msgid`.
    case messageTags = "message-tags"
    /// The real name can be changed, and who shares a channel is told.
    case setname
    /// Lines that belong together stand between BATCH lines.
    case batch
    /// What answers a line with a `label` tag carries it too.
    case labeledResponse = "labeled-response"
    /// CHATHISTORY, and no lines of the past without having asked.
    case chatHistory = "draft/chathistory"
    /// FILES, GET and what answers them.
    case files = "rdtchat/files"
}
