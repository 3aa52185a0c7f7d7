import Glibc

/// The built programs that a test runs.
package enum Programs {
    package static var rdtchat: String { directory + "/rdtchat" }
    package static var rdtchatd: String { directory + "/rdtchatd" }

    /// `RDTCHAT_PROGRAMS` names the directory, as `make test` does for the optimised build; otherwise they lie beside the
    /// test bundle.
    private static var directory: String {
        if let named = unsafe getenv("RDTCHAT_PROGRAMS") { return unsafe String(cString: named) }
        let bundle = CommandLine.arguments[0]
        return bundle.lastIndex(of: "/").map { String(bundle[..<$0]) } ?? "."
    }
}
