import Glibc

/// The built programs that a test runs.
package enum Programs {
    package static var rdtchat: String { directory + "/rdtchat" }
    package static var rdtchatd: String { directory + "/rdtchatd" }
    package static var simulate: String { directory + "/simulate" }

    /// The path of a program of the system, those for administrators included; nil when it is not installed.
    package static func find(_ name: String) -> String? {
        ["/usr/local/bin", "/usr/bin", "/bin", "/usr/local/sbin", "/usr/sbin", "/sbin"].map { $0 + "/" + name }
            .first { unsafe access($0, X_OK) == 0 }
    }

    /// How many times slower they run than those of `make build`: `make sanitize` says so by `RDTCHAT_SLOWDOWN`. What a
    /// test waits for may take so much longer, and what it does a thousand times it does less often.
    package static let slowdown: Double = {
        guard let text = unsafe getenv("RDTCHAT_SLOWDOWN") else { return 1 }
        return unsafe Double(String(cString: text)).map { max(1, $0) } ?? 1
    }()

    /// A sanitizer or valgrind watches them, whose shadow of the memory says nothing about the program's own.
    package static var areSanitized: Bool { slowdown > 1 }

    /// What `make sanitize` says to the tool that watches: where its reports go, and what is none.
    static var sanitizing: [String: String] {
        var options: [String: String] = [:]
        for name in ["ASAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS", "SWIFT_BACKTRACE"] {
            if let value = unsafe getenv(name) { options[name] = unsafe String(cString: value) }
        }
        return options
    }

    /// For a program that a test sends the signal of a crash: it is the test's own, and no report is wanted.
    package static var crashing: [String: String] {
        sanitizing.filter { ["ASAN_OPTIONS", "TSAN_OPTIONS"].contains($0.key) }
            .mapValues { $0 + ":handle_segv=0:handle_abort=0:handle_sigbus=0" }
            // A debug build's backtracer would ask the person at the terminal, and wait for half a minute.
            .merging(["SWIFT_BACKTRACE": "enable=no"]) { $1 }
    }

    /// `make test` has built the simulator, optimised: in a debug build a simulated minute takes minutes.
    package static var simulateIsThere: Bool {
        unsafe getenv("RDTCHAT_PROGRAMS") != nil && access(simulate, X_OK) == 0
    }

    /// `RDTCHAT_PROGRAMS` names the directory, as `make test` does for the optimised build; otherwise they lie beside the
    /// test bundle.
    private static var directory: String {
        if let named = unsafe getenv("RDTCHAT_PROGRAMS") { return unsafe String(cString: named) }
        let bundle = CommandLine.arguments[0]
        return bundle.lastIndex(of: "/").map { String(bundle[..<$0]) } ?? "."
    }
}
