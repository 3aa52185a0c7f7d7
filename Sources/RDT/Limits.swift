package import Timeline

/// The protocol's numbers, each with its source; rdt(7), LIMITS has the table of them.
package enum Limits {
    /// A ticket waits this long for its HELLO: long enough for a client that asks its person for a file name.
    package static let ticketLife = Interval.seconds(30)
    /// From the first HELLO until START; the client repeats itself each second, so four losses in a row are survived.
    package static let handshake = Interval.seconds(5)
    /// A transfer without progress for so long has failed, at either end (RFC 1123 §4.2.3.2 asks for a limit).
    package static let noProgress = Interval.seconds(30)
    /// An ended transfer is remembered for so long, so that a client that lost END gets another.
    package static let tombstone = Interval.seconds(10)
    /// The retransmission timer of the handshake, before anything is known of the path (RFC 6298 §2.1).
    package static let firstTimeout = Interval.seconds(1)
    /// The least retransmission timeout; RFC 6298 §2.4 says 1 s, which is a hundred round trips of a local network, and
    /// exact samples by packet number make the lower floor safe.
    package static let leastTimeout = Interval.milliseconds(20)
    /// The least one until a full segment has been measured: Linux' floor for TCP, which a link of 50 kbit/s still keeps.
    package static let leastUnproven = Interval.milliseconds(200)
    /// The greatest retransmission timeout (RFC 6298 §2.5 allows 60 s and more).
    package static let greatestTimeout = Interval.seconds(60)
    /// The client tells a silent server where it stands, first after so long and then each time after twice as long.
    package static let firstSilence = Interval.milliseconds(500)
    /// The longest pause between two such reminders.
    package static let greatestSilence = Interval.seconds(4)
    /// The client holds an ACK back for at most so long (RFC 9000 §18.2, max_ack_delay).
    package static let longestHold = Interval.milliseconds(25)
    /// Selective repeat probes a silent path at least so often, so that it finds the end of an outage in time.
    package static let longestProbePause = Interval.seconds(2)
    /// Timers are not finer than this (RFC 9002 §6.1.2).
    package static let granularity = Interval.milliseconds(1)

    /// At most so many bytes leave for each byte received until ACCEPT (RFC 9000 §8.1).
    package static let amplification = 3
    /// HELLO is padded to this size, the least that a path for QUIC has to carry (RFC 9000 §14), in both directions.
    package static let helloSize = 1_200
    /// The largest payload of UDP over IPv4 (RFC 768, RFC 791).
    package static let largestDatagram = 65_507
    /// At most so many bytes are on their way, whatever the receiver allows.
    package static let window = 64 << 20
    /// New bytes leave at most so far after the first that is missing, whatever arrived beyond: else who acknowledges all
    /// but one segment would have the sender remember every packet of a file, at 80 bytes each.
    package static let reach = window
    /// The first window in segments (RFC 6928).
    package static let firstWindow = 10
    /// The first window of the rate model: 100 kB cross a path in two round trips (QUIC of Google and Cloudflare do so).
    package static let firstModelWindow = 32
    /// A file of so many segments and less leaves in the first round trip, spread over half of it (Halfback, CoNEXT 2015,
    /// spreads up to 141 kB over a whole one).
    package static let smallFile = 100
    /// The least window in segments: Go-Back-N with one segment still moves.
    package static let leastWindow = 1
    /// An ACK names at most so many ranges of packet numbers: 8 bytes each, with which it stays below 300 bytes.
    package static let ranges = 32
    /// Three packets sent later and arrived mean a loss (RFC 9002 §6.1.1, RFC 5681 §3.2).
    package static let duplicates = 3
    /// A run has at most so many segments: below the 64 of the kernel's segmentation offload, and measured best.
    package static let runSegments = 44
    /// A run with its headers has at most so many bytes, as one send with segmentation offload carries.
    package static let runBytes = 65_507
    /// START names at most so many ranges behind the first byte wanted: 10 bytes each, with which it fits every path.
    package static let keptRanges = 64
    /// Bytes in all of them: a client has no more than was on its way behind its first gap.
    package static let keptBeyond = window
    /// A name has at most so many bytes, so that INFO fits every path.
    package static let nameBytes = 1_024
    /// Packet numbers of one transfer: with segments of 1,176 bytes enough for 5 TB.
    package static let packets = UInt32.max
    /// Transfers of one server at a time.
    package static let transfers = 128
    /// Transfers to one host at a time.
    package static let transfersOfHost = 16
}
