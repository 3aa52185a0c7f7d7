import CPosix

/// Work that takes long, done by a thread of its own beside the loop, which goes on meanwhile.
///
/// The thread knows the closure and nothing else, takes no signals, and ends by itself, also when nobody waits any more.
package final class Beside {
    /// Becomes readable when the work is done.
    package let event: Descriptor

    private final class Work: Sendable {
        let run: @Sendable () -> Int32
        init(_ run: @escaping @Sendable () -> Int32) { self.run = run }
    }

    /// `work` returns 0 or more.
    package init(_ work: @escaping @Sendable () -> Int32) throws(Errno) {
        let held = unsafe Unmanaged.passRetained(Work(work))
        do throws(Errno) {
            let number = try systemCall("start a thread") {
                unsafe cposix_begin_beside(
                    { unsafe $0.map { unsafe Unmanaged<Work>.fromOpaque($0).takeRetainedValue().run() } ?? 0 },
                    held.toOpaque())
            }
            event = Descriptor(owning: number)
        } catch {
            unsafe held.release()
            throw error
        }
    }

    /// What came of it, nil while it is not done. It is told once.
    package func outcome() throws(Errno) -> Int32? {
        var outcome: Int32 = 0
        let number = event.number
        let isOver = try systemCall("ask a thread") { unsafe cposix_outcome_beside(number, &outcome) } == 1
        return isOver ? outcome : nil
    }
}
