import IRC
import Timeline

/// A lost chat connection on its way back: what to take up again, and when to try next.
struct Comeback: Hashable, Sendable {
    let reason: String
    let lostAt: Instant
    let rooms: [ChannelName]
    let nickname: Nickname?
    /// What whoever writes to us was told while we were away; nil when we were here.
    let away: String?
    /// Tries so far.
    var tries = 0
    var next: Instant
    /// What the prompt shows.
    var secondsLeft: Int64 = 1

    /// The pause before the first try, which doubles, and the longest.
    static let pauses = (first: Interval.seconds(1), longest: Interval.seconds(60))

    /// The pause before the next try, a quarter more or less, so that not all clients of a server that comes back knock
    /// at once. `chance` is from 0 to 1.
    func pause(_ chance: Double) -> Interval {
        let whole = min(Self.pauses.first * Int64(1 << min(tries, 6)), Self.pauses.longest)
        return .seconds(whole.seconds * (0.75 + 0.5 * chance))
    }
}

/// Coming back after the connection was lost: the nickname, the rooms, and the downloads that did not go on by themselves.
extension Client {
    /// The connection was lost, or a try to come back failed; false when nothing more is to be tried.
    mutating func tryAgain(_ reason: String, at now: Instant) -> Bool {
        if comeback == nil {
            guard configuration.reconnectsFor != .zero else { return false }
            let current = rooms.current
            let names = rooms.rooms.map(\.name)
            comeback = Comeback(
                reason: reason, lostAt: now, rooms: names.filter { $0 != current } + [current].compactMap { $0 },
                nickname: nickname, away: isAway ? awayWords : nil, next: now)
            rooms.leaveAll()
            isAway = false
        }
        guard var comeback else { return false }
        var next = now + comeback.pause(configuration.random.unit())
        if let limit = configuration.reconnectsFor {
            guard now - comeback.lostAt < limit else {
                self.comeback = nil
                return false
            }
            // The last try is when the time is over, however long the pause would have been.
            next = min(next, comeback.lostAt + limit)
        }
        comeback.tries += 1
        comeback.next = next
        self.comeback = comeback
        decoder = LineDecoder(limit: WireLimits.line, tagLimit: WireLimits.serverTags)
        capabilities = []
        past.batches = [:]
        farewell = nil
        link = .lost(reason: reason)
        countDown(at: now)
        return true
    }

    /// Wakes up each second, for the prompt counts them, and when the time has come.
    mutating func countDown(at now: Instant) {
        guard case .lost = link, let comeback else { return }
        if comeback.next <= now {
            link = .connecting
            perform(.connect)
        } else {
            let left = ((comeback.next - now).nanoseconds - 1) / 1_000_000_000
            self.comeback?.secondsLeft = left + 1
            timers.set(.comeback, to: comeback.next - .seconds(Int(left)))
        }
    }

    /// What stands in place of the prompt while we are not connected.
    var comebackPrompt: String? {
        guard let comeback else { return nil }
        guard case .lost = link else { return "(connecting again) " }
        return "(connecting again in \(comeback.secondsLeft) s) "
    }

    /// The server knows us again.
    mutating func cameBack(at now: Instant) {
        guard let comeback else { return }
        self.comeback = nil
        if let wished = comeback.nickname, wished != nickname {
            wishedNickname = wished
            timers.set(.regainNickname, to: now + Self.regainPause)
        }
        if let words = comeback.away { goAway(words, Asker(word: "away", id: nil), at: now) }
        cameBackAt = now
        timers.set(.renewal, to: now + Self.renewalPause)
        askForDownloads(at: now)
    }

    /// A download of the old connection that stands still for so long after we came back gets a new ticket: a server that
    /// was started again does not know the old one, and says nothing to it.
    static let renewalPause = Interval.seconds(2)

    mutating func renewDownloads(at now: Instant) {
        guard link == .registered, let cameBackAt else { return }
        for transfer in transfers.active {
            guard case .running(let grant) = transfer.state, grant.start < cameBackAt else { continue }
            if transfer.looking == nil, now - transfer.meter.lastGrowth >= Self.renewalPause {
                perform(.cancelTransfer(transfer.number))
                transfers.putBack(transfer.number)
            } else {
                timers.set(.renewal, to: now + Self.renewalPause)
            }
        }
        askForDownloads(at: now)
    }

    /// Our old connection may still have our name, until the server notices that it is gone.
    static let regainPause = Interval.seconds(5)

    /// Takes another name for the time being, or for a script that asked for none; false when that is no way out.
    mutating func takeSubstitute(for refused: String) -> Bool {
        var name = refused + "_"
        if comeback == nil {
            guard configuration.isUnattended, configuration.nickname == nil, flight.substitutes < Self.mostSubstitutes
            else { return false }
            flight.substitutes += 1
            let digits = String(UInt16.random(in: 0...UInt16.max, using: &configuration.random), radix: 36)
            name = "\(configuration.offeredNickname.prefix(20))-\(digits)"
        }
        guard let substitute = try? Nickname(name, by: .unicode) else { return false }
        nickname = substitute
        send(Message(command: "NICK", parameters: [substitute.text]))
        return true
    }

    /// Names of 65,536 that are tried: five scripts of one account at once seldom meet.
    private static let mostSubstitutes = 5

    mutating func regainNickname(at now: Instant) {
        guard link == .registered, let wishedNickname, wishedNickname != nickname else {
            wishedNickname = nil
            return
        }
        send(Message(command: "NICK", parameters: [wishedNickname.text]))
        timers.set(.regainNickname, to: now + Self.regainPause)
    }

    // MARK: Downloads that were interrupted

    /// A download that may go on: back into the queue, unless it was tried too often in vain.
    mutating func takeUpAgain(_ number: TransferNumber, _ failure: TransferFailure, at now: Instant) -> Bool {
        guard failure.kind != .failed, failure.kind != .checkFailed, configuration.reconnectsFor != .zero,
            let transfer = transfers[number], isConnected || comeback != nil
        else { return false }
        let isInVain = transfer.arrived <= transfer.arrivedBefore
        guard !isInVain || transfer.triesInVain < Self.mostTriesInVain else { return false }
        transfers.change(number) {
            $0.triesInVain = isInVain ? $0.triesInVain + 1 : 0
            $0.arrivedBefore = $0.arrived
            $0.looking = nil
            $0.state = .queued
        }
        emit(.info("download \(number): \(transfer.wish.name.text) waits and goes on: \(failure.text)"))
        if link == .registered {
            timers.set(.retryDownload, to: now + Comeback.pauses.first * Int64(1 << transfer.triesInVain))
        }
        return true
    }

    /// Five tries without a byte, with pauses that double.
    static let mostTriesInVain = 5
}
