import CPosix
import Glibc
package import Timeline

/// What a poll loop waits for at one descriptor. An empty set still reports a hang-up.
package struct Interest: OptionSet, Sendable {
    package let rawValue: Int16
    package init(rawValue: Int16) { self.rawValue = rawValue }

    package static let reading = Interest(rawValue: Int16(POLLIN))
    package static let writing = Interest(rawValue: Int16(POLLOUT))
}

/// What poll() reported of one descriptor.
package struct Readiness: Sendable, Equatable {
    fileprivate let events: Int16

    package var isReadable: Bool { events & Int16(POLLIN) != 0 }
    package var isWritable: Bool { events & Int16(POLLOUT) != 0 }
    /// The other end is gone or the descriptor has failed; what it still holds can be read.
    package var isOver: Bool { events & Int16(POLLHUP | POLLERR | POLLNVAL) != 0 }
}

/// One set of descriptors for poll(), kept between turns, so that a turn costs no rebuilding and no allocation.
///
/// Every descriptor is watched under a token of the loop's choice. A forgotten descriptor's place is used again.
package struct Poller<Token> {
    /// The place of a watched descriptor in the set; valid until it is forgotten.
    package struct Place: Hashable, Sendable { fileprivate let index: Int }

    /// A descriptor of -1 is a free place: poll() passes over it.
    private var entries: [pollfd] = []
    private var tokens: [Token?] = []
    private var free: [Int] = []
    /// Where `nextReady` looks next, and how many descriptors it still has to find.
    private var position = 0
    private var left = 0

    package init() {}

    package var watchedCount: Int { entries.count - free.count }

    @discardableResult
    package mutating func watch(
        _ descriptor: borrowing Descriptor, for interest: Interest, as token: Token
    ) -> Place {
        let entry = pollfd(fd: descriptor.number, events: interest.rawValue, revents: 0)
        if let index = free.popLast() {
            entries[index] = entry
            tokens[index] = token
            return Place(index: index)
        }
        entries.append(entry)
        tokens.append(token)
        return Place(index: entries.count - 1)
    }

    package mutating func change(_ place: Place, to interest: Interest) {
        entries[place.index].events = interest.rawValue
    }

    /// Must come before the descriptor is closed, because its number may be given out again at once.
    package mutating func forget(_ place: Place) {
        entries[place.index] = pollfd(fd: -1, events: 0, revents: 0)
        tokens[place.index] = nil
        free.append(place.index)
    }

    /// Waits until something is ready, at most for `timeout` (nil: for ever), and returns how many are.
    ///
    /// A signal that interrupts the wait counts as nothing ready, so that the loop looks at its signals.
    @discardableResult
    package mutating func wait(atMost timeout: Interval?) throws(Errno) -> Int {
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
            if let token = tokens[index] { return (token, Readiness(events: events)) }
        }
        return nil
    }
}
