import ArgumentParser
import ChatServer
import IRC
import Logging
import Posix
import Timeline

/// How long the turns of the loop take, waiting left out: what a line has to wait at the most.
struct TurnClock {
    /// Upper ends of the classes that turns are counted in.
    private static let classes: [Interval] = [
        .microseconds(100), .milliseconds(1), .milliseconds(10), .milliseconds(100),
    ]

    private var began = Instant(nanoseconds: 0)
    private(set) var count = 0
    private var total = Interval.zero
    private var longest = Interval.zero
    private var counts = [Int](repeating: 0, count: TurnClock.classes.count + 1)

    mutating func begin(at now: Instant) { began = now }

    mutating func end(at now: Instant) {
        let took = now - began
        count += 1
        total += took
        longest = max(longest, took)
        counts[Self.classes.firstIndex { took < $0 } ?? Self.classes.count] += 1
    }

    var text: String {
        let mean = count > 0 ? total.nanoseconds / Int64(count) / 1_000 : 0
        let shares = zip(["<100us", "<1ms", "<10ms", "<100ms", "longer"], counts).map { "\($0.0)=\($0.1)" }
        return "turns=\(count) mean-us=\(mean) longest-us=\(longest.nanoseconds / 1_000) "
            + shares.joined(separator: " ")
    }
}

// For its operator: the status, and options that change while it runs.
extension Server {
    mutating func beginTurn() {
        now = Clock.now()
        turns.begin(at: now)
        let wall = Clock.wallTime()
        hub.clockRead(wall.time, milliseconds: wall.milliseconds, at: now)
    }

    /// What the loop knows; the hub has lines of its own.
    var statusLines: [String] {
        [
            "connections=\(connections.count) polled=\(poller.busyCount) transfers=\(files.transferCount)", turns.text,
            "datagrams dropped: \(files.dropText)",
        ]
    }

    /// Reads the configuration again: a wrong one is refused and the old one stays.
    mutating func reload(asked: String) {
        let new: Options
        let configuration: HubConfiguration
        do {
            new = try ConfigurationFile.options(Array(CommandLine.arguments.dropFirst()))
            configuration = try Setup.hub(new)
        } catch {
            let reason =
                (error as? ConfigurationFile.Failure)?.description
                ?? (error as? Setup.Failure)?.description ?? Options.message(for: error)
            logger.error("\(asked): nothing changed: \(reason)")
            return tellOperators("\(asked): nothing changed: \(reason)")
        }
        let (now, later) = Reload.changes(from: options, to: new, running: firstOptions)
        var changes = now
        if configuration.motd != hub.configuration.motd, !now.contains("motd") { changes.append("motd's text") }
        hub.configure(configuration, at: self.now)
        options = new
        var reports = [changes.isEmpty ? "nothing changed" : "changed: " + changes.joined(separator: ", ")]
        if !later.isEmpty { reports.append("for the next start: \(later.joined(separator: ", "))") }
        for report in reports { logger.notice("\(asked): \(report)") }
        if later.contains("shelf") {
            do { _ = try Setup.shelf(new.shelf, logger) } catch {
                logger.warning("\(asked): the next start would fail: \(error)")
                reports.append("the next start would fail: \(error)")
            }
        }
        tellOperators("\(asked): \(reports.joined(separator: "; "))")
    }

    private mutating func tellOperators(_ report: String) {
        hub.configurationRead(report, at: now)
        drainHub()
    }
}
