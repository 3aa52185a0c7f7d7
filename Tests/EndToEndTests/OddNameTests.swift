import TestSupport
import Testing

extension EndToEnd {
    /// Names that a terminal would obey, and such that a shell would take apart.
    @Suite("odd names at the prompt") struct OddNameTests {
        /// What is on the shelf, what is shown and lies here afterwards, and what is typed before Tab.
        private static let names = [
            ("esc\u{1B}[31m.txt", "esc<U+001B>[31m.txt", "esc"), ("gpj.\u{202E}exe", "gpj.<U+202E>exe", "gp"),
            ("two\nlines", "two<U+000A>lines", "tw"), ("a[b].txt", "a[b].txt", "a["), ("-dash", "-dash", "-d"),
            ("it's \"q\".txt", "it's \"q\".txt", "it"), ("#hash", "#hash", "#h"), ("file#1.txt", "file#1.txt", "fi"),
        ]

        private let stage: Stage
        private let home: String

        init() throws {
            stage = try Stage(
                Dictionary(uniqueKeysWithValues: Self.names.map { ($0.0, Array($0.1.utf8)) }))
            home = stage.directory.path("typist")
            try FileSystem.makeDirectory(home)
        }

        @Test("are listed in words that can be seen, completed by Tab and fetched")
        func fetched() throws {
            let tmux = try Tmux(
                directory: home, columns: 100, rows: 40,
                command: "'\(Programs.rdtchat)' --nick typist \(stage.address)")
            try tmux.waitForScreen("#lobby>")
            try tmux.type("/files")
            try tmux.press("Enter")
            try tmux.waitForScreen("\(Self.names.count) files")
            let listed = Set(
                try tmux.screen().compactMap { row in row.firstRange(of: " B  ").map { String(row[$0.upperBound...]) } }
            )
            #expect(listed == Set(Self.names.map(\.1)))
            for (_, shown, beginning) in Self.names {
                try tmux.type("/download \(beginning)")
                try tmux.press("Tab")
                try tmux.waitForScreen("\(shown) is completed") { rows in
                    // Marks inside a quoted name have a backslash before them.
                    rows.last { !$0.isEmpty }?.filter { $0 != "\\" }.contains(shown) == true
                }
                try tmux.press("Enter")
                try eventually("\(shown) is there", state: { tmux.report }) { FileSystem.exists(home + "/" + shown) }
                #expect(try FileSystem.bytes(home + "/" + shown) == Array(shown.utf8))
            }
        }

        @Test("a name with # needs no marks, and a command that fails in a pipe is exit code 1")
        func script() throws {
            func run(_ script: String) throws -> ProcessEnd {
                let process = try ChildProcess(
                    Programs.rdtchat, ["--nick", "typist", stage.address], name: "typist", directory: home,
                    input: .text(script))
                return try process.waitForExit()
            }
            #expect(try run("download file#1.txt\n") == .exited(0))
            #expect(try FileSystem.bytes(home + "/file#1.txt") == Array("file#1.txt".utf8))
            #expect(try run("download nothing\nprint never\n") == .exited(1))
        }
    }
}
