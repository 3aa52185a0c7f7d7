import Testing
import Timeline

@Suite struct TimerTableTests {
    private func at(_ nanoseconds: Int64) -> Instant { Instant(nanoseconds: nanoseconds) }

    @Test("timers come up by instant, and those of one instant in the order in which they were set")
    func order() {
        var table = TimerTable<String>()
        table.set("late", to: at(30))
        table.set("first", to: at(10))
        table.set("second", to: at(10))
        #expect(table.next == at(10))
        #expect(table.popDue(at: at(30)) == "first")
        #expect(table.popDue(at: at(30)) == "second")
        #expect(table.popDue(at: at(29)) == nil)
        #expect(table.popDue(at: at(30)) == "late")
        #expect(table.next == nil)
    }

    @Test("a moved timer fires once, at its new instant, and a cancelled one never")
    func moved() {
        var table = TimerTable<Int>()
        table.set(1, to: at(10))
        table.set(1, to: at(20))
        table.set(2, to: at(15))
        table.set(2, to: nil)
        #expect(table.next == at(20))
        #expect(table.nextKey == 1)
        #expect(table.popDue(at: at(19)) == nil)
        #expect(table.popDue(at: at(25)) == 1)
        #expect(table.popDue(at: at(99)) == nil)
    }

    @Test("a timer set, cancelled and set again to the same instant fires once")
    func again() {
        var table = TimerTable<Int>()
        table.set(1, to: at(10))
        table.set(1, to: nil)
        table.set(1, to: at(10))
        #expect(table.popDue(at: at(10)) == 1)
        #expect(table.popDue(at: at(10)) == nil)
    }

    @Test("ten thousand moves of a hundred timers agree with a plain search")
    func model() {
        var table = TimerTable<Int>()
        var model: [Int: Int64] = [:]
        var state: UInt64 = 7
        func random(_ bound: UInt64) -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state >> 33) % bound
        }
        for _ in 0..<10_000 {
            let key = Int(random(100))
            switch random(4) {
            case 0:
                table.set(key, to: nil)
                model[key] = nil
            case 1:
                let now = Int64(random(1_000))
                while let due = table.popDue(at: at(now)) {
                    #expect(model[due].map { $0 <= now } == true)
                    #expect(model[due] == model.values.min())
                    model[due] = nil
                }
                #expect(model.values.allSatisfy { $0 > now })
            default:
                let instant = Int64(random(1_000))
                table.set(key, to: at(instant))
                model[key] = instant
            }
            #expect(table.next?.nanoseconds == model.values.min())
            #expect(table.count == model.count)
        }
    }
}
