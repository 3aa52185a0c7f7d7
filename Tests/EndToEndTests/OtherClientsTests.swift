import TestSupport
import Testing

extension EndToEnd {
    @Suite("other people's clients") struct OtherClientsTests {
        @Test("irssi and our client talk both ways in #lobby")
        func irssi() throws {
            let stage = try Stage()
            let alice = try stage.clients("alice")[0]
            let home = stage.directory.path("irssi")
            try FileSystem.makeDirectory(home)
            let tmux = try Tmux(
                directory: home, columns: 100,
                command: "irssi --home='\(home)/home' -n irssian -c 127.0.0.1 -p \(stage.port)")
            try tmux.waitForScreen("irssian")
            try tmux.waitForScreen("Welcome to")
            try tmux.type("/join #lobby")
            try tmux.press("Enter")
            try alice.waitFor("join") { $0["nick"]?.string == "irssian" }
            try tmux.type("hello from irssi שלום")
            try tmux.press("Enter")
            let heard = try alice.waitFor("message") { $0["text"]?.string == "hello from irssi שלום" }
            #expect(heard["from"]?.string == "irssian")
            try alice.type("hello back")
            try tmux.waitForScreen("hello back")
            try alice.type("/msg irssian in private")
            try tmux.waitForScreen("3]")
            try tmux.type("/window 3")
            try tmux.press("Enter")
            try tmux.waitForScreen("in private")
            try tmux.type("private too")
            try tmux.press("Enter")
            try alice.waitForText("private", "private too")
            try alice.finish()
        }

        @Test("a person at nc and our client talk both ways in #lobby")
        func netcat() throws {
            let stage = try Stage()
            let alice = try stage.clients("alice")[0]
            let nc = try ChildProcess(
                "nc", ["127.0.0.1", "\(stage.port)"], name: "nc", directory: stage.directory.path, input: .pipe)
            try nc.type("NICK cat\nUSER cat 0 * :a cat\nJOIN #lobby\n")
            try nc.waitForOutput(" 366 cat #lobby ")
            try alice.waitFor("join") { $0["nick"]?.string == "cat" }
            try nc.type("PRIVMSG #lobby :meow\n")
            try alice.waitForText("message", "meow")
            try alice.type("hello, cat")
            try nc.waitForOutput("PRIVMSG #lobby :hello, cat")
            try alice.type("/whois cat")
            try alice.type("to cat psst")
            try nc.waitForOutput("PRIVMSG cat :psst")
            try nc.type("QUIT :bye\n")
            try alice.waitFor("leave") { $0["nick"]?.string == "cat" }
            try alice.finish()
        }
    }
}
