/// How lost packets come again, as the person wishes it and as `GET` carries it: the chat knows the words only.
package enum RecoveryWish: String, CaseIterable, Sendable {
    /// Whatever the server finds best.
    case auto
    /// Go-Back-N.
    case gbn
    /// Selective repeat.
    case sr
}

/// What `/set` shows and changes, typed, so that a wrong value is told at once.
package struct Settings: Hashable, Sendable {
    /// Directory for downloads, as the shell's user would write it; empty is the current one.
    package var outputDirectory = ""
    package var recovery = RecoveryWish.auto
    /// Whether a line starts with the time of day.
    package var showsTimes = true
    /// Whether people that come and go are told.
    package var showsComings = true

    package init() {}
}

/// The names that `/set` knows.
enum SettingName: String, CaseIterable {
    case outputDirectory = "output-dir"
    case recovery
    case times
    case comings

    var summary: String {
        switch self {
        case .outputDirectory: "where downloads go (empty: the current directory)"
        case .recovery: "how lost packets come again: auto, gbn or sr"
        case .times: "the time of day before each line: on or off"
        case .comings: "tell who comes and goes: on or off"
        }
    }
    /// The values that Tab offers; none where any text will do.
    var values: [String] {
        switch self {
        case .outputDirectory: []
        case .recovery: RecoveryWish.allCases.map(\.rawValue)
        case .times, .comings: ["on", "off"]
        }
    }
}

extension Settings {
    subscript(name: SettingName) -> String {
        switch name {
        case .outputDirectory: outputDirectory
        case .recovery: recovery.rawValue
        case .times: showsTimes ? "on" : "off"
        case .comings: showsComings ? "on" : "off"
        }
    }

    /// Takes a value in; false, with nothing changed, when it is none of the setting's values.
    mutating func set(_ name: SettingName, to value: String) -> Bool {
        guard name.values.isEmpty || name.values.contains(value) else { return false }
        switch name {
        case .outputDirectory: outputDirectory = value
        case .recovery: recovery = RecoveryWish(rawValue: value) ?? recovery
        case .times: showsTimes = value == "on"
        case .comings: showsComings = value == "on"
        }
        return true
    }
}
