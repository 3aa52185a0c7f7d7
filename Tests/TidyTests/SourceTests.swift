import TestSupport
import Testing

@Suite("sources keep the rules of the house")
struct SourceTests {
    /// Which modules each one may import: the arrows of CONTRIBUTING.md.
    private static let arrows: [String: Set<String>] = [
        "Timeline": ["HeapModule"],
        "RDT": ["Timeline", "CXXHash", "DequeModule"],
        "IRC": ["Timeline"],
        "ChatServer": ["IRC", "Timeline", "DequeModule"],
        "ChatClient": ["IRC", "Timeline", "DequeModule"],
        "TraceDrawing": [],
        "Posix": ["CPosix", "Timeline", "Glibc"],
        "Terminal": ["CLibEdit", "Posix", "Timeline", "Glibc"],
        "rdtchat": ["ChatClient", "IRC", "RDT", "TraceDrawing", "Terminal", "Posix", "Timeline", "ArgumentParser"],
        "rdtchatd": [
            "ChatServer", "IRC", "RDT", "Posix", "Timeline", "ArgumentParser", "Logging", "CCrypt", "Synchronization",
        ],
    ]
    private static let pure: Set<String> = ["Timeline", "RDT", "IRC", "ChatServer", "ChatClient", "TraceDrawing"]
    /// Ways to reach the clock, chance or the terminal that need no import.
    private static let impure: Set<Substring> = [
        "print", "readLine", "SystemRandomNumberGenerator", "ContinuousClock", "SuspendingClock", "Task",
    ]

    @Test("every module imports only what the map draws")
    func imports() throws {
        #expect(try Project.modules().sorted() == Self.arrows.keys.sorted())
        for (module, allowed) in Self.arrows {
            for file in try Project.swiftFiles(below: "Sources/" + module) {
                let foreign = SwiftCode(try Project.text(file)).imports.filter { !allowed.contains($0) }
                #expect(foreign.isEmpty, "\(file)")
            }
        }
    }

    @Test("pure modules know no clock, no chance and no terminal")
    func purity() throws {
        for file in try Self.pure.flatMap({ try Project.swiftFiles(below: "Sources/" + $0) }) {
            for (number, line) in SwiftCode(try Project.text(file)).lines.enumerated() {
                #expect(Self.impure.isDisjoint(with: SwiftCode.words(line)), "\(file):\(number + 1)")
            }
        }
    }

    @Test("nothing is public, and nothing imports Foundation")
    func access() throws {
        for file in try Project.allSwiftFiles() {
            let code = SwiftCode(try Project.text(file))
            #expect(!code.imports.contains { $0.hasPrefix("Foundation") || $0 == "Dispatch" }, "\(file)")
            for (number, line) in code.lines.enumerated() {
                #expect(
                    !SwiftCode.words(line).contains { $0 == "public" || $0 == "open" && line.contains("open class") },
                    "\(file):\(number + 1)")
            }
        }
    }

    /// Longest file and function, in lines: what a person can keep in mind.
    private static let longestFile = 400
    private static let longestFunction = 70

    @Test("no file and no function is too long to be read at once")
    func lengths() throws {
        for file in try Project.allSwiftFiles() {
            let text = try Project.text(file)
            #expect(
                text.split(separator: "\n", omittingEmptySubsequences: false).count - 1 <= Self.longestFile, "\(file)")
            for function in SwiftCode(text).functions {
                #expect(function.lineCount <= Self.longestFunction, "\(file):\(function.firstLine)")
            }
        }
    }

    @Test("nothing is marked as unfinished")
    func marks() throws {
        // In two halves, or this file would be a finding.
        let marks = ["TO" + "DO", "FIX" + "ME", "XX" + "X"]
        let files = try Project.allSwiftFiles() + ["Makefile", "README.md", "CONTRIBUTING.md", "Package.swift"]
        for file in files {
            let words = try Project.text(file).split { !($0.isLetter || $0.isNumber || $0 == "_") }
            #expect(!words.contains { marks.contains(String($0)) }, "\(file)")
        }
    }
}
