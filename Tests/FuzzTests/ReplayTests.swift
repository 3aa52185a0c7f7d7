import FuzzHarnesses
import TestSupport
import Testing
import Timeline

@Suite("what a fuzzer has found, and might find")
struct ReplayTests {
    private static let corpus =
        #filePath.split(separator: "/").dropLast(2).reduce("") { $0 + "/" + $1 } + "/Fuzz/Corpus"

    @Test("every input that is kept runs through its harness", arguments: Harness.allCases)
    func replay(_ harness: Harness) throws {
        let directory = Self.corpus + "/" + harness.rawValue
        guard harness != .canary, FileSystem.exists(directory) else { return }
        let files = try FileSystem.files(below: directory)
        #expect(!files.isEmpty)
        for file in files { harness.run(try FileSystem.bytes(directory + "/" + file)) }
    }

    @Test("every harness has inputs that are kept")
    func complete() {
        for harness in Harness.allCases where harness != .canary {
            #expect(FileSystem.exists(Self.corpus + "/" + harness.rawValue), "\(harness)")
        }
    }

    @Test("seeded bytes without guidance run through every harness", arguments: Harness.allCases)
    func noise(_ harness: Harness) {
        for seed in 0..<300 {
            var random = SeededGenerator(seed: UInt64(seed))
            let bytes = random.bytes(Int.random(in: 0..<1_500, using: &random))
            if harness != .canary { harness.run(bytes) }
        }
    }

    @Test("the canary sings for its four bytes and for no others")
    func canary() {
        #expect(Harness.isCaught(Array("rdt!".utf8)))
        for text in ["rdt", "rdt?", "xdt!", ""] { #expect(!Harness.isCaught(Array(text.utf8))) }
    }
}
