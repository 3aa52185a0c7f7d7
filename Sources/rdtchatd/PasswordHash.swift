import CCrypt
import Posix

/// The hash of an operator's password, as crypt(5) writes it: slow to compute and salted, so that who reads the
/// configuration cannot guess what was hashed.
enum PasswordHash {
    /// Nil when the library has no salt for it, as in a sandbox without random bytes.
    static func make(of password: String) -> String? {
        var hash = [CChar](repeating: 0, count: Int(ccrypt_longest))
        guard unsafe ccrypt_hash(password, &hash) == 0 else { return nil }
        return String(decoding: hash.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    static func matches(_ password: String, _ hash: String) -> Bool { unsafe ccrypt_matches(password, hash) == 1 }

    /// Whether the text is a hash that the library can compare with.
    static func isHash(_ text: String) -> Bool { unsafe ccrypt_is_hash(text) == 1 }
}

/// `rdtchatd hash-password`: the hash of what is typed, for the option `operator`.
enum HashPassword {
    static let command = "hash-password"
    /// Bytes of a password: crypt(3) takes no more.
    private static let longest = 511

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    static func hashFromStandardInput() throws -> String {
        let input = Descriptor.standardInput
        if input.isTerminal { try Descriptor.standardError.writeAll("password: ") }
        let line = input.readLineWithoutEcho(limit: longest + 1)
        if input.isTerminal { try Descriptor.standardError.writeAll("\n") }
        guard let password = String(validating: line, as: UTF8.self), !password.isEmpty,
            password.utf8.count <= longest, !password.utf8.contains(0)
        else {
            throw Failure(
                description: "no password came; it is a line of 1 to \(longest) bytes in UTF-8 on standard input")
        }
        guard let hash = PasswordHash.make(of: password) else {
            throw Failure(description: "the system gave no salt for the hash")
        }
        return hash
    }
}
