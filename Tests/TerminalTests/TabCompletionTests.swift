import Testing

@testable import Terminal

struct TabCompletionTests {
    private func completion(
        _ texts: [String], from: Int = 0, style: Completion.Style = .commonPrefix, suffix: String = " "
    ) -> (String) -> Completion {
        { _ in
            Completion(
                replaceFrom: from, candidates: texts.map { Completion.Candidate($0) }, style: style, suffix: suffix)
        }
    }

    @Test("the only candidate takes the word's place, with its suffix")
    func single() {
        var tab = TabCompletion()
        let action = tab.press(before: "/get lec", after: "", completer: completion(["lecture\\ 1.pdf"], from: 5))
        #expect(action == .replace(deleting: 3, with: "lecture\\ 1.pdf ", isPartial: false))
    }

    @Test("several candidates give what they share, then are listed once")
    func several() {
        var tab = TabCompletion()
        let completer = completion(["/download", "/disconnect"])
        #expect(
            tab.press(before: "/", after: "", completer: completer)
                == .replace(deleting: 1, with: "/d", isPartial: true))
        let candidates = completer("/d").candidates
        #expect(tab.press(before: "/d", after: "", completer: completer) == .list(candidates))
        #expect(tab.press(before: "/d", after: "", completer: completer) == .beep)
        #expect(tab.press(before: "/di", after: "", completer: completion(["/disconnect"])) != .beep)
    }

    @Test("a mark that all begin with is no beginning: they are listed")
    func onlyMark() {
        var tab = TabCompletion()
        let completer = completion(["\"a b\"", "\"c\""])
        #expect(tab.press(before: "", after: "", completer: completer) == .list(completer("").candidates))
    }

    @Test("a shared beginning never ends inside a character")
    func wholeCharacters() {
        #expect(TabCompletion.sharedPrefix(of: ["caf\u{65}\u{301}", "caf\u{65}\u{300}"]) == "caf")
        #expect(TabCompletion.sharedPrefix(of: ["x👩‍👩‍👧", "x👩‍👩‍👦"]) == "x")
    }

    @Test("nicks come one after another and start again, counted in scalars")
    func cycling() {
        var tab = TabCompletion()
        let completer = completion(["alice", "عليّ"], from: 3, style: .cycle, suffix: ": ")
        #expect(
            tab.press(before: "hi al", after: "", completer: completer)
                == .replace(deleting: 2, with: "alice: ", isPartial: false))
        #expect(
            tab.press(before: "hi alice: ", after: "", completer: completer)
                == .replace(deleting: 7, with: "عليّ: ", isPartial: false, listing: completer("").candidates))
        #expect(
            tab.press(before: "hi عليّ: ", after: "", completer: completer)
                == .replace(deleting: 6, with: "alice: ", isPartial: false))
    }

    @Test("a key between two Tabs ends the cycle")
    func editedCycle() {
        var tab = TabCompletion()
        let completer = completion(["alice", "alina"], style: .cycle, suffix: "")
        _ = tab.press(before: "al", after: "", completer: completer)
        #expect(
            tab.press(before: "alicex", after: "", completer: completer)
                == .replace(deleting: 6, with: "alice", isPartial: false))
    }

    @Test("no candidate is a beep")
    func nothing() {
        var tab = TabCompletion()
        #expect(tab.press(before: "zzz", after: "", completer: { _ in .none }) == .beep)
    }

    @Test("the list stays within the width and keeps its columns straight", arguments: [20, 33, 80, 200])
    func columnsFit(width: Int) {
        let names = ["a", "קובץ.txt", "日本語.pdf", "a-rather-long-name-of-a-file.tar.gz", "b", "c d"]
        let lines = columns(names.map { Completion.Candidate($0, note: "1 KiB") }, width: width)
        #expect(lines.allSatisfy { $0.displayWidth < width })
        #expect(names.allSatisfy { name in width < 50 || lines.contains { $0.text.contains(name) } })
    }

    @Test("one long name stands below, and the others keep their columns")
    func longName() {
        let long = String(repeating: "long-", count: 12) + "name.txt"
        let names = (0..<9).map { "file\($0)" } + [long]
        let lines = columns(names.map { Completion.Candidate($0, note: "1 KiB") }, width: 80)
        #expect(lines.count == 3 && lines.last?.text.hasPrefix(long) == true)
    }

    @Test("more than a hundred candidates are not all listed")
    func manyCandidates() {
        let lines = columns((0..<250).map { Completion.Candidate("file\($0)") }, width: 80)
        #expect(lines.last?.text == "… and 150 more")
    }
}
