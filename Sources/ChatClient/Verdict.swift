import IRC

/// What limits a download, in a word for programs and in a sentence for people.
struct Verdict: Hashable {
    /// What a program is told; the man page has the list.
    enum Limit: String, CaseIterable {
        case none, start, rate, loss, window, receiver, disk, buffer, sender, silence, end, unknown
    }

    var limit: Limit
    var text: String

    /// From so much of the time on, writing the file is what limits.
    private static let slowDisk = 0.5
    /// From so many datagrams dropped by this system on, of all.
    private static let fullBuffer = 0.001
    /// From so much loss on a window that halves is limited by it: at 0.5 % Go-Back-N has about 14 segments (rdt.7).
    private static let loss = 0.005

    init(_ explanation: Explanation) {
        guard explanation.sender != nil || explanation.arrival != nil else {
            let isWaiting = explanation.state == "queued" || explanation.state == "asked"
            self.init(limit: .none, text: isWaiting ? "waits for its turn at the server" : "nothing came")
            return
        }
        if let own = Self.atThisEnd(explanation) {
            self = own
        } else if let sender = explanation.sender {
            self = Self.atTheSender(sender, isRunning: explanation.isRunning)
        } else {
            self.init(limit: .unknown, text: "the server does not tell what limits it")
        }
    }

    private init(limit: Limit, text: String) {
        self.limit = limit
        self.text = text
    }

    private static func atThisEnd(_ explanation: Explanation) -> Verdict? {
        guard let arrival = explanation.arrival, arrival.seconds > 0 else { return nil }
        let writing = arrival.writing / arrival.seconds
        if writing >= slowDisk {
            return Verdict(
                limit: .disk, text: "limited by the disk here: writing took \(percent(writing)) of the time")
        }
        let all = arrival.packets + arrival.localDrops
        let drops = share(arrival.localDrops, of: all)
        guard drops >= fullBuffer else { return nil }
        return Verdict(
            limit: .buffer,
            text: "limited by this machine: it dropped \(percent(drops)) of what came, for nobody took it in time")
    }

    private static func atTheSender(_ figures: FilesExtension.Figures, isRunning: Bool) -> Verdict {
        let isSending = isRunning && figures.words[.state] == "sending"
        let times = limits.map { (limit: $0.limit, time: figures[isSending ? $0.recent : $0.all] ?? 0) }
        let all = times.reduce(0) { $0 + $1.time }
        guard let most = times.max(by: { $0.time < $1.time }), most.time > 0 else {
            return Verdict(limit: .none, text: "it was over before anything limited it")
        }
        let part = percent(share(most.time, of: all))
        let time = isSending ? "\(part) of the last seconds" : "\(part) of the time"
        return Verdict(most.limit, figures, "(\(time))")
    }

    private init(_ most: Limit, _ figures: FilesExtension.Figures, _ time: String) {
        let loss = figures.loss
        let isHalving = most == .window && loss >= Self.loss && figures.words[.recovery] == "gbn"
        limit = isHalving ? .loss : most
        switch limit {
        case .start: text = "starting: it was still finding out the path's rate \(time)"
        case .rate: text = "limited by the path's rate \(time)"
        case .loss: text = "limited by loss, \(Self.percent(loss)): the window halves at each \(time)"
        case .window: text = "limited by the window that the path seems to hold \(time)"
        case .receiver:
            let window = Amount.bytes(figures[.receiveWindow] ?? 0)
            text = "limited by the receive window of this machine, \(window) a round trip \(time)"
        case .sender: text = "limited by the server: its processor, its disk or other downloads \(time)"
        case .silence: text = "limited by silence: the server heard nothing and waited \(time)"
        case .end: text = "all has left, the server waits for the last acknowledgements \(time)"
        case .none, .disk, .buffer, .unknown: text = ""
        }
    }

    private static let limits: [(limit: Limit, all: FilesExtension.Figure, recent: FilesExtension.Figure)] = [
        (.start, .start, .nowStart), (.rate, .rate, .nowRate), (.window, .limitWindow, .nowWindow),
        (.receiver, .receiver, .nowReceiver), (.sender, .sender, .nowSender), (.silence, .silence, .nowSilence),
        (.end, .end, .nowEnd),
    ]

    static func share(_ part: UInt64, of all: UInt64) -> Double { all > 0 ? Double(part) / Double(all) : 0 }

    /// `12 %`, `1.2 %`, `0.03 %`: two digits that count.
    static func percent(_ share: Double) -> String {
        let value = max(0, min(share, 1)) * 100
        if value >= 9.95 || value == 0 { return "\(Int(value.rounded())) %" }
        if value >= 0.995 { return "\(Amount.tenths(value)) %" }
        let hundredths = Int((value * 100).rounded())
        return hundredths > 0 ? "0.\(Amount.twoDigits(hundredths)) %" : "under 0.01 %"
    }
}

extension FilesExtension.Figures {
    /// The share of the datagrams that left and never arrived.
    var loss: Double { Verdict.share(self[.lost] ?? 0, of: self[.packets] ?? 0) }
}
