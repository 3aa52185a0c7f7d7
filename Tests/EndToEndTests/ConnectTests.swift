import TestSupport
import Testing

extension EndToEnd {
    @Suite("another server") struct ConnectTests {
        @Test("/connect goes there with nickname and settings, and a server that is not there leaves the prompt")
        func connect() throws {
            let first = try Stage(["here.txt": [1]])
            let second = try Stage(["there.txt": [2]])
            let bob = try second.clients("bob")[0]
            let home = first.directory.path("typist")
            try FileSystem.makeDirectory(home)
            let tmux = try Tmux(
                directory: home, columns: 100, command: "'\(Programs.rdtchat)' --nick typist \(first.address)")
            try tmux.waitForScreen("#lobby>")
            func enter(_ line: String) throws {
                try tmux.type(line)
                try tmux.press("Enter")
            }
            try enter("/set times off")
            try enter("/connect 127.0.0.1:1")
            try tmux.waitForScreen("(not connected)")
            try enter("/connect \(second.address)")
            try bob.waitFor("join") { $0["nick"]?.string == "typist" }
            try tmux.waitForScreen("the prompt is there") { $0.last { !$0.isEmpty } == "#lobby>" }
            try enter("hello there")
            try bob.waitForText("message", "hello there")
            try enter("/download there.txt")
            try eventually("the file is there", state: { tmux.report }) { FileSystem.exists(home + "/there.txt") }
            try tmux.waitForScreen("the settings hold") { $0.contains("<typist> hello there") }
            try tmux.press("C-d")
            try eventually("the shell ends with 0", state: { tmux.report }) { try tmux.exitCode() == 0 }
        }
    }
}
