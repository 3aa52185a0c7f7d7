import Glibc
import Posix
import Testing
import Timeline

@Suite struct SignalTests {
    @Test("a signal becomes something to poll and read")
    func read() throws {
        let signals = try SignalDescriptor([.user1, .windowChange])
        #expect(signals.next() == nil)
        // To this thread alone: other tests run on others.
        _ = pthread_kill(pthread_self(), SIGUSR1)
        var poller = Poller<Void>()
        poller.watch(signals.descriptor, for: .reading, as: ())
        try #require(try poller.wait(atMost: .seconds(10)) == 1)
        #expect(signals.next() == .user1)
        #expect(signals.next() == nil)
    }

    @Test("every signal has the name that the manual gives it")
    func names() {
        for signal in Signal.allCases { #expect(signal.name.hasPrefix("SIG")) }
        #expect(Set(Signal.allCases.map(\.number)).count == Signal.allCases.count)
    }
}
