/// The lines that a person reads for each event.
package enum EventText {
    /// `time` is the time of day that stands before each line, nil for none; `room` is the one whose name need not be said.
    package static func lines(for event: ClientEvent, time: String?, room: String?) -> [[Span]] { [] }
}
