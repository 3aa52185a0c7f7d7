import IRC
package import Timeline

extension Client {
    package mutating func perform(_ line: String, as id: CommandID? = nil, at now: Instant) {}
    package mutating func feedScript(_ bytes: ArraySlice<UInt8>, at now: Instant) {}
    package mutating func endScript(at now: Instant) {}
    package var scriptWantsMore: Bool { script.wantsMore }
    package mutating func transferProgressed(_ number: TransferNumber, bytes: UInt64, at now: Instant) {}
    package mutating func transferVerifying(_ number: TransferNumber, at now: Instant) {}
    package mutating func transferFinished(_ number: TransferNumber, _ report: TransferReport, at now: Instant) {}
    package mutating func transferFailed(_ number: TransferNumber, _ failure: TransferFailure, at now: Instant) {}
    /// One row a download that runs, each at most `columns` − 1 wide; `width` gives the columns that a text takes.
    package func progressRows(columns: Int, at now: Instant, width: (String) -> Int) -> [[Span]] { [] }
    /// What Tab may put in; `localNames` are the files that are there already.
    package func complete(_ textBeforeCursor: String, localNames: Set<String> = []) -> Completion? { nil }

    mutating func handle(_ message: Message, at now: Instant) {}
    mutating func runScript(at now: Instant) {}
    mutating func hear(_ event: ClientEvent) {}
    mutating func conclude(_ request: Request, _ result: CommandResult, at now: Instant) {}
    mutating func transferEnded(_ number: TransferNumber, at now: Instant) {}
    mutating func giveUpOldestRequest(at now: Instant) {}
    mutating func wakeUp(at now: Instant) {}
    mutating func giveUpWaiting(at now: Instant) {}
    mutating func askForDownloads(at now: Instant) {}
    mutating func stopTransfer(_ number: TransferNumber) {}
    mutating func cancel(_ number: TransferNumber, at now: Instant) {}
}
