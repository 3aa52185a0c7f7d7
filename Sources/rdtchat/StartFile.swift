import ChatClient
import Posix

/// `~/.config/rdtchat/rc`: the commands that run when the shell starts, among them the settings that it keeps.
enum StartFile {
    /// A longer file is not one that a person wrote.
    private static let largest = 1 << 20

    /// XDG Base Directory Specification 0.8; without a home there is none.
    private static var path: String? {
        let place = Environment.value("XDG_CONFIG_HOME") ?? Environment.value("HOME").map { $0 + "/.config" }
        return place.map { $0 + "/rdtchat/rc" }
    }

    /// Its commands with the numbers of their lines; none when there is no such file.
    static func commands() throws(Errno) -> [(number: Int, line: String)] {
        guard let path else { return [] }
        return RunCommands.commands(in: try bytes(path))
    }

    static func keep(_ line: RunCommands.Kept) throws(Errno) {
        guard let path else { return }
        let before = try bytes(path)
        let after = RunCommands.keeping(line, in: before)
        guard after != before else { return }
        // Makes the directories.
        try TextFile.append([], to: path)
        try TextFile.replace(path, with: after, mode: TextFile.mode(of: path) ?? 0o600)
    }

    private static func bytes(_ path: String) throws(Errno) -> [UInt8] {
        do throws(Errno) {
            return try TextFile.read(path, limit: largest)
        } catch {
            if error.code == .noSuchFile { return [] }
            throw error
        }
    }
}
