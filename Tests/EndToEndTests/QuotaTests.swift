import Glibc
import TestSupport
import Testing

extension EndToEnd {
    /// A quota that is used up. Few kernels have quotas at all, so the system calls are made to say what one with them says.
    @Suite("a quota") struct QuotaTests {
        /// The first `ROOM` bytes may be written; with `RESERVES` the file system also says so when it is asked for room.
        private static let source = """
            #define _GNU_SOURCE
            #include <errno.h>
            #include <stdlib.h>
            #include <sys/types.h>
            #include <sys/uio.h>
            #include <unistd.h>

            static size_t used;

            static long over(size_t bytes) {
                if (used + bytes <= (size_t)atol(getenv("ROOM"))) { used += bytes; return 0; }
                errno = EDQUOT;
                return -1;
            }

            int fallocate(int file, int mode, off_t offset, off_t length) {
                if (getenv("RESERVES") && over((size_t)length)) return -1;
                errno = EOPNOTSUPP;
                return getenv("RESERVES") ? 0 : -1;
            }

            ssize_t pwritev(int file, const struct iovec *parts, int count, off_t offset) {
                ssize_t done = 0;
                for (int part = 0; part < count; part++) {
                    if (over(parts[part].iov_len)) return done > 0 ? done : -1;
                    if (lseek(file, offset + done, SEEK_SET) < 0) return -1;
                    done += write(file, parts[part].iov_base, parts[part].iov_len);
                }
                return done;
            }

            ssize_t pwrite(int file, const void *bytes, size_t count, off_t offset) {
                struct iovec part = { (void *)bytes, count };
                return pwritev(file, &part, 1, offset);
            }
            """

        private static let compiler = Programs.areSanitized ? nil : Programs.find("cc") ?? Programs.find("clang")

        @Test(
            "that is used up ends the download with its name, what came stays, and with more room it goes on",
            .enabled(if: compiler != nil), arguments: [false, true])
        func usedUp(_ reserves: Bool) throws {
            let bytes = seededBytes(6 << 20)
            let stage = try Stage(["big.bin": bytes])
            let home = stage.directory.path("alice")
            try FileSystem.makeDirectory(home)
            let shim = stage.directory.path("quota.so")
            try FileSystem.write(Self.source, to: shim + ".c")
            let build = try ChildProcess(
                Self.compiler ?? "", ["-shared", "-fPIC", "-o", shim, shim + ".c"], name: "cc", directory: home)
            #expect(try build.waitForExit() == .exited(0), "\(build.report)")
            let limited = try ChildProcess(
                "env",
                ["LD_PRELOAD=\(shim)", "ROOM=\(4 << 20)"] + (reserves ? ["RESERVES=1"] : []) + [
                    Programs.rdtchat, "--nick", "alice", "-c", "download big.bin", stage.address,
                ], name: "limited", directory: home)
            #expect(try limited.waitForExit() == .exited(1), "\(limited.report)")
            #expect(limited.errors.contains("Disk quota exceeded; make room, or "), "\(limited.report)")
            #expect(limited.errors.contains("reserve") == reserves, "\(limited.report)")
            #expect(!FileSystem.exists(home + "/big.bin"))
            #expect(FileSystem.exists(home + "/big.bin.part") != reserves)
            let client = try stage.client("alice", script: "/download big.bin\n")
            try client.finish()
            #expect(try client.bytes("big.bin") == bytes)
            #expect(client.events("continued").isEmpty == reserves)
        }
    }
}
