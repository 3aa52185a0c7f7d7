import ChatClient
import TestSupport
import Testing

@Suite("pages tell what the programs have")
struct PageTests {
    enum Program: String, CaseIterable {
        case rdtchat, rdtchatd

        var path: String {
            switch self {
            case .rdtchat: Programs.rdtchat
            case .rdtchatd: Programs.rdtchatd
            }
        }
        var page: String {
            switch self {
            case .rdtchat: "man/rdtchat.1"
            case .rdtchatd: "man/rdtchatd.8"
            }
        }
    }

    /// The option names of a program and of its subcommand: `--nick`, `-c`.
    private func options(_ program: Program) throws -> [String] {
        switch program {
        case .rdtchatd: return try dumped(program)
        case .rdtchat:
            let own = try dumped(program)
            return own + (try dumped(program, of: ["trace"]).filter { !own.contains($0) })
        }
    }

    /// As the program's own dump of its help gives them.
    private func dumped(_ program: Program, of subcommand: [String] = []) throws -> [String] {
        let directory = try TemporaryDirectory()
        let process = try ChildProcess(
            program.path, subcommand + ["--experimental-dump-help"], name: "help", directory: directory.path)
        try process.waitForExit()
        let arguments = try JSONValue(parsing: process.output)["command"]?["arguments"]?.array ?? []
        return arguments.flatMap { argument -> [String] in
            (argument["names"]?.array ?? []).compactMap { name in
                guard let text = name["name"]?.string, let kind = name["kind"]?.string else { return nil }
                return (kind == "long" ? "--" : "-") + text
            }
        }
    }

    /// An option as mdoc writes it: `Fl -nick` is `--nick`.
    private func isDocumented(_ option: String, in page: String) -> Bool {
        page.split(separator: "\n").contains { line in
            line.hasPrefix(".It Fl ") && line.split(separator: " ").contains { "-" + $0 == option }
        }
    }

    @Test("every option is in the man page, and the man page has no other", arguments: Program.allCases)
    func manPages(_ program: Program) throws {
        let page = try Project.text(program.page)
        let options = try options(program)
        #expect(options.count >= 10)
        for option in options {
            #expect(isDocumented(option, in: page), "\(option) of \(program)")
        }
        let documented = page.split(separator: "\n").filter { $0.hasPrefix(".It Fl -") }
            .compactMap { $0.split(separator: " ").dropFirst(2).first.map { "-" + $0 } }
        for option in documented {
            #expect(options.contains(option), "\(option) of \(program.page)")
        }
    }

    @Test("every option is in the completions for bash, zsh and fish", arguments: Program.allCases)
    func completions(_ program: Program) throws {
        let bash = try Project.text("completions/\(program).bash").split { " \n'".contains($0) }
        let zsh = try Project.text("completions/_\(program)")
        let fish = try Project.text("completions/\(program).fish")
        for option in try options(program) where option != "-h" {
            let name = option.drop { $0 == "-" }
            #expect(bash.contains { $0 == option }, "bash: \(option)")
            #expect(zsh.contains(option + "[") || zsh.contains(option + "}"), "zsh: \(option)")
            #expect(fish.contains(option.hasPrefix("--") ? "-l \(name) " : "-s \(name) "), "fish: \(option)")
        }
    }

    @Test("bash completes options, their values and commands")
    func bash() throws {
        let directory = try TemporaryDirectory()
        func complete(_ words: String...) throws -> [String] {
            let script = """
                . "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _rdtchat; printf '%s\\n' "${COMPREPLY[@]}"
                """
            let bash = try ChildProcess(
                "bash", ["-c", script, "bash", Project.root + "/completions/rdtchat.bash", "rdtchat"] + words,
                name: "bash", directory: directory.path)
            #expect(try bash.waitForExit() == .exited(0))
            return bash.lines
        }
        #expect(try complete("--out") == ["--output-dir"])
        #expect(try complete("--json", "--recovery", "") == ["auto", "gbn", "sr"])
        #expect(try complete("-c", "/down") == ["/download"])
        #expect(try complete("--nick", "") == [])
        #expect(try complete("trac").contains("trace"))
        #expect(try complete("trace", "--s") == ["--svg"])
    }

    @Test("every command of the shell is in the man page and the completions, and the man page has no other")
    func commands() throws {
        let page = try Project.text("man/rdtchat.1").split(separator: "\n").filter { $0.hasPrefix(".It Ic ") }
            .compactMap { $0.split(separator: " ").dropFirst(2).first.map(String.init) }
        let completions = try ["rdtchat.bash", "_rdtchat", "rdtchat.fish"].map {
            try Project.text("completions/" + $0).split { " \n'()".contains($0) }.map(String.init)
        }
        let names = CommandTable.entries.map { ($0.isForScripts ? "" : "/") + $0.name.rawValue }
        #expect(page == names)
        for name in names {
            for completion in completions { #expect(completion.contains(name), "\(name)") }
        }
    }
}
