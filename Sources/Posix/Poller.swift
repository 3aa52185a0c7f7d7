import CPosix
import Glibc
package import Timeline

/// What a poll loop waits for at one descriptor. An empty set still reports a hang-up.
package struct Interest: OptionSet, Sendable {
    package let rawValue: Int16
    package init(rawValue: Int16) { self.rawValue = rawValue }

    package static let reading = Interest(rawValue: Int16(POLLIN))
    package static let writing = Interest(rawValue: Int16(POLLOUT))
    /// The other end of a stream writes no more, for those who do not read, and so do not see the end.
    package static let end = Interest(rawValue: Int16(POLLRDHUP))
}

/// What poll() reported of one descriptor.
package struct Readiness: Sendable, Equatable {
    fileprivate let events: Int16

    package var isReadable: Bool { events & Int16(POLLIN) != 0 }
    package var isWritable: Bool { events & Int16(POLLOUT) != 0 }
    /// The other end writes no more, or is gone; told to those who asked for `Interest.end`.
    package var isEnding: Bool { events & Int16(POLLRDHUP) != 0 }
    /// The other end is gone or the descriptor has failed; what it still holds can be read.
    package var isOver: Bool { events & Int16(POLLHUP | POLLERR | POLLNVAL) != 0 }
}

/// One set of descriptors for poll(), kept between turns, so that a turn costs no rebuilding and no allocation.
///
/// Every descriptor is watched under a token of the loop's choice. poll() looks at every entry of its set each time, so
/// in a large set those that were not ready for a while go to the crowd, one epoll descriptor that stands in the set for
/// them all; whoever becomes ready there comes back. A turn then costs as much as its busy descriptors, however many
/// are idle. The choice is a clock's (second chance): a hand passes over the entries, and takes out those that have not
/// been ready since it passed the last time.
package struct Poller<Token> {
    /// The place of a watched descriptor; valid until it is forgotten.
    package struct Place: Hashable, Sendable { fileprivate let index: Int }

    private struct Member {
        var descriptor: Int32
        var interest: Interest
        /// Its entry in the set, nil while it is in the crowd.
        var position: Int?
        var wasReady: Bool
        var mayRest: Bool
    }

    /// Entries of the set up to which nobody goes to the crowd: poll() takes about 1 µs for them.
    private static var busyMark: Int { 64 }
    /// One entry in so many is looked at a turn, so that 10,000 that fall idle have gone after some 100 turns.
    private static var sweepShare: Int { 16 }
    /// The member index of the crowd's own entry.
    private static var crowdIndex: Int { -1 }

    /// A descriptor of -1 is passed over by poll(), and taken out before the next wait.
    private var entries: [pollfd] = []
    /// The member of each entry.
    private var owners: [Int] = []
    private var holes: [Int] = []
    private var members: [Member] = []
    private var tokens: [Token?] = []
    private var free: [Int] = []
    private var crowd: Crowd?
    private var woken: [Crowd.Woken] = []
    private var hand = 0
    /// Where `nextReady` looks next, and how many entries it still has to find.
    private var position = 0
    private var left = 0

    package init() {}

    package var watchedCount: Int { members.count - free.count }
    /// Of those the ones that poll() itself looks at.
    package var busyCount: Int { entries.count - holes.count - (crowd == nil ? 0 : 1) }

    @discardableResult
    package mutating func watch(
        _ descriptor: borrowing Descriptor, for interest: Interest, as token: Token
    ) -> Place {
        let member = Member(
            descriptor: descriptor.number, interest: interest, position: nil, wasReady: true, mayRest: true)
        let index = free.popLast() ?? members.count
        if index == members.count {
            members.append(member)
            tokens.append(token)
        } else {
            members[index] = member
            tokens[index] = token
        }
        enter(index)
        return Place(index: index)
    }

    package mutating func change(_ place: Place, to interest: Interest) {
        guard members[place.index].interest != interest else { return }
        members[place.index].interest = interest
        if let position = members[place.index].position {
            entries[position].events = interest.rawValue
        } else {
            leaveCrowd(place.index)
        }
    }

    /// Must come before the descriptor is closed, because its number may be given out again at once.
    package mutating func forget(_ place: Place) {
        if let position = members[place.index].position {
            leaveSet(position)
        } else {
            crowd?.remove(members[place.index].descriptor)
        }
        members[place.index].descriptor = -1
        members[place.index].position = nil
        tokens[place.index] = nil
        free.append(place.index)
    }

    /// Waits until something is ready, at most for `timeout` (nil: for ever), and returns how many are; all of the crowd
    /// count as one.
    ///
    /// A signal that interrupts the wait counts as nothing ready, so that the loop looks at its signals.
    @discardableResult
    package mutating func wait(atMost timeout: Interval?) throws(Errno) -> Int {
        fillHoles()
        sweep()
        woken.removeAll(keepingCapacity: true)
        position = 0
        left = 0
        let count = unsafe entries.withUnsafeMutableBufferPointer { entries in
            guard let timeout else { return unsafe ppoll(entries.baseAddress, nfds_t(entries.count), nil, nil) }
            let (seconds, rest) = max(timeout, .zero).nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
            var time = timespec(tv_sec: Int(seconds), tv_nsec: Int(rest))
            return unsafe ppoll(entries.baseAddress, nfds_t(entries.count), &time, nil)
        }
        if count < 0 {
            guard Errno.Code.last == .interrupted else { throw Errno(.last, "poll") }
            return 0
        }
        left = Int(count)
        return left
    }

    /// The next of the ready descriptors; each is reported once a wait.
    package mutating func nextReady() -> (token: Token, readiness: Readiness)? {
        while left > 0, position < entries.count {
            let index = position
            position += 1
            let events = entries[index].revents
            guard events != 0 else { continue }
            left -= 1
            entries[index].revents = 0
            guard entries[index].fd >= 0 else { continue }
            let owner = owners[index]
            if owner == Self.crowdIndex {
                crowd?.takeReady(into: &woken)
            } else if let token = tokens[owner] {
                members[owner].wasReady = true
                return (token, Readiness(events: events))
            }
        }
        while let next = woken.popLast() {
            // Forgotten meanwhile, or back in the set for a change of its interest.
            guard next.member < members.count, members[next.member].position == nil, let token = tokens[next.member]
            else { continue }
            leaveCrowd(next.member)
            return (token, Readiness(events: next.events))
        }
        return nil
    }
}

// The set and the crowd.
extension Poller {
    private mutating func enter(_ index: Int) {
        let member = members[index]
        members[index].position = entries.count
        members[index].wasReady = true
        entries.append(pollfd(fd: member.descriptor, events: member.interest.rawValue, revents: 0))
        owners.append(index)
    }

    private mutating func leaveSet(_ position: Int) {
        entries[position] = pollfd(fd: -1, events: 0, revents: 0)
        holes.append(position)
    }

    private mutating func leaveCrowd(_ index: Int) {
        crowd?.remove(members[index].descriptor)
        enter(index)
    }

    /// The last entries move into the holes, so that the set stays dense.
    private mutating func fillHoles() {
        for hole in holes.sorted(by: >) {
            let last = entries.count - 1
            if hole != last {
                entries[hole] = entries[last]
                owners[hole] = owners[last]
                if owners[hole] != Self.crowdIndex { members[owners[hole]].position = hole }
            }
            entries.removeLast()
            owners.removeLast()
        }
        holes.removeAll(keepingCapacity: true)
    }

    /// Moves the hand on, and takes out who has been idle for a whole round.
    private mutating func sweep() {
        guard entries.count > Self.busyMark else { return }
        for _ in 0..<max(Self.sweepShare, entries.count / Self.sweepShare) {
            hand = hand + 1 < entries.count ? hand + 1 : 0
            let owner = owners[hand]
            guard owner != Self.crowdIndex, members[owner].mayRest else { continue }
            if members[owner].wasReady { members[owner].wasReady = false } else { rest(owner, at: hand) }
        }
        fillHoles()
    }

    private mutating func rest(_ index: Int, at position: Int) {
        // Without an epoll descriptor everybody stays where poll() finds them.
        guard let crowd = crowd ?? openCrowd() else { return }
        guard crowd.add(members[index].descriptor, for: members[index].interest.rawValue, as: index) else {
            members[index].mayRest = false
            return
        }
        members[index].position = nil
        leaveSet(position)
    }

    private mutating func openCrowd() -> Crowd? {
        guard let crowd = Crowd() else { return nil }
        entries.append(pollfd(fd: crowd.descriptor.number, events: Int16(POLLIN), revents: 0))
        owners.append(Self.crowdIndex)
        self.crowd = crowd
        return crowd
    }
}

/// Descriptors behind one epoll descriptor, which is readable when any of them is ready.
private final class Crowd {
    struct Woken {
        let member: Int
        let events: Int16
    }

    /// Reported at a time; the others are ready again at the next wait.
    private static let mostReady = 256

    let descriptor: Descriptor
    private var members = [UInt32](repeating: 0, count: Crowd.mostReady)
    private var events = [UInt32](repeating: 0, count: Crowd.mostReady)

    init?() {
        let number = cposix_crowd_open()
        guard number >= 0 else { return nil }
        descriptor = Descriptor(owning: number)
    }

    /// False for what epoll cannot watch, as a file.
    func add(_ number: Int32, for events: Int16, as member: Int) -> Bool {
        cposix_crowd_add(descriptor.number, number, UInt32(UInt16(bitPattern: events)), UInt32(member)) == 0
    }

    func remove(_ number: Int32) { _ = cposix_crowd_remove(descriptor.number, number) }

    func takeReady(into woken: inout [Woken]) {
        let count = unsafe cposix_crowd_ready(descriptor.number, &members, &events, Int32(Crowd.mostReady))
        for index in 0..<max(0, Int(count)) {
            woken.append(Woken(member: Int(members[index]), events: Int16(truncatingIfNeeded: events[index])))
        }
    }
}
