import Glibc
import TestSupport
import Testing
import Timeline

@testable import Terminal

/// One at a time: libedit reads the environment and the process's locale.
extension RealEditor {
    struct LineEditorTests {
        private let left = "\u{1B}[D"

        init() {
            // A user's own key bindings must not decide whether the tests pass.
            unsafe setenv("EDITRC", "/dev/null", 1)
            unsafe setenv("TERM", "xterm-256color", 1)
        }

        @Test("a paste whose end mark is lost is told of while it keeps the keys, and is text after ten seconds")
        func lostPasteEnd() throws {
            let session = try TerminalSession()
            var shown: [[String]] = []
            let look = TerminalSession.Step.act { session in
                session.pass(LineEditor.redrawInterval)
                shown.append(session.terminal.screen.filter { !$0.isEmpty })
            }
            let pass = TerminalSession.Step.act { $0.pass(InputDecoder.pastePatience) }
            let event = try session.run(
                [.type("\u{1B}[200~lost"), look, look, look, pass, look, .type("!"), look, .type("\r")])
            #expect(shown[2] == ["a paste arrives, 4 bytes so far; Ctrl-C drops it", "> "])
            #expect(shown.last == ["> lost!"])
            #expect(event == .line("lost!"))
        }

        @Test("what is typed comes back as a line, in any script, and the screen shows it meanwhile")
        func typing() throws {
            let session = try TerminalSession()
            let event = try session.run([
                .type("hallo שלום 日本 👩‍👩‍👧"),
                .act { #expect($0.terminal.screen[0] == "> hallo שלום 日本 👩‍👩‍👧") },
                .type("\r"),
            ])
            #expect(event == .line("hallo שלום 日本 👩‍👩‍👧"))
            #expect(session.terminal.screen[0] == "> ")
        }

        @Test("backspace and arrows take a character as a person sees it")
        func graphemes() throws {
            let session = try TerminalSession()
            #expect(try session.line("a👩‍👩‍👧e\u{301}x", left, left, "\u{7F}") == "ae\u{301}x")
            #expect(try session.line("ab👩‍👩‍👧", left, left, "\u{1B}[3~") == "a👩‍👩‍👧")
            #expect(try session.line("ab", left, "\u{1B}[5~", "c") == "acb")
        }

        @Test("what was killed comes back by Ctrl-Y, whatever was deleted since")
        func yank() throws {
            let session = try TerminalSession()
            #expect(try session.line("one two", left, left, left, "\u{B}", "x\u{7F}", "\u{19}\u{19}") == "one twotwo")
            #expect(try session.line("one  שלום ", "\u{17}", "a\u{19}") == "one  aשלום ")
            #expect(try session.line("one two", "\u{1}", "\u{1B}d", "\u{5}\u{19}") == " twoone")
            #expect(try session.line("all", left, "\u{15}", "\u{19}!") == "all!")
        }

        @Test("Enter in the middle of the line sends all of it and leaves nothing behind")
        func enterInTheMiddle() throws {
            let session = try TerminalSession()
            #expect(try session.line("hello world", left, left, left) == "hello world")
            #expect(session.terminal.screen.allSatisfy { $0.isEmpty || $0 == "> " })
        }

        @Test("talk and progress come above the half-typed line, in one write, and Ctrl-C says what it dropped")
        func talkWhileTyping() throws {
            let session = try TerminalSession()
            let event = try session.run([
                .type("half a li"), .type(left), .type(left),
                .act { session in
                    session.editor?.say((0..<1_000).map { StyledText("line \($0)") })
                    session.editor?.setProgress([StyledText("file 43%", .dim)])
                    session.pass(LineEditor.redrawInterval)
                },
                .act { session in
                    #expect(session.terminal.screen.suffix(4) == ["line 998", "line 999", "file 43%", "> half a li"])
                    #expect(session.terminal.column == "> half a ".count)
                    session.editor?.interrupted()
                },
            ])
            #expect(event == .interrupt(dropped: "half a li"))
        }

        @Test("talk alone is drawn 20 times a second at most, and a key at once")
        func throttled() throws {
            let session = try TerminalSession()
            _ = try session.run([
                .type("x"),
                .act { $0.editor?.say(["one"]) },
                .act { session in
                    #expect(!session.terminal.screen.contains("one"))
                    #expect(session.editor?.nextDeadline != nil)
                },
                .type("y"),
                .act { #expect(Array($0.terminal.screen.prefix(2)) == ["one", "> xy"]) },
            ])
        }

        @Test("Ctrl-D ends on an empty line and deletes in another")
        func controlD() throws {
            let session = try TerminalSession()
            #expect(try session.line("abc", left, left, "\u{4}") == "ac")
            #expect(try session.run([.type("\u{4}")]) == .endOfInput)
        }

        @Test("reading can be stopped and tells what was half typed; the next line is a new one")
        func stopping() throws {
            let session = try TerminalSession()
            let event = try session.run([.type("half"), .act { $0.editor?.stopReading() }])
            #expect(event == .stopped(unfinished: "half"))
            #expect(try session.line("!") == "!")
        }

        @Test("a paste of one line goes into the line, one of many asks first and shows what it is")
        func pasteBox() throws {
            let session = try TerminalSession()
            #expect(try session.line("a", "\u{1B}[200~b c\r\u{1B}[201~", "d") == "ab cd")
            let box = [
                "┌ 5 lines pasted, 1 of them a command", "│ one", "│ /two", "│ //three", "│ … and 2 more",
                "└ (s)end them, (e)dit, (j)oin into one line, (c)ancel?", "> x",
            ]
            let paste = "\u{1B}[200~one\r/two\r//three\r  four \rfive\r\u{1B}[201~"
            let event = try session.run([
                .type("x"), .type(paste),
                .act { session in
                    #expect(Array(session.terminal.screen.prefix(box.count)) == box)
                },
                .type("\r"), .type("q"),
                .act { #expect($0.terminal.bells == 2 && $0.terminal.screen.contains(box[5])) },
                .type("s"),
            ])
            #expect(event == .line("xone\n/two\n//three\n  four \nfive"))
        }

        @Test(
            "a paste is joined into one line, dropped, or dropped with the line, and never sends by itself",
            arguments: [("j", "one two three."), ("c", "."), ("\u{7}", "."), ("e", "one\n two\nthree.")])
        func pasteAnswers(key: String, line: String) throws {
            let session = try TerminalSession()
            let paste = "\u{1B}[200~one\r two\rthree\u{1B}[201~"
            #expect(try session.line(paste, key, ".") == line)
            let event = try session.run([.type("half"), .type(paste), .act { $0.editor?.interrupted() }])
            #expect(event == .interrupt(dropped: "half"))
            #expect(try session.run([.type(paste), .type("\r"), .type("\r")]) == .stopped(unfinished: ""))
        }

        @Test("more than can be edited is sent or dropped, and never put into the line")
        func hugePaste() throws {
            let session = try TerminalSession()
            let text = Array(repeating: "x", count: 300).joined(separator: "\r")
            let paste = "\u{1B}[200~\(text)\u{1B}[201~"
            #expect(try session.line("a", paste, "e", "c", "b") == "ab")
            let event = try session.run([.type("a"), .type(paste), .type("s")])
            #expect(event == .line("a" + text.replacing("\r", with: "\n")))
            // A count before a key makes a line of any length.
            #expect(try session.line("\u{1B}9\u{1B}9\u{1B}9\u{1B}9\u{1B}9", "a", "b") == "b")
        }

        @Test("a second paste belongs to the box of the first, and one into a search ends the search")
        func twoPastes() throws {
            let session = try TerminalSession()
            let paste = "\u{1B}[200~one\rtwo\u{1B}[201~"
            #expect(try session.line(paste, "\u{1B}[200~three\u{1B}[201~", "e") == "one\ntwo\nthree")
            #expect(try session.line("\u{12}zz", paste, "j") == "one two")
        }

        @Test("what was pasted to be edited stays in the line until Enter")
        func paste() throws {
            let session = try TerminalSession()
            let event = try session.run([
                .type("> \u{1B}[200~one\rtwo\tx\rthr"), .type("ee\r\u{1B}[201~"), .type("e"),
                .act { #expect(Array($0.terminal.screen.prefix(3)) == ["> > one", "two    x", "three"]) },
                .type("!\r"),
            ])
            #expect(event == .line("> one\ntwo    x\nthree!"))
            #expect(session.terminal.marksPastes)
        }

        @Test("Tab completes, cycles through nicks and lists above the prompt")
        func tab() throws {
            let session = try TerminalSession()
            session.editor?.completer = { before in
                let isCommand = before.hasPrefix("/")
                let texts = isCommand ? ["/download", "/disconnect"] : ["alice", "alina"]
                return Completion(
                    replaceFrom: 0, candidates: texts.map { .init($0) },
                    style: isCommand ? .commonPrefix : .cycle, suffix: isCommand ? " " : ": ")
            }
            #expect(try session.line("al", "\t") == "alice: ")
            #expect(try session.line("al", "\t", "\t") == "alina: ")
            #expect(try session.line("al", "\t", "\t", "\t", "hi") == "alice: hi")
            _ = try session.run([
                .type("/"), .type("\t"), .type("\t"),
                .act { session in
                    let screen = session.terminal.screen.filter { !$0.isEmpty }
                    // The nicks were listed at each second Tab before.
                    #expect(screen == ["alice   alina", "alice   alina", "/download     /disconnect", "> /d"])
                },
            ])
            #expect(session.terminal.bells > 0)
        }

        @Test("history: arrows, search, and the same again after a restart")
        func history() throws {
            let directory = try TemporaryDirectory()
            for round in 0..<2 {
                let session = try TerminalSession(historyPath: directory.path("history"))
                if round == 0 { for line in ["download a.iso", "שלום", "hello"] { _ = try session.line(line) } }
                let expected = round == 0 ? "שלום" : "download a.iso"
                #expect(try session.line("\u{1B}[A", "\u{1B}[A") == expected)
                let event = try session.run([
                    .type("x\u{12}"), .type("down"),
                    .act { #expect($0.terminal.screen[0] == "(search) down: download a.iso") },
                    .act { $0.editor?.say(["somebody talks"]) }, .type("l"),
                    .act { session in
                        #expect(session.terminal.screen[0] == "somebody talks")
                        #expect(session.terminal.screen[1] == "(search) downl: download a.iso")
                    },
                    .type("\r"),
                ])
                #expect(event == .line("download a.iso"))
                #expect(try session.line("keep", "\u{12}", "sha", "\u{7}") == "keep")
            }
        }

        @Test(
            "Ctrl-C leaves a search, a quoted key and a half sequence alike",
            arguments: ["\u{12}al", "\u{16}", "\u{1B}[", "\u{18}"])
        func interruptAnywhere(keys: String) throws {
            let session = try TerminalSession()
            let event = try session.run([.type("text"), .type(keys), .act { $0.editor?.interrupted() }])
            guard case .interrupt = event else {
                Issue.record("\(event)")
                return
            }
            #expect(try session.line("next") == "next")
        }

        @Test("the window's size may change in the middle of a line, and in a search")
        func resize() throws {
            let session = try TerminalSession()
            let text = String(repeating: "wörd 日本 ", count: 12)
            let event = try session.run(
                [.type(text), .type(left)]
                    + [20, 200, 33, 3, 60].map { width in .act { $0.resize(width, 10) } }
                    + [.type("\u{12}"), .type("w"), .act { $0.resize(40, 3) }, .type("\u{7}"), .type("!\r")])
            #expect(event == .line(String(text.dropLast()) + "! "))
        }

        @Test("the terminal's modes come back, also when the line was not finished")
        func modes() throws {
            let session = try TerminalSession()
            let before = session.modesAtFirst
            _ = try session.run([.type("half"), .act { #expect($0.modes != before) }])
            #expect(session.modes != before, "between lines nothing is echoed either")
            session.editor?.say(["last words"])
            session.editor?.close()
            session.collect()
            #expect(session.modes == before)
            #expect(!session.terminal.marksPastes)
            #expect(session.terminal.screen.first == "last words")
            #expect(session.editor?.readLine() == .endOfInput)
        }

        @Test("a user's ~/.editrc with vi keys works, and our keys with it")
        func viMode() throws {
            let directory = try TemporaryDirectory()
            try FileSystem.write("bind -v\nedit off\n", to: directory.path("editrc"))
            unsafe setenv("EDITRC", directory.path("editrc"), 1)
            let session = try TerminalSession()
            session.editor?.completer = { _ in Completion(replaceFrom: 0, candidates: [.init("alice")]) }
            #expect(try session.line("hello world", "\u{1B}", "bD", "a", "there") == "hello there")
            #expect(try session.line("al", "\t") == "alice ")
            #expect(try session.line("ab", left, "x") == "b")
            #expect(try session.line("one", "\u{1B}", "\u{1B}[200~two\rthree\u{1B}[201~", "e") == "ontwo\nthreee")
        }

        private static let keys = [
            "a", "b c", "日", "e\u{301}", "ש", "👩‍👩‍👧", "\t", "\u{12}", "\u{7}", "\u{1B}", "\u{1B}[A", "\u{1B}[B",
            "\u{1B}[D",
            "\u{1B}[C", "\u{1}", "\u{5}", "\u{B}", "\u{15}", "\u{17}", "\u{19}", "\u{16}", "\u{14}", "\u{7F}", "\u{C}",
            "\u{1B}b", "\u{1B}d", "\u{1B}[200~p\rq\u{1B}[201~", "\u{1B}3", "\u{18}\u{18}", "\u{0}", "\r",
        ]

        @Test("random keys in random order never crash it and never wedge it", arguments: 0..<20 as Range<UInt64>)
        func randomKeys(seed: UInt64) throws {
            var random = SeededGenerator(seed: seed)
            let session = try TerminalSession(width: 40, height: 16)
            session.editor?.completer = { _ in
                Completion(replaceFrom: 0, candidates: [.init("ab"), .init("ac")], style: .cycle)
            }
            for _ in 0..<6 {
                var steps: [TerminalSession.Step] = []
                for _ in 0..<40 {
                    switch Int.random(in: 0..<12, using: &random) {
                    case 0: steps.append(.act { $0.editor?.say(["talk"]) })
                    case 1:
                        let width = UInt16.random(in: 20...90, using: &random)
                        let height = UInt16.random(in: 1...30, using: &random)
                        steps.append(.act { $0.resize(width, height) })
                    default: steps.append(.type(Self.keys.randomElement(using: &random) ?? "a"))
                    }
                }
                _ = try session.run(steps)
            }
            let text = "the end"
            let event = try session.run([.type("\u{7}\u{7}"), .act { $0.editor?.interrupted() }])
            #expect(event != .line(text), "seed \(seed)")
            #expect(try session.line("\u{15}", text) == text, "seed \(seed)")
        }
    }
}
