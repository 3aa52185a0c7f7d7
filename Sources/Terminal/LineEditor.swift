internal import CLibEdit
package import Timeline

/// The line at the bottom of the terminal: libedit edits it, we draw it, with progress rows above it and whatever is
/// said above those.
///
/// One thread owns it. `readLine` runs until there is a line; while it waits it calls `turn`, which polls the
/// terminal, the sockets and the signals and calls back `terminalReadable`, `say` and the like. What these ask for is
/// drawn in one write when `turn` has returned and no typed character is left.
package final class LineEditor {
    package struct Configuration {
        package var programName: String
        /// The file of the history; nil keeps none.
        package var historyPath: String?
        package var historyLimit: Int
        package var isColoured: Bool
        package var input: Int32
        package var output: Int32

        package init(
            programName: String, historyPath: String? = nil, historyLimit: Int = 2_000, isColoured: Bool = true,
            input: Int32 = 0, output: Int32 = 1
        ) {
            self.programName = programName
            self.historyPath = historyPath
            self.historyLimit = historyLimit
            self.isColoured = isColoured
            self.input = input
            self.output = output
        }
    }

    /// Why `readLine` has returned.
    package enum Event: Hashable, Sendable {
        case line(String)
        /// Ctrl-D on an empty line, or the terminal is gone.
        case endOfInput
        /// Ctrl-C, with the half-typed line that it dropped.
        case interrupt(dropped: String)
        /// `stopReading` was called, with the half-typed line, fit to be the next `prefill`.
        case stopped(unfinished: String)
    }

    /// What becomes of the prompt and the line when Enter was pressed.
    package enum Finish: Sendable {
        /// They vanish: the caller says what is to be seen.
        case erase
        /// They stay above, as said.
        case keep
    }

    package var completer: (_ beforeCursor: String) -> Completion = { _ in .none }

    /// Whether standard input and output are a terminal that can move its cursor.
    package static func isInteractive() -> Bool { false }

    /// Nil when the terminal cannot be had.
    package init?(_ configuration: Configuration, turn: @escaping (LineEditor) -> Void) { return nil }

    package var inputDescriptor: Int32 { 0 }
    /// When the editor wants to be back from `turn` at the latest, whatever happens: the loop bounds its poll by it.
    package var nextDeadline: Instant? { nil }
    /// The terminal's width in cells.
    package var width: Int { 80 }

    // MARK: What the world did, told by the loop

    package func terminalReadable() {}
    package func windowChanged() {}
    package func interrupted() {}
    package func suspend() {}

    // MARK: What is to be seen

    package func say(_ lines: [StyledText]) {}
    package func setProgress(_ rows: [StyledText]) {}
    package func setPrompt(_ prompt: StyledText) {}
    package func bell() {}
    /// Draws what is due now, for a caller that is not inside `readLine`.
    package func flush() {}

    // MARK: Reading

    /// Waits for a line. `remember` false keeps it out of the history: the answer to a question is no command.
    package func readLine(prefill: String = "", finish: Finish = .erase, remember: Bool = true) -> Event {
        .endOfInput
    }
    package func stopReading() {}
    package func close() {}
}
