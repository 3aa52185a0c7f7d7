// swift-tools-version: 6.3
import PackageDescription

/// Rules that hold for every target; see CONTRIBUTING.md, "The compiler's rules".
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]
/// Lets a module's users have its generic types made for their own: the table of transfers for the server's addresses.
/// Two such modules in one program do not link, because both export what they make of the standard library's types.
let whole: [SwiftSetting] = [.unsafeFlags(["-enable-cmo-everything"], .when(configuration: .release))]
/// Glibc hides ppoll, sendmmsg, accept4 and their like until this is defined for the Swift target that imports it.
let gnu: [CSetting] = [.define("_GNU_SOURCE")]

func pure(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}
func edge(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, cSettings: gnu, swiftSettings: strict)
}
func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies + [argumentParser], cSettings: gnu, swiftSettings: strict)
}
func test(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, cSettings: gnu, swiftSettings: strict)
}
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let deque = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let heap = Target.Dependency.product(name: "HeapModule", package: "swift-collections")

let package = Package(
    name: "rdtchat",
    products: [
        .executable(name: "rdtchat", targets: ["rdtchat"]),
        .executable(name: "rdtchatd", targets: ["rdtchatd"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    ],
    targets: [
        // C: one system library a header, and the few things of Linux that Swift cannot import.
        .systemLibrary(
            name: "CLibEdit", path: "CLibEdit", pkgConfig: "libedit", providers: [.apt(["libedit-dev"])]),
        .systemLibrary(
            name: "CCrypt", path: "Sources/CCrypt", pkgConfig: "libxcrypt", providers: [.apt(["libcrypt-dev"])]),
        .target(name: "CPosix"),
        .target(name: "CXXHash", cSettings: [.unsafeFlags(["-O2"])]),

        // Pure: values in, values out; no clock, no random source, no file, no socket.
        pure("Timeline", [heap]),
        .target(name: "RDT", dependencies: ["Timeline", "CXXHash", deque], swiftSettings: strict + whole),
        pure("IRC", ["Timeline"]),
        pure("ChatServer", ["IRC", "Timeline", deque]),
        pure("ChatClient", ["IRC", "Timeline", deque]),
        pure("TraceDrawing", []),

        // Edges: every system call, and the terminal.
        edge("Posix", ["CPosix", "Timeline"]),
        edge("Terminal", ["CLibEdit", "Posix", "Timeline"]),

        // Loops: they tie cores to edges.
        program("rdtchat", ["ChatClient", "IRC", "RDT", "TraceDrawing", "Terminal", "Posix", "Timeline"]),
        program("rdtchatd", ["ChatServer", "IRC", "RDT", "Posix", "Timeline", "CCrypt", logging]),

        // Tests: one target a module, and what they share.
        .target(
            name: "Simulation", dependencies: ["RDT", "Timeline", heap], path: "Tests/Simulation", swiftSettings: strict
        ),
        .executableTarget(
            name: "simulate", dependencies: ["Simulation", "RDT", "Timeline", argumentParser], path: "Tests/Simulate",
            swiftSettings: strict),
        .target(
            name: "TestSupport", dependencies: ["Posix", "Timeline"], path: "Tests/TestSupport", cSettings: gnu,
            swiftSettings: strict),
        test("TimelineTests", ["Timeline"]),
        test("RDTTests", ["RDT", "Simulation", "Timeline"]),
        test("IRCTests", ["IRC", "Timeline", "TestSupport"]),
        test("ChatServerTests", ["ChatServer", "IRC", "Timeline", "TestSupport"]),
        test("ChatClientTests", ["ChatClient", "IRC", "Timeline"]),
        test("TraceDrawingTests", ["TraceDrawing", "RDT", "Simulation", "Timeline"]),
        test("PosixTests", ["Posix", "Timeline", "TestSupport"]),
        .executableTarget(
            name: "TerminalDriver", dependencies: ["Terminal", "Posix", "Timeline"], path: "Tests/TerminalDriver",
            cSettings: gnu, swiftSettings: strict),
        test("TerminalTests", ["Terminal", "Posix", "Timeline", "TestSupport", "TerminalDriver"]),
        test(
            "rdtchatdTests",
            ["rdtchatd", "ChatServer", "IRC", "RDT", "Posix", "Timeline", "TestSupport", argumentParser, logging]),
        test("EndToEndTests", ["TestSupport", "Terminal", "Posix", "RDT", "Timeline"]),
        test("TidyTests", ["ChatClient", "IRC", "RDT", "Timeline", "TestSupport"]),
        // Fuzzing: what takes bytes from strangers; the fuzzer itself is built by `make fuzz` only.
        .target(
            name: "FuzzHarnesses",
            dependencies: ["ChatClient", "ChatServer", "IRC", "RDT", "CXXHash", "Timeline"],
            path: "Tests/Fuzz/Harnesses",
            swiftSettings: strict),
        test("FuzzTests", ["FuzzHarnesses", "TestSupport", "Timeline"]),
        // Benchmarks: an emulated path for whole programs.
        .target(name: "CTun", path: "Tests/Benchmarks/CTun"),
        .target(
            name: "PathModel", dependencies: ["Simulation", "Timeline", deque], path: "Tests/Benchmarks/PathModel",
            swiftSettings: strict),
        .executableTarget(
            name: "PathEmulator", dependencies: ["PathModel", "CTun", "Posix", "Timeline", heap, argumentParser],
            path: "Tests/Benchmarks/PathEmulator", cSettings: gnu, swiftSettings: strict),
        .executableTarget(
            name: "ChatLoad", dependencies: ["Posix", "Timeline", argumentParser], path: "Tests/Benchmarks/ChatLoad",
            cSettings: gnu, swiftSettings: strict),
        test("BenchmarksTests", ["PathModel", "Timeline"]),
    ]
)

if Context.environment["RDTCHAT_FUZZ"] != nil {
    package.targets.append(
        .executableTarget(
            name: "Fuzzer", dependencies: ["FuzzHarnesses"], path: "Tests/Fuzz/Fuzzer",
            swiftSettings: strict + [.unsafeFlags(["-parse-as-library"])]))
}
