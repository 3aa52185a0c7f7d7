import TestSupport
import Testing
import Timeline

/// The real programs on loopback and in real terminals, one test after the other: each has the machine for itself.
@Suite("end to end", .serialized) struct EndToEnd {}

/// A server with a shelf, and clients around it, each in a directory of its own.
final class Stage {
    let directory: TemporaryDirectory
    let shelf: String
    private(set) var server: ChildProcess
    private(set) var port: UInt16
    private var serverCount = 1
    private let serverArguments: [String]
    private let environment: [String: String]
    private var relays: [LossyRelay] = []

    /// Starts the server on a free port, with flood control off unless a test wants it.
    init(
        _ files: [String: [UInt8]] = [:], serverArguments: [String] = ["--no-flood-control"],
        environment: [String: String] = [:]
    ) throws {
        self.environment = environment
        directory = try TemporaryDirectory()
        shelf = directory.path("shelf")
        self.serverArguments = serverArguments
        try FileSystem.makeDirectory(shelf)
        for (name, bytes) in files { try FileSystem.write(bytes, to: shelf + "/" + name) }
        server = try Self.start(directory, shelf, "server", port: 0, serverArguments, environment)
        port = try Self.port(of: server)
    }

    var address: String { "127.0.0.1:\(port)" }

    /// The same server again, on the same port, after the last one is gone.
    func restartServer() throws {
        serverCount += 1
        try server.waitForExit()
        server = try Self.start(directory, shelf, "server\(serverCount)", port: port, serverArguments, environment)
        _ = try Self.port(of: server)
    }

    private static func start(
        _ directory: TemporaryDirectory, _ shelf: String, _ name: String, port: UInt16, _ arguments: [String],
        _ environment: [String: String]
    ) throws -> ChildProcess {
        try ChildProcess(
            Programs.rdtchatd, ["--port", "\(port)", "--shelf", shelf] + arguments, name: name,
            directory: directory.path, environment: environment)
    }

    /// The port that the server's one line names.
    static func port(of server: ChildProcess) throws -> UInt16 {
        try server.waitForOutput(" files)")
        let line = server.lines.first ?? ""
        let address = line.split(separator: ",").first?.split(separator: ":").last
        guard line.hasPrefix("rdtchatd: serving "), let port = address.flatMap({ UInt16($0) }) else {
            throw TestFailure("not the serving line: \(line)")
        }
        return port
    }

    /// A client that reports by JSON. Without a script it waits for what the test types.
    func client(
        _ nick: String, script: String? = nil, _ arguments: [String] = [], at address: String? = nil
    ) throws -> Client {
        let home = directory.path(nick)
        if !FileSystem.exists(home) { try FileSystem.makeDirectory(home) }
        let process = try ChildProcess(
            Programs.rdtchat,
            ["--nick", nick, "--json"] + (arguments.contains("--reconnect") ? [] : ["--reconnect", "0"]) + arguments
                + [address ?? self.address], name: nick,
            directory: home, input: script.map { .text($0) } ?? .pipe, environment: environment)
        return Client(stage: self, process: process, home: home)
    }

    /// A relay before the server, which stays as long as the stage does.
    func relay(seed: UInt64, _ faults: LossyRelay.Faults) throws -> LossyRelay {
        let relay = try LossyRelay(serverPort: port, seed: seed, faults: faults)
        relays.append(relay)
        return relay
    }

    /// Clients that are in the room, every one of them seen by the others.
    func clients(_ nicks: String...) throws -> [Client] {
        let clients = try nicks.map { try client($0) }
        for client in clients {
            try client.type("/nicknames")
            try eventually("all are in the room", state: { client.process.report }) {
                let names = client.events("nicknames").last?["names"]?.array?.compactMap(\.string) ?? []
                if Set(names).isSuperset(of: nicks) { return true }
                pause(seconds: 0.05)
                try client.type("/nicknames")
                return false
            }
        }
        return clients
    }
}

/// A running rdtchat and what it told.
struct Client {
    /// Kept, so that the server and its relays stay while a client is used.
    let stage: Stage
    let process: ChildProcess
    let home: String

    func type(_ line: String) throws {
        try process.type(line + "\n")
    }

    /// The events so far, each line parsed strictly.
    func events() throws -> [JSONValue] {
        let complete = process.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        return try complete.map { try JSONValue(parsing: String($0)) }
    }

    func events(_ name: String) -> [JSONValue] {
        ((try? events()) ?? []).filter { $0["event"]?.string == name }
    }

    func texts(_ name: String) -> [String] {
        events(name).compactMap { $0["text"]?.string }
    }

    @discardableResult
    func waitFor(_ name: String, where holds: (JSONValue) -> Bool = { _ in true }) throws -> JSONValue {
        try eventually("\(process.name) reports \(name)", state: { process.report }) {
            events(name).first(where: holds)
        }
    }

    func waitForText(_ name: String, _ text: String) throws {
        try waitFor(name) { $0["text"]?.string == text }
    }

    func bytes(_ file: String) throws -> [UInt8] {
        try FileSystem.bytes(home + "/" + file)
    }

    /// No file that is half there, and none besides these.
    func expectFiles(_ names: String..., sourceLocation: SourceLocation = #_sourceLocation) throws {
        let own: Set = [".out", ".err", ".in"]
        let found = try FileSystem.names(in: home).filter { name in
            !own.contains { name == process.name + $0 } && !name.hasPrefix(".")
        }
        #expect(found == names.sorted(), sourceLocation: sourceLocation)
    }

    /// Runs its script to the end.
    func finish(
        _ status: ProcessEnd = .exited(0), seconds: Double = 120, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        process.endInput()
        #expect(
            try process.waitForExit(seconds: seconds) == status, "\(process.report)", sourceLocation: sourceLocation)
    }
}

/// Bytes that are the same in every run.
func seededBytes(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
    var generator = SeededGenerator(seed: seed)
    return generator.bytes(count)
}

/// What `rdtchatd hash-password` makes of a password.
func passwordHash(of password: String) throws -> String {
    let directory = try TemporaryDirectory()
    let process = try ChildProcess(
        Programs.rdtchatd, ["hash-password"], name: "hash", directory: directory.path, input: .text(password + "\n"))
    #expect(try process.waitForExit() == .exited(0))
    return try #require(process.lines.first)
}
