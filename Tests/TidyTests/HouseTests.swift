import TestSupport
import Testing

@Suite("the top level stays small")
struct HouseTests {
    private static let topLevel: Set<String> = [
        "Package.swift", "Sources", "Tests", "CLibEdit", "completions", "man", "README.md", "CHANGELOG.md",
        "CONTRIBUTING.md", "LICENSE", "Makefile", ".ci", ".gitignore", ".swift-format", ".editorconfig",
    ]

    @Test("what is kept at the top level is what the house allows")
    func topLevel() throws {
        let directory = try TemporaryDirectory()
        let git = try ChildProcess(
            "git", ["-C", Project.root, "-c", "safe.directory=*", "ls-files", "-z"], name: "git",
            directory: directory.path)
        // Sources that came as an archive have no list of what is kept, and nothing to check.
        guard try git.waitForExit() == .exited(0) else { return }
        let names = git.output.split(separator: "\0").compactMap { $0.split(separator: "/").first.map(String.init) }
        #expect(Set(names).subtracting(Self.topLevel).isEmpty)
        #expect(Self.topLevel.subtracting(names).isEmpty)
    }

    @Test("every dependency has its reason")
    func dependencies() throws {
        let package = try Project.text("Package.swift")
        let reasons = try Project.text("CONTRIBUTING.md").split(separator: "\n")
        let packages = package.split(separator: "\n").filter { $0.contains(".package(url:") }
            .compactMap { $0.split(separator: "\"").dropFirst().first?.split(separator: "/").last }
        let libraries = package.split(separator: "\n").compactMap { line -> Substring? in
            guard let setting = line.firstRange(of: "pkgConfig: \"") else { return nil }
            return line[setting.upperBound...].split(separator: "\"").first
        }
        #expect(packages.count >= 3)
        #expect(libraries.count >= 2)
        for name in packages + libraries {
            let row = reasons.first { $0.hasPrefix("| \(name) | ") }
            #expect((row?.count ?? 0) > name.count + 20, "\(name)")
        }
    }

    @Test("the change log has a place for what comes next")
    func changeLog() throws {
        #expect(try Project.text("CHANGELOG.md").split(separator: "\n").contains("## Unreleased"))
    }

    @Test("pages and lines in the README stay readable in a terminal")
    func width() throws {
        for page in ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"] {
            for (number, line) in try Project.text(page).split(separator: "\n", omittingEmptySubsequences: false)
                .enumerated()
            where !line.hasPrefix("|") {
                #expect(line.count <= 132, "\(page):\(number + 1)")
            }
        }
    }
}
