import TestSupport

/// The project's own files, as the tests of this target read them.
enum Project {
    /// The top level: this file is two directories below it.
    static let root = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }

    static func text(_ path: String) throws -> String {
        try FileSystem.text(root + "/" + path)
    }

    /// Every Swift file below a directory of the project, by its path from the root.
    static func swiftFiles(below directory: String) throws -> [String] {
        try FileSystem.files(below: root + "/" + directory).filter { $0.hasSuffix(".swift") }
            .map { directory + "/" + $0 }
    }

    static func allSwiftFiles() throws -> [String] {
        try swiftFiles(below: "Sources") + swiftFiles(below: "Tests")
    }

    /// The modules of the programs and their libraries: directories of Sources that hold Swift.
    static func modules() throws -> [String] {
        try FileSystem.names(in: root + "/Sources").filter { name in
            try !swiftFiles(below: "Sources/" + name).isEmpty
        }
    }
}
