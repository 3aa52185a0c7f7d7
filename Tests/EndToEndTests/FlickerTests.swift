import Posix
import TestSupport
import Testing
import Timeline

extension EndToEnd {
    @Suite("a flood of talk") struct FlickerTests {
        @Test("10,000 lines leave the half-typed one whole, with at most 20 drawings a second of it")
        func flood() throws {
            let stage = try Stage()
            let bob = try stage.clients("bob")[0]
            let home = stage.directory.path("typist")
            try FileSystem.makeDirectory(home)
            let terminal = try PseudoTerminal(
                Programs.rdtchat, ["--nick", "typist", stage.address], directory: home, columns: 60, rows: 20)
            try terminal.waitForOutput("#lobby> ")
            try terminal.type("half a line")
            try terminal.waitForOutput("half a line")
            let before = terminal.output.utf8.count
            let start = Clock.now()
            try bob.type((1...10_000).map { "number \($0)." }.joined(separator: "\n"))
            try terminal.waitForOutput("number 10000.", seconds: 60)
            let seconds = (Clock.now() - start).seconds
            func drawings() -> [Substring] {
                let flood = String(decoding: terminal.output.utf8.dropFirst(before), as: UTF8.self)
                return flood.split(separator: "#lobby> ", omittingEmptySubsequences: false)
            }
            // Each drawing writes the prompt once, and the whole line behind it: nobody sees one without the other.
            try eventually("the last drawing is whole") { drawings().last?.contains("half a line") == true }
            let drawn = drawings().dropFirst()
            #expect(Double(drawn.count) <= 20 * seconds + 2, "\(drawn.count) in \(seconds) s")
            #expect(drawn.allSatisfy { $0.contains("half a line") })
            terminal.kill(15)
            _ = try terminal.waitForExit()
        }
    }
}
