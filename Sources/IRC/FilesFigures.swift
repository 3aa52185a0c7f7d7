extension FilesExtension {
    /// Client: why is my transfer as fast as it is?
    package struct WhyRequest: Hashable, Sendable {
        package var ticket: UInt64
        package init(ticket: UInt64) { self.ticket = ticket }
    }

    /// What a sender tells of a transfer, as `key=value` on the wire: keys that one does not know are passed over.
    package enum Figure: String, CaseIterable, Hashable, Sendable {
        /// Milliseconds since HELLO, bytes acknowledged, bytes of the file in a datagram.
        case elapsed, bytes, segment
        /// DATA datagrams: sent, lost, sent again; loss events of Go-Back-N, timeouts.
        case packets, lost, resent
        case goBacks = "go-backs"
        case timeouts
        /// Bytes: what may be on its way, what is, what the receiver takes.
        case window
        case inFlight = "in-flight"
        case receiveWindow = "receive-window"
        /// Microseconds: round trip, smoothed and least.
        case roundTrip = "rtt"
        case leastRoundTrip = "least-rtt"
        /// Bytes a second: what leaves, and what arrives.
        case pacing, delivery
        /// The path's own loss in millionths.
        case pathLoss = "path-loss"
        /// Datagrams that the client's own system dropped.
        case localDrops = "local-drops"
        /// Milliseconds that each limitation took since the data began, and of the last seconds (`now-`).
        case start, rate, limitWindow = "full", receiver, sender, silence, end
        case nowStart = "now-start"
        case nowRate = "now-rate"
        case nowWindow = "now-full"
        case nowReceiver = "now-receiver"
        case nowSender = "now-sender"
        case nowSilence = "now-silence"
        case nowEnd = "now-end"
    }

    /// What is a word and no number.
    package enum FigureWord: String, CaseIterable, Hashable, Sendable {
        /// `sending` or `ended`.
        case state
        case recovery
        /// What the congestion control is doing.
        case phase
    }

    /// Server: figures of a transfer in one or more FIGURES, and in WINDOWS, which ends the answer, its window over time.
    package struct Figures: Hashable, Sendable {
        package var ticket: UInt64
        package var numbers: [Figure: UInt64] = [:]
        package var words: [FigureWord: String] = [:]
        /// The window in bytes, a sample each so many milliseconds from the start on, the oldest first.
        package var windows: [UInt64] = []
        package var millisecondsOfWindow: UInt64 = 0

        package init(ticket: UInt64) { self.ticket = ticket }

        package subscript(figure: Figure) -> UInt64? { numbers[figure] }

        /// Bytes of `key=value` in one line: what 512 leave beside the longest server name, command and ticket.
        package static let textOfLine = 400
        /// More samples than this are no answer of ours.
        package static let mostWindows = 64
        private static let longestWord = 24
    }
}

extension FilesExtension.WhyRequest {
    package var message: Message { Message(command: "WHY", parameters: [FilesExtension.text(ofTicket: ticket)]) }

    package init(_ message: Message) throws(FilesExtension.ParseError) {
        self.init(ticket: try Fields(of: message, command: .why, atLeast: 1).ticket(0))
    }
}

extension FilesExtension.Figures {
    package var messages: [Message] {
        let id = FilesExtension.text(ofTicket: ticket)
        let words = FilesExtension.FigureWord.allCases.compactMap { key in
            self.words[key].map { "\(key.rawValue)=\($0)" }
        }
        let numbers = FilesExtension.Figure.allCases.compactMap { key in
            self.numbers[key].map { "\(key.rawValue)=\($0)" }
        }
        let lines = Self.lines(of: words + numbers).map { Message(command: "FIGURES", parameters: [id, $0]) }
        let samples = windows.prefix(Self.mostWindows).map(String.init)
        let text = Self.lines(of: Array(samples)).first ?? ""
        return lines + [Message(command: "WINDOWS", parameters: [id, String(millisecondsOfWindow), text])]
    }

    private static func lines(of pieces: [String]) -> [String] {
        var lines: [String] = []
        for piece in pieces {
            if let last = lines.last, last.utf8.count + 1 + piece.utf8.count <= textOfLine {
                lines[lines.count - 1] = last + " " + piece
            } else {
                lines.append(piece)
            }
        }
        return lines
    }

    /// Takes in one line of an answer; true when it was the last.
    package mutating func take(_ message: Message) throws(FilesExtension.ParseError) -> Bool {
        let isLast = message.command == FilesExtension.Command.windows.rawValue
        let fields = try Fields(of: message, command: isLast ? .windows : .figures, atLeast: isLast ? 3 : 2)
        let named = try fields.ticket(0)
        guard named == ticket else { throw .badNumber(fields.parameters[0]) }
        let pieces = fields.parameters[fields.parameters.count - 1].split(separator: " ")
        guard isLast else {
            for piece in pieces { try take(String(piece)) }
            return false
        }
        millisecondsOfWindow = try fields.number(1)
        windows = []
        for piece in pieces.prefix(Self.mostWindows) { windows.append(try Fields.number(String(piece))) }
        return true
    }

    /// The same with every number small enough to be counted with: beyond 2^53 there is no figure of any transfer.
    package var countable: FilesExtension.Figures {
        var figures = self
        figures.numbers = numbers.mapValues { min($0, 1 << 53) }
        figures.windows = windows.map { min($0, 1 << 53) }
        figures.millisecondsOfWindow = min(millisecondsOfWindow, 1 << 53)
        return figures
    }

    private mutating func take(_ piece: String) throws(FilesExtension.ParseError) {
        guard let mark = piece.utf8.firstIndex(of: UInt8(ascii: "=")) else { throw .badNumber(piece) }
        let (key, value) = (String(piece[..<mark]), String(piece[piece.utf8.index(after: mark)...]))
        if let figure = FilesExtension.Figure(rawValue: key) {
            numbers[figure] = try Fields.number(value)
        } else if let word = FilesExtension.FigureWord(rawValue: key) {
            let isWord = value.utf8.allSatisfy { $0.isASCIIDigit || (0x61...0x7A).contains($0) || $0 == 0x2D }
            guard isWord, (1...Self.longestWord).contains(value.utf8.count) else { throw .badNumber(value) }
            words[word] = value
        }
    }

    /// The ticket that a line of an answer is about.
    package static func ticket(of message: Message) -> UInt64? {
        message.parameters.first.flatMap { FilesExtension.ticket(ofText: $0) }
    }
}
