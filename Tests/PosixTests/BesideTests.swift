import Posix
import TestSupport
import Testing
import Timeline

@Suite("work beside the loop") struct BesideTests {
    @Test("the loop is woken when the work is done, and told its outcome once")
    func done() throws {
        let work = try Beside { 42 }
        var poller = Poller<Int>()
        poller.watch(work.event, for: .reading, as: 1)
        try eventually("the work is done") { try poller.wait(atMost: .seconds(1)) == 1 }
        #expect(try work.outcome() == 42)
        #expect(try work.outcome() == nil)
    }

    @Test("the outcome 0 is one too, and whoever loses interest may go at once")
    func abandoned() throws {
        for _ in 0..<50 { _ = try Beside { 1 } }
        let work = try Beside { 0 }
        try eventually("the work is done") { try work.outcome() == 0 }
    }
}
