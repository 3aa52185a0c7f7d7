import Glibc

/// The built programs that a test runs.
package enum Programs {
    package static var rdtchat: String { directory + "/rdtchat" }
    package static var rdtchatd: String { directory + "/rdtchatd" }

    /// The path of a program of the system, those for administrators included; nil when it is not installed.
    package static func find(_ name: String) -> String? {
        ["/usr/local/bin", "/usr/bin", "/bin", "/usr/local/sbin", "/usr/sbin", "/sbin"].map { $0 + "/" + name }
            .first { unsafe access($0, X_OK) == 0 }
    }

    /// They are built for a sanitizer, whose shadow of the memory says nothing about the program's own.
    package static var areSanitized: Bool {
        unsafe getenv("ASAN_OPTIONS") != nil || getenv("TSAN_OPTIONS") != nil
    }

    /// `RDTCHAT_PROGRAMS` names the directory, as `make test` does for the optimised build; otherwise they lie beside the
    /// test bundle.
    private static var directory: String {
        if let named = unsafe getenv("RDTCHAT_PROGRAMS") { return unsafe String(cString: named) }
        let bundle = CommandLine.arguments[0]
        return bundle.lastIndex(of: "/").map { String(bundle[..<$0]) } ?? "."
    }
}
