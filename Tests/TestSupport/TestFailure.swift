import Glibc

/// What a helper of the tests found missing, in words for the person who reads the failed run.
package struct TestFailure: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }

    /// The failed call and the system's own words for the error.
    static func call(_ name: String, _ code: Int32 = errno) -> TestFailure {
        TestFailure("\(name): \(unsafe String(cString: strerror(code)))")
    }
}

/// Seconds of a clock that nobody sets.
package func monotonicSeconds() -> Double {
    var now = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &now)
    return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
}

/// Lets other processes run for a while.
package func pause(seconds: Double) {
    usleep(UInt32(seconds * 1e6))
}

/// Looks every 10 ms until `find` gives something; after `seconds` the test fails with `what` and `state`.
///
/// The deadline only ends a run that hangs: no test may pass or fail by how fast the machine is.
package func eventually<Found>(
    _ what: String, seconds given: Double = 30, state: () -> String = { "" }, _ find: () throws -> Found?
) throws -> Found {
    let seconds = given * Programs.slowdown
    let end = monotonicSeconds() + seconds
    while true {
        if let found = try find() { return found }
        guard monotonicSeconds() < end else {
            throw TestFailure("not within \(seconds) s: \(what)\n\(state())")
        }
        pause(seconds: 0.01)
    }
}

/// `eventually` for a condition.
package func eventually(
    _ what: String, seconds: Double = 30, state: () -> String = { "" }, holds: () throws -> Bool
) throws {
    _ = try eventually(what, seconds: seconds, state: state) { try holds() ? true : nil }
}
