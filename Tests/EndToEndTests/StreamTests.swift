import TestSupport
import Testing

extension EndToEnd {
    @Suite("downloads into pipes and devices") struct StreamTests {
        /// Runs a line of bash to its end, in which `$R` is rdtchat and `$H` the server's address.
        private func bash(
            _ line: String, _ stage: Stage, _ name: String, ends end: ProcessEnd = .exited(0)
        ) throws -> ChildProcess {
            let process = try ChildProcess(
                "/bin/bash", ["-c", "set -o pipefail; R='\(Programs.rdtchat)' H='\(stage.address)'; " + line],
                name: name,
                directory: stage.directory.path)
            #expect(try process.waitForExit() == end, "\(process.report)")
            return process
        }

        @Test("the bytes and nothing else go to standard output, all that is to be read to standard error")
        func standardOutput() throws {
            let stage = try Stage(["a b.bin": seededBytes(3_000_000), "c": seededBytes(10, seed: 2), "empty": []])
            let command = "$R -c 'download \"a b.bin\" > -' -c 'download c >-' -c 'download empty > -' $H | "
            let run = try bash(command + "cat > got", stage, "pipe")
            #expect(
                try FileSystem.bytes(stage.directory.path("got")) == seededBytes(3_000_000) + seededBytes(10, seed: 2))
            #expect(run.errors.contains("download 1 done: a b.bin"))
            let file = try bash("echo 'download c > -' | $R --json $H > whole", stage, "file")
            #expect(try FileSystem.bytes(stage.directory.path("whole")) == seededBytes(10, seed: 2))
            #expect(file.errors.contains("\"event\":\"done\""))
        }

        @Test("a reader that is slow gets every byte, one that has seen enough ends the command quietly")
        func readers() throws {
            let stage = try Stage(["big": seededBytes(20_000_000)])
            _ = try bash("$R -c 'download big > -' $H | (sleep 1; cat > got)", stage, "slow")
            #expect(try FileSystem.bytes(stage.directory.path("got")) == seededBytes(20_000_000))
            let left = try bash("$R -c 'download big > -' $H | head -c 5 > five", stage, "left")
            #expect(try FileSystem.bytes(stage.directory.path("five")) == Array(seededBytes(20_000_000).prefix(5)))
            #expect(!left.errors.contains("rdtchat:"))
        }

        @Test("a reader that takes nothing is given up after a while, with a clear word and little memory")
        func stalled() throws {
            let stage = try Stage(["big": seededBytes(20_000_000)])
            let line = "RDTCHAT_READER_PATIENCE=2 $R -c 'download big > -' $H | (sleep 5; cat > got)"
            let run = try bash(line, stage, "stalled", ends: .exited(1))
            #expect(run.errors.contains("the reader of standard output has taken nothing for 2 s"), "\(run.report)")
        }

        @Test("a device and a named pipe take a download, and errors of theirs are told")
        func devices() throws {
            let stage = try Stage(["a": seededBytes(500_000)])
            _ = try bash("$R -c 'download a > /dev/null' $H", stage, "null")
            _ = try bash("mkfifo p; cat p > got & $R -c 'download a > p' $H && wait", stage, "pipe")
            #expect(try FileSystem.bytes(stage.directory.path("got")) == seededBytes(500_000))
            let full = try bash("$R -c 'download a > /dev/full' $H", stage, "full", ends: .exited(1))
            #expect(full.errors.contains("No space left"))
            let alone = try bash("mkfifo q; $R -c 'download a > q' $H", stage, "alone", ends: .exited(1))
            #expect(alone.errors.contains("nobody reads"), "\(alone.report)")
            let both = try bash(
                "$R -c 'download a > - &' -c 'download a > - &' -c /wait $H > got", stage, "both", ends: .exited(1))
            #expect(both.errors.contains("standard output is taken by another download"))
            #expect(try FileSystem.bytes(stage.directory.path("got")) == seededBytes(500_000))
        }
    }
}
