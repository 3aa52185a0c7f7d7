/// How lost packets come again, as the person wishes it and as `GET` carries it: the chat knows the words only.
package enum RecoveryWish: String, CaseIterable, Sendable {
    /// Whatever the server finds best.
    case auto
    /// Go-Back-N.
    case gbn
    /// Selective repeat.
    case sr
}

/// Whose comings and goings are told.
package enum Comings: String, CaseIterable, Sendable {
    case on, off
    /// In large rooms only those of people who have said something.
    case smart
}

/// What `/set` shows and changes, typed, so that a wrong value is told at once.
package struct Settings: Hashable, Sendable {
    /// Directory for downloads, as the shell's user would write it; empty is the current one.
    package var outputDirectory = ""
    package var recovery = RecoveryWish.auto
    /// Whether a line starts with the time of day.
    package var showsTimes = true
    /// Which people that come and go are told.
    package var comings = Comings.smart
    /// Whether the terminal's bell rings when somebody turns to us.
    package var rings = false
    /// Words besides our nickname that are marked like it.
    package var mentionWords: [String] = []
    /// Whether what is said goes into a file a day.
    package var keepsLog = true
    /// Lines from before we came that are shown when we enter a room: half a screen is enough to see what it is about.
    package var pastLines = 10
    /// A server keeps some hundred (rdtchatd: 50); more would push everything else off the screen.
    static let mostPastLines = 100

    package init() {}
}

/// The names that `/set` knows.
enum SettingName: String, CaseIterable {
    case outputDirectory = "output-dir"
    case recovery
    case times
    case comings
    case bell
    case mentions
    case log
    case history

    var summary: String {
        switch self {
        case .outputDirectory: "where downloads go (empty: the current directory)"
        case .recovery: "how lost packets come again: auto, gbn or sr"
        case .times: "the time of day before each line: on or off"
        case .comings: "tell who comes and goes: on, off, or smart: in large rooms only who talks"
        case .bell: "ring when somebody writes to you or says your nickname: on or off"
        case .mentions: "words that are marked like your nickname"
        case .log: "keep what is said in a file a day: on or off"
        case .history: "lines from before you came that are shown: 0 to \(Settings.mostPastLines)"
        }
    }
    /// The values that Tab offers; none where any text will do.
    var values: [String] {
        switch self {
        case .outputDirectory, .mentions: []
        case .recovery: RecoveryWish.allCases.map(\.rawValue)
        case .comings: Comings.allCases.map(\.rawValue)
        case .times, .bell, .log: ["on", "off"]
        case .history: ["0", "10", "50", "\(Settings.mostPastLines)"]
        }
    }
    /// What its values are, for who gave another.
    var rule: String {
        self == .history ? "a number from 0 to \(Settings.mostPastLines)" : values.joined(separator: ", ")
    }
}

extension Settings {
    subscript(name: SettingName) -> String {
        switch name {
        case .outputDirectory: outputDirectory
        case .recovery: recovery.rawValue
        case .times: showsTimes ? "on" : "off"
        case .comings: comings.rawValue
        case .bell: rings ? "on" : "off"
        case .mentions: mentionWords.joined(separator: " ")
        case .log: keepsLog ? "on" : "off"
        case .history: String(pastLines)
        }
    }

    /// Takes a value in; false, with nothing changed, when it is none of the setting's values.
    mutating func set(_ name: SettingName, to value: String) -> Bool {
        let lines = Int(value).flatMap { (0...Self.mostPastLines).contains($0) ? $0 : nil }
        guard name.values.isEmpty || name.values.contains(value) || (name == .history && lines != nil) else {
            return false
        }
        switch name {
        case .outputDirectory: outputDirectory = value
        case .recovery: recovery = RecoveryWish(rawValue: value) ?? recovery
        case .times: showsTimes = value == "on"
        case .comings: comings = Comings(rawValue: value) ?? comings
        case .bell: rings = value == "on"
        case .mentions: mentionWords = value.split(separator: " ").map(String.init)
        case .log: keepsLog = value == "on"
        case .history: pastLines = lines ?? pastLines
        }
        return true
    }
}
