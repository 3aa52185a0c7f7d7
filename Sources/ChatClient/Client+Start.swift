import IRC
import Timeline

/// What runs at the start, and what is kept for the next one: settings and commands of one's own.
extension Client {
    /// Settings and aliases of the rc file hold from the beginning; the other commands wait until there is a server.
    mutating func readStartCommands() {
        for (number, line) in configuration.startCommands {
            switch reader.meaning(of: line) {
            case .run(.set(let name, let value), _):
                // What the command line says is said later, and louder.
                if settings[name] == Settings()[name], !settings.set(name, to: value) {
                    fail(
                        "",
                        "line \(number) of the rc file: '\(DisplayText.repeated(value))' is no value of \(name)"
                    )
                }
            case .run(.alias(let name, let text), _): aliases[name] = text
            case .wrong(_, let text): fail("", "line \(number) of the rc file: \(text)")
            case .nothing: break
            // What stands there by mistake must not be said to everybody at each start.
            case .say: fail("", "line \(number) of the rc file is no command; commands there begin with /")
            case .run: startCommands.append((number, line))
            }
        }
    }

    /// Runs what the rc file has for the server, once, when it is there.
    mutating func runStartCommands(at now: Instant) {
        guard isReady, !startCommands.isEmpty else { return }
        let commands = startCommands
        startCommands = []
        for (number, line) in commands {
            startLine = number
            perform(line, at: now)
        }
        startLine = nil
    }

    /// Two lines for who has never been here.
    mutating func greetFirstTime() {
        guard configuration.isFirstRun else { return }
        configuration.isFirstRun = false
        emit(.info("what you type is said in the room; Tab completes it; Ctrl-D leaves"))
        emit(.info("/files lists files, /download NAME fetches one, /msg NICK TEXT is private"))
    }

    // MARK: /set

    mutating func runSetting(_ command: Command, _ asker: Asker) {
        if case .setting(let name) = command { tell(name) }
        if case .settings(let all) = command { tellSettings(all: all) }
        if case .set(let name, let value) = command {
            let value = value == Self.defaultWord ? Settings()[name] : value
            guard settings.set(name, to: value) else {
                let shown = DisplayText.repeated(value)
                return refuse(asker, "'\(shown)' is no value of \(name.rawValue); it takes \(name.rule)")
            }
            keep("/set \(name.rawValue)", settings[name] == Settings()[name] ? nil : settings[name])
            tell(name)
            if name == .outputDirectory { lookAtOutputDirectory() }
        }
        conclude(asker.id, .succeeded)
    }

    /// A person learns at once what would else be each download's failure; a script's download tells.
    mutating func lookAtOutputDirectory() {
        guard keepsChanges, !settings.outputDirectory.isEmpty else { return }
        perform(.lookAtDirectory(settings.outputDirectory))
    }

    /// `/set NAME default` takes a setting back.
    static let defaultWord = "default"

    private mutating func tellSettings(all: Bool) {
        let names = SettingName.allCases.filter { all || settings[$0] != Settings()[$0] }
        names.forEach { tell($0) }
        let rest = SettingName.allCases.count - names.count
        if rest > 0 { emit(.info("\(rest) settings are as they come; /set all shows them")) }
    }

    private mutating func tell(_ name: SettingName) {
        emit(.setting(name: name.rawValue, value: settings[name], summary: name.summary))
    }

    /// A script's settings are its own.
    private var keepsChanges: Bool { !configuration.isScript || configuration.isTyped }

    private mutating func keep(_ key: String, _ value: String?) {
        guard keepsChanges else { return }
        let line = value.map { Words.isPlain($0) && !$0.isEmpty ? $0 : Words.quoted($0) }
        perform(.keep(RunCommands.Kept(key: key, value: line)))
    }

    // MARK: /alias

    mutating func alias(_ name: String, _ text: String?, _ asker: Asker) {
        if let text {
            aliases[name] = text
            emit(.info("/\(name) is \(DisplayText(sanitising: text).text)"))
        } else {
            guard aliases.removeValue(forKey: name) != nil else { return refuse(asker, "there is no alias /\(name)") }
            emit(.info("/\(name) is nothing any more"))
        }
        if keepsChanges { perform(.keep(RunCommands.Kept(key: "/alias \(name)", value: text))) }
        conclude(asker.id, .succeeded)
    }

    mutating func tellAlias(_ name: String, _ asker: Asker) {
        guard let text = aliases[name] else {
            return refuse(asker, "there is no alias /\(name); /alias \(name) /COMMAND makes one")
        }
        emit(.info("/\(name) is \(DisplayText(sanitising: text).text)"))
        conclude(asker.id, .succeeded)
    }

    mutating func tellAliases(_ asker: Asker) {
        for (name, text) in aliases.sorted(by: { $0.key < $1.key }) {
            emit(.info("/\(name) is \(DisplayText(sanitising: text).text)"))
        }
        if aliases.isEmpty { emit(.info("no aliases; /alias dl /download makes /dl a short word for /download")) }
        conclude(asker.id, .succeeded)
    }
}
