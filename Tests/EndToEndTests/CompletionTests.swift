import TestSupport
import Testing

extension EndToEnd {
    /// The completions in the shells themselves, with a stand-in for rdtchat that answers at once: whether a server
    /// does within 0.2 s is not theirs to promise.
    @Suite("completions in the shells") struct CompletionTests {
        private let place: TemporaryDirectory
        private let path: String

        init() throws {
            place = try TemporaryDirectory()
            let completions = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 } + "/completions"
            for name in ["_rdtchat", "rdtchat.fish", "rdtchat.bash"] {
                try FileSystem.write(try FileSystem.bytes(completions + "/" + name), to: place.path(name))
            }
            let answers = """
                #!/bin/sh
                printf '%s\\n' "$*" >>asked
                case "$1" in who) printf 'alice\\nalbert\\nbob\\n';; ls) printf 'big film.mkv\\nbig.iso\\nphotos/a.jpg\\nphotos/sub/x.jpg\\n';; esac
                """
            try FileSystem.write(answers + "\n", to: place.path("rdtchat"))
            try FileSystem.setMode(place.path("rdtchat"), 0o755)
            path = place.path + ":/usr/local/bin:/usr/bin:/bin"
        }

        @Test("fish completes nicknames, commands and the server's files", .enabled(if: Programs.find("fish") != nil))
        func fish() throws {
            func complete(_ line: String) throws -> [String] {
                try FileSystem.write("source rdtchat.fish\ncomplete -C '\(line)'\n", to: place.path("ask.fish"))
                let fish = try ChildProcess(
                    "fish", ["--no-config", "ask.fish"], name: "fish", directory: place.path,
                    environment: ["PATH": path])
                #expect(try fish.waitForExit() == .exited(0))
                return fish.lines.map { $0.split(separator: "\t").first.map(String.init) ?? "" }
            }
            #expect(try complete("rdtchat -c \"/msg al") == ["/msg albert", "/msg alice"])
            #expect(try complete("rdtchat -c /tran") == ["/transfers"])
            #expect(try complete("rdtchat host:7 -c \"/download big.") == ["/download big.iso"])
            #expect(try asked() == ["who 127.0.0.1", "ls host:7"])
            #expect(try complete("rdtchat get host:1 big") == ["big film.mkv", "big.iso"])
        }

        /// What the stand-in was called with.
        private func asked() throws -> [String] {
            try FileSystem.text(place.path("asked")).split(separator: "\n").map(String.init)
        }

        /// Presses Tab until the line is whole: on a loaded machine the stand-in too may take longer than 0.2 s.
        private func complete(_ typed: String, _ completed: String, _ tmux: Tmux) throws {
            try tmux.type(typed)
            try eventually("Tab makes \(completed)", state: { tmux.report }) {
                if try tmux.screen().contains(where: { $0.contains(completed) }) { return true }
                try tmux.press("Tab")
                pause(seconds: 0.5)
                return false
            }
            try tmux.press("C-c")
        }

        @Test("bash completes nicknames, commands and the server's files, with and without marks")
        func bash() throws {
            try FileSystem.write("PS1='b> '\n. ./rdtchat.bash\n", to: place.path("rc"))
            let tmux = try Tmux(
                directory: place.path, columns: 100, environment: ["PATH": path], command: "bash --rcfile ./rc -i")
            try tmux.waitForScreen("b>")
            let lines = [
                ("rdtchat -c '/whois b", "rdtchat -c '/whois bob'"), ("rdtchat -c /msg\\ bo", "rdtchat -c /msg\\ bob"),
                ("rdtchat host:7 -c \"/msg bo", "rdtchat host:7 -c \"/msg bob\""),
                ("rdtchat host:7 -c '/download big.", "rdtchat host:7 -c '/download big.iso'"),
                ("rdtchat -c /tran", "rdtchat -c /transfers"),
                ("rdtchat get host:1 big.", "rdtchat get host:1 big.iso"),
                ("rdtchat get host:1 'big f", "rdtchat get host:1 'big film.mkv'"),
                ("rdtchat get host:1 ph", "rdtchat get host:1 photos/"),
                ("rdtchat get host:1 photos/s", "rdtchat get host:1 photos/sub/x.jpg"),
                ("rdtchat -c 'download ph", "rdtchat -c 'download photos/"),
            ]
            for (typed, completed) in lines {
                try complete(typed, "b> " + completed, tmux)
            }
            #expect(try Set(asked()) == ["who 127.0.0.1", "who host:7", "ls host:7", "ls host:1", "ls 127.0.0.1"])
        }

        @Test("zsh completes nicknames, commands and the server's files", .enabled(if: Programs.find("zsh") != nil))
        func zsh() throws {
            let setup = "fpath=(\(place.path) $fpath); autoload -U compinit; compinit -u -D; PS1='z> '"
            try FileSystem.write(setup + "\n", to: place.path(".zshrc"))
            let tmux = try Tmux(
                directory: place.path, columns: 100, environment: ["ZDOTDIR": place.path, "PATH": path],
                command: "zsh -i")
            let lines = [
                ("rdtchat -c '/whois b", "rdtchat -c '/whois bob'"), ("rdtchat -c /tran", "rdtchat -c /transfers"),
                ("rdtchat host:7 -c '/msg bo", "rdtchat host:7 -c '/msg bob'"),
                ("rdtchat host:7 -c '/download big.", "rdtchat host:7 -c '/download big.iso'"),
                ("rdtchat get host:1 big.", "rdtchat get host:1 big.iso"),
                ("rdtchat get host:1 'big f", "rdtchat get host:1 'big film.mkv'"),
            ]
            for (typed, completed) in lines {
                try tmux.waitForScreen("zsh asks") { $0.last { !$0.isEmpty } == "z>" }
                try complete(typed, "z> " + completed, tmux)
            }
            #expect(try Set(asked()).isSuperset(of: ["who 127.0.0.1", "who host:7", "ls host:7"]))
        }
    }
}
