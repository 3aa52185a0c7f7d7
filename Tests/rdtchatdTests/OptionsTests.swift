import ArgumentParser
import Logging
import RDT
import Testing

@testable import rdtchatd

@Suite struct OptionsTests {
    @Test("without options only this machine is served, on IRC's port")
    func defaults() throws {
        let options = try Options.parse([])
        #expect(options.host == "127.0.0.1")
        #expect(try options.portNumber == 6667)
        #expect(options.shelf == ".")
        #expect(try options.recoveryChoice == .auto)
        #expect(try options.level == .info)
        #expect(!options.noFloodControl)
    }

    @Test(
        "a mistake gets one line that says what would be right, and exit 64",
        arguments: [
            (["--port", "65536"], "port '65536' is no number from 0 to 65535"),
            (["--port", "-1"], "port '-1' is no number from 0 to 65535"),
            (["--port", "irc"], "port 'irc' is no number from 0 to 65535"),
            (["--recovery", "arq"], "recovery 'arq' is not known; it is auto, gbn or sr"),
            (
                ["--log-level", "loud"],
                "log level 'loud' is not known; it is trace, debug, info, notice, warning, error or critical"
            ),
            (["--network", "two words"], "network 'two words' is no name; it is 1 to 50 ASCII characters, no space"),
            (["--host", ""], "--host is empty; it is an address of this machine, as 127.0.0.1, 0.0.0.0 or ::1"),
            (["--colour"], "Unknown option '--colour'"),
            (["file"], "Unexpected argument 'file'"),
        ])
    func mistakes(arguments: [String], expected: String) {
        do {
            _ = try Options.parse(arguments)
            Issue.record("\(arguments) should not be taken")
        } catch {
            #expect(Options.message(for: error) == expected)
            #expect(Options.exitCode(for: error).rawValue == 64)
        }
    }

    @Test("every option can be given")
    func all() throws {
        let options = try Options.parse(
            [
                "--host", "::1", "--port", "0", "--shelf", "/srv", "--network", "club", "--motd", "m", "--recovery",
                "gbn",
            ]
                + ["--trace", "t", "--no-flood-control", "--log-level", "debug"])
        #expect(options.host == "::1" && options.shelf == "/srv" && options.network == "club")
        #expect(options.motd == "m" && options.trace == "t" && options.noFloodControl)
        #expect(try options.recoveryChoice == .gbn)
        #expect(try options.level == .debug)
    }
}
