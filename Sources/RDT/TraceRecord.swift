package import Timeline

/// One line of a trace: what happened to a transfer, when, and where it stood.
package struct TraceRecord: Hashable, Sendable {
    /// Which end saw it.
    package enum End: String, Sendable {
        case server, client
    }

    package enum Event: String, CaseIterable, Sendable {
        case hello, helloAck = "hello-ack", accept, info, start, check
        case windowDoubled = "window-doubled", windowHalved = "window-halved", windowCapped = "window-capped"
        case lost, late, phase, switched, status
        case size, moved
        case goBack = "go-back", timeout, spuriousTimeout = "spurious-timeout", silence
        case end, done, abort, finished
    }

    /// The least time between two lines of figures.
    static let statusPause = Interval.milliseconds(10)

    /// The clock of the end's loop.
    package var time: Instant
    package var id: TransferID
    package var end: End
    package var event: Event
    /// The packet number next to be sent (server) or the largest seen (client).
    package var packet: PacketNumber?
    /// The first unacknowledged byte (server), the next expected one (client).
    package var offset: FileOffset
    /// Bytes that may be on their way: the congestion window (server), the receive window (client).
    package var window: Int
    /// What the event was about, as "cancelled"; empty for most.
    package var detail = ""

    /// One JSON object without line end. Seconds have six decimals.
    package var json: String {
        let microseconds = time.nanoseconds / 1_000
        let decimals = String(1_000_000 + abs(microseconds % 1_000_000)).dropFirst()
        var line = "{\"time\":\(microseconds / 1_000_000).\(decimals),\"id\":\"\(id)\""
        line += ",\"end\":\"\(end.rawValue)\",\"event\":\"\(event.rawValue)\""
        if let packet { line += ",\"packet\":\(packet)" }
        line += ",\"offset\":\(offset),\"window\":\(window)"
        if !detail.isEmpty { line += ",\"detail\":\"\(Self.escaped(detail))\"" }
        return line + "}"
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case _ where scalar.value < 0x20: result += "\\u" + hexadecimal(UInt64(scalar.value), digits: 4)
            case _: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
