import ChatClient
import Posix

/// What Tab is told of this machine's files; a directory that cannot be read has none.
enum LocalFiles {
    /// Names looked at in a directory: more are too many to choose from.
    private static let mostNames = 10_000

    static func place(downloadsGoTo directory: String) -> LocalPlace {
        var known: Set<String>?
        return LocalPlace(
            size: { name in
                // Read once: most of a long shelf is not here, and needs no look at each of its files.
                let names = known ?? Set(Self.names(in: directory).map(\.text))
                known = names
                guard names.contains(name), let here = try? Directory(path: path(of: directory)) else { return nil }
                return try? here.status(of: name).identity.size
            },
            names: { names(in: $0) })
    }

    /// Why files cannot be put into a directory; nil when they can.
    static func trouble(with directory: String) -> Errno? {
        let path = path(of: directory)
        do throws(Errno) {
            _ = try Directory(path: path)
            return nil
        } catch {
            return error
        }
    }

    private static func names(in directory: String) -> [LocalPlace.Name] {
        guard let here = try? Directory(path: path(of: directory)) else { return [] }
        let entries = (try? here.entries(limit: mostNames)) ?? []
        return entries.compactMap { entry in
            guard let name = String(validating: entry.name, as: UTF8.self) else { return nil }
            switch entry.kind {
            case .regularFile, .other: return LocalPlace.Name(name, isDirectory: false)
            case .directory: return LocalPlace.Name(name, isDirectory: true)
            case .symbolicLink:
                let isDirectory = (try? Directory(path: path(of: directory) + "/" + name)) != nil
                return LocalPlace.Name(name, isDirectory: isDirectory)
            }
        }
    }

    private static func path(of directory: String) -> String {
        directory.isEmpty ? "." : Environment.expandingHome(directory)
    }
}
