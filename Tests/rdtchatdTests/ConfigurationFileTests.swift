import ArgumentParser
import ChatServer
import IRC
import TestSupport
import Testing

@testable import rdtchatd

@Suite("the configuration file") struct ConfigurationFileTests {
    private static let hash = "$y$j9T$1OvP/CLSYxYolMSG2P5i7.$KsTWZDNyOYZpwgTwPuYJYlC4eZZfSHXNEqRMLp.krHA"

    private func options(_ text: String, _ commandLine: [String] = []) throws -> Options {
        let directory = try TemporaryDirectory()
        try FileSystem.write(Array(text.utf8), to: directory.path("conf"))
        return try ConfigurationFile.options(["--config", directory.path("conf")] + commandLine)
    }

    @Test("its lines are options, comments and empty lines aside, and the command line has the last word")
    func lines() throws {
        let text = """
            # a comment
            network club

              motd /etc/two words \t
            no-flood-control
            history 7
            operator root \(Self.hash) *@192.0.2.*
            operator other \(Self.hash)
            password -dashed secret
            """
        let options = try options(text, ["--network", "mine"])
        #expect(options.network == "mine" && options.motd == "/etc/two words" && options.history == 7)
        #expect(options.noFloodControl && options.password == "-dashed secret")
        let accounts = try options.operatorAccounts
        #expect(accounts.map(\.name) == ["root", "other"])
        #expect(accounts[0].masks.map(\.text) == ["*@192.0.2.*"] && accounts[1].masks.map(\.text) == ["*@*"])
    }

    @Test("a file as an editor on Windows writes it, with CR LF and a byte order mark, is read as any other")
    func windows() throws {
        let options = try options("\u{FEFF}network club\r\n\r\n# x\r\nhistory 7\r\n")
        #expect(options.network == "club" && options.history == 7)
        let directory = try TemporaryDirectory()
        try FileSystem.write(Array("\u{FEFF}hello\r\n\r\nworld\r\n".utf8), to: directory.path("motd"))
        #expect(try Setup.hub(try Options.parse(["--motd", directory.path("motd")])).motd == ["hello", "", "world"])
    }

    @Test(
        "a wrong line is told with its number and the reason",
        arguments: [
            ("network a\nport no", "line 2: port 'no' is no number from 0 to 65535"),
            ("colour red", "line 1: Unknown option '--colour'"),
            ("\n\nconfig x", "line 3: 'config' is for the command line only"),
            ("history -1", "line 1: --history is -1; it is a number of lines from 0 to 20000"),
            ("operator root plain", "line 1: operator 'root' has no hash; it is NAME HASH [USER@HOST...], and"),
            ("operator root \(hash) host", "line 1: operator 'root' has 'host' for a mask; one is as *@192.0.2.*"),
            ("password", "line 1: Missing value for '--password"),
        ])
    func faults(text: String, reason: String) throws {
        do {
            _ = try options(text)
            Issue.record("\(text) should not be taken")
        } catch let error as ConfigurationFile.Failure {
            #expect(error.description.contains(reason), "\(error)")
        }
    }

    @Test("a file that is missing or no UTF-8 is told, with what would be right")
    func unreadable() throws {
        let directory = try TemporaryDirectory()
        #expect(throws: ConfigurationFile.Failure.self) {
            _ = try ConfigurationFile.options(["--config", directory.path("none")])
        }
        try FileSystem.write([0x23, 0xFF], to: directory.path("conf"))
        #expect(throws: ConfigurationFile.Failure.self) {
            _ = try ConfigurationFile.options(["--config", directory.path("conf")])
        }
    }

    @Test("a reload tells what counts at once and what waits for the next start")
    func changes() throws {
        let old = try Options.parse(["--network", "a", "--port", "1"])
        let new = try Options.parse(["--network", "b", "--port", "2", "--history", "3"])
        #expect(Reload.changes(from: old, to: new).now == ["network", "history"])
        #expect(Reload.changes(from: old, to: new).later == ["port"])
        #expect(Reload.changes(from: old, to: old).now.isEmpty)
        // What waits is what differs from the server that runs, whatever was read in between.
        #expect(Reload.changes(from: new, to: old, running: old).later.isEmpty)
        #expect(Reload.changes(from: new, to: new, running: old).later == ["port"])
    }

    @Test("a hash matches its password and no other, and two hashes of one password differ")
    func hashes() throws {
        let hash = try #require(PasswordHash.make(of: "sesame שלום"))
        #expect(hash.hasPrefix("$y$") && PasswordHash.isHash(hash))
        #expect(PasswordHash.matches("sesame שלום", hash))
        #expect(!PasswordHash.matches("sesame", hash))
        #expect(try #require(PasswordHash.make(of: "sesame שלום")) != hash)
        #expect(!PasswordHash.isHash("sesame") && !PasswordHash.isHash("*"))
    }
}
