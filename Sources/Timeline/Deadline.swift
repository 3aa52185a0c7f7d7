/// The next instant at which a core wants `timeoutFired(at:)`, with the reason for it, so that a log, a trace and a
/// failing test can say which timer it was.
package struct Deadline<Reason: Sendable & Equatable>: Sendable, Equatable {
    package let instant: Instant
    package let reason: Reason

    package init(_ instant: Instant, _ reason: Reason) {
        self.instant = instant
        self.reason = reason
    }
}
